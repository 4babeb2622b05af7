"""Starting the service, or parts of it, as the launcher does, and ending it again."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from api_project.environment import BASE_DIR, Environment
from api_project.launch.choices import choose
from api_project.launch.programs import web_command
from api_project.launch.tether import end_with_parent

PATIENCE_SECONDS = 60.0
STOP_SECONDS = 20.0
LOOK_SECONDS = 0.05
KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV")
SETTINGS = "api_project.settings"


class BenchmarkFailed(RuntimeError):
    """A measurement could not be made; the message says why."""


def free_port() -> int:
    """Return a port that nothing listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(data_dir: Path, **given: str) -> dict[str, str]:
    """Return the whole environment of the service: a folder and ports of its own, nothing of the developer's."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {
        **kept,
        "ENV_FILE": os.devnull,
        "DATA_DIR": str(data_dir),
        "PORT": str(free_port()),
        "SANDBOX": "1",
        "SANDBOX_PORT": str(free_port()),
        "DJANGO_SETTINGS_MODULE": SETTINGS,
        # What is measured is how much can be done, not how much may.
        "THROTTLE_REQUESTS": "0",
        **given,
    }


def manage(env: Mapping[str, str], *arguments: str) -> str:
    """Run a management command to its end and return what it printed."""
    return _run_to_the_end(env, "manage.py", *arguments)


def run_module(env: Mapping[str, str], name: str, *arguments: str) -> str:
    """Run a module of ours to its end and return what it printed."""
    return _run_to_the_end(env, "-m", name, *arguments)


def _run_to_the_end(env: Mapping[str, str], *arguments: str) -> str:
    command = [sys.executable, *arguments]
    done = subprocess.run(command, env=dict(env), cwd=BASE_DIR, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchmarkFailed(f"{' '.join(arguments[:2])} failed: {done.stderr.strip()}")
    return done.stdout.strip()


@contextlib.contextmanager
def running(command: Sequence[str], env: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program for the block, its output in a file, and end it with all that it started."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            env=dict(env),
            cwd=BASE_DIR,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            # Killed, too, we leave nothing behind.
            preexec_fn=lambda: end_with_parent(signal.SIGTERM),
        )
    try:
        yield process
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(STOP_SECONDS)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextlib.contextmanager
def web_server(env: Mapping[str, str]) -> Iterator[int]:
    """Run the web server alone, as the launcher starts it; give the process id of its main process."""
    data_dir = Path(env["DATA_DIR"])
    choices = choose(Environment(env))
    log = data_dir / "web.log"
    with running(web_command(choices), {**env, "END_WITH_PARENT": "1"}, log) as process:
        wait_for(process, log, lambda: is_ready(choices.port))
        yield process.pid


@contextlib.contextmanager
def worker(env: Mapping[str, str]) -> Iterator[None]:
    """Run the worker beside."""
    with running([sys.executable, "manage.py", "work"], env, Path(env["DATA_DIR"]) / "worker.log"):
        yield


@contextlib.contextmanager
def whole_service(env: Mapping[str, str]) -> Iterator[Path]:
    """Run all that `make run` runs; give the file that holds what it says."""
    data_dir = Path(env["DATA_DIR"])
    log = data_dir.with_name(f"{data_dir.name}.log")
    with running([sys.executable, "-m", "api_project.launch"], env, log) as process:
        wait_for(process, log, lambda: b"Ready." in log.read_bytes())
        yield log


def wait_for(process: subprocess.Popen[bytes], log: Path, condition: Callable[[], bool]) -> None:
    """Wait for a program to be ready. Raises BenchmarkFailed with its last words."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if process.poll() is not None or time.monotonic() > deadline:
            raise BenchmarkFailed(f"The service did not start:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(LOOK_SECONDS)


def is_ready(port: int) -> bool:
    """Tell whether the web server answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz/ready")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
