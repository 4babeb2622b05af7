"""The list of earlier transcripts, page by page from the newest."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.models import User

from transcripts.models import Transcript
from transcripts.selectors import transcript_list

PAGE_SIZE = 20


@dataclass(frozen=True)
class ListPage:
    """Some transcripts, newest first; `older` is the cursor of the next page, None on the last."""

    transcripts: list[Transcript]
    older: UUID | None


def list_page(*, owner: User, before: UUID | None) -> ListPage:
    """Return the owner's newest transcripts, or those before the one whose id is the cursor."""
    found = transcript_list(owner=owner)
    if before:
        found = found.filter(pk__lt=before)
    # One more than is shown tells whether there are any beyond.
    rows = list(found[: PAGE_SIZE + 1])
    shown = rows[:PAGE_SIZE]
    return ListPage(shown, shown[-1].pk if len(rows) > PAGE_SIZE else None)
