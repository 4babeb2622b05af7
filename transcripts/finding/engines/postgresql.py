"""Searching with PostgreSQL's full text search.

A GIN index knows no order: it gives all matches, however many, and then they are sorted. And an index by number gives
the newest entries, of which a rare word is in none. So the newest matches are looked for in the newest periods first,
which are tags in the same index, and only where these hold too few, in all.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice

from django.db import OperationalError, connection, transaction
from django.db.models import BooleanField, F
from django.db.models.expressions import RawSQL

from transcripts.exceptions import SearchTooSlow
from transcripts.finding.documents import RANDOM_BITS, Document
from transcripts.finding.engines.base import Deadline, Match, Search
from transcripts.finding.engines.tsquery import any_of, tsquery, tsquery_of_sure
from transcripts.finding.engines.tsvector import PERIODS, period, tsvector
from transcripts.finding.holding import holds
from transcripts.finding.texts import read_texts
from transcripts.models import SearchEntry

# The first periods hold at least so many of the owner's entries for each match that is wanted, and those that follow
# reach back about four times as far each time.
ENTRIES_PER_MATCH = 12
MOST_ENTRIES = 4_000
PERIODS_AT_ONCE = (4, 16)
TRIES = 3
# How many more texts are looked at, each time that too few of them really hold a phrase.
MORE_EACH_TIME = 4
# https://www.postgresql.org/docs/current/errcodes-appendix.html
QUERY_CANCELED = "57014"
# What a word counts in the title, and in the text.
WEIGHTS = "{0.1, 0.1, 0.1, 1.0}"


class PostgresqlEngine:
    """Keeps words and tags in one tsvector with a GIN index."""

    def insert(self, document: Document) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO transcripts_searchentry (id, transcript_id, owner_id, words, tokens)"
                " VALUES (%s, %s, %s, %s, %s::tsvector) ON CONFLICT DO NOTHING",
                [document.number, document.transcript_id, document.owner_id, document.words, tsvector(document)],
            )
            return bool(cursor.rowcount)

    def replace(self, document: Document) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE transcripts_searchentry SET words = %s, tokens = %s::tsvector WHERE id = %s",
                [document.words, tsvector(document), document.number],
            )

    def find(self, search: Search, *, limit: int, oldest_first: bool) -> Sequence[Match]:
        found: list[Match] = []
        wanted = limit
        with _bounded(search.deadline):
            while True:
                matches = _loose_matches(search, limit=limit, oldest_first=oldest_first)
                found += islice(_right_ones(search, matches), wanted - len(found))
                if len(matches) < limit or len(found) == wanted:
                    return found
                # Some of the texts do not hold the phrase; so many more are looked at that the queries stay few.
                search = search.beyond(matches[-1], oldest_first=oldest_first)
                limit *= MORE_EACH_TIME

    def scores(self, numbers: Collection[int], words: Iterable[str]) -> dict[int, float]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, ts_rank(%s, tokens, %s::tsquery) FROM transcripts_searchentry WHERE id = ANY(%s)",
                [WEIGHTS, any_of(words), list(numbers)],
            )
            return dict(cursor.fetchall())


@contextmanager
def _bounded(deadline: Deadline) -> Iterator[None]:
    """End what is asked within this when the time is over. Raises SearchTooSlow then."""
    try:
        with transaction.atomic():
            _set_timeout(deadline)
            yield
            with connection.cursor() as cursor:
                # The transaction may be a larger one.
                cursor.execute("SET LOCAL statement_timeout TO DEFAULT")
    except OperationalError as exc:
        # Its class belongs to a driver that is not there where SQLite is used.
        if getattr(exc.__cause__, "sqlstate", None) == QUERY_CANCELED:
            raise SearchTooSlow from exc
        raise


def _set_timeout(deadline: Deadline) -> None:
    """Give the statements that follow the time that is left, each of them."""
    deadline.check()
    with connection.cursor() as cursor:
        milliseconds = max(1, int(deadline.left * 1000))
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{milliseconds}"])


def _loose_matches(search: Search, *, limit: int, oldest_first: bool) -> list[Match]:
    """Return what may match: a long text lacks positions, and so may have the words of a phrase elsewhere."""
    query = tsquery(search.question, search.tags)
    for periods in _periods(search, entries=min(limit * ENTRIES_PER_MATCH, MOST_ENTRIES), oldest_first=oldest_first):
        _set_timeout(search.deadline)
        found = _matches(search, f"{query} & {any_of(periods)}", limit=limit, oldest_first=oldest_first)
        if len(found) == limit:
            return found
    _set_timeout(search.deadline)
    return _matches(search, query, limit=limit, oldest_first=oldest_first)


def _right_ones(search: Search, matches: list[Match]) -> Iterator[Match]:
    """Yield those that really match, in this order: where that is not sure, the text is read."""
    if not (search.question.has_phrases and matches):
        yield from matches
        return
    sure = RawSQL("tokens @@ %s::tsquery", [tsquery_of_sure(search.question)], output_field=BooleanField())
    entries = SearchEntry.objects.filter(sure, id__in=[match.number for match in matches])
    sure_ones = set(entries.values_list("transcript_id", flat=True))
    unsure = {match.transcript_id: match.words for match in matches if match.transcript_id not in sure_ones}
    texts = read_texts(unsure)
    for match in matches:
        if match.transcript_id in unsure:
            search.deadline.check()
            _, title, text = next(texts)
            if not holds(search.question, title, text):
                continue
        yield match


def _matches(search: Search, query: str, *, limit: int, oldest_first: bool) -> list[Match]:
    found = SearchEntry.objects.filter(
        search.filters.beyond_tags("transcript__"),
        RawSQL("transcripts_searchentry.tokens @@ %s::tsquery", [query], output_field=BooleanField()),
        id__gte=search.first,
        id__lt=search.end,
    )
    # A sum, so that PostgreSQL does not take the order for a reason to read the newest entries one by one.
    order = F("id") + 0
    ordered = found.order_by(order.asc() if oldest_first else order.desc())
    return [Match(*row) for row in ordered.values_list("id", "transcript_id", "words")[:limit]]


def _periods(search: Search, *, entries: int, oldest_first: bool) -> Iterator[list[str]]:
    """Yield tags of periods that begin where the search begins, and reach farther each time."""
    mine = SearchEntry.objects.filter(owner=search.owner_id, id__gte=search.first, id__lt=search.end)
    numbers = mine.order_by("id" if oldest_first else "-id").values_list("id", flat=True)
    begin, far = numbers.first(), numbers[entries : entries + 1].first()
    if begin is None or far is None:
        return
    low, high = sorted((begin, far))
    apart = {bits: (high >> RANDOM_BITS + bits) - (low >> RANDOM_BITS + bits) for bits in PERIODS}
    fitting = [(bits, count) for bits in PERIODS for count in PERIODS_AT_ONCE if apart[bits] < count]
    for bits, count in fitting[:TRIES]:
        width = 1 << RANDOM_BITS + bits
        yield [period(begin + step * (width if oldest_first else -width), bits) for step in range(count)]
