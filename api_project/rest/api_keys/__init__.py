"""API keys: over REST, on a page of their own, and for the commands."""
