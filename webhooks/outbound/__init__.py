"""What we tell third parties: events, and their way to endpoints. How it fits together: docs/design.md."""
