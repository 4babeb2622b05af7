"""Webhooks: `receivers` hears what providers tell us."""
