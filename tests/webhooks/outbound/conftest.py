from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from api_project.http import LOOPBACK
from tests.webhooks.outbound.receiver import Receiver, receiver
from tests.webhooks.outbound.working import Clock


@pytest.fixture
def third_party(settings: Any) -> Iterator[Receiver]:
    """A receiver that the service may ask, though it is not public."""
    settings.WEBHOOK_ALLOWED_NETWORKS, settings.WEBHOOK_ALLOW_HTTP = LOOPBACK, True
    with receiver() as server:
        yield server


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The service's clock, which can be put forward."""
    clock = Clock()
    monkeypatch.setattr(timezone, "now", clock.now)
    return clock


@pytest.fixture
def nothing_crashes(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """See that no error is logged in the test."""
    yield
    assert [record.getMessage() for record in caplog.get_records("call") if record.levelname == "ERROR"] == []
