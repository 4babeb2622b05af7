"""The service as it runs, started by its launcher: its processes by name, killing them, and asking it from outside."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from api_project.launch.tether import end_with_parent
from tests.launch.processes import BASE_DIR, belonging_to, environment
from tests.processes.client import Client
from tests.processes.provider import Provider
from tests.processes.rows import Rows
from tests.processes.waiting import PATIENCE_SECONDS, wait_until

ENVIRONMENT = {
    # The lowest that is allowed: how long a killed worker's rows wait.
    "LEASE_SECONDS": "5",
    "ASSEMBLYAI_HTTP_TIMEOUT": "4",
    # Tests look far more often than clients would.
    "THROTTLE_REQUESTS": "0",
    # Results come by webhooks alone. One that is lost must be sent again, or the test fails for want of a result.
    "PROGRESS_POLL_SECONDS": "0",
    "RECONCILE_AFTER": "3600",
    "LIST_LAGS_SECONDS": "5",
    "SANDBOX_WEBHOOK_DELAY": "0.5",
    "SANDBOX_WEBHOOK_ATTEMPTS": "200",
}
# As on a laptop with the cloud: the provider cannot call us, so all is learned by asking.
ASKING = {"WITHOUT_WEBHOOKS": "1", "POLL_SECONDS": "1"}
# Slow enough to be killed at work.
SLOW_PROVIDER = {"SANDBOX_STUB_DELAY": "2"}


class Name(StrEnum):
    """The processes that can be killed."""

    WEB_WORKER = "web-worker"
    GRANIAN = "granian-main"
    WORKER = "worker"
    SANDBOX = "sandbox"
    # As when power fails: the launcher too.
    ALL = "all"


PARTS = {Name.GRANIAN: "-m granian", Name.WORKER: "manage.py work", Name.SANDBOX: "-m sandbox"}


@dataclass
class Service:
    """A launcher with all it starts, in a data folder, and on ports and a database of its own."""

    env: dict[str, str]
    data_dir: Path
    pauses: Path
    rows: Rows
    provider: Provider
    client: Client
    launcher: subprocess.Popen[bytes] | None = None

    # Processes

    def start(self) -> None:
        """Start the launcher and wait until everything answers."""
        before = self.said().count("Ready.")
        with self.log.open("ab") as log:
            self.launcher = subprocess.Popen(
                [sys.executable, "-m", "tests.processes.launcher"],
                env=self.env,
                cwd=BASE_DIR,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                # With it go all the others, should this process be killed itself.
                preexec_fn=lambda: end_with_parent(signal.SIGTERM),
            )
        launcher = self.launcher
        wait_until(lambda: self.said().count("Ready.") > before or launcher.poll() is not None, self.said)
        assert launcher.poll() is None, self.said()

    @property
    def log(self) -> Path:
        return self.data_dir.with_name("log")

    def said(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def pid(self, name: Name) -> int:
        """Return the id of the one process with this name, of any web worker; waits for one that is started again."""
        found: list[int] = []

        def look() -> bool:
            found[:] = self.web_workers() if name is Name.WEB_WORKER else self._pids(name)
            return bool(found)

        wait_until(look, f"there is a {name}")
        return found[0]

    def web_workers(self) -> list[int]:
        """Return the ids of those that are there at this moment."""
        return self._children_of(self._pids(Name.GRANIAN))

    def wait_until_ready(self) -> None:
        """Wait until everything that was killed is back."""
        for name in (Name.WEB_WORKER, Name.WORKER):
            self.pid(name)
        wait_until(lambda: self.client.is_ready() and self.provider.is_ready(), lambda: f"all is back\n{self.said()}")

    def kill(self, name: Name, pid: int = 0) -> None:
        """SIGKILL a process, or all of them; `pid` tells which web worker. Whoever keeps it running starts it again."""
        if name is not Name.ALL:
            self._kill(pid or self.pid(name))
            return
        self.end()
        self.start()

    def terminate(self, name: Name) -> int:
        """Ask a process to end, and return its id."""
        pid = self.pid(name)
        os.kill(pid, signal.SIGTERM)
        return pid

    def end(self) -> None:
        """Kill everything that was started for this service, the launcher first, so that it restarts nothing."""
        if self.launcher is not None:
            self.launcher.kill()
            self.launcher.wait(PATIENCE_SECONDS)

        def killed() -> bool:
            left = belonging_to(self.data_dir)
            for pid in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            return not left

        wait_until(killed, "all processes are gone")

    def _pids(self, name: Name) -> list[int]:
        assert self.launcher is not None
        lines = belonging_to(self.data_dir)
        return [pid for pid in self._children_of([self.launcher.pid]) if PARTS[name] in lines.get(pid, "")]

    def _children_of(self, parents: list[int]) -> list[int]:
        lines = belonging_to(self.data_dir)
        # Python's own helper beside granian's workers is none of them.
        return sorted(pid for pid in lines if _parent_of(pid) in parents and "resource_tracker" not in lines[pid])

    def _kill(self, pid: int) -> None:
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: pid not in belonging_to(self.data_dir), f"process {pid} is gone")

    # Pauses

    def arm(self, *points: str) -> None:
        """Have the next process that comes to each of these points stand still there."""
        for point in points:
            (self.pauses / f"{point}.armed").touch()

    def reached(self, point: str) -> int:
        """Wait until a process stands still at the point, and return its id."""
        note = self.pauses / f"{point}.reached"
        wait_until(note.exists, lambda: f"somebody comes to {point}\n{self.said()}")
        return int(note.read_text())

    def release(self, *points: str) -> None:
        """Let those go on that stand still at the points, if they still live."""
        for point in points:
            (self.pauses / f"{point}.released").touch()

    def release_submitter(self, point: str) -> None:
        """Let a submit step go on that stands still at the point, and wait until it has ended, however it did."""
        self.arm("submit-ended")
        self.release(point)
        self.reached("submit-ended")
        self.release("submit-ended")

    def disarm(self) -> list[str]:
        """Forget all points; return those that nobody has come to, and those where somebody still stands."""
        files = list(self.pauses.iterdir())
        alive = belonging_to(self.data_dir)
        left = [file.name for file in files if file.suffix == ".armed"]
        left += [file.name for file in files if file.suffix == ".reached" and int(file.read_text()) in alive]
        for file in files:
            file.unlink()
        return left

    # Files

    def audio_files(self) -> set[str]:
        return _files(self.data_dir / "audio")

    def files(self) -> set[str]:
        """Return all files that uploads became, kept and unkept."""
        return self.audio_files() | _files(self.data_dir / "tmp")

    def grow_old(self) -> None:
        """Make all those files look as if nobody had touched them for a long time."""
        for root in ("audio", "tmp"):
            for name in _files(self.data_dir / root):
                os.utime(self.data_dir / root / name, (0, 0))


@contextmanager
def new_service(
    folder: Path, database_url: str, port: int, sandbox_port: int, given: dict[str, str]
) -> Iterator[Service]:
    """Start a service in an empty folder, and leave no process of it."""
    data_dir, pauses = folder / "data", folder / "pauses"
    pauses.mkdir()
    env = environment(data_dir, **{**ENVIRONMENT, **given}, PORT=str(port), SANDBOX_PORT=str(sandbox_port))
    env |= {"PAUSES_DIR": str(pauses), **({"DATABASE_URL": database_url} if database_url else {})}
    rows, provider = Rows(data_dir, database_url), Provider(sandbox_port, data_dir)
    service = Service(env, data_dir, pauses, rows, provider, Client(port, data_dir))
    try:
        service.start()
        yield service
    finally:
        service.end()
        service.client.close()


def _parent_of(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return 0


def _files(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
