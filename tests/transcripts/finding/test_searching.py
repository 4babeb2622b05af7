"""Searching titles and texts: the same on both databases."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from uuid6 import uuid7

from api_project.rest.pagination import Cursor, scope_of
from tests.api import TRANSCRIPTS, api_client, fields_at_fault
from tests.factories import make_transcript, make_user
from tests.transcripts.finding.spoken import found, ids, spoken
from transcripts.finding.engines import search_engine
from transcripts.finding.engines.base import Search
from transcripts.finding.filters import Filters
from transcripts.finding.questions import QuestionProblem, read_question
from transcripts.finding.writing import search_entry_write
from transcripts.models import SearchEntry, Status, Transcript
from transcripts.services import transcript_delete, transcript_retry, transcript_update

pytestmark = pytest.mark.django_db


def test_it_finds_words_of_texts_and_titles_newest_first() -> None:
    first, second = spoken("The zebra sleeps."), spoken("Nothing here.", title="About a zebra")
    spoken("A zebroid.")

    assert found("zebra") == ids(second, first)


@pytest.mark.parametrize(
    ("question", "text", "matches"),
    [
        ("cafe", "Un CAFÉ noir", True),
        ("CAFÉ", "un cafe noir", True),
        ("strasse", "Die Straße", True),
        ("amour", "de l'amour", True),
        ("don't", "I don’t know", True),  # noqa: RUF001
        ("don't", "don, t", True),
        ("don't", "t don", False),
        ("世界", "你好世界。", True),
        ("界世", "你好世界。", False),
        ("한국어", "한국어 검색", True),
        ("हिन्दी", "यह हिन्दी है", True),
        ("3.14", "pi is 3.14 or so", True),
        ("noir -cafe", "un café noir", False),
        ("noir -the", "un café noir", True),
        ('"cafe noir"', "un café noir", True),
        ('"noir cafe"', "un café noir", False),
        ('-"noir cafe"', "un café noir", True),
        ('-"cafe noir"', "un café noir", False),
        ("the or noir", "un café noir", True),
        ("the or a", "un café noir", False),
        ("un noir or the sky", "un café noir", True),
        ("un sky or the noir", "un café noir", False),
        ("or", "one or two", True),
        ("cafe or", "un café noir", False),
        ("caf", "un café noir", False),
        ("NEAR AND NOT", "not and near", True),
        ("title:un", "un café", False),
        ("un*", "un café", True),
        ("(un", "un café", True),
        ("x" * 70, "x" * 80, True),
    ],
)
def test_what_matches(question: str, text: str, matches: bool) -> None:
    transcript = spoken(text)
    assert found(question) == (ids(transcript) if matches else [])


def test_no_phrase_runs_from_the_title_into_the_text() -> None:
    transcript = spoken("noir et fort", title="Un café")
    assert found('"café noir"') == []
    assert found("café noir") == ids(transcript)


def test_a_stranger_finds_nothing_of_it() -> None:
    spoken("zebra", title="zebra")
    for question in ("zebra", "owner1", "-horse", "sourceurl or completed"):
        assert found(question, owner="mallory") == []


def test_tags_are_no_words() -> None:
    spoken("something")
    for question in ("completed", "sourceurl", f"owner{make_user().pk}"):
        assert found(question) == []


def test_what_is_deleted_is_not_found_from_that_moment_on() -> None:
    transcript = spoken("zebra")
    transcript_delete(transcript=transcript)

    assert found("zebra") == []
    assert not SearchEntry.objects.exists()


def test_a_new_title_is_found_instead_of_the_old_one() -> None:
    transcript = spoken("Some words.", title="Zebra")
    transcript_update(transcript=transcript, changes={"title": "Lion"})
    assert (found("zebra"), found("lion"), found("words")) == ([], ids(transcript), ids(transcript))

    transcript_update(transcript=transcript, changes={"title": ""})
    assert (found("lion"), found("words")) == ([], ids(transcript))


def test_a_title_is_found_before_there_is_a_text_and_after_a_failure() -> None:
    transcript = make_transcript(title="Zebra")
    assert found("zebra") == ids(transcript)
    assert found("zebra", status="completed") == []

    Transcript.objects.update(status=Status.ERROR, error_code="gave_up", completed_at=timezone.now())
    assert found("zebra", status="error") == ids(transcript)
    transcript.refresh_from_db()
    transcript_retry(transcript=transcript)
    assert (found("zebra", status="error"), found("zebra", status="queued")) == ([], ids(transcript))


def test_filters_and_search_hold_together() -> None:
    call = uuid4()
    done, waiting = spoken("zebra"), make_transcript(title="zebra", call_id=call)
    search_entry_write(waiting)
    spoken("horse")

    assert found("zebra", status="completed") == ids(done)
    assert found("zebra", status="completed,queued") == ids(waiting, done)
    assert found("zebra", status="queued,error") == ids(waiting)
    assert found("zebra", source="url") == ids(done)
    assert found("zebra", call=call) == ids(waiting)
    assert found("zebra", created_before=waiting.created_at.isoformat()) == ids(done)
    assert found("zebra", created_after=waiting.created_at.isoformat()) == ids(waiting)


def test_pages_stay_right_while_rows_come_and_go() -> None:
    rows = [spoken(f"zebra {place}") for place in range(6)]
    client = api_client()

    first = client.get(f"{TRANSCRIPTS}?search=zebra&limit=2").json()
    spoken("a new zebra")
    transcript_delete(transcript=rows[4])
    second = client.get(first["next"]).json()
    assert [item["id"] for item in second["results"]] == ids(rows[3], rows[2])
    third = client.get(second["next"]).json()
    assert [item["id"] for item in third["results"]] == ids(rows[1], rows[0])
    assert third["next"] is None
    assert client.get(third["previous"]).json()["results"] == second["results"]


@pytest.mark.parametrize(("question", "code"), [("", "empty"), ("  ", "empty"), ("-!? \x00 ❤️", "empty")])
def test_a_question_without_words_is_refused_and_told_so(question: str, code: str) -> None:
    response = api_client().get(TRANSCRIPTS, {"search": question})
    assert (response.status_code, fields_at_fault(response)) == (400, {"search": code})
    assert "letters or digits" in response.json()["detail"]


@pytest.mark.parametrize(("question", "code"), [("x" * 501, "too_long"), ("a " * 51, "too_many_words")])
def test_a_question_has_bounds(question: str, code: str) -> None:
    response = api_client().get(TRANSCRIPTS, {"search": question})
    assert (response.status_code, fields_at_fault(response)) == (400, {"search": code})


WORDS = st.sampled_from(
    ['"', "-", "or", "OR", "zebra", "café", "世界", "NOT", "*", "(", ")", ":", "'", "\\", "&", "|", "!"]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=8).map(" ".join), st.lists(WORDS, max_size=8).map("".join))
)
def test_no_text_is_an_error_of_syntax(text: str) -> None:
    try:
        question = read_question(text)
    except QuestionProblem:
        return
    search = Search(make_user().pk, question, Filters())
    assert search_engine().find(search, limit=5, oldest_first=False) == []


def test_a_word_finds_every_text_that_has_it(django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    for place in range(30):
        spoken(f"zebra {place}")
    client = api_client()
    client.get(TRANSCRIPTS, {"search": "zebra"})

    # Some set PostgreSQL's bound of the time.
    with django_assert_max_num_queries(14):
        assert len(client.get(TRANSCRIPTS, {"search": "zebra", "limit": "30"}).json()["results"]) == 30


def test_old_ones_are_found_behind_many_new_ones() -> None:
    """The newest are looked at first; what is found must not depend on that."""
    owner = make_user()
    rows = []
    for place in range(400):
        moment = timezone.now() - timedelta(minutes=400 * 37 - 37 * place)
        bits = uuid7().int & (1 << 80) - 1
        transcript_id = type(uuid7())(int=int(moment.timestamp() * 1000) << 80 | bits)
        rows.append(
            Transcript(
                pk=transcript_id, owner=owner, source="url", title=f"n{place} zebra m{place % 50}", created_at=moment
            )
        )
    Transcript.objects.bulk_create(rows)
    for row in rows:
        search_entry_write(row)
    search = Search(owner.pk, read_question("m7"), Filters())
    engine = search_engine()

    expected = [row.pk for row in rows[::-1] if row.title.endswith(" m7")]
    assert [match.transcript_id for match in engine.find(search, limit=100, oldest_first=False)] == expected
    for limit in (1, 3, 8):
        assert [m.transcript_id for m in engine.find(search, limit=limit, oldest_first=False)] == expected[:limit]
        assert [m.transcript_id for m in engine.find(search, limit=limit, oldest_first=True)] == expected[::-1][:limit]
    everything = Search(owner.pk, read_question("zebra"), Filters())
    assert [m.transcript_id for m in engine.find(everything, limit=20, oldest_first=False)] == [
        row.pk for row in rows[::-1][:20]
    ]


@pytest.mark.parametrize("position", [0, 2**63 - 1, 2**63, 2**128 - 1])
@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("parameters", [{}, {"search": "zebra"}, {"search": "zebra", "order": "relevance"}])
def test_no_made_up_place_is_a_failure(position: int, backwards: bool, parameters: dict[str, str]) -> None:
    spoken("zebra")
    cursor = Cursor(position, backwards).text(scope_of(parameters))
    assert api_client().get(TRANSCRIPTS, parameters | {"cursor": cursor}).status_code == 200
