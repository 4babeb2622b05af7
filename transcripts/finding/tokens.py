"""What counts as a word when texts are searched; both databases are given the same words, so that they agree.

Accents, case and width do not count (`Café` is `cafe`). A word is a run of letters and digits with their marks, so an
apostrophe parts: `l'amour` is `l` and `amour`. In scripts that do not part words every character is one.
"""

import re
import unicodedata
from functools import lru_cache
from itertools import groupby

# Longer ones are cut, in texts and questions alike; PostgreSQL takes 2,046 bytes.
LONGEST_TOKEN = 64
# Those that NFKD parts from Latin, Greek and Cyrillic letters. Others, like the vowels of Hindi, make another word.
ACCENTS = re.compile("[\u0300-\u036f]+")

# Han with Bopomofo and kana, Thai, Lao, Burmese, Khmer: written without spaces.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3041-\u3098\u309d-\u312f\u31a0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)


def _marks() -> str:
    """Return the marks of all scripts as the inside of a character class; `re` has no name for them."""
    codes = (*range(0x20000), *range(0xE0100, 0xE01F0))
    runs = groupby(codes, key=lambda code: unicodedata.category(chr(code))[0] == "M")
    found = [[chr(code) for code in run] for is_mark, run in runs if is_mark]
    return "".join(f"{run[0]}-{run[-1]}" for run in found)


_MARKS = _marks()
MARK = f"[{_MARKS}]"
WORD = rf"[^\W_{UNSPACED}]"
TOKEN = re.compile(rf"(?=\w)[{UNSPACED}]{MARK}*|{WORD}+(?:{MARK}+{WORD}*)*")
UNSPACED_TOKEN = re.compile(f"[{UNSPACED}]")
# What is in no word.
BREAK = re.compile(rf"[^\w{_MARKS}]")
# Plain characters, each of which folds into one; else a character with its marks, which fold together.
CLUSTER = re.compile(rf"[\x00-\x7f]+(?!{MARK})|.{MARK}*", re.DOTALL)
TOKEN_OF_ASCII = re.compile("[a-z0-9]+")


def fold(text: str) -> str:
    """Return a text as it is compared: without accents, case and width."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return ACCENTS.sub("", folded)


def tokens(text: str) -> list[str]:
    """Return the words of a text as they are compared, in order."""
    pattern = TOKEN_OF_ASCII if text.isascii() else TOKEN
    return [found[:LONGEST_TOKEN] for found in pattern.findall(fold(text))]


def located_tokens(text: str) -> list[tuple[str, int, int]]:
    """Return the words of a text with the place where each begins and ends. Slow; meant for short pieces."""
    folded: list[str] = []
    begins: list[int] = []
    ends: list[int] = []
    for cluster in CLUSTER.finditer(text):
        begin, end = cluster.span()
        piece = _fold_cluster(cluster[0])
        folded.append(piece)
        is_plain = len(piece) == end - begin
        begins += range(begin, end) if is_plain else [begin] * len(piece)
        ends += range(begin + 1, end + 1) if is_plain else [end] * len(piece)
    found = TOKEN.finditer("".join(folded))
    return [(word[0][:LONGEST_TOKEN], begins[word.start()], ends[word.end() - 1]) for word in found]


_fold_cluster = lru_cache(maxsize=4096)(fold)
