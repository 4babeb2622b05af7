"""What runs in the pool's processes, and how they are confined."""

import os
import resource
import signal
import threading
from contextlib import suppress
from multiprocessing import connection, parent_process
from pathlib import Path

from sandbox.speech.decode import Decoded, DecodeRequest, decode
from sandbox.speech.engine import Engine, SpokenWord
from sandbox.speech.engines import load_engine

KEPT_VARIABLES = frozenset("HOME LANG LC_ALL LD_LIBRARY_PATH PATH PYTHONHOME PYTHONPATH TMPDIR TZ VIRTUAL_ENV".split())
MEMORY_BYTES = 4 * 1024**3

_engine: Engine | None = None


def prepare_decoder() -> None:
    _confine()


def prepare_engine(name: str, model_dir: Path | None) -> None:
    global _engine
    _confine()
    _engine = load_engine(name, model_dir)


def warm_up() -> None:
    """Do nothing, in a prepared process."""


def decode_audio(request: DecodeRequest) -> Decoded:
    return decode(request)


def recognise_segment(spool: Path, offset: int, length: int) -> list[SpokenWord]:
    with spool.open("rb") as file:
        file.seek(offset)
        pcm = file.read(length)
    if _engine is None:
        raise RuntimeError("prepare_engine was not called")
    return _engine.recognise(pcm)


def forget_environment() -> None:
    """Drop every variable that is not needed to run Python, so that processes started from now on inherit no secret."""
    for name in set(os.environ) - KEPT_VARIABLES:
        del os.environ[name]


def _confine() -> None:
    forget_environment()
    # The pool's own handler waits for the end of a native call, which may be half a minute away.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _limit_memory()
    threading.Thread(target=_die_with_the_parent, name="parent", daemon=True).start()


def _limit_memory() -> None:
    _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(MEMORY_BYTES, hard)
    with suppress(ValueError, OSError):  # not every system has this limit
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


def _die_with_the_parent() -> None:
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)
