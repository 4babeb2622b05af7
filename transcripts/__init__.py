"""Transcripts: from accepted audio to text, kept for its owner until it is deleted."""
