"""Keeps the processes running, and ends them in order."""

import os
import select
import signal
import time
from collections.abc import Callable, Sequence
from types import FrameType

from api_project.launch.children import Child, Program, describe_end

STOP_SECONDS = 10.0
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LONGEST_WAIT_SECONDS = 1.0
# One stop can reach us twice within a moment: from the terminal's group and handed on by make.
SAME_STOP_SECONDS = 0.5

Say = Callable[[str], None]


class Supervisor:
    """Runs programs until it is told to stop: what ends is started again, after a growing delay."""

    def __init__(self, programs: Sequence[Program], say: Say, *, stop_seconds: float = STOP_SECONDS) -> None:
        self._stop_seconds = stop_seconds
        self.children = [Child(program) for program in programs]
        self._say = say
        self._stop_asked_at: float | None = None
        # Whether it stopped because one of the programs cannot run at all.
        self.has_failed = False
        self._is_hurried = False
        self._wake_read, self._wake_write = os.pipe()

    def watch_signals(self) -> None:
        """Take over the signals of this process; call it in the main thread before the first start."""
        for end in (self._wake_read, self._wake_write):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        for number in STOP_SIGNALS:
            signal.signal(number, self._on_stop_signal)

    @property
    def is_stopping(self) -> bool:
        """Tell whether a signal asked for the end."""
        return self._stop_asked_at is not None

    def ask_to_stop(self) -> None:
        """Let `run` end everything and return, as a first signal does."""
        if self._stop_asked_at is None:
            self._stop_asked_at = time.monotonic()

    def run(self, on_tick: Callable[[], float]) -> None:
        """Run until a signal; `on_tick` must be quick, and says in how many seconds it wants to be called again."""
        try:
            while not self.is_stopping:
                self._tend(time.monotonic())
                self._wait(min(on_tick(), self._time_to_next_start()))
        finally:
            self.stop()

    def stop(self) -> None:
        """End everything, turn by turn, within a bounded time; a second signal ends what is left at once."""
        for turn in sorted({child.program.stop_turn for child in self.children}):
            of_this_turn = [child for child in self.children if child.program.stop_turn == turn]
            for child in of_this_turn:
                child.ask_to_stop()
            self._wait_for_ends(of_this_turn)

    def _tend(self, now: float) -> None:
        for child in self.children:
            status = child.ended()
            if status is not None and child.has_refused(status, now):
                self._say(f"{child.program.name} cannot start; why is said above.")
                self.has_failed = True
                self.ask_to_stop()
                return
            if status is not None:
                delay = child.start_later(now)
                how = describe_end(status)
                self._say(f"{child.program.name} ended ({how}); starting it again in {delay:g} s.")
            if not child.is_running and now >= child.start_again_at:
                self._start(child, now)

    def _start(self, child: Child, now: float) -> None:
        try:
            child.start(now)
        except OSError as error:
            delay = child.start_later(now)
            self._say(f"{child.program.name} cannot be started ({error.strerror}); trying again in {delay:g} s.")

    def _time_to_next_start(self) -> float:
        now = time.monotonic()
        waits = [child.start_again_at - now for child in self.children if not child.is_running]
        return max(0.0, min([LONGEST_WAIT_SECONDS, *waits]))

    def _wait_for_ends(self, children: Sequence[Child]) -> None:
        deadline = time.monotonic() + self._stop_seconds
        while any(child.ended() is None and child.is_running for child in children):
            remaining = deadline - time.monotonic()
            if remaining <= 0 or self._is_hurried:
                self._kill(children)
                return
            self._wait(min(remaining, LONGEST_WAIT_SECONDS))

    def _kill(self, children: Sequence[Child]) -> None:
        for child in children:
            if child.process is not None:
                self._say(f"{child.program.name} did not end in time; killing it.")
                child.send(signal.SIGKILL)
                child.process.wait()

    def _wait(self, seconds: float) -> None:
        readable, _, _ = select.select([self._wake_read], [], [], seconds)
        if readable:
            os.read(self._wake_read, 4096)

    def _on_stop_signal(self, number: int, frame: FrameType | None) -> None:
        asked_at = self._stop_asked_at
        if asked_at is not None and number == signal.SIGINT and time.monotonic() - asked_at > SAME_STOP_SECONDS:
            self._is_hurried = True
        self.ask_to_stop()
