"""Receivers of providers' callbacks. Always in this order: bounded body, verify, store once, empty 2xx."""
