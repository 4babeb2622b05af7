"""A child that crashes, hangs or grows fails its own job only."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from sandbox.speech import child
from sandbox.speech.decode import Decoded, DecodeRequest, decode
from sandbox.speech.engine import AudioRequest, RecogniserFailed
from sandbox.speech.pool import PooledRecogniser, _result
from tests.sandbox.live import AUDIO


def crash() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def hang() -> None:
    time.sleep(3600)


def grow() -> int:
    return len(bytearray(child.MEMORY_BYTES * 2))


def variables() -> set[str]:
    return set(os.environ)


@pytest.fixture(scope="module")
def recogniser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PooledRecogniser]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SECRET_OF_THE_PARENT", "secret")
        pool = PooledRecogniser(
            engine="pocketsphinx",
            model_dir=None,
            processes=1,
            spool_dir=tmp_path_factory.mktemp("spool"),
            longest_ms=3_600_000,
            decode_timeout=60,
            segment_timeout=60,
        )
        pool.start()
        yield pool
        pool.stop()


@pytest.fixture
def run(recogniser: PooledRecogniser) -> Callable[..., Any]:
    def run(function: Callable[[], Any], timeout: float = 60) -> Any:
        return _result(recogniser._decoders.schedule(function, timeout=timeout))

    return run


def decoded(run: Callable[..., Any]) -> Decoded:
    return run(decode_clip)  # type: ignore[no-any-return]


def decode_clip() -> Decoded:
    with TemporaryDirectory() as folder:
        return decode(
            DecodeRequest(
                source=AUDIO / "meeting.flac",
                spool=Path(folder) / "spool",
                multichannel=False,
                start_ms=0,
                end_ms=None,
                longest_ms=60_000,
            )
        )


@pytest.mark.parametrize(
    ("accident", "timeout", "reason"), [(crash, 60, "died"), (hang, 0.2, "too long"), (grow, 60, "Memory|died")]
)
def test_an_accident_fails_one_job_and_the_next_one_works(
    accident: Callable[[], Any], timeout: float, reason: str, run: Callable[..., Any]
) -> None:
    with pytest.raises(RecogniserFailed, match=reason):
        run(accident, timeout)
    assert decoded(run).segments


def test_a_child_holds_none_of_the_parents_variables(run: Callable[..., Any]) -> None:
    assert run(variables) <= child.KEPT_VARIABLES


def test_a_signal_to_the_group_does_not_reach_the_children(run: Callable[..., Any]) -> None:
    assert run(os.getpgrp) != os.getpgrp()


def test_progress_rises_as_stretches_are_heard(recogniser: PooledRecogniser) -> None:
    seen: list[int] = []
    heard = recogniser.recognise(AudioRequest(path=AUDIO / "questions.mp3"), seen.append)
    assert seen == sorted(seen)
    assert len(seen) == 1 + len(heard.utterances)
    assert seen[-1] == 99


def test_nothing_is_left_in_the_spool(recogniser: PooledRecogniser) -> None:
    recogniser.recognise(AudioRequest(path=AUDIO / "meeting.flac"), lambda _percent: None)
    assert list(recogniser._spool_dir.iterdir()) == []
