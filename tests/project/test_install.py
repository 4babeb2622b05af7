"""What `make` says when the system lacks something; with stand-ins for Python, so that nothing is installed."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

BASE_DIR = Path(__file__).resolve().parent.parent.parent
SCRIPT = BASE_DIR / "requirements" / "install"
TOOLS = ("sh", "cat", "cksum", "dirname", "rm", "rmdir", "mkdir", "tail", "grep", "cp", "chmod")

OLD = 'case "$1" in --version) echo Python 3.10.1 ;; *) exit 1 ;; esac'
WITHOUT_VENV = 'case "$*" in *ensurepip*) exit 1 ;; esac'
# Makes a folder that looks like a virtual environment with itself as Python, and has a pip that ends as told.
WHOLE = """
case "$*" in
    "-m venv "*) mkdir -p "$3/bin" && : >"$3/pyvenv.cfg" && cp "$0" "$3/bin/python" ;;
    "-m pip install "*) echo "{output}"; exit {status} ;;
esac
"""


class System:
    """A PATH with the usual tools and the Pythons that a test puts there."""

    def __init__(self, folder: Path) -> None:
        self.bin, self.venv = folder / "bin", folder / "venv"
        self.bin.mkdir()
        for tool in TOOLS:
            found = shutil.which(tool)
            assert found
            (self.bin / tool).symlink_to(found)

    def add_python(self, script: str, *, name: str = "python3") -> None:
        (self.bin / name).write_text(f"#!/bin/sh\n{script}\n")
        (self.bin / name).chmod(0o755)

    def install(self, kind: str = "runtime") -> subprocess.CompletedProcess[str]:
        env = {"PATH": str(self.bin), "VENV": str(self.venv), "HOME": os.environ.get("HOME", "/")}
        return subprocess.run([SCRIPT, kind], env=env, capture_output=True, text=True, check=False)


@pytest.fixture
def system(tmp_path: Path) -> System:
    return System(tmp_path)


def test_no_python_is_said_with_its_remedy(system: System) -> None:
    ended = system.install()
    assert ended.returncode == 1
    assert ended.stderr.startswith("Python is missing; install 3.11 or newer")
    assert ended.stderr.count("\n") == 1


def test_an_old_python_is_said_with_its_version(system: System) -> None:
    system.add_python(OLD)
    ended = system.install()
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert ended.stderr.startswith("Python 3.10.1 is too old; install Python 3.11 or newer")


def test_a_newer_python_beside_an_old_one_is_found(system: System) -> None:
    system.add_python(OLD)
    system.add_python(WHOLE.format(output="", status=0), name="python3.12")
    assert system.install().returncode == 0


def test_a_missing_venv_module_is_said_with_its_remedy(system: System) -> None:
    system.add_python(WITHOUT_VENV)
    ended = system.install()
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert "apt-get install python3-venv" in ended.stderr


def test_a_missing_compiler_is_said_with_its_remedy(system: System) -> None:
    system.add_python(WHOLE.format(output="error: command 'gcc' failed: No such file or directory", status=1))
    ended = system.install()
    assert ended.returncode == 1
    assert "install a compiler" in ended.stderr.splitlines()[-1]


def test_any_other_failure_names_the_log(system: System) -> None:
    system.add_python(WHOLE.format(output="No matching distribution", status=1))
    ended = system.install()
    assert ended.returncode == 1
    assert str(system.venv / "install.log") in ended.stderr.splitlines()[-1]


def test_what_is_installed_is_not_installed_again(system: System) -> None:
    system.add_python(WHOLE.format(output="", status=0))
    assert system.install().stderr.startswith("Installing what requirements/runtime.txt lists")
    assert system.install().stderr == ""


def test_the_development_lock_holds_the_runtime_too(system: System) -> None:
    system.add_python(WHOLE.format(output="", status=0))
    system.install("dev")
    assert system.install("runtime").stderr == ""


def test_a_changed_lock_is_installed(system: System) -> None:
    system.add_python(WHOLE.format(output="", status=0))
    system.install()
    (system.venv / ".runtime.installed").write_text("of another lock\n")
    assert "Installing" in system.install().stderr


def test_a_folder_that_is_no_environment_is_left_alone(system: System) -> None:
    system.add_python(WHOLE.format(output="", status=0))
    system.venv.mkdir()
    (system.venv / "thesis.txt").touch()
    assert system.install().returncode == 1
    assert (system.venv / "thesis.txt").exists()


def test_every_package_of_the_runtime_is_the_same_in_development() -> None:
    runtime, dev = (_pins(name) for name in ("runtime", "dev"))
    assert runtime
    assert runtime <= dev


def test_no_lock_names_an_address_or_a_path() -> None:
    for name in ("runtime", "dev"):
        text = (SCRIPT.parent / f"{name}.txt").read_text()
        assert not [line for line in text.splitlines() if "://" in line or line.startswith("-") or " /" in line]


def _pins(name: str) -> set[str]:
    lines = (SCRIPT.parent / f"{name}.txt").read_text().splitlines()
    return {line.split(" ")[0] for line in lines if "==" in line}
