"""Whatever happens in whatever order, also over the end of a month: the counters are what counting anew gives."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import httpx
from django.core.files.storage import FileSystemStorage
from django.db.models import Sum
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.factories import make_transcript, make_user
from tests.transcripts.test_interleavings import EVENTS, IS_REDACTED, Killed, RedactingHostTestCase, World
from transcripts.exceptions import OverBudget
from transcripts.models import Transcript, Usage
from transcripts.provider_health import failures_in_a_row
from transcripts.services import transcript_delete
from transcripts.usage.budgets import budget_set
from transcripts.usage.months import month_of, next_month, start_of
from transcripts.usage.recounting import usage_recount
from transcripts.usage.selectors import usage_get


class UsageWorld(World):
    """The world as it is elsewhere, with uploads that come and are refused, and deaths while files are deleted."""

    def upload(self, size: int) -> None:
        try:
            make_transcript(content=b"RIFF" + b"a" * size)
        except OverBudget:
            pass

    def upload_killed(self) -> None:
        """Accept an upload, and die before the row is committed."""
        with patch.object(Usage.objects, "filter", side_effect=Killed):
            try:
                make_transcript()
            except Killed:
                pass

    def erase_killed(self) -> None:
        """Erase, and die when the file is gone and nothing is written yet."""
        delete = FileSystemStorage.delete

        def die(storage: FileSystemStorage, name: str) -> None:
            delete(storage, name)
            raise Killed

        with patch.object(FileSystemStorage, "delete", die):
            self.step("erase")

    def budget(self, **budgets: int | None) -> None:
        budget_set(owner_id=make_user().pk, **budgets)


MORE_EVENTS = st.one_of(
    st.tuples(st.just("upload"), st.sampled_from([1, 1000])),
    st.tuples(st.just("upload_killed")),
    st.tuples(st.just("erase_killed")),
)


class UsageInterleavingTest(RedactingHostTestCase):
    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @example([*IS_REDACTED, ("while_keeping_the_redacted", "deleted", "after")], 0, False)
    @given(
        st.lists(st.one_of(EVENTS, MORE_EVENTS), max_size=16),
        st.sampled_from([0, 100, 1100]),
        st.booleans(),
    )
    def test_the_counters_are_always_what_counting_anew_gives(
        self, events: list[tuple[Any, ...]], storage_budget: int, month_ends: bool
    ) -> None:
        failures_in_a_row.clear()
        world, clock = UsageWorld("nowhere", self.host), timezone.now
        world.budget(storage_budget=storage_budget)
        if month_ends:
            world.passed = start_of(next_month(month_of(clock()))) - timedelta(minutes=30) - clock()
        with (
            patch.object(httpx.HTTPTransport, "handle_request", lambda _, request: world.provider.handle(request)),
            patch.object(timezone, "now", lambda: clock() + world.passed),
        ):
            for name, *arguments in events:
                getattr(world, name)(*arguments)
                self.check(storage_budget)
            world.settle()
            self.check(storage_budget)
            for transcript in Transcript.objects.filter(deleted_at=None):
                transcript_delete(transcript=transcript)
            for name in ("erase", "discard", "erase"):
                world.step(name)
            self.check(storage_budget)
        left = usage_get(owner_id=make_user().pk, now=timezone.now())
        assert (left.stored_bytes, left.transcripts) == (0, 0)

    def check(self, storage_budget: int) -> None:
        assert not usage_recount(owner_id=make_user().pk), "a counter was wrong"
        # What is redacted comes on top: it was not known when the audio was accepted.
        uploads = Transcript.objects.exclude(audio="").aggregate(size=Sum("file_size"))
        assert not storage_budget or (uploads["size"] or 0) <= storage_budget
