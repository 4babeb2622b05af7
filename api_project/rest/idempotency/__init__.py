"""`Idempotency-Key`: a creating POST that is sent again, for want of an answer, makes nothing twice.

A key is reserved before the body is read, and finished in the transaction of the row that it made. So a process that is
killed in between leaves neither or both, and whoever holds the reservation is the only one who can finish it.
"""
