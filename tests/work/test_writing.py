import threading

import pytest
from django.db import connection, transaction

from api_project.work.writing import writing
from tests.factories import make_transcript
from transcripts.models import Transcript

SOON = 20.0


@pytest.mark.django_db(transaction=True)
def test_what_is_written_is_committed_or_not_at_all() -> None:
    with writing():
        assert connection.in_atomic_block
        make_transcript(title="kept")
    with pytest.raises(ZeroDivisionError), writing():
        make_transcript(title="lost")
        raise ZeroDivisionError
    assert Transcript.objects.get().title == "kept"


@pytest.mark.django_db(transaction=True)
def test_on_sqlite_writers_of_one_process_take_turns() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL locks rows")
    began, entered = threading.Event(), threading.Event()

    def write() -> None:
        began.set()
        with writing():
            entered.set()
        connection.close()

    thread = threading.Thread(target=write)
    with writing():
        thread.start()
        assert began.wait(SOON)
        assert not entered.is_set()
    assert entered.wait(SOON)
    thread.join(SOON)


@pytest.mark.django_db(transaction=True)
def test_who_is_in_a_transaction_already_waits_for_nobody() -> None:
    with transaction.atomic(), writing(), writing():
        make_transcript()
    assert Transcript.objects.count() == 1
