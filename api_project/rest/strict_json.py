"""JSON as clients send it, refused wherever storing or answering it would fail later."""

import json
import math
from collections import Counter
from typing import Any

MAX_DEPTH = 32
MAX_INTEGER = 2**63 - 1
_BYTE_ORDER_MARK = "\ufeff"


class BadJson(ValueError):
    """The text is not JSON that can be kept; `path` leads to the value at fault, dots between names."""

    def __init__(self, detail: str, path: str = "", code: str = "invalid") -> None:
        super().__init__(detail)
        self.detail = detail
        self.path = path
        self.code = code


class _Repeating(dict[str, Any]):
    """An object of which one name came more than once; kept until it is known where in the text it stands."""

    repeated = ""


def load_json(text: bytes | str) -> Any:
    """Return the value.

    Raises BadJson for bad syntax or UTF-8, repeated names, NUL, lone surrogates, too deep or too large values.
    """
    try:
        decoded = text.decode("utf-8") if isinstance(text, bytes) else text
        if decoded.startswith(_BYTE_ORDER_MARK):
            raise BadJson("begins with a byte order mark; send it without.")
        value = json.loads(decoded, parse_constant=_refuse_constant, object_pairs_hook=_object)
    except UnicodeDecodeError as exc:
        raise BadJson("is not UTF-8.") from exc
    except RecursionError as exc:
        raise BadJson(f"is nested deeper than {MAX_DEPTH} levels.") from exc
    except BadJson:
        raise
    except json.JSONDecodeError as exc:
        raise BadJson(f"is not JSON: {exc.msg} (line {exc.lineno}, column {exc.colno}).") from exc
    except ValueError as exc:
        # Python refuses to read integers of thousands of digits.
        raise BadJson("has a number that is too large.") from exc
    check_value(value)
    return value


def checked_text(text: str) -> str:
    """Return a text that did not come as JSON. Raises BadJson for one that JSON could not bring either."""
    _check_text(text, "")
    return text


def check_value(value: Any) -> None:
    """Raise BadJson unless every database can keep the value and give it back as it was."""
    pending: list[tuple[Any, str, int]] = [(value, "", 1)]
    while pending:
        current, path, depth = pending.pop()
        if depth > MAX_DEPTH:
            raise BadJson(f"is nested deeper than {MAX_DEPTH} levels.", path.split(".")[0])
        if isinstance(current, _Repeating):
            _check_text(current.repeated, path)
            raise BadJson("is given more than once.", _joined(path, current.repeated), "repeated")
        if isinstance(current, dict):
            for name, inner in current.items():
                _check_text(name, path)
                pending.append((inner, _joined(path, name), depth + 1))
        elif isinstance(current, list):
            pending.extend((inner, _joined(path, str(index)), depth + 1) for index, inner in enumerate(current))
        else:
            _check_scalar(current, path)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) == len(pairs):
        return value
    # Which of them counts is not agreed upon between readers of JSON, https://www.rfc-editor.org/rfc/rfc8259#section-4
    repeating = _Repeating(value)
    repeating.repeated = Counter(name for name, _ in pairs).most_common(1)[0][0]
    return repeating


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _check_scalar(value: Any, path: str) -> None:
    if isinstance(value, str):
        _check_text(value, path)
    elif isinstance(value, float) and not math.isfinite(value):
        raise BadJson("is a number that is too large.", path)
    elif isinstance(value, int) and abs(value) > MAX_INTEGER:
        raise BadJson("is a number that does not fit into 64 bits.", path)


def _check_text(text: str, path: str) -> None:
    if "\0" in text:
        raise BadJson("has a NUL character.", path)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as exc:
        raise BadJson("has half of a surrogate pair, which is not Unicode text.", path) from exc


def _refuse_constant(name: str) -> None:
    raise BadJson(f"has {name}, which is not JSON.")
