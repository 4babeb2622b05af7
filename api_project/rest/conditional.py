"""Conditional requests (RFC 9110, section 13): what a client has already is not sent, what has changed is not overwritten.

An entity tag is made of what a representation is made of, so that an unchanged one is recognised before it is built.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from rest_framework.request import Request

from api_project.rest.exceptions import PreconditionFailed

# Only for whoever asked, and to be asked about each time: a record may change at any moment.
REVALIDATE = "private, no-cache"
TAG_CHARACTERS = 32

AnyResponse = TypeVar("AnyResponse", bound=HttpResponse)


def entity_tag(parts: Iterable[Any]) -> str:
    """Return the strong entity tag, quoted, of a representation made of these values."""
    version = settings.SPECTACULAR_SETTINGS["VERSION"]
    return f'"{sha256(repr((version, *parts)).encode(errors="surrogatepass")).hexdigest()[:TAG_CHARACTERS]}"'


def unchanged(request: Request, tag: str) -> HttpResponse | None:
    """Return the 304 for a client that has this already, else None. Raises PreconditionFailed if If-Match says so."""
    answer = get_conditional_response(request._request, etag=tag)
    if answer is None:
        return None
    if answer.status_code == PreconditionFailed.kind.status:
        raise PreconditionFailed
    return with_tag(answer, tag)


def with_tag(answer: AnyResponse, tag: str) -> AnyResponse:
    """Say on an answer what it is a version of."""
    answer.headers.update({"ETag": tag, "Cache-Control": REVALIDATE})
    return answer


def is_conditional(request: Request) -> bool:
    """Whether it may be answered without the representation."""
    return "If-None-Match" in request.headers or "If-Match" in request.headers
