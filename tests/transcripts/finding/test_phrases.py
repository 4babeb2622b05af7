"""Phrases in texts that are too long for all positions of their words: the same on both databases."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.api import TRANSCRIPTS, api_client
from tests.transcripts.finding.spoken import found, ids, spoken
from transcripts.finding.holding import holds
from transcripts.finding.questions import Alternative, Question, read_question
from transcripts.finding.texts import WORDS_AT_ONCE, read_texts
from transcripts.finding.tokens import tokens

# One word has more occurrences than a tsvector has positions for, and what is said last lies behind them.
OFTEN = "the filling " * 300 + "The INVOICE came. w700 x w4000 "
# So long that the last words have no position at all.
VERY_LONG = " ".join(f"w{place}" for place in range(20_000))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "question", "matches"),
    [
        (OFTEN, '"the invoice"', True),
        (OFTEN, '"the invoice came"', True),
        (OFTEN, '"invoice the"', False),
        (OFTEN, '"the came"', False),
        (OFTEN, '"w700 w4000"', False),
        (OFTEN, '"w700 x w4000"', True),
        (OFTEN, '-"the invoice"', False),
        (OFTEN, '-"invoice the"', True),
        (OFTEN, 'came -"the filling"', False),
        (OFTEN, '"came the" or "the invoice"', True),
        (OFTEN, '"the invoice" -"invoice came"', False),
        (VERY_LONG, '"w19000 w19001"', True),
        (VERY_LONG, '"w19001 w19000"', False),
        (VERY_LONG, '"w1 w19000"', False),
        (VERY_LONG, 'w19000 -"w19000 w19001"', False),
        (VERY_LONG, 'w19000 -"w19001 w19000"', True),
    ],
)
def test_long_texts_are_held_to_the_order_of_words(text: str, question: str, matches: bool) -> None:
    transcript = spoken(text)
    assert found(question) == (ids(transcript) if matches else [])


@pytest.mark.django_db
def test_a_phrase_in_the_title_of_a_long_text_is_found() -> None:
    transcript = spoken(OFTEN, title="filling the")
    assert found('"filling the" -"title"') == ids(transcript)
    assert found('-"the invoice"') == []


@pytest.mark.django_db
@pytest.mark.parametrize("order", ["newest", "relevance"])
def test_pages_pass_over_what_does_not_hold_the_phrase(order: str) -> None:
    right, wrong = OFTEN, OFTEN.replace("INVOICE", "paid invoice")
    rows = [spoken(right if place % 4 == 1 else wrong) for place in range(12)][::-1]
    expected = [row for place, row in enumerate(rows[::-1]) if place % 4 == 1][::-1]
    client = api_client()

    seen, pages = [], []
    link = f"{TRANSCRIPTS}?search=%22the+invoice%22&limit=1&order={order}"
    while link:
        pages.append(client.get(link).json())
        seen += [item["id"] for item in pages[-1]["results"]]
        link = pages[-1]["next"]
    assert seen == ids(*expected)
    assert client.get(pages[2]["previous"]).json()["results"] == pages[1]["results"]


@pytest.mark.django_db
def test_long_texts_are_read_one_at_a_time(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    short, long = [spoken("zebra"), spoken("lion")], [spoken("one"), spoken("two")]
    words = {row.pk: 10 for row in short} | {row.pk: WORDS_AT_ONCE for row in long}

    with django_assert_num_queries(3):
        read = list(read_texts(words))
    assert {text for _, _, text in read} == {"zebra", "lion", "one", "two"}


TEXTS = st.lists(
    st.sampled_from(["ab", "Äb", "b", "_", "-", " ", "世", "界", "ก็", "\u0301", "’", "½", "x" * 63, "x" * 70, "é"]),  # noqa: RUF001
    max_size=12,
).map("".join)


@settings(max_examples=500, deadline=None)
@given(TEXTS, TEXTS, TEXTS)
def test_reading_a_text_agrees_with_its_words(before: str, phrase: str, behind: str) -> None:
    words = tuple(tokens(phrase))
    text = f"{before}{phrase}{behind}"
    if not words:
        return
    all_words = tokens(text)
    expected = any(tuple(all_words[place : place + len(words)]) == words for place in range(len(all_words)))
    question = Question((Alternative((words,), ()),))

    assert holds(question, "", text) == holds(question, text, "") == expected
    assert holds(Question((Alternative((), (words,)),)), "", text) == (not expected)


def test_alternatives_and_unwanted_ones_are_told_apart() -> None:
    question = read_question('"red car" -blue or sky')
    assert holds(question, "Red car", "green")
    assert holds(question, "blue", "the sky")
    assert not holds(question, "red", "car")
    assert not holds(question, "blue", "red car")
