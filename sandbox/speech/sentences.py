"""Sentences, capitals and punctuation for words that come without them."""

from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.speech.engine import SpokenWord, Utterance

PAUSE_MS = 700
MOST_WORDS = 30
ALWAYS_CAPITAL = {"i": "I", "i'm": "I'm", "i'll": "I'll", "i've": "I've", "i'd": "I'd"}
# A question begins with a question word before a verb ("what is", not "what a day"), or with a verb before its subject
# ("is it", not "is not").
QUESTION_WORDS = frozenset("who whose whom what where why how which".split())
VERBS = frozenset(
    "is are am was were do does did can could would will shall should has have had may might must "
    "isn't aren't wasn't don't doesn't didn't can't couldn't wouldn't won't".split()
)
AMOUNTS = frozenset("much many".split())
SUBJECTS = frozenset(
    "i you he she it we they there this that these those the a an my your his her its our their any anyone".split()
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words as they are written; `channel` counts from 0."""

    channel: int
    words: list[SpokenWord]

    @property
    def start(self) -> int:
        return self.words[0].start

    @property
    def end(self) -> int:
        return self.words[-1].end


def write_sentences(utterances: list[Utterance], *, punctuate: bool = True, format_text: bool = True) -> list[Sentence]:
    """Split what was heard into sentences, each channel alone, ordered by their beginning."""
    channels = sorted({utterance.channel for utterance in utterances})
    sentences = [
        Sentence(channel, _written(words, punctuate=punctuate, format_text=format_text))
        for channel in channels
        for words in _split([utterance for utterance in utterances if utterance.channel == channel])
    ]
    return sorted(sentences, key=lambda sentence: (sentence.start, sentence.channel))


def _split(utterances: list[Utterance]) -> Iterator[list[SpokenWord]]:
    """End a sentence at a pause, where the voice stops, and after so many words."""
    sentence: list[SpokenWord] = []
    for utterance in utterances:
        for word in utterance.words:
            if sentence and (word.start - sentence[-1].end >= PAUSE_MS or len(sentence) >= MOST_WORDS):
                yield sentence
                sentence = []
            sentence.append(word)
        if sentence and utterance.ends_speech:
            yield sentence
            sentence = []
    if sentence:
        yield sentence


def _written(words: list[SpokenWord], *, punctuate: bool, format_text: bool) -> list[SpokenWord]:
    texts = [word.text for word in words]
    end = ("?" if _asks(texts) else ".") if punctuate else ""
    if format_text:
        texts = [ALWAYS_CAPITAL.get(text, text) for text in texts]
        texts[0] = texts[0][:1].upper() + texts[0][1:]
    texts[-1] += end
    return [SpokenWord(text, word.start, word.end, word.confidence) for text, word in zip(texts, words, strict=True)]


def _asks(texts: list[str]) -> bool:
    opener, following = texts[0], texts[1] if len(texts) > 1 else ""
    return (opener in QUESTION_WORDS and following in VERBS | AMOUNTS) or (opener in VERBS and following in SUBJECTS)
