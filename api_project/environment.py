"""Typed readers of the environment that fail loudly: every problem is one line that says what is allowed."""

import os
import re
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from dotenv import dotenv_values

BASE_DIR = Path(__file__).resolve().parent.parent
# In the data folder: what the launcher chose.
RUN_ENV_NAME = "run.env"
# There too: whether it was given a key, which itself is written nowhere.
STARTED_WITH_KEY = "STARTED_WITH_KEY"
TRUE_WORDS = ("1", "true", "yes", "on")
FALSE_WORDS = ("0", "false", "no", "off")
FILE_SUFFIX = "_FILE"


class EnvironmentProblem(ImproperlyConfigured):
    """A variable's value cannot be used; the message is one line for the operator."""


def dotenv_path() -> Path:
    """Return where `.env` is, which tests point elsewhere."""
    return Path(os.environ.get("ENV_FILE") or BASE_DIR / ".env")


def read_dotenv(path: Path) -> dict[str, str]:
    """Return the assignments of a dotenv file, or nothing when there is no such file."""
    try:
        with path.open(encoding="utf-8") as file:
            # Values stand as they are written: a `$` in a password is not a reference.
            values = dotenv_values(stream=file, interpolate=False)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise EnvironmentProblem(f"{path} cannot be read ({error}).") from error
    return {name: value for name, value in values.items() if value is not None}


