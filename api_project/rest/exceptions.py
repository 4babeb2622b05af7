"""Errors of the REST interface. Each is answered as the problem type it names; its docstring is the default detail."""

from collections.abc import Iterable

from rest_framework.exceptions import APIException

from api_project.rest.problems import TYPES, FieldError


class RestProblem(APIException):
    """The request cannot be answered."""

    kind = TYPES["bad-request"]

    def __init_subclass__(cls, *, problem: str) -> None:
        cls.kind = TYPES[problem]

    def __init__(
        self, detail: str = "", *, errors: Iterable[FieldError] = (), headers: dict[str, str] | None = None
    ) -> None:
        self.status_code = self.kind.status
        self.errors = list(errors)
        self.headers = headers or {}
        super().__init__(detail or (self.__doc__ or ""), self.kind.code)


class InvalidInput(RestProblem, problem="invalid-input"):
    """The request is not valid."""

    @classmethod
    def field(cls, field: str, code: str, detail: str) -> "InvalidInput":
        """Make the problem of one field."""
        return cls(f"{field}: {detail}" if field else detail, errors=[FieldError(field, code, detail)])


class MalformedBody(RestProblem, problem="malformed-body"):
    """The body cannot be read."""


class Conflict(RestProblem, problem="conflict"):
    """This cannot be done in the state that the object is in."""


class Gone(RestProblem, problem="gone"):
    """What this request made has been deleted since."""


class RequestTimeout(RestProblem, problem="request-timeout"):
    """Too little of the body came in too long a time; nothing was kept."""


class LengthRequired(RestProblem, problem="length-required"):
    """The body needs a Content-Length; a chunked body is not read."""


class PreconditionFailed(RestProblem, problem="precondition-failed"):
    """It has changed since: what If-Match names is not what is there now. Get it again first."""


class TooLarge(RestProblem, problem="too-large"):
    """The body is too large."""


class UnsupportedMedia(RestProblem, problem="unsupported-media-type"):
    """The body is of a kind that is not taken here."""


class SearchTooSlow(RestProblem, problem="search-too-slow"):
    """This search takes too long here; narrow it."""


class TooManyRequests(RestProblem, problem="throttled"):
    """Too many requests in too short a time."""


class OverBudget(RestProblem, problem="over-budget"):
    """A budget of yours does not allow this."""


class RangeNotSatisfiable(RestProblem, problem="range-not-satisfiable"):
    """No byte of the file lies in the range that was asked for."""


class Unavailable(RestProblem, problem="unavailable"):
    """Something that is needed is busy or down; try again soon."""


class Busy(Unavailable, problem="unavailable"):
    """Clients have all places of the kind that this needs; nothing is wrong here. Try again soon."""


class StorageFull(RestProblem, problem="storage-full"):
    """There is no room left to store this; nothing was kept."""


class AccountClosed(RestProblem, problem="forbidden"):
    """The user is deactivated."""
