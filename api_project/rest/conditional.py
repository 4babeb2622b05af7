"""Conditional requests (RFC 9110, section 13): not sent again what a client has, not overwritten what has changed.

An entity tag is made of what a representation is made of, so that an unchanged one is recognised before it is built.
Nothing here has a date of modification, so conditions by date are passed over, as section 13.1.4 has it.
"""

import re
from collections.abc import Iterable
from hashlib import sha256
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.utils.cache import patch_vary_headers
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework.request import Request

from api_project.rest.exceptions import InvalidInput, PreconditionFailed

# Only for whoever asked, and to be asked about each time: a record may change at any moment.
REVALIDATE = "private, no-cache"
TAG_CHARACTERS = 32
# https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3
_ONE_TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')
_TAGS = re.compile(rf"[ \t,]*{_ONE_TAG.pattern}([ \t]*,[ \t,]*{_ONE_TAG.pattern})*[ \t,]*")
NOT_HERE = "This operation does not heed it, so it would change whatever version there is; leave it out."
_NOT_TAGS = "This must be `*`, or one or several ETags as they were given, in their quotes, parted by commas."
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
    "If-Match",
    _TAG | {"pattern": r'^(\*|(W/)?"[!#-~]*"(, *(W/)?"[!#-~]*")*)$'},
    OpenApiParameter.HEADER,
    description="An `ETag`, in its quotes; nothing is changed when it is another version.",
)
NOT_MODIFIED = OpenApiResponse(description="It is still what `If-None-Match` names; there is no body.")

AnyResponse = TypeVar("AnyResponse", bound=HttpResponseBase)


def entity_tag(parts: Iterable[Any]) -> str:
    """Return the strong entity tag, quoted, of a representation made of these values."""
    version = settings.SPECTACULAR_SETTINGS["VERSION"]
    return f'"{sha256(repr((version, *parts)).encode(errors="surrogatepass")).hexdigest()[:TAG_CHARACTERS]}"'


def unchanged(request: Request, tag: str) -> HttpResponse | None:
    """Return the 304 for a client that has this already, else None.

    Raises PreconditionFailed if If-Match says so, and InvalidInput for one that cannot be read.
    """
    _require_if_match(request, tag)
    return with_tag(HttpResponse(status=304), tag) if _is_held(request, tag) else None


def with_tag(answer: AnyResponse, tag: str) -> AnyResponse:
    """Say on an answer what it is a version of."""
    answer["ETag"] = tag
    return answer


def for_whoever_asked(answer: AnyResponse) -> AnyResponse:
    """Say on an answer how it may be kept, unless it says so itself, and that others would be answered otherwise."""
    answer.setdefault("Cache-Control", REVALIDATE)
    patch_vary_headers(answer, ["Authorization", "Cookie"])
    return answer


def require_match(request: Request, tag: str) -> None:
    """Raise PreconditionFailed unless a change may be made to the version with this tag; InvalidInput as above."""
    _require_if_match(request, tag)
    if _is_held(request, tag):
        raise PreconditionFailed("This is what If-None-Match rules out, so nothing was changed.")


def refuse_conditions(request: Request) -> None:
    """Raise InvalidInput for a condition where none is heeded, so that nobody relies on one.

    Conditions by date are not refused: RFC 9110, section 13.1.4, has them ignored where there are no such dates.
    """
    for name in ("If-Match", "If-None-Match"):
        if name in request.headers:
            raise InvalidInput.field(name, "not_supported", NOT_HERE)


def is_conditional(request: Request) -> bool:
    """Whether the client names a version, so that the answer may do without the representation."""
    return "If-None-Match" in request.headers or "If-Match" in request.headers


def _require_if_match(request: Request, tag: str) -> None:
    text = request.headers.get("If-Match")
    if text is None:
        return
    # What protects from overwriting shall not be passed over because it cannot be read.
    if text.strip() != "*" and not _TAGS.fullmatch(text):
        raise InvalidInput.field("If-Match", "invalid", _NOT_TAGS)
    tags = _ONE_TAG.findall(text)
    if text.strip() == "*" or tag in tags:
        return
    # https://www.rfc-editor.org/rfc/rfc9110#section-13.1.1
    if f"W/{tag}" in tags:
        raise PreconditionFailed("If-Match takes no weak tag; send the ETag as it was given, without `W/`.")
    raise PreconditionFailed


def _is_held(request: Request, tag: str) -> bool:
    """Whether If-None-Match names this. What cannot be read in it is passed over, which costs an answer at most."""
    text = request.headers.get("If-None-Match", "")
    return text.strip() == "*" or tag in (name.removeprefix("W/") for name in _ONE_TAG.findall(text))
