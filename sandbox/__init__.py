"""Stand-ins that speak the providers' wire protocols. Another program: nothing else imports it, nor it them."""
