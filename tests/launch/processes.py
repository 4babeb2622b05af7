"""Starting the launcher for a test, and finding every process that belongs to it."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent.parent
PATIENCE_SECONDS = 60.0


def free_port() -> int:
    """Return a port that nothing listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(data_dir: Path, **given: str) -> dict[str, str]:
    """Return the whole environment of a launcher: nothing of the developer's, the quick recogniser, free ports."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {
        **kept,
        "ENV_FILE": os.devnull,
        "DATA_DIR": str(data_dir),
        "PORT": str(free_port()),
        "SANDBOX_PORT": str(free_port()),
        "SANDBOX_ENGINE": "stub",
        **given,
    }


def command() -> list[str]:
    """Return what `make run` calls."""
    return [sys.executable, "-m", "api_project.launch"]


def run_to_end(data_dir: Path, **given: str) -> subprocess.CompletedProcess[str]:
    """Run a launcher that is expected to give up before it starts anything."""
    env = environment(data_dir, **given)
    return subprocess.run(
        command(), env=env, cwd=BASE_DIR, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
    )


def wait_until(condition: Callable[[], bool], what: str) -> None:
    """Wait for something that another process does; the limit is only there for when it never happens."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"Waited in vain: {what}.")
        time.sleep(0.05)


def belonging_to(data_dir: Path) -> dict[int, str]:
    """Return the command lines, by process id, of all living processes that were told of this folder."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                # The environment of a zombie is empty.
                if f"{data_dir}".encode() in (entry / "environ").read_bytes():
                    found[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    return found


@dataclass
class Running:
    """A launcher that has greeted."""

    process: subprocess.Popen[str]
    env: dict[str, str]
    data_dir: Path
    output: Path

    @property
    def port(self) -> int:
        return int(self.env["PORT"])

    def said(self) -> str:
        return self.output.read_text()

    def pids(self, part: str) -> list[int]:
        """Return the ids, oldest first, of the processes whose command line has this part."""
        return sorted(pid for pid, line in belonging_to(self.data_dir).items() if part in line)

    def main_pid(self, part: str) -> int:
        """Return the id of the process with this part that the launcher itself started."""
        return next(pid for pid in self.pids(part) if _parent_of(pid) == self.process.pid)

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_SECONDS)


def start(data_dir: Path, **given: str) -> Running:
    """Start a launcher and wait until it has greeted."""
    output = data_dir.with_name(f"{data_dir.name}.log")
    env = environment(data_dir, **given)
    with output.open("w") as file:
        process = subprocess.Popen(
            command(), env=env, cwd=BASE_DIR, stdout=file, stderr=subprocess.STDOUT, text=True, start_new_session=True
        )
    running = Running(process, env, data_dir, output)
    wait_until(lambda: "Ready." in running.said() or process.poll() is not None, "the launcher is ready")
    assert process.poll() is None, running.said()
    return running


def end(running: Running) -> None:
    """End what a test may have left, whatever state it is in."""
    if running.process.poll() is None:
        running.stop()
    for pid in belonging_to(running.data_dir):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _parent_of(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return 0
