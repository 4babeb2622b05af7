"""What the sandbox was told to do wrong. Kept in memory: a restart behaves again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass, field
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

FAULT_STATUSES = (401, 402, 403, 429, 500, 503)
MOST_SECONDS = 86_400
MOST_COUNT = 1_000_000
MOST_NAME = 100

# Whether a value fits, and what it must be, to end a sentence with.
Rule = tuple[Callable[[Any], bool], str]


class BadInstruction(ValueError):
    """An instruction to misbehave cannot be followed."""


@dataclass(slots=True)
class Fault:
    """Answer the next `count` requests of an operation ("" is any) with an error; `retry_after` in seconds."""

    status: int
    count: int = 1
    operation: str = ""
    retry_after: int | None = None


@dataclass(slots=True)
class Webhooks:
    """What goes wrong with the next webhooks: how many of them, but `delay` in seconds and for all."""

    drop: int = 0
    duplicate: int = 0
    reorder: int = 0
    delay: float = 0


@dataclass(slots=True)
class Instructions:
    """`latency` in seconds before every answer; `lose_answers` to the next submissions, after the job is made."""

    latency: float = 0
    lose_answers: int = 0
    errors: list[Fault] = field(default_factory=list)
    webhooks: Webhooks = field(default_factory=Webhooks)


class Misbehaviour:
    """The instructions, and counting them down. Used by several threads."""

    def __init__(self, operations: Collection[str] = ()) -> None:
        self._operations = operations
        self._lock = threading.Lock()
        self._instructions = Instructions()

    def instruct(self, body: Any) -> None:
        """Replace all instructions by those of a JSON body; raise BadInstruction, naming the field."""
        instructions = _read_instructions(body, self._operations)
        with self._lock:
            self._instructions = instructions

    def describe(self) -> dict[str, Any]:
        """Return what is left to be done wrong, in the form in which it was asked for."""
        with self._lock:
            return asdict(self._instructions)

    @property
    def latency(self) -> float:
        return self._instructions.latency

    def take_fault(self, operation: str) -> Fault | None:
        with self._lock:
            for fault in self._instructions.errors:
                if fault.operation in ("", operation) and fault.count:
                    fault.count -= 1
                    self._instructions.errors = [left for left in self._instructions.errors if left.count]
                    return fault
        return None

    def take_lost_answer(self) -> bool:
        with self._lock:
            lost = self._instructions.lose_answers > 0
            self._instructions.lose_answers -= lost
            return lost

    def take_dropped_webhook(self) -> bool:
        return self._take_webhook("drop")

    def take_duplicated_webhook(self) -> bool:
        return self._take_webhook("duplicate")

    def _take_webhook(self, kind: str) -> bool:
        with self._lock:
            left = getattr(self._instructions.webhooks, kind)
            setattr(self._instructions.webhooks, kind, max(0, left - 1))
            return bool(left)

    @property
    def webhook_delay(self) -> float:
        return self._instructions.webhooks.delay

    @property
    def webhooks_to_reorder(self) -> int:
        return self._instructions.webhooks.reorder

    def webhooks_were_reordered(self) -> None:
        with self._lock:
            self._instructions.webhooks.reorder = 0


class LostAnswer(Response):
    """The connection is cut in the middle of an answer: its reader cannot know what was done."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]})
        # The server closes the connection of an application that returns with its answer unfinished.


def _read_instructions(body: Any, operations: Collection[str]) -> Instructions:
    values = _checked(body, INSTRUCTIONS, "")
    faults = [
        _read_fault(fault, f"errors[{place}]", operations) for place, fault in enumerate(values.pop("errors", []))
    ]
    webhooks = Webhooks(**_checked(values.pop("webhooks", {}), WEBHOOKS, "webhooks"))
    return Instructions(**values, errors=faults, webhooks=webhooks)


def _read_fault(body: Any, path: str, operations: Collection[str]) -> Fault:
    values = _checked(body, FAULT, path)
    if "status" not in values:
        raise BadInstruction(f"{path}.status is required.")
    if values.get("operation", "") not in {"", *operations}:
        raise BadInstruction(f"{path}.operation must be one of {', '.join(sorted(operations))}.")
    return Fault(**values)


def _checked(body: Any, rules: dict[str, Rule], path: str) -> dict[str, Any]:
    """Return what was given, each value as its rule wants it; raise BadInstruction, naming the field."""
    if not isinstance(body, dict):
        raise BadInstruction(f"{path or 'The body'} must be an object.")
    for name, value in body.items():
        field_name = f"{path}.{name}" if path else name
        if name not in rules:
            raise BadInstruction(f"{field_name[:MOST_NAME]} is not known; there are {', '.join(sorted(rules))}.")
        fits, wanted = rules[name]
        if not fits(value):
            raise BadInstruction(f"{field_name} must be {wanted}.")
    return dict(body)


def _is_seconds(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= MOST_SECONDS


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_COUNT


SECONDS: Rule = (_is_seconds, f"seconds, from 0 to {MOST_SECONDS}")
COUNT: Rule = (_is_count, f"a whole number from 0 to {MOST_COUNT}")
INSTRUCTIONS: dict[str, Rule] = {
    "latency": SECONDS,
    "lose_answers": COUNT,
    "errors": (lambda value: isinstance(value, list), "a list"),
    "webhooks": (lambda value: isinstance(value, dict), "an object"),
}
FAULT: dict[str, Rule] = {
    "status": (
        lambda value: _is_count(value) and value in FAULT_STATUSES,
        f"one of {', '.join(map(str, FAULT_STATUSES))}",
    ),
    "count": COUNT,
    "operation": (lambda value: isinstance(value, str), "a string"),
    "retry_after": (lambda value: value is None or _is_count(value), "a whole number of seconds"),
}
WEBHOOKS: dict[str, Rule] = {"drop": COUNT, "duplicate": COUNT, "reorder": COUNT, "delay": SECONDS}
