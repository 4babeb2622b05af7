"""How many requests a client may make: counted for each API key, and for each user's sessions together."""
