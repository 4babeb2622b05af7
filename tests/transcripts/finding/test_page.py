"""Looking for transcripts on the page."""

from collections.abc import Iterator

import pytest
from django.test import Client

from tests.factories import make_transcript, make_user
from tests.transcripts.finding.spoken import spoken
from transcripts.finding.engines import base
from transcripts.pages import listing

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser() -> Iterator[Client]:
    client = Client()
    client.force_login(make_user())
    yield client


def page(browser: Client, **parameters: str) -> str:
    response = browser.get("/", parameters)
    assert response.status_code == 200
    return response.content.decode()


def test_what_is_looked_for_is_shown_and_marked(browser: Client) -> None:
    found, other = spoken("A <zebra> & more"), spoken("A horse")

    shown = page(browser, search="zebra")
    assert f"row-{found.pk}" in shown and f"row-{other.pk}" not in shown
    assert "A &lt;<mark>zebra</mark>&gt; &amp; more" in shown
    assert 'value="zebra"' in shown


def test_without_words_a_text_is_escaped_as_ever(browser: Client) -> None:
    spoken("A <zebra>")
    assert "A &lt;zebra&gt;" in page(browser)


def test_what_its_title_alone_was_found_by_is_escaped_once(browser: Client) -> None:
    spoken("A <zebra>", title="Horse")
    assert "A &lt;zebra&gt;" in page(browser, search="horse")


def test_words_and_names_cannot_become_html(browser: Client) -> None:
    make_transcript(title='"><script>zebra</script>')
    shown = page(browser, search='"><script>zebra')
    assert "<script>zebra" not in shown
    assert "&quot;&gt;&lt;script&gt;zebra" in shown


def test_a_status_narrows_too(browser: Client) -> None:
    done, waiting = spoken("zebra"), make_transcript(title="zebra")

    shown = page(browser, status="queued", search="zebra")
    assert f"row-{waiting.pk}" in shown and f"row-{done.pk}" not in shown
    assert '<option value="queued" selected>' in shown


def test_pages_lead_on_with_the_same_words(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "PAGE_SIZE", 2)
    rows = [spoken("zebra & co") for _ in range(3)]

    response = browser.get("/", {"search": "zebra & co", "status": "completed"})
    assert "search=zebra+%26+co" in response.context["older"]
    shown = browser.get(response.context["older"]).content.decode()
    assert f"row-{rows[0].pk}" in shown and f"row-{rows[1].pk}" not in shown
    assert 'href="?search=zebra+%26+co&amp;status=completed"' in shown


@pytest.mark.parametrize(("words", "said"), [("?!", "no word in it"), ("x" * 501, "too long")])
def test_what_cannot_be_looked_for_is_told(browser: Client, words: str, said: str) -> None:
    spoken("zebra")
    assert said in page(browser, search=words)


def test_what_takes_too_long_is_told(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    spoken("zebra")
    monkeypatch.setattr(base, "MOST_SECONDS", 0)
    assert "takes too long" in page(browser, search="zebra")


def test_finding_nothing_is_told(browser: Client) -> None:
    spoken("zebra")
    assert "Nothing was found." in page(browser, search="horse")


def test_a_stranger_finds_nothing(browser: Client) -> None:
    spoken("zebra", owner="mallory")
    assert "zebra" not in page(browser, search="zebra").replace('value="zebra"', "")
