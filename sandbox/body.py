"""JSON bodies, read under a limit."""

import json
from typing import Any

from starlette.requests import Request

MOST_BYTES = 1024 * 1024
NOT_JSON = "The body must be JSON (without NaN, Infinity and halves of surrogate pairs)."


class BodyTooLarge(Exception):
    """The body is larger than any that makes sense."""


async def read_json(request: Request) -> Any:
    """Raise BodyTooLarge, or ValueError for what is not JSON."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BYTES:
            raise BodyTooLarge
    try:
        value = json.loads(bytes(body))
        # Python reads NaN, Infinity and half a surrogate pair, but no answer could be written with them.
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except RecursionError as exc:
        raise ValueError("nested too deeply") from exc
    return value
