"""What can go wrong with a transcript, in our own words; a provider's errors become these at the edge."""

from datetime import timedelta


class TranscriptsError(Exception):
    """A transcript operation failed."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or self.__doc__)


class WrongStatus(TranscriptsError):
    """The transcript's status does not allow this."""


class StorageFull(TranscriptsError):
    """There is no room left to store the audio."""


class OverBudget(TranscriptsError):
    """A budget of the user does not allow this.

    Attributes:
        budget: which one, `storage` or `minutes`.
    """

    def __init__(self, message: str, *, budget: str) -> None:
        super().__init__(message)
        self.budget = budget


class SearchTooSlow(TranscriptsError):
    """This search takes too long here. Narrow it, by `created_after` or `created_before`, or by rarer words."""


class ProviderError(TranscriptsError):
    """The speech provider did not do what was asked.

    Attributes:
        status_code: the provider's HTTP status, or None when there was no answer.
        received: whether the request may have had an effect, although it failed.
    """

    received = False

    def __init__(self, message: str = "", *, status_code: int | None = None) -> None:
        super().__init__(message)
        self.status_code = status_code


class DestinationRefused(TranscriptsError):
    """Nobody can be told there.

    Attributes:
        field: what names it.
        code: why, for programs.
    """

    def __init__(self, message: str = "", *, field: str, code: str) -> None:
        super().__init__(message)
        self.field = field
        self.code = code


class ProviderRejected(ProviderError):
    """The provider refused this request for good; the message is in its words."""


class ProviderNotFound(ProviderRejected):
    """The provider does not know this transcript (any more)."""


class ProviderCredentials(ProviderError):
    """The provider refused our credentials or account; only the operator can mend that."""


class ProviderUnavailable(ProviderError):
    """The provider could not be reached, failed, or asked us to slow down.

    Attributes:
        retry_after: how long the provider asked us to wait, or None.
    """

    def __init__(
        self,
        message: str = "",
        *,
        status_code: int | None = None,
        retry_after: timedelta | None = None,
        received: bool = True,
    ) -> None:
        super().__init__(message, status_code=status_code)
        self.retry_after = retry_after
        self.received = received
