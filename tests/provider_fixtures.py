"""Fixtures for tests that work on rows against AssemblyAI at the wire."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.utils import timezone

from api_project.work.runner import run_step
from api_project.work.steps import Step, registry
from tests.assemblyai_fake import FakeAssemblyAI
from tests.factories import claim_one
from transcripts.provider_health import failures_in_a_row

RunDue = Callable[..., Any]


@pytest.fixture
def assemblyai_fake(monkeypatch: pytest.MonkeyPatch) -> FakeAssemblyAI:
    """Answer every HTTP request of the AssemblyAI SDK in this process."""
    fake = FakeAssemblyAI()
    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", lambda self, request: fake.handle(request))
    return fake


@pytest.fixture(autouse=True)
def _no_earlier_failures() -> Iterator[None]:
    failures_in_a_row.clear()
    yield
    failures_in_a_row.clear()


@pytest.fixture
def run_due() -> RunDue:
    """Return a function that runs a step by name on its one due row, as the worker does, and returns the row."""

    def run(name: str, *, after: timedelta = timedelta()) -> Any:
        step = step_named(name)
        row, lease = claim_one(step, after=after)
        run_step(step, row, lease, now=timezone.now() + after)
        row.refresh_from_db()
        return row

    return run


def step_named(name: str) -> Step:
    (step,) = [step for step in registry.steps if step.name == name]
    return step
