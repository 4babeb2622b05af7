"""The excerpt of what was found: its hits marked, everything else harmless."""

import html
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transcripts.finding.spoken import listed, spoken
from transcripts.applying import EXCERPT_LENGTH
from transcripts.finding.excerpts import marked_excerpt
from transcripts.finding.questions import read_question
from transcripts.finding.tokens import located_tokens, tokens

FILLING = "the quick brown fox jumps over a lazy dog " * 60
MARKED = re.compile("<mark>(.*?)</mark>", re.DOTALL)


def excerpt(text: str, question: str) -> str:
    return marked_excerpt(text, read_question(question).wanted)


@pytest.mark.parametrize(
    ("text", "question", "expected"),
    [
        ("A zebra sleeps.", "zebra", "A <mark>zebra</mark> sleeps."),
        ("Un CAFÉ noir", "cafe", "Un <mark>CAFÉ</mark> noir"),
        ("Un cafe\u0301 noir", "café", "Un <mark>cafe\u0301</mark> noir"),
        ("Die Straße.", "STRASSE", "Die <mark>Straße</mark>."),
        ("I don’t.", "don't", "I <mark>don’t</mark>."),  # noqa: RUF001
        ("你好世界。", "世界", "你好<mark>世界</mark>。"),
        ("zebras, zebra", "zebra", "zebras, <mark>zebra</mark>"),
        ("a b a", '"a b"', "<mark>a b</mark> a"),
        ("red fox", "fox or red", "<mark>red</mark> <mark>fox</mark>"),
        ("red fox", "fox -green", "red <mark>fox</mark>"),
        ("red fox", "-green", "red fox"),
        ("", "zebra", ""),
        ('<b>zebra</b> & "co"', "zebra", "&lt;b&gt;<mark>zebra</mark>&lt;/b&gt; &amp; &quot;co&quot;"),
        ("½ cup", "1", "<mark>½</mark> cup"),
    ],
)
def test_hits_are_marked_and_the_rest_is_escaped(text: str, question: str, expected: str) -> None:
    assert excerpt(text, question) == expected


@pytest.mark.parametrize(
    "filling", [FILLING, FILLING.replace("o", "ö"), "你好。" * 1500], ids=["ascii", "latin", "chinese"]
)
def test_it_shows_the_text_around_the_first_hit(filling: str) -> None:
    shown = excerpt(f"{filling} striped zebra, {filling} zebra", '"striped zebra"')

    assert "<mark>striped zebra</mark>" in shown
    assert shown.startswith("…") and shown.endswith("…")
    assert len(MARKED.sub(r"\1", shown)) <= EXCERPT_LENGTH + 2


def test_without_a_hit_in_the_text_it_is_the_beginning() -> None:
    shown = excerpt(FILLING, "zebra")
    assert FILLING.startswith(shown.removesuffix("…")) and shown.endswith(" a…") is False
    assert EXCERPT_LENGTH - 20 < len(shown) <= EXCERPT_LENGTH + 1


def test_a_phrase_across_two_chunks_is_found() -> None:
    for length in range(980, 1020):
        assert "<mark>striped zebra</mark>" in excerpt("x" * (length - 1) + " striped zebra", '"striped zebra"')


def test_a_text_of_ten_hours_takes_no_time() -> None:
    text = FILLING.replace("o", "ö") * 190
    began = time.process_time()
    assert "<mark>zebra</mark>" in excerpt(f"{text} zebra", "zebra")
    # A hundredth of a second, and much patience with the machine.
    assert time.process_time() - began < 1


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60), st.text(max_size=10))
def test_it_agrees_with_what_is_a_word(text: str, word: str) -> None:
    assert [found for found, _, _ in located_tokens(text)] == tokens(text)
    phrase = tuple(tokens(word))
    if not phrase:
        return
    shown = marked_excerpt(f"{text} {word} {text}", [phrase])
    assert "<mark>" in shown
    unmarked = html.unescape(MARKED.sub(r"\1", shown))
    assert unmarked.strip("…") in f"{text} {word} {text}"


@pytest.mark.django_db
def test_the_excerpt_in_lists_is_html_whether_something_is_searched_for_or_not() -> None:
    spoken("A <zebra> sleeps.", title="Horse")

    assert listed()[0]["excerpt"] == "A &lt;zebra&gt; sleeps."
    assert listed(search="zebra")[0]["excerpt"] == "A &lt;<mark>zebra</mark>&gt; sleeps."
    assert listed(search="horse")[0]["excerpt"] == "A &lt;zebra&gt; sleeps."
