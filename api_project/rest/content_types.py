"""A Content-Type that cannot be read fails no request: who takes a body refuses it, all others do without.

Django reads it while it makes the request, before there is anybody who turns an error into an answer. And it would read
queries and forms in whatever charset is named there, even in one that is for no text; ours are UTF-8.
"""

from collections.abc import Mapping
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.utils.http import parse_header_parameters

# No media type, so that no parser takes it; the refusal names it.
UNREADABLE = "(unreadable)"


def read_header(text: str) -> tuple[str, dict[str, str]]:
    """Return the value of a header such as this one, and its parameters. Raises ValueError for what cannot be read."""
    try:
        return parse_header_parameters(text)
    except TypeError as exc:
        # Python's own reader fails so where some pieces of a parameter have numbers and others have none.
        raise ValueError("A parameter is given both whole and in pieces.") from exc


class TolerantRequest(WSGIRequest):
    """Django's request, which is made whatever its Content-Type says."""

    def _set_content_type_params(self, meta: Mapping[str, Any]) -> None:
        try:
            self.content_type, self.content_params = read_header(meta.get("CONTENT_TYPE", ""))
        except ValueError:
            # REST framework looks into META.
            self.content_type = self.META["CONTENT_TYPE"] = UNREADABLE
            self.content_params = {}
