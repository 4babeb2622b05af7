"""Receivers of providers' callbacks: bounded body, verify (a secret in a header first), store once, empty 2xx."""
