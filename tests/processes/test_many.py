"""Many uploads at once, while one process after the other is killed at no chosen moment."""

import random
import time
from hashlib import sha256

import pytest

from tests.processes.harness import Name, Service
from tests.processes.outcomes import assert_each_completed_once, assert_nothing_left_after_delete, assert_swept, audio

UPLOADS = 20
KILLS = [Name.WEB_WORKER, Name.WORKER, Name.SANDBOX] * 3
LONGEST_PAUSE_SECONDS = 0.5


@pytest.mark.parametrize("seed", [1, 2])
def test_all_that_was_accepted_completes_once(service: Service, seed: int) -> None:
    chance = random.Random(seed)
    contents = [audio(chance.randrange(5_000, 3_000_000)) for _ in range(UPLOADS)]
    kills = chance.sample(KILLS, len(KILLS))
    answers = []
    for number, content in enumerate(contents):
        answers.append(service.client.upload_aside(content))
        if number % 2 and kills:
            time.sleep(chance.uniform(0, LONGEST_PAUSE_SECONDS))
            service.kill(kills.pop())
    ids = [answer.result() for answer in answers]
    rows = service.rows.by_content()
    kept = {content: rows.get(sha256(content).hexdigest(), []) for content in contents}
    # Without an answer there may be a row: the client cannot know. With one there is a row, and never are there two.
    for content, transcript_id in zip(contents, ids, strict=True):
        assert kept[content] in ([[transcript_id]] if transcript_id else [[], *([row] for row in kept[content])])
    assert any(ids)
    assert_each_completed_once(service, {row: content for content, found in kept.items() for row in found})
    assert_swept(service)
    assert_nothing_left_after_delete(service)
