"""What can go wrong, in words of our own: those of the libraries quote the URL, which may hold a secret."""

from typing import ClassVar


class OutboundError(Exception):
    """The request to a given address failed."""

    permanent: ClassVar[bool] = False
    # Of the answer, where its head had come before something failed.
    status: int | None = None

    def __init__(self, message: str = "") -> None:
        super().__init__(message or self.__doc__)


class UrlRefused(OutboundError):
    """The URL is not one that is asked: its scheme, its host, its port or its spelling is not allowed."""

    permanent = True

    def __init__(self, message: str = "", *, code: str = "invalid_url") -> None:
        super().__init__(message)
        self.code = code


class AddressRefused(OutboundError):
    """The host is, or leads to, an address that is not public."""

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
