"""Work on rows: leases, retry, and the worker that runs every app's steps. The row is the queue."""
