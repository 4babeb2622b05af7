"""Measurements of the service beside a plain yardstick; what is measured and why stands in `docs/benchmarks.md`."""
