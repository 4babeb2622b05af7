"""Small forms of our own pages, sign-in among them, are read whole before anything else, a few at a time.

Django's CSRF check reads a form from whoever sends it, and waits as long as that takes. Here it waits in a place of
`body_places`, so that strangers who send their forms byte by byte leave threads to everybody else.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from api_project.rest.body_places import PLACES
from api_project.rest.exceptions import Busy
from api_project.rest.refusals import note_refusal

MAX_FORM_BYTES = 64 * 1024
SAFE_METHODS = ("GET", "HEAD", "OPTIONS", "TRACE")
# All forms count as one sender: who sends one is not known before it is read.
OWNER = "forms"


class FormBodiesMiddleware:
    """Reads the body of every request that Django's CSRF check will look into. Views exempt from it read their own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], *arguments: Any) -> HttpResponse | None:
        """Read the form, or answer 413 or 503; None lets the request go on."""
        if request.method in SAFE_METHODS or getattr(view, "csrf_exempt", False):
            return None
        length = str(request.META.get("CONTENT_LENGTH") or "0")
        if not length.isdecimal() or int(length) > MAX_FORM_BYTES:
            return HttpResponse("This form is too large.", status=413, content_type="text/plain")
        try:
            with PLACES.hold(OWNER, is_upload=False):
                request.body  # noqa: B018 - read and kept
        except Busy as exc:
            note_refusal(request, exc.kind.code, is_busy=True)
            words = "Too many forms are being sent; try again soon."
            return HttpResponse(words, status=503, content_type="text/plain", headers=exc.headers)
        return None
