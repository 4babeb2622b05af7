"""What an upload may carry beside its file, and reading it from form fields or from the query."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from api_project.rest.exceptions import InvalidInput
from api_project.rest.strict_json import BadJson, checked_text, load_json

# The query parameter of a bare body that stands for the file name of a form.
FILE_NAME = "filename"


@dataclass(frozen=True)
class UploadForm:
    """The name of the file, and of the fields beside it: plain text, or JSON. A view has one as `upload_form`."""

    file: str
    text: Sequence[str] = ()
    json: Sequence[str] = ()
    # Plain text too, in place of the file.
    instead: Sequence[str] = ()

    @property
    def parameters(self) -> list[str]:
        """The names of what may stand in the query, beside a bare body."""
        return [FILE_NAME, *self.text, *self.json]

    def read_field(self, name: str, text: str) -> Any:
        """Return the value of a field given as text; raises InvalidInput for one that is unknown or not JSON."""
        is_text = name in (*self.text, *self.instead)
        if not is_text and name not in self.json:
            allowed = ", ".join([self.file, *self.text, *self.instead, *self.json])
            raise InvalidInput.field(name, "unknown", f"There is no such field. Allowed are: {allowed}.")
        try:
            return checked_text(text) if is_text else load_json(text)
        except BadJson as exc:
            raise InvalidInput.field(f"{name}.{exc.path}" if exc.path else name, exc.code, f"This {exc}") from exc

    def read_query(self, query: str) -> tuple[dict[str, Any], str]:
        """Return the fields and the file name that stand in a query string; the file itself is the body."""
        values: dict[str, str] = {}
        for name, text in _pairs(query):
            if name in values:
                raise InvalidInput.field(name, "repeated", "This is given more than once.")
            values[name] = text
        file_name = values.pop(FILE_NAME, "")
        if unknown := next((name for name in values if name not in (*self.parameters, *self.instead)), None):
            detail = f"There is no such parameter. Allowed are: {', '.join(self.parameters)}."
            raise InvalidInput.field(unknown, "unknown", detail)
        return {name: self.read_field(name, text) for name, text in values.items()}, file_name


def _pairs(query: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=32)
    except UnicodeDecodeError as exc:
        raise InvalidInput("The query is not UTF-8.") from exc
    except ValueError as exc:
        raise InvalidInput("The query has too many parameters.") from exc
