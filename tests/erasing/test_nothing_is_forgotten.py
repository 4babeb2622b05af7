"""Whatever a user's words were stored in, they are gone. What is stored anew later is found by these tests itself."""

from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, models

from api_project.rest.erasing.registry import erasers
from api_project.rest.erasing.services import user_erase
from tests.api import audio_folder
from tests.assemblyai_fake import FakeAssemblyAI
from tests.erasing.belongings import (
    MARK,
    NOT_THE_USERS,
    RunDue,
    belonging_to,
    make_belongings,
    of_transcript,
    tables_with,
    text_columns,
    write_marks,
)
from tests.factories import make_user
from tests.transcripts.test_erasing import run_due_if_any
from tests.webhooks.outbound.working import Clock
from tests.webhooks.outbound.working import work as deliver_what_is_due
from transcripts.finding.purging import search_purge
from transcripts.models import Transcript
from transcripts.services import transcript_delete

pytestmark = pytest.mark.django_db

# Models in which nothing of any user stands: label → what does.
OF_NOBODY = {
    "auth.Group": "groups of users, made by the operator",
    "auth.Permission": "Django's own",
    "contenttypes.ContentType": "Django's own",
    "work.Alarm": "what is wrong with the provider",
}
# Tables without a model: their beginning → why nothing is left in them.
WITHOUT_A_MODEL = {
    "auth_": "who is in which group, cleared with the account",
    "django_migrations": "Django's own",
    "transcripts_searchindex": "goes with its entry, by a trigger",
    "transcripts_searchpurge": "two numbers",
}


def files_with(mark: str) -> list[Path]:
    return [path for path in audio_folder() if mark.encode() in path.read_bytes()]


@pytest.fixture(autouse=True)
def _no_files_of_other_tests() -> None:
    for path in audio_folder():
        path.unlink()


def covered() -> set[type[models.Model]]:
    return {model for eraser in erasers for model in eraser.covers}


def test_every_model_is_seen_to_by_an_eraser_or_holds_nothing_of_users() -> None:
    unknown = {model._meta.label for model in apps.get_models() if model not in covered()} - set(OF_NOBODY)

    assert unknown == set(), "say in an Eraser's `covers` who erases these, and give some in belongings.py"


def test_what_holds_nothing_of_users_has_no_way_to_one() -> None:
    for label in OF_NOBODY:
        related = {field.related_model for field in apps.get_model(label)._meta.get_fields() if field.concrete}
        assert not related & covered(), label


def test_every_table_is_a_models_or_known() -> None:
    of_models = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    with connection.cursor() as cursor:
        others = set(connection.introspection.table_names(cursor)) - of_models

    assert {table for table in others if not table.startswith(tuple(WITHOUT_A_MODEL))} == set()


def test_what_is_said_of_columns_is_about_columns() -> None:
    known = {f"{model._meta.label}.{field.name}" for model in covered() for field in model._meta.concrete_fields}

    assert set(NOT_THE_USERS) <= known


def test_marks_are_put_wherever_words_can_stand(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> None:
    ada = make_user()
    marked = {rows.model for rows in belonging_to(ada, make_belongings(ada, assemblyai_fake, run_due))}

    without = {model for model in covered() if text_columns(model)} - marked
    assert without == set(), "belongings.py makes none of these"


@pytest.fixture
def ada(assemblyai_fake: FakeAssemblyAI, run_due: RunDue) -> Any:
    ada = make_user()
    transcript = make_belongings(ada, assemblyai_fake, run_due)
    assert tables_with(MARK) & {"transcripts_searchindex_content", "transcripts_searchentry"}
    for rows in belonging_to(ada, transcript):
        write_marks(rows)
    assert files_with(MARK)
    return ada


def test_nothing_of_an_erased_user_is_left_anywhere(assemblyai_fake: FakeAssemblyAI, ada: Any) -> None:
    ada.refresh_from_db()
    tallies = user_erase(user=ada)

    assert {tally.name: tally.left for tally in tallies if tally.left} == {}
    assert tables_with(MARK) == set()
    assert files_with(MARK) == []
    assert assemblyai_fake.jobs == {}


def test_nothing_of_a_deleted_transcript_is_left_anywhere(
    assemblyai_fake: FakeAssemblyAI, run_due: RunDue, clock: Clock
) -> None:
    transcript = make_belongings(make_user(), assemblyai_fake, run_due)
    of_users = tables_with(MARK) - {rows.model._meta.db_table for rows in of_transcript(transcript)}
    for rows in of_transcript(transcript):
        write_marks(rows)
    transcript_delete(transcript=transcript)
    for turn, step in enumerate(["erase", "discard", "erase"]):
        run_due_if_any(run_due, step, after=settings.GIVE_UP_AFTER * turn)

    search_purge(sleep=lambda seconds: None)
    # The last word about it goes to the address that it had named, for as long as that is tried.
    for _ in range(10):
        deliver_what_is_due()
        clock.jump(hours=30)

    assert Transcript.objects.get().erased_at is not None
    assert tables_with(MARK) == {"django_admin_log", "rest_apikey", "rest_idempotencykey"} <= of_users
    assert files_with(MARK) == []
    assert assemblyai_fake.jobs == {}
