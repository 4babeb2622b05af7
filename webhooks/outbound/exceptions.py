"""What can go wrong with callbacks to third parties, in our own words."""


class WebhooksError(Exception):
    """Something cannot be done about callbacks."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or self.__doc__)


class TooManyEndpoints(WebhooksError):
    """The user has as many endpoints as anybody may have."""


class EndpointDisabled(WebhooksError):
    """The endpoint is told nothing: it is disabled. Enable it first."""


class NotDeliverable(WebhooksError):
    """The delivery cannot be made again."""


class BeingTried(NotDeliverable):
    """It is being tried at this moment. See what comes of that first."""

    # No attempt takes longer.
    retry_after_seconds = 15


class RecoveryUnderWay(WebhooksError):
    """What this endpoint missed is being sent again already; only one recovery runs at a time."""


class UnknownPosition(WebhooksError):
    """The feed has not come so far: this place was never given."""
