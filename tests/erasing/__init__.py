"""Erasing: of one transcript, and of a user."""
