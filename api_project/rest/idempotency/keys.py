"""Reading the header, and telling whether two requests ask for the same."""

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from rest_framework.request import Request

from api_project.rest.exceptions import InvalidInput
from api_project.rest.uploads import ReceivedFile

HEADER = "Idempotency-Key"
MAX_CHARACTERS = 255
ALLOWED = (
    f"This must be 1 to {MAX_CHARACTERS} printable ASCII characters, plain or as a quoted string; with commas, quoted."
)
NOT_HERE = "This operation does not heed it, so the same request sent twice would be carried out twice; leave it out."

# The IETF's draft has the key as a structured field, in quotes (https://www.rfc-editor.org/rfc/rfc8941#section-3.3.3);
# nearly everybody sends it plain. Both are the same key, so that a change of client libraries makes nothing twice.
_QUOTED = re.compile(r'"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"')
# A plain one with a comma may be two headers, which servers join by one.
_PLAIN = re.compile(r"[\x20\x21\x23-\x2b\x2d-\x7e][\x20-\x2b\x2d-\x7e]*")


def read_key(request: Request) -> str | None:
    """Return the key that the request was sent under, or None. Raises InvalidInput for one that is none."""
    text = request.headers.get(HEADER)
    if text is None:
        return None
    text = text.strip()
    quoted = _QUOTED.fullmatch(text)
    key = re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else text if _PLAIN.fullmatch(text) else ""
    if not 1 <= len(key) <= MAX_CHARACTERS:
        raise InvalidInput.field(HEADER, "invalid", ALLOWED)
    return key


def refuse_key(request: Request) -> None:
    """Raise InvalidInput for a request under a key where keys do not count, so that nobody relies on one."""
    if HEADER in request.headers:
        raise InvalidInput.field(HEADER, "not_supported", NOT_HERE)


def fingerprint_of(operation: str, data: Mapping[str, Any]) -> str:
    """Return a hash of what was asked for: the operation, every field as it was given, name and SHA-256 of every file.

    How it was sent does not count: the same file with the same fields is the same, as a form or as a bare body, and
    whatever the boundary between the parts.
    """
    files = {name: [file.name, file.sha256] for name, file in data.items() if isinstance(file, ReceivedFile)}
    fields = {name: value for name, value in data.items() if name not in files}
    return sha256(json.dumps([operation, fields, files], sort_keys=True).encode()).hexdigest()
