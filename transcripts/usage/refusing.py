"""Refusing what is over budget, in the API's words, and before its bytes are read where that can be known."""

from collections.abc import Container, Iterator
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

FILE = "file"
ADDRESS = "audio_url"
# Where no audio is given, as when a transcript is tried again.
WHOLE_REQUEST = ""


@contextmanager
def over_budget_told(field: str = WHOLE_REQUEST) -> Iterator[None]:
    """Answer an `OverBudget` of the block with the problem `over-budget`; `field` is what the audio came in."""
    try:
        yield
    except OverBudget as exc:
        raise rest.OverBudget(str(exc), errors=[FieldError(field, f"{exc.budget}_budget", str(exc))]) from exc


def field_of(given: Container[str]) -> str:
    """Return the field that the audio came in, of those that were given."""
    return FILE if FILE in given else ADDRESS


def refuse_over_budget(request: Request) -> None:
    """Raise the problem `over-budget` for a transcript that would be refused however its body reads."""
    size = _least_size(request, declared_length(request._request))
    # The page's form is read by a request of the API's kind, which does not know who is signed in.
    owner = cast("User", request._request.user)
    with over_budget_told(_field_to_come(request)):
        require_budget(owner_id=owner.pk, now=timezone.now(), size=size)


def _field_to_come(request: Request) -> str:
    """Return the field that the audio will come in, as far as can be known before it is read."""
    return FILE if is_bare_body(request) or _is_form(request) else ADDRESS


def _is_form(request: Request) -> bool:
    return (request.content_type or "").lower().startswith("multipart/")


def _least_size(request: Request, length: int) -> int:
    """Return how many bytes the file in the body has at least; 0 where there may be none."""
    if is_bare_body(request):
        return length
    if _is_form(request):
        # One byte: when all is used up, the smallest file is too large.
        return max(1, length - OVERHEAD_BYTES)
    return 0
