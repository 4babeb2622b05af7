"""What every receiver of a provider's callbacks must do. Each provider's test class inherits these cases."""

import pytest
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from api_project.work.runner import run_step
from tests.factories import claim_one
from tests.provider_fixtures import step_named
from webhooks.models import ReceivedEvent


def worked_on() -> ReceivedEvent:
    """Let the worker act on the one event, and return it."""
    step = step_named("apply")
    event, lease = claim_one(step)
    run_step(step, event, lease)
    event.refresh_from_db()
    assert isinstance(event, ReceivedEvent)
    return event


@pytest.mark.django_db
class ReceiverCases:
    """Subclasses say how their provider calls and signs."""

    @pytest.fixture(autouse=True)
    def _client(self) -> None:
        # As from outside: with CSRF checks, and an error is an answer.
        self.client = Client(enforce_csrf_checks=True, raise_request_exception=False)

    def call(self, *, secret: str = "first", status: str = "completed", body: bytes | None = None) -> HttpResponse:
        """Call back, signed with one of `WEBHOOK_SECRETS` ("first", "second"), wrongly ("wrong") or not at all ("")."""
        raise NotImplementedError

    def test_it_stores_a_signed_callback_and_answers_with_nothing(self) -> None:
        response = self.call()
        assert (response.status_code, response.content) == (204, b"")
        event = ReceivedEvent.objects.get()
        assert event.status == "pending"
        assert event.next_attempt_at is not None

    def test_it_rejects_a_bad_signature(self) -> None:
        assert self.call(secret="wrong").status_code == 403
        assert not ReceivedEvent.objects.exists()

    def test_it_rejects_a_missing_signature(self) -> None:
        assert self.call(secret="").status_code == 403
        assert not ReceivedEvent.objects.exists()

    def test_it_accepts_a_rotated_secret(self) -> None:
        assert self.call(secret="second").status_code == 204
        assert ReceivedEvent.objects.count() == 1

    def test_it_keeps_a_repeated_callback_once(self) -> None:
        assert [self.call().status_code for _ in range(3)] == [204, 204, 204]
        assert ReceivedEvent.objects.count() == 1

    def test_it_keeps_an_unknown_status_as_ignored(self) -> None:
        assert self.call(status="brand-new").status_code == 204
        assert worked_on().status == "ignored"

    def test_it_refuses_too_long_a_body_unread(self, settings: Settings) -> None:
        settings.MAX_WEBHOOK_BYTES = 100
        assert self.call(body=b"x" * 101).status_code == 413
        assert not ReceivedEvent.objects.exists()

    def test_it_asks_the_provider_to_come_again_only_when_the_database_fails(self) -> None:
        def fail(*args: object) -> None:
            raise OperationalError("database is away")

        with connection.execute_wrapper(fail):
            assert self.call().status_code == 503

    def test_it_keeps_no_secret(self) -> None:
        self.call()
        event = ReceivedEvent.objects.get()
        assert set(event.headers) <= {"Content-Type", "User-Agent"}
