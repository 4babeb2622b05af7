"""Refusing what is over budget, in the API's words, and before its bytes are read where that can be known."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from django.contrib.auth.models import User
from django.utils import timezone
from rest_framework.request import Request

from api_project.rest import exceptions as rest
from api_project.rest.bodies import declared_length
from api_project.rest.multipart_parser import OVERHEAD_BYTES
from api_project.rest.problems import FieldError
from api_project.rest.receiving import is_bare_body
from transcripts.exceptions import OverBudget
from transcripts.usage.selectors import require_budget


@contextmanager
def over_budget_told() -> Iterator[None]:
    """Answer an `OverBudget` of the block with the problem `over-budget`."""
    try:
        yield
    except OverBudget as exc:
        # Minutes are of a file, of an address, or of a transcript that is tried again.
        field = "file" if exc.budget == "storage" else ""
        raise rest.OverBudget(str(exc), errors=[FieldError(field, f"{exc.budget}_budget", str(exc))]) from exc


def refuse_over_budget(request: Request) -> None:
    """Raise the problem `over-budget` for a transcript that would be refused however its body reads."""
    size = _least_size(request, declared_length(request._request))
    # The page's form is read by a request of the API's kind, which does not know who is signed in.
    owner = cast("User", request._request.user)
    with over_budget_told():
        require_budget(owner_id=owner.pk, now=timezone.now(), size=size)


def _least_size(request: Request, length: int) -> int:
    """Return how many bytes the file in the body has at least; 0 where there may be none."""
    if is_bare_body(request):
        return length
    if (request.content_type or "").lower().startswith("multipart/"):
        # One byte: when all is used up, the smallest file is too large.
        return max(1, length - OVERHEAD_BYTES)
    return 0
