"""What is signed verifies with the official libraries, as receivers use them."""

import json
import shutil
import subprocess
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone as django_timezone
from standardwebhooks import Webhook, WebhookVerificationError

from tests.clients.npm import PACKAGES, with_npm
from webhooks.outbound.secrets import new_secret
from webhooks.outbound.signing import signed_headers

EVENT = UUID("01a20453-9e72-7d4e-be35-76338108d082")
BODY = json.dumps({"type": "transcript.completed", "data": {"title": "Grüße, 世界 😀 \u2028\n"}}, ensure_ascii=False)
SECRET, OTHER, STRANGERS = new_secret(), new_secret(), new_secret()
VERIFIER = Path(__file__).parent / "verify.mjs"


def signed(*secrets: str, body: str = BODY, at: datetime | None = None, attempt: int = 1) -> dict[str, str]:
    at = at or django_timezone.now()
    return signed_headers(event_id=EVENT, body=body, secrets=secrets, at=at, attempt=attempt)


def test_all_that_a_receiver_needs_is_in_the_headers() -> None:
    headers = signed(SECRET, at=datetime(2026, 11, 22, 12, 0, 0, 999_999, tzinfo=UTC), attempt=3)
    assert headers.pop("webhook-signature").startswith("v1,")
    assert headers == {
        "Content-Type": "application/json",
        "User-Agent": "speech-to-text-service",
        "webhook-id": str(EVENT),
        "webhook-timestamp": "1795348800",
        "webhook-attempt": "3",
    }


def test_a_signature_is_the_one_of_the_specification() -> None:
    headers = signed("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", body="{}", at=datetime(2026, 11, 22, 12, tzinfo=UTC))
    # Made with openssl, from the id, the time and the body with dots between them.
    assert headers["webhook-signature"] == "v1,7E2Cw7UQUGQiZMZhNGquBdZqOSj31ALjvqfcZhjtRu8="


def test_a_time_in_another_zone_is_the_same_time() -> None:
    at = django_timezone.now()
    assert signed(SECRET, at=at.astimezone(timezone(timedelta(hours=5, minutes=30)))) == signed(SECRET, at=at)


def test_the_same_attempt_is_signed_the_same() -> None:
    at = django_timezone.now()
    assert signed(SECRET, at=at) == signed(SECRET, at=at)
    assert signed(SECRET, at=at) != signed(SECRET, at=at + timedelta(seconds=1))


class PythonReceiver:
    """A receiver that has the library from the Python package index."""

    def __init__(self, folder: Path) -> None:
        pass

    def verify(self, secret: str, headers: dict[str, str], body: str = BODY) -> Any:
        try:
            return Webhook(secret).verify(body.encode(), headers)
        except WebhookVerificationError:
            return None


class NodeReceiver:
    """A receiver that has the library from npm."""

    def __init__(self, folder: Path) -> None:
        # Node looks for packages beside the program.
        self._program = Path(shutil.copy(VERIFIER, folder))
        (folder / PACKAGES.name).symlink_to(PACKAGES)

    def verify(self, secret: str, headers: dict[str, str], body: str = BODY) -> Any:
        given = json.dumps([{"secret": secret, "headers": headers, "body": body}])
        ran = subprocess.run(
            ["node", self._program], input=given, capture_output=True, text=True, check=True, timeout=60
        )
        (result,) = json.loads(ran.stdout)
        return result.get("payload")


@pytest.fixture(params=[PythonReceiver, pytest.param(NodeReceiver, marks=with_npm)])
def receiver(request: pytest.FixtureRequest, tmp_path: Path) -> PythonReceiver | NodeReceiver:
    made: PythonReceiver | NodeReceiver = request.param(tmp_path)
    return made


def test_a_receiver_verifies_what_was_signed(receiver: PythonReceiver | NodeReceiver) -> None:
    assert receiver.verify(SECRET, signed(SECRET)) == json.loads(BODY)


def test_during_a_rotation_a_receiver_needs_either_secret(receiver: PythonReceiver | NodeReceiver) -> None:
    headers = signed(SECRET, OTHER)
    assert [receiver.verify(secret, headers) for secret in (SECRET, OTHER)] == [json.loads(BODY)] * 2
    assert receiver.verify(STRANGERS, headers) is None


def test_a_receiver_refuses_what_was_changed(receiver: PythonReceiver | NodeReceiver) -> None:
    headers = signed(SECRET)
    assert receiver.verify(SECRET, headers, BODY.replace("😀", "😁")) is None
    assert receiver.verify(SECRET, {**headers, "webhook-id": str(UUID(int=1))}) is None
    later = str(int(headers["webhook-timestamp"]) + 1)
    assert receiver.verify(SECRET, {**headers, "webhook-timestamp": later}) is None


def test_a_receiver_refuses_what_is_played_again_later(receiver: PythonReceiver | NodeReceiver) -> None:
    old = signed(SECRET, at=django_timezone.now() - timedelta(minutes=6))
    assert receiver.verify(SECRET, old) is None
