"""Webhook endpoints over REST: where a user wants to be told what happens."""
