"""Which media type an answer has: the one that is documented, whatever Accept says."""

from collections.abc import Iterable
from fnmatch import fnmatchcase

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class DocumentedMediaType(DefaultContentNegotiation):
    """Each address has one media type, so an odd Accept header is no reason to refuse (RFC 9110, 12.5.1, allows it)."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        # By the type alone. REST framework refuses a type with long parameters as if it were another; they are for the
        # parser to judge, as the boundary of a form is.
        media_type = request._request.content_type or ""
        return next((parser for parser in parsers if fnmatchcase(media_type, parser.media_type or "")), None)

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, renderer.media_type
