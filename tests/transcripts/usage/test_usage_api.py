import pytest
from django.utils import timezone
from pytest_django import Settings

from tests.api import (
    FORM,
    TRANSCRIPTS,
    WAV,
    Untouchable,
    api_client,
    fields_at_fault,
    form_with_file,
    nothing_is_kept,
    post_bare,
    post_form,
    post_json,
    post_stream,
)
from tests.factories import AUDIO, make_transcript, make_url_transcript, make_user
from transcripts.models import MonthlyUsage, Transcript
from transcripts.usage.months import month_of

pytestmark = pytest.mark.django_db
USAGE = "/api/v1/usage/"
URL = {"audio_url": "https://example.com/a.mp3"}


def use_minutes(minutes: float) -> None:
    make_url_transcript()
    MonthlyUsage.objects.update(seconds=minutes * 60)


def test_it_tells_what_was_used_and_that_there_is_no_limit() -> None:
    make_transcript()
    use_minutes(1.51)
    told = api_client().get(USAGE).json()
    assert told["storage"] == {"used_bytes": len(AUDIO), "limit_bytes": None}
    assert (told["minutes"]["used"], told["minutes"]["limit"]) == (1.5, None)
    assert told["transcripts"] == {"stored": 2, "created_this_month": 2}


def test_it_tells_the_limits_and_when_the_month_ends(settings: Settings) -> None:
    settings.USER_STORAGE_BYTES, settings.USER_MINUTES_PER_MONTH = 1000, 60
    told = api_client().get(USAGE).json()
    assert (told["storage"]["limit_bytes"], told["minutes"]["limit"]) == (1000, 60)
    month = f"{month_of(timezone.now())}T00:00:00Z"
    assert told["minutes"]["period_start"] == month < told["minutes"]["period_end"]


def test_it_tells_how_many_requests_are_left(settings: Settings) -> None:
    settings.THROTTLE_REQUESTS, settings.THROTTLE_SECONDS = 10, 86_400
    told = api_client().get(USAGE).json()
    assert told["requests"] == {"limit": 10, "window_seconds": 86_400, "remaining": 9}
    settings.THROTTLE_REQUESTS = 0
    assert api_client().get(USAGE).json()["requests"] is None


def test_a_stranger_is_told_of_themselves_alone() -> None:
    make_transcript()
    told = api_client("mallory").get(USAGE).json()
    assert (told["storage"]["used_bytes"], told["transcripts"]["stored"]) == (0, 0)


def test_a_read_key_may_ask() -> None:
    assert api_client(scope="read").get(USAGE).status_code == 200


def test_a_file_over_the_budget_is_refused_and_nothing_is_kept(settings: Settings) -> None:
    settings.USER_STORAGE_BYTES = len(WAV) - 1
    client = api_client()
    for response in (post_form(client, form_with_file()), post_bare(client, WAV)):
        assert (response.status_code, response.json()["type"]) == (403, "/api/problems/over-budget/")
        assert fields_at_fault(response) == {"file": "storage_budget"}
        assert f"0 of {len(WAV) - 1} bytes" in response.json()["detail"]
    assert not Transcript.objects.exists()


def test_what_cannot_fit_is_not_read(settings: Settings) -> None:
    make_transcript()
    settings.USER_STORAGE_BYTES = len(AUDIO) + 1000
    assert post_stream(api_client(), Untouchable(), 1001, "audio/wav").status_code == 403
    assert post_stream(api_client(), Untouchable(), 2_000_000, FORM).status_code == 403


def test_when_all_is_used_up_no_form_is_read(settings: Settings) -> None:
    make_transcript()
    settings.USER_STORAGE_BYTES = len(AUDIO)
    assert post_stream(api_client(), Untouchable(), 500, FORM).status_code == 403
    assert post_json(api_client(), URL).status_code == 202


def test_without_minutes_nothing_is_read(settings: Settings) -> None:
    use_minutes(60)
    settings.USER_MINUTES_PER_MONTH = 60
    for content_type, field in ((FORM, "file"), ("audio/wav", "file"), ("application/json", "audio_url")):
        response = post_stream(api_client(), Untouchable(), 500, content_type)
        assert (response.status_code, fields_at_fault(response)) == (403, {field: "minutes_budget"})


def test_a_repeated_request_finds_what_it_made_though_that_used_the_budget_up(settings: Settings) -> None:
    settings.USER_STORAGE_BYTES = len(WAV)
    client = api_client()
    answers = [post_bare(client, WAV, headers={"Idempotency-Key": "only-one"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json()["id"] == answers[1].json()["id"]


def test_a_key_is_free_again_when_the_budget_refused_what_it_was_for(settings: Settings) -> None:
    settings.USER_STORAGE_BYTES = 1
    client = api_client()
    assert post_bare(client, WAV, headers={"Idempotency-Key": "try-again"}).status_code == 403
    settings.USER_STORAGE_BYTES = len(WAV)
    assert post_bare(client, WAV, headers={"Idempotency-Key": "try-again"}).status_code == 202


def test_a_failed_one_is_not_tried_again_without_minutes(settings: Settings) -> None:
    use_minutes(60)
    Transcript.objects.update(status="error", error_code="rejected", completed_at=timezone.now())
    settings.USER_MINUTES_PER_MONTH = 60
    response = post_json(api_client(), {}, f"{TRANSCRIPTS}{Transcript.objects.get().pk}/retry/")
    assert (response.status_code, response.json()["type"]) == (403, "/api/problems/over-budget/")
    assert fields_at_fault(response) == {"": "minutes_budget"}


def test_the_page_tells_what_was_used_where_there_is_a_limit(settings: Settings) -> None:
    client = api_client()
    client.force_login(make_user())
    assert "You have used" not in client.get("/").content.decode()
    settings.USER_STORAGE_BYTES, settings.USER_MINUTES_PER_MONTH = 5 * 2**30, 60
    assert "You have used 0\xa0bytes of 5.0\xa0GB of storage, and 0 of 60 minutes of audio this month." in " ".join(
        client.get("/").content.decode().split(" ")
    ).replace("\n  ", " ")


def test_the_page_says_what_is_used_up(settings: Settings) -> None:
    client = api_client()
    client.force_login(make_user())
    settings.USER_STORAGE_BYTES = 1
    with nothing_is_kept():
        response = client.post("/", form_with_file(), content_type=FORM)
    assert response.status_code == 403
    assert "You have used 0 of 1 bytes of storage" in response.content.decode()
