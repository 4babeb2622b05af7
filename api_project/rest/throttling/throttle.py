"""Counting requests, and what happens when that fails: nothing, but for a line in the log once a minute."""

import logging
import time
from collections.abc import Callable
from functools import lru_cache
from typing import NoReturn

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request

from api_project.rest.exceptions import TooManyRequests
from api_project.rest.models import ApiKey
from api_project.rest.throttling.limits import Limit, Standing
from api_project.rest.throttling.stores import CacheStore, FileStore, Store

logger = logging.getLogger(__name__)

FILE_NAME = "requests.sqlite3"
ATTRIBUTE = "rate_standing"
# A store that hangs shall not cost every request its time-out.
REST_SECONDS = 5
LOG_EVERY_SECONDS = 60


class Throttle:
    """Counts in a store, and lets requests pass uncounted while that fails. `clock` is in seconds since the epoch."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.time) -> None:
        self.store = store
        self.clock = clock
        self._failed_at: float | None = None
        self._logged_at: float | None = None

    def count(self, bucket: str, limit: Limit) -> Standing | None:
        """Count one request and return where its bucket stands; None when it could not be counted."""
        now = self.clock()
        if _is_within(self._failed_at, now, REST_SECONDS):
            return None
        ends = limit.window_end(bucket, now)
        try:
            return Standing(limit, self.store.count(bucket, ends, now), ends)
        except Exception as exc:
            self._failed_at = now
            if not _is_within(self._logged_at, now, LOG_EVERY_SECONDS):
                self._logged_at = now
                extra = {"action": "rest.throttle_failed"}
                logger.error("Requests are not counted: %s", exc or type(exc).__name__, extra=extra)
            return None


def _is_within(since: float | None, now: float, seconds: float) -> bool:
    # A clock that was set back is no reason to stay silent for ever.
    return since is not None and abs(now - since) < seconds


@lru_cache(maxsize=1)
def process_throttle() -> Throttle:
    """Return the one throttle of this process."""
    return Throttle(CacheStore() if settings.REDIS_URL else FileStore(settings.DATA_DIR / FILE_NAME))


def present_limit() -> Limit | None:
    """Return the limit on requests; None when there is none."""
    if not settings.THROTTLE_REQUESTS:
        return None
    return Limit(settings.THROTTLE_REQUESTS, settings.THROTTLE_SECONDS)


def count_request(request: Request) -> None:
    """Count a request of the API for whoever sends it. Raises TooManyRequests over the limit, and NotAuthenticated's
    kin for credentials that do not count."""
    limit, bucket = present_limit(), bucket_of(request)
    if limit is None or bucket is None:
        return
    throttle = process_throttle()
    standing = throttle.count(bucket, limit)
    setattr(request._request, ATTRIBUTE, standing)
    if standing is not None and standing.is_over:
        _refuse(standing, throttle.clock())


def standing_of(request: HttpRequest) -> Standing | None:
    """Return where the sender of a request stood when it was counted; None when it was not."""
    standing: Standing | None = getattr(request, ATTRIBUTE, None)
    return standing


def bucket_of(request: Request) -> str | None:
    """Return in whose name a request counts: its API key's, or its user's for all sessions; None for nobody."""
    if not request.user.is_authenticated:
        return None
    return f"key:{request.auth.pk}" if isinstance(request.auth, ApiKey) else f"user:{request.user.pk}"


def _refuse(standing: Standing, now: float) -> NoReturn:
    limit, seconds = standing.limit, max(1, standing.seconds_left(now))
    raise TooManyRequests(
        f"More than {limit.requests} requests in {limit.seconds} seconds; try again in {seconds} seconds.",
        headers={"Retry-After": str(seconds)},
    )
