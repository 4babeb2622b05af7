"""What an upload may carry beside its file, and reading it from form fields or from the query."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from api_project.rest.exceptions import InvalidInput
from api_project.rest.strict_json import BadJson, checked_text, load_json

# The query parameter of a bare body that stands for the file name of a form.
FILE_NAME = "filename"


@dataclass(frozen=True)
class UploadForm:
    """The name of the file, and of the fields beside it: plain text, JSON, or lists. A view has one as `upload_form`.

    A list is given as JSON, or one entry at a time under the same name, as generated clients have it.
    """

    file: str
    text: Sequence[str] = ()
    json: Sequence[str] = ()
    lists: Sequence[str] = ()
    # Plain text too, in place of the file.
    instead: Sequence[str] = ()

    @property
    def parameters(self) -> list[str]:
        """The names of what may stand in the query, beside a bare body."""
        return [FILE_NAME, *self.text, *self.json, *self.lists]

    def refuse_repeated(self, name: str, given: Container[str]) -> None:
        """Raise InvalidInput for a field that is given already, unless it is a list."""
        if name in given and name not in self.lists:
            raise InvalidInput.field(name, "repeated", "This is given more than once.")

    def add_field(self, fields: dict[str, Any], name: str, text: str) -> None:
        """Add a field given as text to those that came before it; raises as `read_field`."""
        value = self.read_field(name, text)
        fields[name] = [*(fields[name] or ()), *(value or ())] if name in fields else value

    def read_field(self, name: str, text: str) -> Any:
        """Return the value of a field given as text; raises InvalidInput for one that is unknown or not JSON."""
        is_text = name in (*self.text, *self.instead)
        if not is_text and name not in (*self.json, *self.lists):
            allowed = ", ".join([self.file, *self.text, *self.instead, *self.json, *self.lists])
            raise InvalidInput.field(name, "unknown", f"There is no such field. Allowed are: {allowed}.")
        is_entry = name in self.lists and not text.startswith("[") and text != "null"
        try:
            if is_entry:
                return [checked_text(text)]
            return checked_text(text) if is_text else load_json(text)
        except BadJson as exc:
            raise InvalidInput.field(f"{name}.{exc.path}" if exc.path else name, exc.code, f"This {exc}") from exc

    def read_query(self, query: str) -> tuple[dict[str, Any], str]:
        """Return the fields and the file name that stand in a query string; the file itself is the body."""
        pairs = _pairs(query)
        names: set[str] = set()
        for name, _ in pairs:
            self.refuse_repeated(name, names)
            names.add(name)
        if unknown := next((name for name, _ in pairs if name not in (*self.parameters, *self.instead)), None):
            detail = f"There is no such parameter. Allowed are: {', '.join(self.parameters)}."
            raise InvalidInput.field(unknown, "unknown", detail)
        fields: dict[str, Any] = {}
        for name, text in pairs:
            if name != FILE_NAME:
                self.add_field(fields, name, text)
        return fields, dict(pairs).get(FILE_NAME, "")


def _pairs(query: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=32)
    except UnicodeDecodeError as exc:
        raise InvalidInput("The query is not UTF-8.") from exc
    except ValueError as exc:
        raise InvalidInput("The query has too many parameters.") from exc
