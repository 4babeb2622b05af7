"""Sending the same request again under its Idempotency-Key."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from api_project.rest.idempotency.models import IdempotencyKey
from api_project.rest.idempotency.once import Once
from api_project.rest.idempotency.services import keys_forget
from api_project.work.steps import registry
from tests.api import (
    FORM,
    TRANSCRIPTS,
    WAV,
    Torn,
    Untouchable,
    api_client,
    audio_folder,
    fields_at_fault,
    form_part,
    form_with_file,
    nothing_is_kept,
    post_bare,
    post_form,
    post_stream,
    upload_folder,
)
from tests.factories import make_user
from transcripts.models import Status, Transcript

pytestmark = pytest.mark.django_db

KEY = "8e03978e-40d5-43dd-bc93-6894a57f9324"
URL = {"audio_url": "https://example.com/a.mp3", "title": "A", "metadata": {"n": 1}}


def keyed(name: str = "ada", key: str = KEY, **options: Any) -> Client:
    client = api_client(name, **options)
    client.defaults["HTTP_IDEMPOTENCY_KEY"] = key
    return client


def send(client: Client, body: Any = URL) -> Any:
    return client.post(TRANSCRIPTS, body, content_type="application/json")


def problem_of(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["type"].removeprefix("/api/problems/").rstrip("/")


class Meanwhile(BytesIO):
    """A body during which something happens."""

    def __init__(self, content: bytes, happens: Callable[[], None]) -> None:
        super().__init__(content)
        self.happens = happens

    def read(self, size: int | None = -1) -> bytes:
        self.happens()
        return super().read(size)


def test_a_repeated_request_is_answered_with_what_the_first_one_made() -> None:
    client = keyed()
    first, second = send(client), send(client)

    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json() == second.json()
    assert first["Location"] == second["Location"]
    assert "Idempotent-Replayed" not in first
    assert second["Idempotent-Replayed"] == "true"
    assert Transcript.objects.count() == 1


def test_the_answer_shows_the_record_as_it_is_now() -> None:
    client = keyed()
    send(client)
    Transcript.objects.update(status=Status.PROCESSING, title="Changed")

    body = send(client).json()
    assert (body["status"], body["title"]) == ("processing", "Changed")


def test_a_repeated_upload_leaves_no_second_file() -> None:
    client = keyed()
    before = len(audio_folder())
    assert post_form(client, form_with_file()).status_code == 202
    assert post_form(client, form_with_file())["Idempotent-Replayed"] == "true"

    assert len(audio_folder()) == before + 1
    assert upload_folder() == []


def test_the_same_file_is_the_same_however_it_is_sent() -> None:
    client = keyed()
    first = post_form(client, form_with_file(WAV, form_part("title", b"A")))
    other = form_with_file(WAV, form_part("title", b"A")).replace(b"test-boundary", b"another-boundary")
    again = client.generic("POST", TRANSCRIPTS, other, content_type=FORM.replace("test-boundary", "another-boundary"))
    bare = post_bare(client, WAV, "filename=speech.wav&title=A")

    assert {first.json()["id"]} == {again.json()["id"], bare.json()["id"]}
    assert again["Idempotent-Replayed"] == bare["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize("other", [URL | {"title": "B"}, {"audio_url": URL["audio_url"]}, {"nonsense": 1}])
def test_a_key_is_not_for_another_content(other: dict[str, Any]) -> None:
    client = keyed()
    send(client)

    assert problem_of(send(client, other)) == (422, "idempotency-key-reused")
    assert problem_of(post_bare(client, WAV)) == (422, "idempotency-key-reused")
    assert send(client).status_code == 202
    assert Transcript.objects.count() == 1


def test_another_file_of_the_same_length_is_another_content() -> None:
    client = keyed()
    post_bare(client, WAV)

    with nothing_is_kept():
        assert problem_of(post_bare(client, WAV[:-1] + b"!")) == (422, "idempotency-key-reused")


def test_other_keys_and_no_key_make_others() -> None:
    ids = {send(keyed()).json()["id"], send(keyed(key="another")).json()["id"]}
    ids |= {send(api_client()).json()["id"], send(api_client()).json()["id"]}

    assert len(ids) == 4


def test_a_key_is_one_users_own_but_no_api_keys() -> None:
    first = send(keyed("ada"))

    assert send(keyed("ada")).json()["id"] == first.json()["id"]
    assert send(keyed("grace")).json()["id"] != first.json()["id"]


def test_plain_and_quoted_are_the_same_key() -> None:
    assert send(keyed(key=f'"{KEY}"')).json()["id"] == send(keyed()).json()["id"]


def test_a_bad_key_is_refused_before_the_body_is_read() -> None:
    response = post_stream(keyed(key="x" * 256), Untouchable(), 1000, "audio/wav")

    assert response.status_code == 400
    assert fields_at_fault(response) == {"Idempotency-Key": "invalid"}


def test_while_the_first_one_is_in_progress_others_are_told_to_come_again() -> None:
    answers: list[Any] = []

    def ask_meanwhile() -> None:
        if not answers:
            answers.append(post_stream(keyed(), Untouchable(), len(WAV), "audio/wav"))

    assert post_stream(keyed(), Meanwhile(WAV, ask_meanwhile), len(WAV), "audio/wav").status_code == 202
    assert problem_of(answers[0]) == (409, "idempotency-in-progress")
    assert answers[0]["Retry-After"] == "3"


@pytest.mark.parametrize(
    ("fail", "status"),
    [
        (lambda client: send(client, {"audio_url": "nonsense"}), 400),
        (lambda client: post_bare(client, b"no audio at all"), 415),
        (lambda client: post_stream(client, BytesIO(WAV), len(WAV) + 1, "audio/wav"), 400),
        (lambda client: post_stream(client, Torn(), 1000, "audio/wav"), 400),
        (lambda client: post_stream(client, BytesIO(), 3_000_000_000, "audio/wav"), 413),
        (lambda client: post_stream(client, BytesIO(), "", "audio/wav"), 411),
    ],
)
def test_a_request_that_failed_frees_its_key(fail: Callable[[Client], Any], status: int) -> None:
    client = keyed(raise_request_exception=False)
    with nothing_is_kept():
        assert fail(client).status_code == status
    assert not IdempotencyKey.objects.exists()

    assert send(client).status_code == 202


def test_a_full_disk_frees_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("transcripts.services.log_move", fail)
        assert post_bare(keyed(), WAV).status_code == 507
    assert not IdempotencyKey.objects.exists()
    assert "Idempotent-Replayed" not in post_bare(keyed(), WAV)


def test_row_and_key_are_written_together(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**kwargs: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("api_project.rest.idempotency.once.key_finish", fail)
    with nothing_is_kept():
        assert post_bare(keyed(), WAV).status_code == 507


def test_what_was_deleted_since_is_gone_and_not_made_anew() -> None:
    client = keyed()
    made = send(client).json()["id"]
    api_client().delete(f"{TRANSCRIPTS}{made}/")

    response = send(client)
    assert problem_of(response) == (410, "gone")
    assert made in response.json()["detail"]
    assert Transcript.objects.count() == 1


def test_a_killed_process_holds_a_key_no_longer_than_its_lease(settings: Any) -> None:
    now = timezone.now()
    row = reserved_by_another(until=now + timedelta(seconds=settings.LEASE_SECONDS))
    assert problem_of(send(keyed())) == (409, "idempotency-in-progress")

    IdempotencyKey.objects.filter(pk=row.pk).update(until=now)
    assert send(keyed()).status_code == 202


def reserved_by_another(until: Any) -> IdempotencyKey:
    return IdempotencyKey.objects.create(user=make_user("ada"), key=KEY, token=uuid4(), until=until)


def test_whoever_lost_its_reservation_makes_nothing() -> None:
    def another_takes_over() -> None:
        IdempotencyKey.objects.update(token=uuid4(), until=timezone.now() + timedelta(minutes=1))

    with nothing_is_kept():
        response = post_stream(keyed(), Meanwhile(WAV, another_takes_over), len(WAV), "audio/wav")
    assert problem_of(response) == (409, "idempotency-in-progress")
    assert IdempotencyKey.objects.exists(), "the other one's reservation is not ours to free"


def test_a_reservation_is_renewed_while_the_body_comes(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    clock = [0.0]
    moments: list[Any] = []

    def time_passes() -> None:
        clock[0] += settings.LEASE_SECONDS / 3
        moments.append(IdempotencyKey.objects.get().until)

    defaults = {**(Once.__init__.__kwdefaults__ or {}), "clock": lambda: clock[0]}
    monkeypatch.setattr(Once.__init__, "__kwdefaults__", defaults)
    long = WAV + bytes(200_000)
    assert post_stream(keyed(), Meanwhile(long, time_passes), len(long), "audio/wav").status_code == 202
    assert len(moments) > 3
    assert sorted(set(moments)) == moments


def test_a_key_is_forgotten_after_its_time(settings: Any) -> None:
    first = send(keyed())
    row = IdempotencyKey.objects.get()
    assert abs(row.until - timezone.now() - settings.IDEMPOTENCY_KEYS_KEPT) < timedelta(minutes=1)

    IdempotencyKey.objects.update(until=timezone.now())
    assert send(keyed()).json()["id"] != first.json()["id"]


def test_forgotten_keys_are_removed_by_a_chore() -> None:
    assert keys_forget in [chore.run for chore in registry.chores]
    now = timezone.now()
    send(keyed())
    reserved_by = {"user": make_user("ada"), "token": uuid4()}
    for name, until in [("silent", now - timedelta(hours=1)), ("killed", now - timedelta(days=2))]:
        IdempotencyKey.objects.create(key=name, until=until, **reserved_by)

    keys_forget()
    assert set(IdempotencyKey.objects.values_list("key", flat=True)) == {KEY, "silent"}
    keys_forget(now=now + timedelta(days=3))
    assert not IdempotencyKey.objects.exists()


def test_a_read_key_reserves_nothing() -> None:
    assert send(keyed(scope="read")).status_code == 403
    assert not IdempotencyKey.objects.exists()
