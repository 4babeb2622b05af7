"""What other apps may want to know; they listen, so that nothing here has to know them.

Each is sent by `send` inside the transaction of what it tells, so that what a listener writes is there if and only if
that is. A listener that fails takes the transaction with it.
"""

from django.dispatch import Signal

# With `transcript_id`: it has become `completed` or `error`; all that belongs to it is written. Whoever listens locks
# nothing that stands before received events in the order of `locking.py`.
transcript_ended = Signal()
# With `transcript_id`: it was deleted; what it was told as is still in its row.
transcript_deleted = Signal()
# With `transcript_id`, inside the erasing step. A listener removes what it keeps about this transcript.
transcript_erased = Signal()
# Outside of any transaction, with `owner`, and the `endpoints` (ids or None) and `url` that are to be told of something
# new. A listener that does not take them raises `DestinationRefused`.
destination_named = Signal()
