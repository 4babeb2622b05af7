"""Clients that generators make from schema.yml, used as their users would use them, against a whole service."""
