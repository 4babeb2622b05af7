"""Erasing a user while others are at work on the same rows."""

import threading
import time

import pytest
from django.db import transaction
from django.utils import timezone

from api_project.rest.erasing.services import user_count, user_erase
from api_project.rest.services import user_require_active
from api_project.work.leases import claim
from api_project.work.runner import run_step
from api_project.work.steps import registry
from tests.assemblyai_fake import FakeAssemblyAI
from tests.factories import LEASE, make_transcript, make_user
from tests.threads import PATIENCE, in_thread
from transcripts.models import Transcript
from transcripts.services import transcript_create

pytestmark = pytest.mark.django_db(transaction=True)


def test_beside_a_running_worker_everything_goes_once(assemblyai_fake: FakeAssemblyAI) -> None:
    ada = make_user()
    for _ in range(12):
        make_transcript(ada)
    done = threading.Event()

    def work() -> None:
        while not done.is_set():
            for step in registry.steps:
                for row, lease in claim(step, limit=2, now=timezone.now(), lease_for=LEASE):
                    run_step(step, row, lease)

    with in_thread(work):
        while not assemblyai_fake.jobs:
            assert not done.wait(0.01)
        user_erase(user=ada)
        # A job that was begun in the last moment is the worker's to take back.
        until = time.monotonic() + PATIENCE
        while any(user_count(user=ada).values()) and time.monotonic() < until:
            done.wait(0.05)
        done.set()

    assert {name: left for name, left in user_count(user=ada).items() if left} == {}
    assert assemblyai_fake.jobs == {}
    assert Transcript.objects.exclude(erased_at=None).count() == 12


def test_an_upload_that_ends_while_the_account_is_closed_is_erased_too(assemblyai_fake: FakeAssemblyAI) -> None:
    ada = make_user()
    writing, may_commit = threading.Event(), threading.Event()

    def upload() -> None:
        with transaction.atomic():
            # What the service does first; here it takes long to do the rest.
            user_require_active(user_id=ada.pk)
            writing.set()
            assert may_commit.wait(PATIENCE)
            transcript_create(owner=ada, audio_url="https://example.com/a.mp3", title="mine")

    with in_thread(upload):
        assert writing.wait(PATIENCE)
        with in_thread(lambda: user_erase(user=make_user())) as erasing:
            # It waits for the upload: nobody is told that nothing is left while something is still being written.
            erasing.join(0.3)
            assert erasing.is_alive()
            may_commit.set()

    assert Transcript.objects.get().erased_at is not None
    assert set(user_count(user=type(ada).objects.get(pk=ada.pk)).values()) == {0}
