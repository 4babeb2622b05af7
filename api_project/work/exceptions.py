"""What a step raises to say how its row goes on. Anything else that leaves a step counts as a crash."""

from datetime import timedelta


class WorkError(Exception):
    """Work on a row did not finish."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or self.__doc__)


class LeaseLost(WorkError):
    """The row was moved, deleted or taken over by somebody else while we worked on it."""


class Stopping(WorkError):
    """This process was told to stop; the row goes back as it was."""


class TransientFailure(WorkError):
    """Something outside failed and may work again; the row waits and is given up by age, not by count.

    Attributes:
        retry_after: how long the other side asked us to wait, or None.
        waits_for: what a reader of the row is told that it waits for.
    """

    def __init__(self, message: str = "", *, retry_after: timedelta | None = None, waits_for: str = "retry") -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.waits_for = waits_for


class OperatorNeeded(WorkError):
    """Only the operator can mend this (a refused credential, an outage); the row waits, however long it takes.

    Attributes:
        waits_for: what a reader of the row is told that it waits for.
    """

    def __init__(self, message: str = "", *, waits_for: str = "credentials") -> None:
        super().__init__(message)
        self.waits_for = waits_for
