"""Captions: what they hold, in which order, and that a player's parser reads what was written."""

import html
import json

import pysubs2
import pytest
import webvtt
from hypothesis import given
from hypothesis import strategies as st

from tests.transcripts.reading.spoken import interleaved, said
from transcripts.reading.captions import LOOK_ALIKES, PAUSE_MS, RATIO, Caption, make_captions, write_srt, write_vtt
from transcripts.reading.sentences import make_sentences
from transcripts.reading.words import LATEST_MS, Word, read_word

NASTY = [
    "-->", "a-->b", "<b>bold</b>", "<script>", "&amp;", "&", "a\nb", "a\r\n\r\nb", "\n\n", "\x00", "\x1b[31m", "\u2028",
    "\x85", "\x0b", "\u202e", "\ufeff", "1", "00:00:01,000", "00:00:01.000 --> 00:00:02.000", "WEBVTT", "NOTE", "STYLE",
    "{\\an8}", "\\N", "\ud83d\ude00", "\u0928\u092e\u0938\u094d\u0924\u0947",
]  # fmt: skip
TEXTS = st.one_of(st.text(max_size=30), st.sampled_from(NASTY), st.sampled_from(["Hello", "world.", "and", "x" * 60]))
TIMES = st.one_of(st.none(), st.integers(0, 40_000), st.integers(-5, 10**12), st.floats(), st.text(max_size=3))
WORDS = st.lists(
    st.builds(
        lambda *values: dict(zip(("text", "start", "end", "speaker", "channel"), values, strict=True)),
        TEXTS, TIMES, TIMES, st.sampled_from([None, "A", "B"]), st.sampled_from([None, "1", "2", 3]),
    ),
    max_size=25,
)  # fmt: skip


def captions(words: list[Word], chars: int = 128) -> list[Caption]:
    return list(make_captions(make_sentences(words, with_marks=True), chars=chars))


def texts(words: list[Word], chars: int = 128) -> list[str]:
    return [caption.text for caption in captions(words, chars)]


@pytest.mark.parametrize(
    ("chars", "expected"),
    [
        (128, ["One two incomprehensibilities three.", "Four."]),
        (10, ["One two", "incomprehensibilities", "three.", "Four."]),
        (7, ["One two", "incomprehensibilities", "three.", "Four."]),
        (6, ["One", "two", "incomprehensibilities", "three.", "Four."]),
        (1, ["One", "two", "incomprehensibilities", "three.", "Four."]),
    ],
)
def test_a_caption_is_no_longer_than_asked_for_unless_a_word_is(chars: int, expected: list[str]) -> None:
    assert texts(said("One two incomprehensibilities three. Four."), chars) == expected


def test_a_caption_does_not_stay_over_a_silence() -> None:
    first = said("Let me")
    assert texts([*first, *said("think.", start=first[-1].end + PAUSE_MS)]) == ["Let me", "think."]


def test_captions_of_channels_that_speak_at_once_come_by_time() -> None:
    left = said("Left one two three four.", channel="1")
    right = said("Right one two.", channel="2", start=700)
    made = captions(interleaved(left, right), 10)
    assert [caption.text for caption in made] == ["Left one", "Right one", "two three", "two.", "four."]
    assert [caption.start for caption in made] == [0, 700, 1000, 1700, 2000]


def test_srt_is_written_so() -> None:
    words = [*said("Late.", start=3_723_004), *said("a-->b <i> & later.", start=3_724_000)]
    assert "".join(write_srt(captions(words))) == (
        "1\n01:02:03,004 --> 01:02:03,404\nLate.\n\n"
        "2\n01:02:04,000 --> 01:02:05,900\na--\u203ab \u2039i\u203a & later.\n"
    )


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("<b>Hi</b>", "\u2039b\u203aHi\u2039/b\u203a"),
        ("<v Bob>", "\u2039v Bob\u203a"),
        ("{\\an8}up", "(\\an8)up"),
        ("00:00:00,000 --> 00:00:01,000", "00\u223600\u223600,000 --\u203a 00\u223600\u223601,000"),
        ("At 9:30 it's 3:1 & so on.", "At 9:30 it's 3:1 & so on."),
    ],
)
def test_srt_has_no_markup(text: str, written: str) -> None:
    (line,) = "".join(write_srt([Caption(0, 1, text)])).splitlines()[2:]
    assert line == written


