"""One process of the service, with everything that it starts itself."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from api_project.launch.delays import RestartDelay
from api_project.launch.tether import end_with_parent

# Long for a start, since a machine may be busy; a program that has run for a while ends for other reasons.
REFUSAL_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Program:
    """What to start: a name for people, a command and its environment."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    folder: Path
    # Programs of a later turn are asked to stop when those of an earlier one are gone.
    stop_turn: int = 0
    # The exit status with which it says that it cannot start as it is set up: trying again would change nothing.
    refusal: int | None = None


@dataclass(slots=True)
class Child:
    """A program that runs, or waits to be started again.

    Each is the leader of a session of its own, so Ctrl-C in the terminal reaches the launcher alone, and all that the
    program starts can be ended with it: granian's workers outlive a killed main process and keep its port.
    """

    program: Program
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_again_at: float = 0.0
    delay: RestartDelay = field(default_factory=RestartDelay)

    @property
    def is_running(self) -> bool:
        """Tell whether the process has been started and has not been seen to end."""
        return self.process is not None

    def start(self, now: float) -> None:
        """Start the program. Raises OSError when the system has no room for it."""
        self.process = subprocess.Popen(  # noqa: S603
            self.program.command,
            env=dict(self.program.environment),
            cwd=self.program.folder,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_tied_to(os.getpid()),
        )
        self.started_at = now

    def ended(self) -> int | None:
        """Return the exit status once the process has ended, with all that it left behind killed; else None."""
        if self.process is None:
            return None
        status = self.process.poll()
        if status is None:
            return None
        self.send(signal.SIGKILL)
        self.process = None
        return status

    def has_refused(self, status: int, now: float) -> bool:
        """Tell whether this end, just after its first start, means that it will never run."""
        is_first = self.delay == RestartDelay()
        return is_first and status == self.program.refusal and now - self.started_at < REFUSAL_SECONDS

    def start_later(self, now: float) -> float:
        """Plan the next start and return how long it is off."""
        self.delay = self.delay.after_run_of(now - self.started_at)
        self.start_again_at = now + self.delay.seconds
        return self.delay.seconds

    def ask_to_stop(self) -> None:
        """Ask the program, which asks its own processes."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the program and everything in its session's group."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)


def describe_end(status: int) -> str:
    """Return in words how a process ended."""
    if status >= 0:
        return f"exit status {status}"
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"signal {-status}"


def _tied_to(launcher: int) -> Callable[[], None]:
    """Return what the new process does first: ask for SIGTERM when the launcher dies, however it dies."""

    def prepare() -> None:
        end_with_parent(signal.SIGTERM)
        # The launcher may have died before the line above.
        if os.getppid() != launcher:
            os._exit(1)

    return prepare
