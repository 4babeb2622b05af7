"""What other apps may want to know; they listen, so that nothing here has to know them."""

from django.dispatch import Signal

# Sent inside the erasing step, with `transcript_id`. A listener removes what it keeps about this transcript.
transcript_erased = Signal()
