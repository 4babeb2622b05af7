"""Restarting and stopping, with programs of a line or two."""

import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from api_project.launch.children import Program, describe_end
from api_project.launch.supervisor import Supervisor
from tests.launch.processes import wait_until

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); {ready}; time.sleep(600)"
OBEDIENT = "import time; {ready}; time.sleep(600)"
# Notes its own process and one that it starts, which ignores being asked to end.
WITH_CHILD = (
    "import os, signal, time; os.fork() or signal.signal(signal.SIGTERM, signal.SIG_IGN); {ready}; time.sleep(600)"
)
LAST_WORDS = """
import signal, sys, time
def stop(*_):
    time.sleep({after})
    open("last_words", "a").write("{words} ")
    sys.exit()
signal.signal(signal.SIGTERM, stop)
{ready}
time.sleep(600)
"""
NOTE = "open('{notes}', 'a').write('{name} %d\\n' % __import__('os').getpid())"


class Stage:
    """Programs that note their process ids in a file, and what the supervisor said of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.notes = folder / "notes"
        self.said: list[str] = []

    def program(self, name: str, code: str, *, stop_turn: int = 0, refusal: int | None = None) -> Program:
        code = code.format(ready=NOTE.format(notes=self.notes, name=name))
        return Program(name, [sys.executable, "-c", code], dict(os.environ), self.folder, stop_turn, refusal)

    def supervisor(self, *programs: Program) -> Supervisor:
        return Supervisor(programs, self.said.append, stop_seconds=1.0)

    def pids(self, name: str = "") -> list[int]:
        lines = self.notes.read_text().splitlines() if self.notes.exists() else []
        return [int(line.split()[1]) for line in lines if line.startswith(name)]

    def run(self, supervisor: Supervisor, *steps: Callable[[], bool]) -> None:
        """Run until each step in turn has come true, then stop."""
        pending = list(steps)

        def tick() -> float:
            if pending and pending[0]():
                pending.pop(0)
            if not pending:
                supervisor.ask_to_stop()
            return 0.02

        guard = threading.Timer(30, supervisor.ask_to_stop)
        guard.start()
        supervisor.run(tick)
        guard.cancel()
        assert not pending


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    # A child of a killed process is taken over and reaped by the system's first process, which may take its time.
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"


def kill(pid: int) -> bool:
    os.kill(pid, signal.SIGKILL)
    return True


def test_it_starts_again_what_ends(stage: Stage) -> None:
    supervisor = stage.supervisor(stage.program("web", OBEDIENT))
    stage.run(supervisor, lambda: len(stage.pids()) == 1, lambda: kill(stage.pids()[0]), lambda: len(stage.pids()) == 2)
    assert stage.said[0] == "web ended (SIGKILL); starting it again in 0.5 s."


def test_a_program_that_refuses_to_start_ends_the_rest(stage: Stage) -> None:
    refusing = stage.program("sandbox", "{ready}; raise SystemExit(1)", refusal=1)
    supervisor = stage.supervisor(refusing, stage.program("web", OBEDIENT))
    supervisor.run(lambda: 0.02)
    assert supervisor.has_failed
    assert stage.said == ["sandbox cannot start; why is said above."]
    assert all(is_gone(pid) for pid in stage.pids())


@pytest.mark.parametrize(("code", "refusal"), [("exit(1)", None), ("exit(3)", 1), ("__import__('os').abort()", 1)])
def test_any_other_end_is_no_refusal(stage: Stage, code: str, refusal: int | None) -> None:
    supervisor = stage.supervisor(stage.program("sandbox", "{ready}; " + code, refusal=refusal))
    stage.run(supervisor, lambda: len(stage.pids()) == 2)
    assert not supervisor.has_failed


def test_a_later_start_is_tried_again_whatever_it_ends_with(stage: Stage) -> None:
    code = "import os, time; first = not os.path.exists('{notes}'); {{ready}}; time.sleep(600) if first else exit(1)"
    supervisor = stage.supervisor(stage.program("sandbox", code.format(notes=stage.notes), refusal=1))
    stage.run(supervisor, lambda: len(stage.pids()) == 1, lambda: kill(stage.pids()[0]), lambda: len(stage.pids()) == 3)
    assert not supervisor.has_failed


def test_it_kills_what_an_ended_program_left_behind(stage: Stage) -> None:
    supervisor = stage.supervisor(stage.program("web", WITH_CHILD))
    stage.run(
        supervisor,
        lambda: len(stage.pids()) == 2,
        lambda: kill(min(stage.pids())),
        lambda: all(is_gone(pid) for pid in stage.pids()[:2]),
    )


def test_it_leaves_nothing_when_it_stops(stage: Stage) -> None:
    supervisor = stage.supervisor(stage.program("web", WITH_CHILD), stage.program("worker", OBEDIENT))
    stage.run(supervisor, lambda: len(stage.pids()) == 3)
    wait_until(lambda: all(is_gone(pid) for pid in stage.pids()), "all are gone")


def test_it_kills_what_does_not_stop_in_time(stage: Stage) -> None:
    supervisor = stage.supervisor(stage.program("web", STUBBORN))
    stage.run(supervisor, lambda: len(stage.pids()) == 1)
    assert stage.said == ["web did not end in time; killing it."]
    assert is_gone(stage.pids()[0])


def test_it_stops_a_later_turn_when_the_earlier_is_gone(stage: Stage) -> None:
    supervisor = stage.supervisor(
        stage.program("sandbox", LAST_WORDS.format(after=0, words="sandbox", ready="{ready}"), stop_turn=1),
        stage.program("worker", LAST_WORDS.format(after=0.3, words="worker", ready="{ready}")),
    )
    stage.run(supervisor, lambda: len(stage.pids()) == 2)
    assert (stage.folder / "last_words").read_text().split() == ["worker", "sandbox"]


def test_it_goes_on_when_a_program_cannot_be_started(stage: Stage) -> None:
    missing = Program("web", ["/nowhere/python"], dict(os.environ), stage.folder)
    supervisor = stage.supervisor(missing, stage.program("worker", OBEDIENT))
    stage.run(supervisor, lambda: len(stage.pids("worker")) == 1)
    assert stage.said[0] == "web cannot be started (No such file or directory); trying again in 0.5 s."


@pytest.mark.parametrize(("status", "words"), [(0, "exit status 0"), (3, "exit status 3"), (-9, "SIGKILL")])
def test_an_end_is_told_in_words(status: int, words: str) -> None:
    assert describe_end(status) == words
