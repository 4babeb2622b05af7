"""Conditional requests (RFC 9110, section 13): not sent again what a client has, not overwritten what has changed.

An entity tag is made of what a representation is made of, so that an unchanged one is recognised before it is built.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework.request import Request

from api_project.rest.exceptions import PreconditionFailed

# Only for whoever asked, and to be asked about each time: a record may change at any moment.
REVALIDATE = "private, no-cache"
TAG_CHARACTERS = 32
# Examples of a schema, because Swagger UI would fill in and send those of a parameter.
_TAG = {"type": "string", "examples": ['"3f1f6f0a2b44c89cd5e0a1b2c3d4e5f6"']}

# How an operation's description tells of it.
ETAG = OpenApiParameter(
    "ETag", str, OpenApiParameter.HEADER, response=[200, 304], description="The version, to be sent back as it is."
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", _TAG, OpenApiParameter.HEADER, description="An `ETag` that you have; 304 if that is still it."
)
IF_MATCH = OpenApiParameter(
    "If-Match", _TAG, OpenApiParameter.HEADER, description="An `ETag`; nothing is changed when it is another version."
)
NOT_MODIFIED = OpenApiResponse(description="It is still what `If-None-Match` names; there is no body.")

AnyResponse = TypeVar("AnyResponse", bound=HttpResponseBase)


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
    answer["ETag"] = tag
    answer["Cache-Control"] = REVALIDATE
    patch_vary_headers(answer, ["Authorization", "Cookie"])
    return answer


def require_match(request: Request, tag: str) -> None:
    """Raise PreconditionFailed unless a change may be made to the version with this tag."""
    if get_conditional_response(request._request, etag=tag) is not None:
        raise PreconditionFailed


def is_conditional(request: Request) -> bool:
    """Whether the client names a version, so that the answer may do without the representation."""
    return "If-None-Match" in request.headers or "If-Match" in request.headers
