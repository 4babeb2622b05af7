"""What a creating view wraps around its work, so that one key makes one thing."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.db import Error as DatabaseFailure
from django.db import connection
from django.utils import timezone
from rest_framework.request import Request

from api_project.rest.idempotency.exceptions import IdempotencyKeyReused
from api_project.rest.idempotency.keys import fingerprint_of, read_key
from api_project.rest.idempotency.models import IdempotencyKey
from api_project.rest.idempotency.services import key_finish, key_release, key_renew, key_reserve

logger = logging.getLogger(__name__)

REPLAYED = {"Idempotent-Replayed": "true"}
RENEWALS_PER_LEASE = 3


class Once:
    """A creating request: under a key that it has reserved, under one that made something before, or under none."""

    def __init__(
        self,
        operation: str,
        row: IdempotencyKey | None = None,
        *,
        is_reserved: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._operation = operation
        self._row = row
        self._reserved = row if is_reserved else None
        self._clock = clock
        self._renewed = clock()
        self._fingerprint = ""

    @property
    def headers(self) -> dict[str, str]:
        """Return what the answer is to say about it."""
        return REPLAYED if self.is_repeated else {}

    @property
    def is_repeated(self) -> bool:
        """Whether something was made under this key before."""
        return self._reserved is not self._row

    def keep(self) -> None:
        """Hold the reservation for longer if it is time to. Call it while the body comes in."""
        pause = settings.LEASE_SECONDS / RENEWALS_PER_LEASE
        if self._reserved is None or self._clock() - self._renewed < pause:
            return
        self._renewed = self._clock()
        try:
            key_renew(row=self._reserved)
        except DatabaseFailure:
            # Perhaps it is back before the body is complete. Until then nobody can take the key either.
            logger.warning("A reservation was not renewed.", exc_info=True, extra={"action": "rest.key_not_renewed"})
            connection.close_if_unusable_or_obsolete()

    def made_before(self, data: Mapping[str, Any]) -> UUID | None:
        """Return the id of what was made before under this key; None where it is to be made now.

        Raises IdempotencyKeyReused when it was made from something else than `data`.
        """
        if self._row is None:
            return None
        self._fingerprint = fingerprint_of(self._operation, data)
        if self._reserved is None and self._row.fingerprint != self._fingerprint:
            raise IdempotencyKeyReused
        return self._row.resource_id

    def finish(self, made: UUID) -> None:
        """Remember what was made; to be called in its transaction. Raises IdempotencyInProgress if it is not ours."""
        if self._reserved is not None:
            key_finish(row=self._reserved, fingerprint=self._fingerprint, resource_id=made)

    def release(self) -> None:
        """Free the key unless something was made."""
        try:
            if self._reserved is not None:
                key_release(row=self._reserved)
        except DatabaseFailure:
            # Time will free it.
            logger.warning("A key was not freed.", exc_info=True, extra={"action": "rest.key_not_freed"})


@contextmanager
def only_once(request: Request, operation: str) -> Iterator[Once]:
    """Reserve the key of a request, if it has one, for the block; whatever ends the block by an error frees it.

    Enter it before the body is read. Raises InvalidInput for a bad key, IdempotencyInProgress for one in use.
    """
    key = read_key(request)
    if key is None:
        yield Once(operation)
        return
    row, is_reserved = key_reserve(user=cast("User", request.user), key=key, now=timezone.now())
    once = Once(operation, row, is_reserved=is_reserved)
    try:
        yield once
    except BaseException:
        once.release()
        raise