class Environment:
    """Reads variables from layers of which the first that names one wins.

    In each layer a secret may be given as `NAME`, or as `NAME_FILE` with the path of a file that holds it. An empty
    value means "not given" and hides the layers below, so that the environment can clear what `.env` sets.
    """

    def __init__(self, *layers: Mapping[str, str]) -> None:
        self._layers = list(layers)

    def add_layer(self, layer: Mapping[str, str]) -> None:
        """Add a layer below all others."""
        self._layers.append(layer)

    def text(self, name: str, default: str = "", *, choices: tuple[str, ...] = ()) -> str:
        """Return a variable's text without the white space around it."""
        value = self._find(name)
        if value and choices and value not in choices:
            raise self._problem(name, value, "one of " + ", ".join(choices))
        return value or default

    def secret(self, name: str) -> str:
        """Return a secret given as `NAME` or in the file that `NAME_FILE` names; empty when there is none."""
        return _one_line(name, self._find(name, may_be_file=True))

    def header_secret(self, name: str) -> str:
        """Return a secret that travels in a header of HTTP, where little more than letters and digits gets through."""
        return _fit_for_header(name, self.secret(name))

    def words(self, name: str, default: tuple[str, ...] = ()) -> list[str]:
        """Return a comma-separated list; empty parts are left out."""
        return _split(self._find(name)) or list(default)

    def names(self, name: str, *, like: str, allowed: str) -> list[str]:
        """Return a comma-separated list of names, each `like` a regular expression; `allowed` says it in words."""
        found = self.words(name)
        if not all(re.fullmatch(like, part, re.ASCII) for part in found):
            raise self._problem(name, self._find(name), allowed)
        return found

    def header_secrets(self, name: str) -> list[str]:
        """Return a comma-separated list of secrets for headers, given like one; in a file, lines part them too."""
        parts = _split(self._find(name, may_be_file=True).replace("\n", ","))
        return [_fit_for_header(name, _one_line(name, part)) for part in parts]

    def flag(self, name: str, default: bool = False) -> bool:
        """Return a yes or no."""
        given = self.flag_or_none(name)
        return default if given is None else given

    def flag_or_none(self, name: str) -> bool | None:
        """Return a yes or no, or None when the variable is not given."""
        value = self._find(name)
        if not value:
            return None
        if value.lower() not in TRUE_WORDS + FALSE_WORDS:
            raise self._problem(name, value, "one of " + ", ".join(TRUE_WORDS + FALSE_WORDS))
        return value.lower() in TRUE_WORDS

    def integer(self, name: str, default: int, *, low: int, high: int) -> int:
        """Return a whole number between two bounds, both allowed; `_` may group digits."""
        value = self._find(name)
        if not value:
            return default
        allowed = f"a whole number from {low} to {high}"
        try:
            number = int(value)
        except ValueError:
            raise self._problem(name, value, allowed) from None
        if not low <= number <= high:
            raise self._problem(name, value, allowed)
        return number

    def ports(self, name: str, default: tuple[int, ...]) -> list[int]:
        """Return a comma-separated list of ports."""
        found = self.words(name)
        if not all(re.fullmatch("[0-9]{1,5}", part) and 0 < int(part) < 65536 for part in found):
            raise self._problem(name, self._find(name), "whole numbers from 1 to 65535 parted by commas")
        return [int(part) for part in found] or list(default)

    def integers(self, name: str, *, keys: tuple[str, ...], low: int, high: int) -> dict[str, int]:
        """Return a table of whole numbers, given as `key=number,key=number`."""
        value = self._find(name)
        allowed = f"key=number pairs parted by commas, keys {', '.join(keys)}, numbers from {low} to {high}"
        table: dict[str, int] = {}
        for pair in _split(value):
            key, _, number = (part.strip() for part in pair.partition("="))
            if key not in keys or not number.isdecimal() or not low <= int(number) <= high:
                raise self._problem(name, value, allowed)
            table[key] = int(number)
        return table

    def url(self, name: str, default: str = "") -> str:
        """Return an http or https address without a slash at its end."""
        value = self._find(name)
        if not value:
            return default
        allowed = "an address like https://speech.example.com"
        try:
            parts = urlsplit(value)
            port_is_right = parts.port is None or parts.port > 0
        except ValueError:
            raise self._problem(name, value, allowed) from None
        if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_right or parts.username:
            raise self._problem(name, value, allowed)
        return value.rstrip("/")

    def ip_address(self, name: str, default: str) -> str:
        """Return an IP address; `localhost` is taken for the one that it usually means."""
        value = self._find(name) or default
        if value == "localhost":
            return "127.0.0.1"
        try:
            return str(ip_address(value))
        except ValueError:
            raise self._problem(name, value, "an IP address, like 127.0.0.1, or 0.0.0.0 for all") from None

    def networks(self, name: str, default: str = "") -> list[IPv4Network | IPv6Network]:
        """Return a comma-separated list of networks; an address alone is a network of one."""
        try:
            return [ip_network(part) for part in self.words(name, tuple(_split(default)))]
        except ValueError:
            allowed = "networks parted by commas, like 192.168.1.0/24, with nothing but zeros behind the prefix"
            raise self._problem(name, self._find(name), allowed) from None

    def path(self, name: str, default: Path, *, base: Path) -> Path:
        """Return an absolute path; a relative one starts at `base`, so that every process means the same folder."""
        value = self._find(name)
        return Path(os.path.abspath(base / Path(value).expanduser())) if value else default

    def _find(self, name: str, *, may_be_file: bool = False) -> str:
        for layer in self._layers:
            file_name = layer.get(name + FILE_SUFFIX, "").strip() if may_be_file else ""
            if file_name and layer.get(name):
                raise EnvironmentProblem(f"{name} and {name}{FILE_SUFFIX} are both given; keep one of them.")
            if file_name:
                return _read_secret_file(name + FILE_SUFFIX, file_name)
            if name in layer:
                return layer[name].strip()
        return ""

    @staticmethod
    def _problem(name: str, value: str, allowed: str) -> EnvironmentProblem:
        return EnvironmentProblem(f"{name} is {value!r}; allowed is {allowed}.")


def _split(value: str) -> list[str]:
    return [part for part in (piece.strip() for piece in value.split(",")) if part]


def _one_line(name: str, secret: str) -> str:
    # Pasted with its line's end, or two in one: a server would refuse it much later, in words that quote it.
    if secret.splitlines() not in ([], [secret]) or "\0" in secret:
        raise EnvironmentProblem(f"{name} has a line break inside; give the secret alone, on one line.")
    return secret


def _fit_for_header(name: str, secret: str) -> str:
    if not all("!" <= character <= "~" for character in secret):
        allowed = "ASCII letters, digits and signs, without spaces"
        raise EnvironmentProblem(f"{name} has a character that no key has; allowed are {allowed}.")
    return secret


def _read_secret_file(name: str, path: str) -> str:
    try:
        value = Path(path).expanduser().read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise EnvironmentProblem(f"{name} is {path!r}; that file cannot be read ({reason}).") from error
    if not value:
        raise EnvironmentProblem(f"{name} is {path!r}; that file is empty.")
    return value
