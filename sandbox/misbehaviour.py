"""What the sandbox was told to do wrong. Kept in memory: a restart behaves again."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

FAULT_STATUSES = (401, 402, 403, 429, 500, 503)


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

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._instructions = Instructions()

    def instruct(self, body: Any) -> None:
        """Replace all instructions by those of a JSON body; raise BadInstruction, naming the field."""
        instructions = _read_instructions(body)
        with self._lock:
            self._instructions = instructions

    def describe(self) -> dict[str, Any]:
        """Return what is left to be done wrong, in the form in which it was asked for."""
        with self._lock:
            return asdict(self._instructions)

    async def delay_answer(self) -> None:
        if latency := self._instructions.latency:
            await asyncio.sleep(latency)

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


def _read_instructions(body: Any) -> Instructions:
    known = _checked(body, Instructions, "")
    faults = known.pop("errors", [])
    if not isinstance(faults, list):
        raise BadInstruction("errors must be a list.")
    webhooks = Webhooks(**_checked(known.pop("webhooks", {}), Webhooks, "webhooks."))
    return Instructions(**known, errors=[_read_fault(fault) for fault in faults], webhooks=webhooks)


def _read_fault(body: Any) -> Fault:
    values = _checked(body, Fault, "errors.", texts=("operation",))
    if values.get("status") not in FAULT_STATUSES:
        raise BadInstruction(f"errors.status must be one of {', '.join(map(str, FAULT_STATUSES))}.")
    return Fault(**values)


def _checked(body: Any, kind: type, prefix: str, *, texts: tuple[str, ...] = ()) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise BadInstruction(f"{prefix.rstrip('.') or 'The body'} must be an object.")
    allowed = {field.name for field in fields(kind)}
    for name, value in body.items():
        if name not in allowed:
            raise BadInstruction(f"{prefix}{name} is not known; there are {', '.join(sorted(allowed))}.")
        if name in texts:
            fits = isinstance(value, str)
        else:
            fits = isinstance(value, dict | list) or (isinstance(value, int | float) and value >= 0)
        if not fits:
            raise BadInstruction(f"{prefix}{name} has the wrong type.")
    return dict(body)
