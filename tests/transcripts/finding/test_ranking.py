"""The best first: the same order on both databases."""

from typing import Any

import pytest

from tests.api import TRANSCRIPTS, api_client, fields_at_fault
from tests.transcripts.finding.spoken import found, ids, spoken
from transcripts.finding import lists
from transcripts.finding.engines import search_engine
from transcripts.finding.ranking import score
from transcripts.services import transcript_delete

pytestmark = pytest.mark.django_db


def best(question: str, **parameters: Any) -> list[str]:
    return found(question, order="relevance", **parameters)


def test_titles_come_before_texts_and_many_hits_before_few() -> None:
    in_title = spoken("Nothing of it.", title="Zebra")
    often = spoken("Zebra zebra zebra zebra.")
    twice = spoken("A zebra and a zebra.")
    both = spoken("One zebra.", title="The zebra")
    once = spoken("A zebra.")

    assert best("zebra") == ids(both, in_title, often, twice, once)
    assert found("zebra") == ids(once, both, twice, often, in_title)


def test_of_equals_the_newer_comes_first() -> None:
    first, second = spoken("zebra lion lion"), spoken("lion zebra zebra")
    assert best("zebra lion") == ids(second, first)


def test_all_words_of_alternatives_and_phrases_count_and_unwanted_ones_do_not() -> None:
    one = spoken("red car red car")
    two = spoken("red car, blue sky")
    three = spoken("blue sky and only that")

    assert best('"red car" or "blue sky" -green') == ids(two, one, three)
    assert best("-green") == ids(three, two, one)


@pytest.mark.parametrize("words", [["zebra"], ["lion", "zebra"]])
@pytest.mark.parametrize(
    ("title", "text"),
    [("", "zebra " * 300), ("zebra", "lion"), ("zebra zebra", "zebra " * 3), ("lion", ""), ("", "horse")],
)
def test_both_databases_give_the_same_score(words: list[str], title: str, text: str) -> None:
    transcript = spoken(text, title=title)
    if not (title or text):
        return
    number = transcript.search_entry.pk
    found = search_engine().scores([number], words)[number]
    assert found == pytest.approx(score(title, text, words), abs=1e-6)


def test_its_pages_are_bounded_and_lead_on_and_back() -> None:
    rows = [spoken("zebra " * (1 + place)) for place in range(5)][::-1]
    client = api_client()

    first = client.get(f"{TRANSCRIPTS}?search=zebra&order=relevance&limit=2").json()
    second = client.get(first["next"]).json()
    third = client.get(second["next"]).json()
    assert [item["id"] for page in (first, second, third) for item in page["results"]] == ids(*rows)
    assert (first["previous"], third["next"]) == (None, None)
    assert client.get(third["previous"]).json()["results"] == second["results"]


def test_pages_behind_the_first_belong_to_its_ranking() -> None:
    rows = [spoken("zebra " * (1 + place)) for place in range(4)][::-1]
    client = api_client()
    first = client.get(f"{TRANSCRIPTS}?search=zebra&order=relevance&limit=2").json()

    best_of_all = spoken("zebra " * 9)
    transcript_delete(transcript=rows[2])
    second = client.get(first["next"]).json()
    assert ([item["id"] for item in second["results"]], second["next"]) == (ids(rows[3]), None)
    assert best("zebra") == ids(best_of_all, rows[0], rows[1], rows[3])
    lists.RANKINGS.clear()
    assert client.get(first["next"]).status_code == 200


def test_a_cursor_of_the_other_order_is_refused() -> None:
    for _ in range(2):
        spoken("zebra")
    client = api_client()
    link = client.get(f"{TRANSCRIPTS}?search=zebra&order=relevance&limit=1").json()["next"]

    response = client.get(link.replace("relevance", "newest"))
    assert (response.status_code, fields_at_fault(response)) == (400, {"cursor": "other_list"})


def test_only_the_newest_matches_are_ranked(monkeypatch: pytest.MonkeyPatch) -> None:
    spoken("zebra zebra zebra")
    rows = [spoken("zebra"), spoken("zebra zebra")]
    monkeypatch.setattr(lists, "MOST_RANKED", 2)
    assert best("zebra") == ids(rows[1], rows[0])

    monkeypatch.setattr(lists, "MOST_WORDS_RANKED", 2)
    assert best("zebra") == ids(rows[1])


def test_what_is_anothers_or_deleted_is_not_among_the_best() -> None:
    spoken("zebra", owner="mallory")
    transcript_delete(transcript=spoken("zebra"))
    assert best("zebra") == []
