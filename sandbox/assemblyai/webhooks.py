"""Tell whoever asked for it that a transcript is ready: at least once, with the real one's rule for trying again.

2xx within ten seconds is success; any 4xx ends it; else up to ten attempts, ten seconds apart.
https://www.assemblyai.com/docs/deployment/webhooks
"""

from __future__ import annotations

import json
import logging
import queue
import threading
import time
from dataclasses import dataclass

from api_project.http import OutboundError, Policy, post
from sandbox.assemblyai.store import Store, Transcript
from sandbox.assemblyai.webhook_store import Webhook, WebhookStore
from sandbox.misbehaviour import Misbehaviour

logger = logging.getLogger("sandbox.assemblyai")

LOOK_SECONDS = 0.2
SENDERS = 8


@dataclass(frozen=True, slots=True)
class RetryRule:
    """How often and how long apart, in seconds."""

    attempts: int = 10
    delay: float = 10

    def next_delay(self, attempt: int, code: int | None) -> float | None:
        """Return the wait after the given attempt (from 1) that got this code (None: no answer), or None: give up."""
        refused = code is not None and 400 <= code < 500
        return None if refused or attempt >= self.attempts else self.delay


class Deliverer:
    """One thread looks for due rows, a few send them. A row that was not finished is sent again after a restart."""

    def __init__(
        self, store: Store, webhooks: WebhookStore, misbehaviour: Misbehaviour, *, rule: RetryRule, policy: Policy
    ) -> None:
        self._store = store
        self._webhooks = webhooks
        self._misbehaviour = misbehaviour
        self._rule = rule
        self._policy = policy
        self._batches: queue.SimpleQueue[list[Webhook]] = queue.SimpleQueue()
        self._in_hand: set[int] = set()
        self._delayed: set[int] = set()
        self._held: list[Webhook] = []
        self._wake = threading.Event()
        self._stopping = threading.Event()

    def start(self) -> None:
        self._webhooks.release()
        threading.Thread(target=self._look, name="webhooks", daemon=True).start()
        for number in range(SENDERS):
            threading.Thread(target=self._send, name=f"webhook-{number}", daemon=True).start()

    def stop(self) -> None:
        self._stopping.set()
        self._wake.set()

    def wake(self) -> None:
        self._wake.set()

    def _look(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            for batch in self.take_due(time.time()):
                self._batches.put(batch)
            self._wake.wait(LOOK_SECONDS)

    def _send(self) -> None:
        while not self._stopping.is_set():
            self.send(self._batches.get())

    def send(self, batch: list[Webhook]) -> None:
        """Send one after the other, in this order."""
        for webhook in batch:
            try:
                self._deliver(webhook)
            except Exception:
                logger.exception("A webhook could not be sent.", extra={"action": "webhook.crashed"})
            finally:
                self._in_hand.discard(webhook.id)

    def take_due(self, moment: float) -> list[list[Webhook]]:
        """Return what is to be sent now; those of one batch must stay in order."""
        batches = self._release_held()
        for webhook in self._webhooks.due(moment):
            if webhook.id in self._in_hand:
                continue
            batch = self._misdeliver(webhook, moment) if webhook.attempts == 0 else [webhook]
            self._in_hand.update(taken.id for taken in batch)
            if batch:
                batches.append(batch)
        return batches

    def _misdeliver(self, webhook: Webhook, moment: float) -> list[Webhook]:
        """Return what is to be sent instead of a webhook that is due for the first time."""
        delay = self._misbehaviour.webhook_delay
        if delay and webhook.id not in self._delayed:
            self._delayed.add(webhook.id)
            self._webhooks.reschedule(webhook.id, due=moment + delay)
            return []
        if wanted := self._misbehaviour.webhooks_to_reorder:
            return self._hold(webhook, wanted)
        if self._misbehaviour.take_dropped_webhook():
            self._webhooks.log(webhook, code=None, outcome="dropped")
            return []
        return [webhook, webhook] if self._misbehaviour.take_duplicated_webhook() else [webhook]

    def _hold(self, webhook: Webhook, wanted: int) -> list[Webhook]:
        """Keep webhooks back until there are as many as wanted, then return the last one first."""
        self._webhooks.reschedule(webhook.id, due=None)
        self._held.append(webhook)
        if len(self._held) < wanted:
            return []
        batch, self._held = self._held[::-1], []
        self._misbehaviour.webhooks_were_reordered()
        return batch

    def _release_held(self) -> list[list[Webhook]]:
        """Return what is held back although no more are waited for: the instruction was ended or changed."""
        if not self._held or len(self._held) < self._misbehaviour.webhooks_to_reorder:
            return []
        batch, self._held = self._held[::-1], []
        self._in_hand.update(webhook.id for webhook in batch)
        return [batch]

    def _deliver(self, webhook: Webhook) -> None:
        transcript = self._store.get(webhook.transcript_id)
        if transcript.erased:
            return
        code = self._post(transcript, webhook.status)
        delivered = code is not None and 200 <= code < 300
        delay = None if delivered else self._rule.next_delay(webhook.attempts + 1, code)
        self._webhooks.log(
            webhook,
            code=code,
            outcome="delivered" if delivered else "failed" if delay is None else None,
            due=None if delay is None else time.time() + delay,
        )

    def _post(self, transcript: Transcript, status: str) -> int | None:
        request = transcript.request
        headers = {"Content-Type": "application/json"}
        if name := request.get("webhook_auth_header_name"):
            headers[name] = request["webhook_auth_header_value"]
        body = json.dumps({"transcript_id": transcript.id, "status": status}).encode()
        try:
            return post(request["webhook_url"], body=body, headers=headers, policy=self._policy).status
        except OutboundError as exc:
            # The exception may hold the address, and the address a secret.
            logger.info("A webhook was not delivered: %s", type(exc).__name__, extra={"action": "webhook.failed"})
            return None
