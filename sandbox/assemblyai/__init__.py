"""A stand-in that speaks the pre-recorded part of AssemblyAI's API v2."""
