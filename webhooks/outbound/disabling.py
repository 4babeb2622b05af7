"""Disabling an endpoint, and letting its owner know."""

import logging
from datetime import datetime
from typing import Any

from django.db import connection

from webhooks.models import Endpoint, PayloadLevel
from webhooks.outbound.event_data import DISABLED_ENDPOINT_DATA
from webhooks.outbound.event_types import ENDPOINT_DISABLED
from webhooks.outbound.events import event_write

logger = logging.getLogger(__name__)


def endpoint_disable(endpoint: Endpoint, reason: Endpoint.DisabledReason, *, now: datetime) -> bool:
    """Tell an endpoint nothing any more, and its owner why: by an event, and by e-mail.

    What waits for it is ended by its slot. Returns False when it was disabled or deleted already.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("An endpoint is disabled in the transaction of the attempt that shows why.")
    enabled = Endpoint.objects.filter(pk=endpoint.pk, enabled=True, deleted_at=None)
    # The e-mail is work on the endpoint's row.
    if not enabled.update(enabled=False, disabled_reason=reason, disabled_at=now, next_attempt_at=now):
        return False
    event_write(
        owner_id=endpoint.owner_id,
        kind=ENDPOINT_DISABLED,
        subject=endpoint.pk,
        data=lambda level: _data(endpoint, reason, level),
        now=now,
        wake=[endpoint.pk],
    )
    extra = {"action": "endpoint.disabled"}
    logger.warning("The endpoint %s is disabled: %s", endpoint.pk, reason.label, extra=extra)
    return True


def _data(endpoint: Endpoint, reason: Endpoint.DisabledReason, level: PayloadLevel) -> dict[str, Any]:
    of_endpoint = {"id": str(endpoint.pk), "description": endpoint.description}
    return DISABLED_ENDPOINT_DATA.pick(level, of_endpoint | {"reason": str(reason), "detail": reason.label})
