from collections.abc import Callable
from typing import Any

import pytest

from api_project.work.leases import Lease
from api_project.work.retry import RetryPolicy
from api_project.work.steps import Cause, Step
from transcripts.steps import due_submit

Run = Callable[[Any, Lease], None]


@pytest.fixture
def make_step() -> Callable[..., Step]:
    """Return a maker of steps on queued transcripts, which serve here as rows like any other."""

    def make(run: Run = lambda row, lease: lease.finish(), **more: Any) -> Step:
        def give_up(row: Any, lease: Lease, cause: Cause, message: str) -> None:
            lease.finish(title=f"{cause}: {message}")

        defaults: dict[str, Any] = {
            "kind": "test",
            "name": "test",
            "due": due_submit,
            "give_up": give_up,
            "wait": lambda reason: {"waiting_for": reason},
            "retry": RetryPolicy(),
        }
        return Step(run=run, **(defaults | more))

    return make
