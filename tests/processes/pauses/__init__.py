"""Holds one of the real programs at a named point, so that it can be killed exactly there. For tests alone."""
