"""The pages as the server renders them: what a browser without JavaScript gets."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from api_project.work.alarms import alarm_raise
from api_project.work.models import Alarm
from tests.factories import make_transcript, make_url_transcript, make_user
from transcripts.models import Status, Transcript, TranscriptResult
from transcripts.pages.listing import PAGE_SIZE
from transcripts.provider_health import Operation

pytestmark = pytest.mark.django_db
SOME_ID = "01a20451-9ed6-7d20-9b39-af97568bb855"


@pytest.fixture
def ada() -> User:
    return make_user("ada")


@pytest.fixture
def browser(ada: User) -> Client:
    client = Client()
    client.force_login(ada)
    return client


def completed(text: str = "Hello world.", **fields: Any) -> Transcript:
    transcript = make_transcript(status=Status.COMPLETED, completed_at=timezone.now(), excerpt=text, **fields)
    TranscriptResult.objects.create(transcript=transcript, text=text, stored_at=timezone.now())
    return transcript


def failed(message: str = "It is silent.") -> Transcript:
    return make_transcript(
        status=Status.ERROR, completed_at=timezone.now(), error_code="rejected", error_message=message
    )


def page_of(transcript: Transcript) -> str:
    return f"/transcripts/{transcript.pk}/"


@pytest.mark.parametrize("path", ["/", f"/transcripts/{SOME_ID}/", f"/transcripts/{SOME_ID}/delete/"])
def test_strangers_are_sent_to_sign_in(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 302
    assert response.headers["Location"] == f"/sign-in/?next={path}"


def test_a_password_signs_in(client: Client, ada: User) -> None:
    ada.set_password("correct horse battery")
    ada.save()
    form = client.get("/sign-in/").content.decode()
    assert "Sign in" in form
    response = client.post("/sign-in/", {"username": "ada", "password": "correct horse battery"})
    assert response.headers["Location"] == "/"


def test_signing_out_leads_to_sign_in(browser: Client) -> None:
    assert browser.post("/sign-out/").headers["Location"] == "/sign-in/"
    assert browser.get("/").status_code == 302


@pytest.mark.parametrize("path", ["/", "/sign-in/"])
def test_nothing_inline_may_run_or_style(browser: Client, path: str) -> None:
    response = browser.get(path)
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    page = response.content.decode()
    assert "<style" not in page
    assert "style=" not in page
    assert all("src=" in tag.partition(">")[0] for tag in page.split("<script")[1:])


def test_the_list_shows_the_newest_first(browser: Client) -> None:
    make_transcript(title="First")
    make_transcript(title="Second")
    page = browser.get("/").content.decode()
    assert page.index("Second") < page.index("First")


def test_the_list_goes_on_from_a_cursor(browser: Client) -> None:
    made = [make_transcript(title=f"Number {number:02}.") for number in range(PAGE_SIZE + 2)]
    first = browser.get("/").content.decode()
    assert "Number 02." in first
    assert "Number 01." not in first
    assert f'href="?before={made[2].pk}"' in first
    older = browser.get("/", {"before": str(made[2].pk)}).content.decode()
    assert "Number 01." in older
    assert "Number 02." not in older
    assert "Older</a>" not in older


def test_a_cursor_that_is_none_leads_nowhere(browser: Client) -> None:
    assert browser.get("/?before=yesterday").status_code == 404


def test_the_list_shows_nobody_elses(browser: Client) -> None:
    make_transcript(owner=make_user("eve"), title="Eve's secret")
    assert "secret" not in browser.get("/").content.decode()


def test_the_list_asks_the_database_as_often_for_many_as_for_few(
    browser: Client, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    for _ in range(5):
        make_transcript()
    with django_assert_max_num_queries(5):  # type: ignore[operator]
        browser.get("/")


@pytest.mark.parametrize("action", ["", "retry/", "delete/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_another_owners_transcript_is_not_there(browser: Client, action: str, method: str) -> None:
    transcript = make_transcript(owner=make_user("eve"))
    response = getattr(browser, method)(page_of(transcript) + action)
    assert response.status_code in (404, 405)
    transcript.refresh_from_db()
    assert (transcript.status, transcript.deleted_at) == (Status.QUEUED, None)


def test_a_completed_one_shows_its_text(browser: Client) -> None:
    transcript = completed("Ask not what.", audio_duration=65, confidence=0.912)
    page = browser.get(page_of(transcript)).content.decode()
    assert "Ask not what." in page
    assert "1 min 5 s" in page
    assert "confidence 91 %" in page
    assert f'href="/api/v1/transcripts/{transcript.pk}/txt/"' in page


def test_silence_is_said_in_words(browser: Client) -> None:
    transcript = completed("")
    assert "No speech was found" in browser.get(page_of(transcript)).content.decode()
    assert "No speech was found" in browser.get("/").content.decode()


def test_a_failed_one_says_why_and_offers_another_try(browser: Client) -> None:
    transcript = failed("File does not appear to contain audio.")
    page = browser.get(page_of(transcript)).content.decode()
    assert "File does not appear to contain audio." in page
    assert f'action="{page_of(transcript)}retry/"' in page


def test_a_waiting_one_says_for_what_and_until_when(browser: Client) -> None:
    until = (timezone.now() + timedelta(minutes=3)).replace(microsecond=0)
    transcript = make_transcript(waiting_for="retry", next_attempt_at=until)
    page = browser.get(page_of(transcript)).content.decode()
    assert "there will be another" in page
    assert f'<time datetime="{until.isoformat()}"' in page


def test_one_at_work_tells_how_far_it_is(browser: Client) -> None:
    transcript = make_transcript(status=Status.PROCESSING, progress=43)
    assert "<span data-progress>43</span> %" in browser.get(page_of(transcript)).content.decode()


def test_a_page_without_script_looks_again_until_the_end(browser: Client) -> None:
    refresh = '<noscript><meta http-equiv="refresh"'
    assert refresh in browser.get(page_of(make_transcript())).content.decode()
    assert refresh not in browser.get(page_of(completed())).content.decode()


@pytest.mark.parametrize("where", ["title", "text", "error"])
def test_whatever_is_shown_is_escaped(browser: Client, where: str) -> None:
    evil = "<script>alert(1)</script>"
    transcript = {
        "title": lambda: completed(title=evil),
        "text": lambda: completed(evil),
        "error": lambda: failed(evil),
    }[where]()
    for path in ("/", page_of(transcript), page_of(transcript) + "delete/"):
        assert evil not in browser.get(path).content.decode()


def test_an_address_is_named_without_its_query(browser: Client) -> None:
    make_url_transcript("https://user@example.com/talks/a.mp3?token=secret")
    page = browser.get("/").content.decode()
    assert "example.com/talks/a.mp3" in page
    assert "secret" not in page


INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u202a\u202e\u2066\u2069\u061c\x01\x7f\u2800\u3164 \t"


@pytest.mark.parametrize("title", [INVISIBLE, *INVISIBLE])
def test_a_name_of_which_nothing_is_seen_gives_way_to_the_date(browser: Client, title: str) -> None:
    transcript = make_transcript(title="x")
    Transcript.objects.update(title=title, file_name=title)
    name = f"<bdi>Recording of {transcript.created_at:%d %b %Y, %H:%M} UTC</bdi>"
    for path in ("/", page_of(transcript), page_of(transcript) + "delete/"):
        assert name in browser.get(path).content.decode()


def test_a_name_cannot_run_backwards_and_stands_apart(browser: Client) -> None:
    transcript = make_transcript(title="x")
    Transcript.objects.update(title="\u202egnp.\u2066exe\x1b[31m \u05d0\u05d1")
    for path in ("/", page_of(transcript), page_of(transcript) + "delete/"):
        page = browser.get(path).content.decode()
        assert "<bdi>gnp.exe[31m \u05d0\u05d1</bdi>" in page
        assert not set("\u202e\u2066\x1b") & set(page)


def test_a_name_keeps_what_joins_its_letters(browser: Client) -> None:
    name = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 \U0001f469\u200d\U0001f4bb"
    make_transcript(title=name)
    assert f"<bdi>{name}</bdi>" in browser.get("/").content.decode()


def test_retrying_queues_it_again(browser: Client) -> None:
    transcript = failed()
    response = browser.post(page_of(transcript) + "retry/")
    assert response.headers["Location"] == page_of(transcript)
    transcript.refresh_from_db()
    assert transcript.status == Status.QUEUED


def test_retrying_what_did_not_fail_says_so(browser: Client) -> None:
    transcript = completed()
    page = browser.post(page_of(transcript) + "retry/", follow=True).content.decode()
    assert "it did not fail" in page


def test_deleting_is_asked_about_first(browser: Client) -> None:
    transcript = completed(title="A talk")
    assert "Delete “<bdi>A talk</bdi>”?" in browser.get(page_of(transcript) + "delete/").content.decode()
    transcript.refresh_from_db()
    assert transcript.deleted_at is None


def test_what_is_deleted_is_gone(browser: Client) -> None:
    transcript = completed(title="A talk")
    page = browser.post(page_of(transcript) + "delete/", follow=True).content.decode()
    assert "“<bdi>A talk</bdi>” was deleted." in page
    assert browser.get(page_of(transcript)).status_code == 404


def test_a_form_from_elsewhere_changes_nothing(ada: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    transcript = completed()
    assert client.post(page_of(transcript) + "delete/").status_code == 403
    transcript.refresh_from_db()
    assert transcript.deleted_at is None


def test_an_open_alarm_is_told_to_all_in_neutral_words(browser: Client) -> None:
    alarm_raise(Operation.SUBMIT, Alarm.Reason.CREDENTIALS, "AssemblyAI refused our credentials (401)")
    page = browser.get("/").content.decode()
    assert "Transcription is held up" in page
    assert "AssemblyAI refused" not in page


def test_an_open_alarm_is_told_to_staff_in_full(browser: Client, ada: User) -> None:
    User.objects.filter(pk=ada.pk).update(is_staff=True)
    alarm_raise(Operation.SUBMIT, Alarm.Reason.CREDENTIALS, "AssemblyAI refused our credentials (401)")
    assert "AssemblyAI refused our credentials (401)" in browser.get("/").content.decode()


def test_a_page_is_never_kept_by_a_cache(browser: Client) -> None:
    for path in ("/", page_of(completed())):
        assert "no-store" in browser.get(path).headers["Cache-Control"]


def test_the_limit_is_told_where_the_file_is_chosen(browser: Client) -> None:
    assert f'data-max-bytes="{settings.MAX_UPLOAD_BYTES}"' in browser.get("/").content.decode()
