"""What the operator sees at `/admin/`, and what is kept of what they did there."""