def test_vtt_is_written_so() -> None:
    words = [*said("Late.", start=3_723_004), *said("a-->b <i> & later.", start=3_724_000)]
    assert "".join(write_vtt(captions(words))) == (
        "WEBVTT\n\n01:02:03.004 --> 01:02:03.404\nLate.\n\n"
        "01:02:04.000 --> 01:02:05.900\na--&gt;b &lt;i&gt; &amp; later.\n"
    )


def test_without_words_there_is_a_valid_file() -> None:
    assert "".join(write_srt([])) == ""
    assert "".join(write_vtt([])) == "WEBVTT\n\n"
    assert webvtt.from_string("WEBVTT\n\n").captions == []


def test_a_word_without_length_is_shown_and_times_do_not_go_back() -> None:
    words = [Word(text, time, time, None, None, None) for text, time in (("One.", 500), ("Two.", 900), ("Three.", 100))]
    assert captions(words) == [Caption(500, 501, "One."), Caption(500, 501, "Three."), Caption(900, 901, "Two.")]


@given(WORDS, st.integers(1, 60))
def test_whatever_the_words_are_captions_keep_their_rules(values: list[object], chars: int) -> None:
    words = [read_word(value) for value in values]
    made = captions(words, chars)
    starts = [caption.start for caption in made]
    assert starts == sorted(starts)
    for caption in made:
        assert 0 <= caption.start < caption.end <= LATEST_MS + 1
        assert caption.text and caption.text == " ".join(caption.text.split())
        assert len(caption.text) <= chars or len(texts([Word(caption.text, 0, 1, None, None, None)], chars)) == 1
    shown = sorted("".join(caption.text.replace(" ", "") for caption in made))
    assert shown == sorted("".join(text.replace(" ", "") for word in words for text in texts([word], 10**6)))


@given(WORDS, st.integers(1, 60))
def test_a_long_caption_is_a_single_word(values: list[object], chars: int) -> None:
    whole = {text for value in values for text in texts([read_word(value)], 10**6)}
    assert all(len(text) <= chars or text in whole for text in texts([read_word(value) for value in values], chars))


@given(WORDS)
def test_what_is_written_as_srt_a_parser_reads(values: list[object]) -> None:
    made = captions([read_word(value) for value in values], 40)
    written = "".join(write_srt(made)).encode().decode()
    # Whoever splits at blank lines finds one block for each caption.
    blocks = written.removesuffix("\n").split("\n\n") if written else []
    shown = [[line.replace(RATIO, ":") for line in block.split("\n")[2:]] for block in blocks]
    assert shown == [[caption.text.translate(LOOK_ALIKES).replace(RATIO, ":")] for caption in made]
    # This one takes any line with times of day in it for a line of times, and obeys tags.
    read = pysubs2.SSAFile.from_string(written, format_="srt", keep_unknown_html_tags=True) if made else []
    assert [(event.start, event.end) for event in read] == [(caption.start, caption.end) for caption in made]


@given(WORDS)
def test_what_is_written_as_vtt_a_parser_reads(values: list[object]) -> None:
    made = captions([read_word(value) for value in values], 40)
    read = webvtt.from_string("".join(write_vtt(made))).captions
    assert [(cue.start_in_seconds, html.unescape(cue.raw_text)) for cue in read] == [
        (caption.start // 1000, caption.text) for caption in made
    ]


def test_plain_speech_survives_the_way_through_both_parsers() -> None:
    made = captions(said("Can you hear me? I have one question, and 3.5 answers. 12 14. Good."), 20)
    expected = [(caption.start, caption.end, caption.text) for caption in made]
    srt = pysubs2.SSAFile.from_string("".join(write_srt(made)), format_="srt")
    vtt = pysubs2.SSAFile.from_string("".join(write_vtt(made)), format_="vtt")
    assert [(event.start, event.end, event.plaintext) for event in srt] == expected
    assert [(event.start, event.end, event.plaintext) for event in vtt] == expected
    assert json.dumps([cue.text for cue in webvtt.from_string("".join(write_vtt(made))).captions]) == json.dumps(
        [caption.text for caption in made]
    )
