"""Callbacks to third parties over REST."""
