"""The excerpt of what was found: its hits marked, everything else harmless."""

import html
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transcripts.finding.spoken import listed, spoken
from transcripts.applying import EXCERPT_LENGTH
from transcripts.finding import excerpts
from transcripts.finding.engines.base import Deadline
from transcripts.finding.excerpts import Budget, mark_hits, marked_excerpt
from transcripts.finding.lists import Wanted
from transcripts.finding.questions import read_question
from transcripts.finding.tokens import located_tokens, tokens

FILLING = "the quick brown fox jumps over a lazy dog " * 60
MARKED = re.compile("<mark>(.*?)</mark>", re.DOTALL)


def excerpt(text: str, question: str) -> str | None:
    return marked_excerpt(text, read_question(question).wanted, Budget(Deadline()))


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
        ("other the", "the", "other <mark>the</mark>"),
        ("गाड़ी, ड़ी", "ड़ी", "गाड़ी, <mark>ड़ी</mark>"),
        ("ไป a ไ", '"ไ"', "<mark>ไ</mark>ป a <mark>ไ</mark>"),
        ("用zebra", "zebra", "用<mark>zebra</mark>"),
        ("a " + "x" * 70 + " b", "x" * 66, "a <mark>" + "x" * 70 + "</mark> b"),
        ("a " + "x" * 70 + " b", '"' + "x" * 70 + ' b"', "a <mark>" + "x" * 70 + " b</mark>"),
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

    assert shown is not None
    assert "<mark>striped zebra</mark>" in shown
    assert shown.startswith("…") and shown.endswith("…")
    assert len(MARKED.sub(r"\1", shown)) <= EXCERPT_LENGTH + 2


@pytest.mark.parametrize("text", ["", FILLING, "zebras", "ze bra", "zebra, striped"])
def test_without_a_hit_in_the_text_there_is_none(text: str) -> None:
    assert excerpt(text, '"striped zebra" or zebr') is None


def test_a_phrase_across_two_chunks_is_found() -> None:
    for length in range(980, 1020):
        text = f"{FILLING[: length - 1]} striped zebra"
        assert "<mark>striped zebra</mark>" in (excerpt(text, '"striped zebra"') or "")


@pytest.mark.parametrize("unbroken", ["x", "你", "ก"])
def test_a_text_without_any_space_is_looked_at_in_chunks_too(unbroken: str) -> None:
    shown = excerpt(f"{unbroken * 20_000} zebra", "zebra")
    assert shown is not None and "<mark>zebra</mark>" in shown


def test_a_text_of_ten_hours_takes_no_time() -> None:
    text = FILLING.replace("o", "ö") * 190
    began = time.process_time()
    assert "<mark>zebra</mark>" in (excerpt(f"{text} zebra", "zebra") or "")
    # A hundredth of a second, and much patience with the machine.
    assert time.process_time() - began < 1


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60), st.text(max_size=10))
def test_it_agrees_with_what_is_a_word(text: str, word: str) -> None:
    assert [found for found, _, _ in located_tokens(text)] == tokens(text)
    phrase = tuple(tokens(word))
    if not phrase:
        return
    shown = marked_excerpt(f"{text} {word} {text}", [phrase], Budget(Deadline()))
    assert shown is not None and "<mark>" in shown
    unmarked = html.unescape(MARKED.sub(r"\1", shown))
    assert unmarked.strip("…") in f"{text} {word} {text}"


@pytest.mark.django_db
def test_the_excerpt_in_lists_is_html_whether_something_is_searched_for_or_not() -> None:
    spoken("A <zebra> sleeps.", title="Horse")

    assert listed()[0]["excerpt"] == "A &lt;zebra&gt; sleeps."
    assert listed(search="zebra")[0]["excerpt"] == "A &lt;<mark>zebra</mark>&gt; sleeps."
    assert listed(search="horse")[0]["excerpt"] == "A &lt;zebra&gt; sleeps."


@pytest.mark.django_db
def test_without_words_to_mark_it_is_the_beginning() -> None:
    spoken(f"Horse {FILLING}")
    assert listed(search="-zebra")[0]["excerpt"] == listed()[0]["excerpt"]


@pytest.mark.django_db
def test_only_so_much_is_looked_at_for_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        spoken(f"{FILLING} zebra", title="Zebra")
    beginning = listed()[0]["excerpt"]
    monkeypatch.setattr(excerpts, "MOST_CHARACTERS", len(FILLING) * 2)

    shown = [item["excerpt"] for item in listed(search="zebra")]
    assert ["<mark>" in text for text in shown] == [True, False, False]
    assert shown[1:] == [beginning, beginning]


@pytest.mark.django_db
def test_to_part_into_words_in_vain_uses_up_what_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    # It seems to be there all along: no letter is before it, and a mark is.
    spoken("क\u094dद " * 400 + "द", title="द")
    assert "<mark>" in listed(search="द")[0]["excerpt"]
    monkeypatch.setattr(excerpts, "MOST_CHARACTERS", 10_000)
    assert "<mark>" not in listed(search="द")[0]["excerpt"]


@pytest.mark.django_db
def test_nothing_is_marked_when_the_time_of_the_search_is_over() -> None:
    transcript = spoken("A zebra sleeps.")
    for seconds, expected in ((0.0, "A zebra sleeps."), (None, "A <mark>zebra</mark> sleeps.")):
        wanted = Wanted(question=read_question("zebra"), deadline=Deadline(seconds))
        mark_hits([transcript], wanted)
        assert transcript.excerpt == expected
