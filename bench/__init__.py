"""Measurements; `make bench` runs them, and `docs/benchmarks.md` says what came of it."""
