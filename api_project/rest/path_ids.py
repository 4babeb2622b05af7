"""Ids in addresses."""

from django.urls.converters import UUIDConverter


class IdConverter(UUIDConverter):
    """A UUID in either case (RFC 9562, section 4); we write them in lower case."""

    regex = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
