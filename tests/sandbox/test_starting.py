"""What cannot work is said in one line, at once."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from environs import EnvError

from sandbox.settings import read_settings
from tests.sandbox.live import ROOT, SandboxProcess


def start(**settings: Any) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    environment |= {f"SANDBOX_{name}": str(value) for name, value in settings.items()}
    return subprocess.run(
        [sys.executable, "-m", "sandbox"], env=environment, capture_output=True, text=True, timeout=60
    )


def the_one_line(ended: subprocess.CompletedProcess[str]) -> str:
    assert ended.returncode == 1
    [line] = ended.stderr.splitlines()
    return line


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "http"),
        ("PORT", "70000"),
        ("ENGINE", "wishper"),
        ("PROCESSES", "0"),
        ("MAX_UPLOAD_BYTES", "-1"),
        ("ALLOW_LOOPBACK", "perhaps"),
        ("WEBHOOK_DELAY", "soon"),
    ],
)
def test_a_setting_that_does_not_fit_is_named(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"SANDBOX_{name}", value)
    with pytest.raises(EnvError, match=f"SANDBOX_{name}"):
        read_settings()


def test_a_wrong_setting_is_one_line() -> None:
    assert "SANDBOX_PORT" in the_one_line(start(PORT="http"))


def test_a_port_in_use_is_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        line = the_one_line(start(PORT=taken.getsockname()[1], DATA_DIR=tmp_path, ENGINE="stub"))
    assert "SANDBOX_PORT" in line


def test_a_folder_in_use_is_one_line(start_sandbox: Callable[..., SandboxProcess]) -> None:
    running = start_sandbox()
    assert "another sandbox" in the_one_line(start(PORT=0, DATA_DIR=running.data_dir, ENGINE="stub"))


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "SANDBOX_DATA_DIR" in the_one_line(start(PORT=0, DATA_DIR=tmp_path / "file" / "data"))


def test_a_missing_model_is_one_line(tmp_path: Path) -> None:
    assert "SANDBOX_MODEL_DIR" in the_one_line(start(PORT=0, DATA_DIR=tmp_path / "data", MODEL_DIR=tmp_path))


def test_it_binds_to_loopback_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("SANDBOX_")]:
        monkeypatch.delenv(name)
    assert read_settings().host == "127.0.0.1"


def test_it_imports_neither_django_nor_the_service() -> None:
    code = (
        "import sys, sandbox.__main__\n"
        "packages = {name.split('.')[0] for name in sys.modules}\n"
        "assert not packages & {'django', 'transcripts', 'webhooks', 'calls'}, packages"
    )
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    assert subprocess.run([sys.executable, "-c", code], env=environment, timeout=60).returncode == 0
