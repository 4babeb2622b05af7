"""What the launcher says when it cannot start: one line, and nothing is started."""

import signal
import subprocess
from pathlib import Path

import pytest

from tests.launch.processes import BASE_DIR, command, environment, run_to_end


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"PORT": "http"}, "PORT is 'http'; allowed is a whole number from 1 to 65535."),
        ({"SANDBOX": "0"}, "SANDBOX is off and there is no ASSEMBLYAI_API_KEY; give a key or leave SANDBOX unset."),
        ({"PORT": "8123", "SANDBOX_PORT": "8123"}, "PORT and SANDBOX_PORT are both 8123; give two ports."),
        ({"LEASE_SECONDS": "1"}, "LEASE_SECONDS is '1'; allowed is a whole number from 5 to 3600."),
        ({"SECRET_KEY_FILE": "/nowhere"}, "SECRET_KEY_FILE is '/nowhere'; that file cannot be read"),
        ({"DATABASE_URL": "sqlite:///x"}, "DATABASE_URL cannot be used; allowed is an address like postgres://"),
        ({"DATABASE_URL": "postgres://127.0.0.1:9/none"}, "The database cannot be used: "),
        ({"ASSEMBLYAI_API_KEY": "s3cret\ns3cret"}, "ASSEMBLYAI_API_KEY has a line break inside; "),
        ({"ASSEMBLYAI_API_KEY": "s3crét"}, "ASSEMBLYAI_API_KEY has a character that no key has; "),
        ({"WEBHOOK_SECRETS": "s3cret-ä"}, "WEBHOOK_SECRETS has a character that no key has; "),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is shorter than 32 characters."),
    ],
)
def test_it_says_what_is_wrong_in_one_line(tmp_path: Path, given: dict[str, str], expected: str) -> None:
    ended = run_to_end(tmp_path / "data", **given)
    assert ended.returncode == 1
    assert ended.stderr.startswith(expected)
    assert ended.stderr.count("\n") == 1
    assert "s3cr" not in ended.stderr


def test_a_folder_that_cannot_be_written_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ended = run_to_end(tmp_path / "file" / "data")
    expected = f"DATA_DIR is '{tmp_path}/file/data'; it cannot be written (Not a directory); give a folder that can.\n"
    assert (ended.returncode, ended.stderr) == (1, expected)


def test_a_sandbox_that_cannot_start_ends_it_all(tmp_path: Path) -> None:
    ended = run_to_end(tmp_path / "data", SANDBOX_PROCESSES="abc")
    assert ended.returncode == 1
    assert 'sandbox: Environment variable "SANDBOX_PROCESSES" invalid' in ended.stderr
    assert ended.stdout.splitlines()[-2:] == ["sandbox cannot start; why is said above.", "Stopped."]


# Goes before all other modules and interrupts the process, as Ctrl-C does, where it comes to one of them.
INTERRUPT = """
import os, signal, sys
class Interrupt:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupt())
"""


@pytest.mark.parametrize("module", ["api_project.launch.run", "django", "api_project.launch.first_run"])
def test_an_early_interrupt_ends_it_quietly(tmp_path: Path, module: str) -> None:
    (tmp_path / "sitecustomize.py").write_text(INTERRUPT.format(module=module))
    env = environment(tmp_path / "data", PYTHONPATH=str(tmp_path))
    ended = subprocess.run(command(), env=env, cwd=BASE_DIR, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (-signal.SIGINT, "")
