"""Operations that are to go: said in every answer (RFC 9745, RFC 8594) and in the description, long before they do.

A view declares it for a method, and nothing else has to be done:

    deprecated = {"GET": Deprecation(since=..., sunset=..., successor="/api/v2/things/{thing_id}/")}
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.http import http_date

ATTRIBUTE = "deprecation"

_TEXT = {"type": "string"}
# How the description tells of the headers.
RESPONSE_HEADERS = {
    "Deprecation": {"schema": _TEXT, "description": "Since when, as RFC 9745 writes it: `@` and seconds since 1970."},
    "Sunset": {"schema": _TEXT, "description": "When it stops being answered, as RFC 8594 has it."},
    "Link": {"schema": _TEXT, "description": "`rel=successor-version`: what to use instead; `rel=deprecation`: why."},
}


@dataclass(frozen=True)
class Deprecation:
    """Since when an operation should not be used any more, until when it is answered, and what takes its place.

    Attributes:
        successor: an address, in which `{name}` stands for a path parameter of that name.
        documentation: an address where people read why, and how to move.
    """

    since: datetime
    sunset: datetime | None = None
    successor: str = ""
    documentation: str = ""

    def __post_init__(self) -> None:
        if self.since.tzinfo is None or (self.sunset is not None and self.sunset.tzinfo is None):
            raise ValueError("The times of a deprecation need their zone.")
        if self.sunset is not None and self.sunset <= self.since:
            raise ValueError("An operation is deprecated before it goes.")

    def header_names(self) -> list[str]:
        """Return the headers that every answer has for it."""
        said = {"Deprecation": True, "Sunset": self.sunset, "Link": self.successor or self.documentation}
        return [name for name, is_said in said.items() if is_said]

    def headers(self, parameters: Mapping[str, Any]) -> dict[str, str]:
        """Return what an answer says about it; `parameters` are those of the path that was asked for."""
        headers = {"Deprecation": f"@{int(self.since.timestamp())}"}
        if self.sunset is not None:
            headers["Sunset"] = http_date(self.sunset.timestamp())
        if links := self._links(parameters):
            headers["Link"] = ", ".join(links)
        return headers

    def prose(self) -> str:
        """Return what the description says about it."""
        sentences = [f"Deprecated since {self.since:%Y-%m-%d}."]
        if self.sunset is not None:
            sentences.append(f"It is answered until {self.sunset:%Y-%m-%d}.")
        if self.successor:
            sentences.append(f"Use `{self.successor}` instead.")
        if self.documentation:
            sentences.append(f"[Why, and how to move]({self.documentation})")
        return f"**{' '.join(sentences)}**"

    def _links(self, parameters: Mapping[str, Any]) -> list[str]:
        links = []
        if self.successor:
            links.append(f'<{self.successor.format(**parameters)}>; rel="successor-version"')
        if self.documentation:
            links.append(f'<{self.documentation}>; rel="deprecation"; type="text/html"')
        return links


class DeprecationMiddleware:
    """Say it on whatever answer there is in the end, that to a bug of ours too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        asked: tuple[Deprecation, Mapping[str, Any]] | None = getattr(request, ATTRIBUTE, None)
        if asked:
            say_deprecated(response, *asked)
        return response


def note_deprecated(request: HttpRequest, deprecation: Deprecation, parameters: Mapping[str, Any]) -> None:
    """Remember that a request is for such an operation; `parameters` are those of its path."""
    setattr(request, ATTRIBUTE, (deprecation, parameters))


def say_deprecated(response: HttpResponseBase, deprecation: Deprecation, parameters: Mapping[str, Any]) -> None:
    """Put the headers on an answer, beside links that are there already."""
    headers = deprecation.headers(parameters)
    if "Link" in headers and "Link" in response:
        headers["Link"] = f"{response['Link']}, {headers['Link']}"
    for name, value in headers.items():
        response[name] = value
