"""What generators make of schema.yml works as it is: from making a transcript to deleting it."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.clients.conftest import HERE, MANY, Service
from tests.clients.npm import PACKAGES, TYPESCRIPT, with_npm
from tests.launch.processes import BASE_DIR

SCHEMA = BASE_DIR / "schema.yml"
RECORDING = BASE_DIR / "docs" / "examples" / "hello.wav"
PYTHON = HERE / "python" / "example.py"
TOOLS = Path(sys.executable).parent
PATIENCE_SECONDS = 120


def run(command: Sequence[str | Path], folder: Path, **environment: str) -> str:
    """Run a program to its end and return what it printed; that it complains fails the test."""
    env = {"PATH": f"{TOOLS}{os.pathsep}{os.environ['PATH']}", "HOME": str(folder), **environment}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=PATIENCE_SECONDS)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "warn" not in done.stderr.lower(), done.stderr
    return done.stdout


def check(report: dict[str, Any], language: str) -> None:
    """Check what an example says that it saw."""
    assert (report["status"], report["title"]) == ("completed", f"Hello from {language}")
    assert report["file"] == RECORDING.name
    assert report["words"] and report["text"].lower().split() == [word.lower() for word in report["words"]]
    assert report["captions"].startswith("1\n00:00:0") and "-->" in report["captions"]
    assert report["audio"] == sha256(RECORDING.read_bytes()).hexdigest()
    assert report["head"] == "RIFF"
    assert report["used"] >= RECORDING.stat().st_size
    assert (report["key_state"], report["refused"]) == ("revoked", "/api/problems/not-authenticated/")
    assert (report["renamed"], report["late"]) == ("Renamed", "/api/problems/precondition-failed/")
    assert report["found"] == [report["id"]]
    assert len(set(report["listed"])) == len(report["listed"]) == MANY + 1
    assert report["listed"][0] == report["id"]
    assert report["problem"] == "/api/problems/not-found/"


def test_the_python_client(service: Service, tmp_path: Path) -> None:
    generate = ["openapi-python-client", "generate", "--path", str(SCHEMA), "--meta", "none", "--fail-on-warning"]
    run([*generate, "--output-path", "speech_to_text"], tmp_path)
    shutil.copy(PYTHON, tmp_path)

    # What the generator writes for its own use is its own affair.
    check_types = ["-m", "mypy", "--strict", "--follow-imports", "silent", "--cache-dir", os.devnull, "example.py"]
    run([sys.executable, *check_types], tmp_path)
    printed = run([sys.executable, "example.py", service.base_url, RECORDING], tmp_path, API_KEY=service.key)

    check(json.loads(printed), "Python")


@with_npm
def test_the_typescript_client(service: Service, tmp_path: Path) -> None:
    for name in ("package.json", "tsconfig.json", "example.ts"):
        shutil.copy(TYPESCRIPT / name, tmp_path)
    (tmp_path / PACKAGES.name).symlink_to(PACKAGES)
    tools = tmp_path / PACKAGES.name / ".bin"

    run([tools / "openapi-typescript", SCHEMA, "--output", "schema.d.ts"], tmp_path)
    run([tools / "tsc", "--project", "."], tmp_path)
    printed = run(["node", "build/example.js", service.base_url, str(RECORDING)], tmp_path, API_KEY=service.key)

    check(json.loads(printed), "TypeScript")
