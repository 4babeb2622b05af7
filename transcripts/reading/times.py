"""Words whose time cannot be: they are put beside their neighbours, so that they drag no good word along."""

from collections.abc import Iterable, Iterator

from transcripts.reading.words import LATEST_MS, Word

# A jump of this is no time of a word, if it leads out of the audio or if the next word is back where it should be.
FAR_MS = 300_000
# No word lasts so long.
LONGEST_MS = 60_000


def placed(words: Iterable[Word], *, seconds: int | None) -> Iterator[Word]:
    """Give the words with times that can be; `seconds` is how long the audio is, if that is known."""
    last_ms = LATEST_MS - 1 if seconds is None else min(seconds * 1000 + FAR_MS, LATEST_MS - 1)
    remaining = iter(words)
    word = next(remaining, None)
    before: int | None = None
    while word is not None:
        following = next(remaining, None)
        if _is_astray(word, before or 0, following, last_ms):
            # The first one has no neighbour but the next.
            after = following.start if following and following.start <= last_ms else 0
            moment = after if before is None else before
            yield word._replace(start=moment, end=moment)
        else:
            if word.end - word.start > LONGEST_MS:
                word = word._replace(end=word.start)
            before = word.end
            yield word
        word = following


def _is_astray(word: Word, before: int, following: Word | None, last_ms: int) -> bool:
    if word.start - before < FAR_MS:
        return False
    return word.start > last_ms or (following is not None and word.start - following.start > FAR_MS)
