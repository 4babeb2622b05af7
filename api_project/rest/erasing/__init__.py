"""Erasing all that a user has. Each app says what it keeps about users and takes it away; this begins and ends it."""
