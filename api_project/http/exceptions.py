from typing import ClassVar


class OutboundError(Exception):
    """The request to a given address failed."""

    permanent: ClassVar[bool] = False

    def __init__(self, message: str = "") -> None:
        super().__init__(message or self.__doc__)


class UrlRefused(OutboundError):
    """The URL is not one we ask: its scheme, its host or its user info is not allowed."""

    permanent = True


class AddressRefused(OutboundError):
    """The host resolves to an address that is not public."""

    # A name may resolve elsewhere tomorrow, but a receiver that points inside our network is a mistake or an attack.
    permanent = True


class ConnectionFailed(OutboundError):
    """The name did not resolve, the connection was refused, or it broke."""


class DeadlineExceeded(OutboundError):
    """The other side was too slow."""


class BodyTooLarge(OutboundError):
    """The answer is larger than allowed."""

    permanent = True


class UnexpectedAnswer(OutboundError):
    """The answer has a status or an encoding that cannot be used."""

    def __init__(self, message: str = "", *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status
