from collections.abc import Callable
from typing import Any

import pytest

from sandbox.assemblyai.spelling import Spelling
from sandbox.speech.engine import SpokenWord
from sandbox.speech.sentences import Sentence
from tests.sandbox.live import SandboxProcess


def respelled(text: str, *rules: dict[str, Any]) -> str:
    words = [SpokenWord(word, n * 100, n * 100 + 90, 0.5) for n, word in enumerate(text.split())]
    return " ".join(word.text for word in Spelling(rules).apply(Sentence(0, words)).words)


@pytest.mark.parametrize(
    ("text", "rules", "expected"),
    [
        ("Ask the sequel server.", [{"from": ["sequel"], "to": "SQL"}], "Ask the SQL server."),
        ("Sequel, is it sequel?", [{"from": ["SEQUEL"], "to": "SQL"}], "SQL, is it SQL?"),
        ("The s q l server.", [{"from": ["sequel", "s q l"], "to": "SQL"}], "The SQL server."),
        (
            "New York and new ideas.",
            [{"from": ["new"], "to": "N"}, {"from": ["new york"], "to": "NY"}],
            "NY and N ideas.",
        ),
        ("One one.", [{"from": ["one"], "to": "1"}, {"from": ["one"], "to": "I"}], "1 1."),
        ("Nothing of it.", [{"from": ["sequel"], "to": "SQL"}], "Nothing of it."),
        ("The end s q.", [{"from": ["s q l"], "to": "SQL"}], "The end s q."),
        ("As it is.", [], "As it is."),
        ("As it is.", [{"from": [" "], "to": "X"}, {"from": ["."], "to": "Y"}], "As it is."),
    ],
)
def test_words_are_written_as_asked(text: str, rules: list[dict[str, Any]], expected: str) -> None:
    assert respelled(text, *rules) == expected


def test_a_phrase_becomes_one_word_of_its_whole_time() -> None:
    words = [SpokenWord("s", 0, 100, 0.2), SpokenWord("q", 150, 200, 0.4), SpokenWord("l.", 220, 300, 0.6)]
    sentence = Spelling([{"from": ["s q l"], "to": "SQL"}]).apply(Sentence(1, words))
    assert sentence == Sentence(1, [SpokenWord("SQL.", 0, 300, 0.4)])


def test_the_document_has_it_everywhere(start_sandbox: Callable[..., SandboxProcess]) -> None:
    sandbox = start_sandbox()
    upload = sandbox.upload(b"audio")
    heard = sandbox.finished(sandbox.submit(upload)["id"])["words"][1]["text"].strip(".,?")
    rules = [{"from": [heard], "to": "Zebra"}]
    document = sandbox.finished(sandbox.submit(upload, custom_spelling=rules)["id"])
    assert document["words"][1]["text"].startswith("Zebra")
    assert "Zebra" in document["text"]
    assert document["custom_spelling"] == rules
    assert document["metadata"]["warnings"] == []
    found = sandbox.call("GET", f"/v2/transcript/{document['id']}/word-search?words=zebra").json()
    assert found["total_count"] > 0


def test_further_options_are_taken_echoed_and_named_in_the_warnings(
    start_sandbox: Callable[..., SandboxProcess],
) -> None:
    sandbox = start_sandbox(EXTRA_OPTIONS="redact_static_entities,shout")
    given: dict[str, Any] = {"redact_static_entities": {"INTERNAL": ["Bearclaw"]}, "shout": False}
    document = sandbox.finished(sandbox.submit(sandbox.upload(b"audio"), **given)["id"])
    assert {name: document[name] for name in given} == given
    assert [warning["message"].split(":")[0] for warning in document["metadata"]["warnings"]] == [
        "redact_static_entities"
    ]
    unknown = sandbox.call("POST", "/v2/transcript", json={"audio_url": "https://example.com/", "whisper": 1})
    assert unknown.status_code == 400
