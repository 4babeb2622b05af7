"""Reading query parameters strictly: what is unknown, repeated or out of range is refused by name."""

from collections.abc import Collection, Iterable

from rest_framework.request import Request

from api_project.rest.exceptions import InvalidInput
from api_project.rest.problems import FieldError

LARGEST_PAGE = 1_000_000
ONLY_BESIDE_BYTES = (
    "This is a parameter only where the body is the bare bytes of a file; put it into the form or the JSON."
)


def refuse_unknown_parameters(request: Request, *, allowed: Iterable[str] = (), in_body: Iterable[str] = ()) -> None:
    """Raise InvalidInput for parameters that this address does not know, or that are given twice.

    `in_body` are those that count as parameters only where the body is nothing but the bytes of a file.
    """
    known = sorted(allowed)
    errors = []
    for name, values in request.query_params.lists():
        if name in in_body:
            errors.append(FieldError(name, "unknown", ONLY_BESIDE_BYTES))
        elif name not in known:
            detail = f"There is no such parameter. Allowed are: {', '.join(known) or 'none'}."
            errors.append(FieldError(name, "unknown", detail))
        elif len(values) > 1:
            errors.append(FieldError(name, "repeated", "This is given more than once."))
    if errors:
        raise InvalidInput(f"{errors[0].field}: {errors[0].detail}", errors=errors)


def read_whole_number(request: Request, name: str, *, default: int, maximum: int) -> int:
    """Return a parameter; raises InvalidInput unless it is a whole number from 1 to the maximum."""
    text = request.query_params.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) <= 9 and 1 <= int(text) <= maximum):
        raise InvalidInput.field(name, "invalid", f"This must be a whole number from 1 to {maximum}.")
    return int(text)


def read_page(request: Request) -> int:
    """Return the number of the page that is asked for; the first is 1."""
    return read_whole_number(request, "page", default=1, maximum=LARGEST_PAGE)


def read_choice(request: Request, name: str, *, allowed: Collection[str]) -> str | None:
    """Return a parameter, or None where it is not given; raises InvalidInput unless it is one of these."""
    text = request.query_params.get(name)
    if text is not None and text not in allowed:
        raise InvalidInput.field(name, "invalid_choice", f"This must be one of: {', '.join(allowed)}.")
    return text
