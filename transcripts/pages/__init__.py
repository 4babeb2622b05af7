"""The pages that people use, signed in by a link or a password."""
