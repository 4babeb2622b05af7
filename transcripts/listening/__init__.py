"""Listening: the stored audio, and the redacted one, which is fetched from the provider when there is one."""
