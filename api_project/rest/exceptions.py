"""Errors of the REST interface. Each is answered as the problem type it names; its docstring is the default detail."""

from collections.abc import Iterable

from rest_framework.exceptions import APIException

from api_project.rest.problems import TYPES, FieldError


class RestProblem(APIException):
    """The request cannot be answered."""

    problem = "bad-request"

    def __init__(
        self, detail: str = "", *, errors: Iterable[FieldError] = (), headers: dict[str, str] | None = None
    ) -> None:
        self.kind = TYPES[self.problem]
        self.status_code = self.kind.status
        self.errors = list(errors)
        self.headers = headers or {}
        super().__init__(detail or (self.__doc__ or ""), self.problem)


class InvalidInput(RestProblem):
    """The request is not valid."""

    problem = "invalid-input"

    @classmethod
    def field(cls, field: str, code: str, detail: str) -> "InvalidInput":
        """Make the problem of one field."""
        return cls(f"{field}: {detail}" if field else detail, errors=[FieldError(field, code, detail)])


class MalformedBody(RestProblem):
    """The body cannot be read."""

    problem = "malformed-body"


class Conflict(RestProblem):
    """This cannot be done in the state that the object is in."""

    problem = "conflict"


class RequestTimeout(RestProblem):
    """Too little of the body came in too long a time; nothing was kept."""

    problem = "request-timeout"


class LengthRequired(RestProblem):
    """The body needs a Content-Length; a chunked body is not read."""

    problem = "length-required"


class TooLarge(RestProblem):
    """The body is too large."""

    problem = "too-large"


class UnsupportedMedia(RestProblem):
    """The body is of a kind that is not taken here."""

    problem = "unsupported-media-type"


class Unavailable(RestProblem):
    """Something that is needed is busy or down; try again soon."""

    problem = "unavailable"


class StorageFull(RestProblem):
    """There is no room left to store this; nothing was kept."""

    problem = "storage-full"
