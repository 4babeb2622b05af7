"""Finding transcripts: filters, and the search over titles and texts."""
