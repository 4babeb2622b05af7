"""From what was heard to what AssemblyAI would have said: words, utterances, confidence."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from typing import Any

from sandbox.assemblyai.spelling import Spelling
from sandbox.speech.engine import Recognition, SpokenWord
from sandbox.speech.sentences import Sentence, write_sentences

Word = dict[str, Any]


def build_result(
    recognition: Recognition,
    *,
    multichannel: bool,
    punctuate: bool = True,
    format_text: bool = True,
    spelling: Sequence[dict[str, Any]] = (),
) -> dict[str, Any]:
    """Return what is stored for a finished job; `sentences` are lists of places in `words`."""
    written = write_sentences(recognition.utterances, punctuate=punctuate, format_text=format_text)
    sentences = list(map(Spelling(spelling).apply, written))
    entries = [
        (word.start, sentence.channel, number, _word(word, sentence.channel if multichannel else None))
        for number, sentence in enumerate(sentences)
        for word in sentence.words
    ]
    entries.sort(key=lambda entry: entry[:3])
    places: list[list[int]] = [[] for _ in sentences]
    for place, (_start, _channel, number, _entry) in enumerate(entries):
        places[number].append(place)
    words = [entry[3] for entry in entries]
    return {
        "text": " ".join(word.text for sentence in sentences for word in sentence.words),
        "words": words,
        "sentences": places,
        "utterances": _utterances(sentences) if multichannel else None,
        "confidence": mean_confidence(words),
        "audio_duration": round(recognition.duration_ms / 1000),
        "audio_channels": recognition.channels if multichannel else None,
    }


def _word(word: SpokenWord, channel: int | None) -> Word:
    entry: Word = {
        "text": word.text,
        "start": word.start,
        "end": word.end,
        "confidence": word.confidence,
        "speaker": None,
    }
    if channel is not None:
        entry |= {"channel": str(channel + 1), "speaker": str(channel + 1)}
    return entry


def _utterances(sentences: list[Sentence]) -> list[dict[str, Any]]:
    """Join sentences of one channel until another one speaks."""
    turns: list[list[Sentence]] = []
    for sentence in sentences:
        if turns and turns[-1][-1].channel == sentence.channel:
            turns[-1].append(sentence)
        else:
            turns.append([sentence])
    return [section([_word(word, turn[0].channel) for sentence in turn for word in sentence.words]) for turn in turns]


def section(words: list[Word]) -> dict[str, Any]:
    """Return words as one utterance, sentence or paragraph."""
    first = words[0]
    return {
        "text": " ".join(word["text"] for word in words),
        "start": first["start"],
        "end": max(word["end"] for word in words),
        "confidence": mean_confidence(words),
        "words": words,
        "speaker": first["speaker"],
        **({"channel": first["channel"]} if "channel" in first else {}),
    }


def mean_confidence(words: list[Word]) -> float:
    return round(fmean(word["confidence"] for word in words), 6) if words else 0.0
