"""URLs as they are asked: read once and strictly, so that what is checked and what is asked cannot differ."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import quote, urlsplit

import idna

from api_project.http.addresses import Address
from api_project.http.exceptions import UrlRefused

DEFAULT_PORTS = {"http": 80, "https": 443}
AUTHORITY = re.compile(r"(?:\[(?P<v6>[^\[\]]*)\]|(?P<name>[^:\[\]]*))(?::(?P<port>[0-9]{0,5}))?")
LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
# https://url.spec.whatwg.org/#ends-in-a-number-checker: what ends like this is an IPv4 address to one reader or other.
NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
MAX_NAME = 253
# What RFC 3986 lets stand in a path or query; anything else is percent-encoded.
AS_GIVEN = "!#$%&'()*+,/:;=?@[]~"


@dataclass(frozen=True, slots=True)
class Target:
    """A URL taken apart. `host` is ASCII in lower case, without brackets; `address` is it, where it is one."""

    scheme: str
    host: str
    port: int
    path: str
    address: Address | None

    @property
    def authority(self) -> str:
        """Return host and port as the Host header has them, the port only where it is not the scheme's."""
        return self._shown_host if self.port == DEFAULT_PORTS[self.scheme] else f"{self._shown_host}:{self.port}"

    @property
    def url(self) -> str:
        """Return the whole of it, in one form for all spellings."""
        return f"{self.scheme}://{self.authority}{self.path}"

    @property
    def origin(self) -> str:
        """Return scheme, host and port, in one form for all spellings."""
        return f"{self.scheme}://{self._shown_host}:{self.port}"

    @property
    def _shown_host(self) -> str:
        return f"[{self.host}]" if ":" in self.host else self.host


def parse_url(url: str) -> Target:
    """Take a URL apart; raise UrlRefused, in words that quote nothing of it, for one that is not plain.

    Refused is whatever two readers could take for two hosts. A fragment is left out: it is never sent.
    """
    _check_characters(url)
    try:
        parts = urlsplit(url)
    except ValueError as exc:
        raise UrlRefused("The URL is malformed.") from exc
    scheme = parts.scheme.lower()
    if scheme not in DEFAULT_PORTS:
        raise UrlRefused("The URL must begin with https:// or http://.", code="invalid_scheme")
    if "@" in parts.netloc:
        message = "A URL with user info, a name or password before an @, is not allowed."
        raise UrlRefused(message, code="user_info")
    host, address, port = _read_authority(parts.netloc)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(scheme, host, DEFAULT_PORTS[scheme] if port is None else port, quote(path, safe=AS_GIVEN), address)


def _check_characters(url: str) -> None:
    # urlsplit would drop some of these without a word.
    if any(unicodedata.category(character)[0] in "CZ" for character in url):
        raise UrlRefused("The URL has white space or a control character; a space is written as %20.")
    if "\\" in url:
        raise UrlRefused("The URL has a backslash; write / or %5C.")


def _read_authority(authority: str) -> tuple[str, Address | None, int | None]:
    found = AUTHORITY.fullmatch(authority)
    if found is None:
        raise UrlRefused("The URL's host or port is malformed.", code="invalid_host")
    port = int(found["port"]) if found["port"] else None
    if port is not None and not 0 < port < 65536:
        raise UrlRefused("The port must be a number from 1 to 65535.", code="invalid_port")
    host, address = _read_name(found["name"]) if found["v6"] is None else _read_v6(found["v6"])
    return host, address, port


def _read_v6(text: str) -> tuple[str, Address]:
    try:
        address = IPv6Address(text)
    except ValueError as exc:
        raise UrlRefused("What is in brackets must be an IPv6 address.", code="invalid_host") from exc
    if address.scope_id is not None:
        raise UrlRefused("An IPv6 address with a zone is not allowed.", code="invalid_host")
    return str(address), address


def _read_name(text: str) -> tuple[str, Address | None]:
    if not text:
        raise UrlRefused("The URL names no host.", code="invalid_host")
    name = text.lower() if text.isascii() else _to_ascii(text)
    labels = name.removesuffix(".").split(".")
    if NUMBER.fullmatch(labels[-1]):
        return text, _read_v4(text)
    if len(name) > MAX_NAME or not all(map(LABEL.fullmatch, labels)):
        raise UrlRefused("The host is no valid name.", code="invalid_host")
    return ".".join(labels), None


def _read_v4(text: str) -> IPv4Address:
    try:
        # As it was given: digits of other scripts, or a dot at the end, are other ways to write an address too.
        return IPv4Address(text)
    except ValueError as exc:
        message = "An IPv4 address must be written as four decimal numbers, like 203.0.113.7."
        raise UrlRefused(message, code="invalid_host") from exc


def _to_ascii(text: str) -> str:
    try:
        return idna.encode(text, uts46=True).decode().lower()
    except (idna.IDNAError, UnicodeError) as exc:
        raise UrlRefused("The host is no valid name.", code="invalid_host") from exc
