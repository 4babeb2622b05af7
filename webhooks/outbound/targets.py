"""Where callbacks may be sent. It is checked when an address is given, for its giver, and again at every attempt."""

from django.conf import settings

from api_project.http import AddressRefused, Policy, UrlRefused, check_url, parse_url

TOTAL_SECONDS = 15.0
CONNECT_SECONDS = 5.0
ANSWER_BYTES = 4096
# A receiver that comes up later, or whose name server is slow today, is not refused for that.
RESOLVE_SECONDS = 3.0


class TargetRefused(Exception):
    """A URL that callbacks are not sent to. The message is for who gave it, and quotes nothing of it."""

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.message = message
        self.code = code


def target_policy() -> Policy:
    """Return what one attempt may do, by the settings of this moment."""
    return Policy(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=TOTAL_SECONDS,
        total_timeout=TOTAL_SECONDS,
        max_bytes=ANSWER_BYTES,
        allowed_networks=tuple(settings.WEBHOOK_ALLOWED_NETWORKS),
        ports=frozenset(settings.WEBHOOK_PORTS),
        schemes=frozenset({"https", "http"} if settings.WEBHOOK_ALLOW_HTTP else {"https"}),
        # What leaves for the public network holds what was said.
        tls_elsewhere=True,
    )


def check_target(url: str) -> None:
    """Raise TargetRefused for a URL that no callback would be sent to.

    It may take RESOLVE_SECONDS, so no transaction should wait for it.
    """
    if "#" in url:
        raise TargetRefused("A fragment, from # on, is never sent; leave it out.", code="fragment")
    try:
        check_url(url, policy=target_policy(), within=RESOLVE_SECONDS)
    except UrlRefused as exc:
        raise TargetRefused(str(exc), code=exc.code) from exc
    except AddressRefused as exc:
        message = "The host is, or leads to, an address that is not public; this service sends nothing there."
        raise TargetRefused(message, code="refused_address") from exc


def origin_of(url: str) -> str:
    """Return scheme, host and port of a URL that was checked, the same for all ways to write it."""
    return parse_url(url).origin
