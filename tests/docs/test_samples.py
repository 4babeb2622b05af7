"""The examples in docs/receiving-webhooks.md verify what the service signs, and nothing else."""

import base64
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from django.utils import timezone

from api_project.environment import BASE_DIR
from tests.clients.npm import PACKAGES, with_npm
from webhooks.outbound.secrets import new_secret
from webhooks.outbound.signing import signed_headers

HERE = Path(__file__).parent
PAGE = BASE_DIR / "docs" / "receiving-webhooks.md"
PATIENCE_SECONDS = 120
BODY = '{"type":"transcript.completed","data":{"title":"Grüße, 世界 😀"}}'
SECRET, OTHER, STRANGERS = new_secret(), new_secret(), new_secret()


class Callback(NamedTuple):
    """One callback, and whether it is to be believed."""

    headers: dict[str, str]
    is_right: bool
    secret: str = SECRET
    body: bytes = BODY.encode()


def signed(*secrets: str, seconds: float = 0) -> dict[str, str]:
    at = timezone.now() + timedelta(seconds=seconds)
    return signed_headers(event_id=UUID(int=7), body=BODY, secrets=secrets, at=at, attempt=1)


def callbacks() -> dict[str, Callback]:
    right = signed(SECRET)
    return {
        "right": Callback(right, True),
        "in capitals": Callback({name.title(): value for name, value in right.items()}, True),
        "the old secret in a rotation": Callback(signed(OTHER, SECRET), True),
        "the new secret in a rotation": Callback(signed(OTHER, SECRET), True, secret=OTHER),
        "a future version beside ours": Callback(
            {**right, "webhook-signature": f"v1a,AAAA {right['webhook-signature']}"}, True
        ),
        "some minutes old": Callback(signed(SECRET, seconds=-240), True),
        "too old": Callback(signed(SECRET, seconds=-330), False),
        "too new": Callback(signed(SECRET, seconds=330), False),
        "another body": Callback(right, False, body=BODY.replace("😀", "😁").encode()),
        "no text": Callback(right, False, body=b"\xff\xfe"),
        "another id": Callback({**right, "webhook-id": str(UUID(int=8))}, False),
        "another time": Callback(
            {**right, "webhook-timestamp": signed(SECRET, seconds=-9)["webhook-timestamp"]}, False
        ),
        "a stranger's secret": Callback(signed(STRANGERS), False),
        "no headers": Callback({}, False),
        "no id": Callback({name: value for name, value in right.items() if name != "webhook-id"}, False),
        "a time that is none": Callback({**right, "webhook-timestamp": "noon"}, False),
        "a signature without a version": Callback({**right, "webhook-signature": "AAAA"}, False),
        "a signature that is no base64": Callback({**right, "webhook-signature": "v1,A"}, False),
        "an empty signature": Callback({**right, "webhook-signature": "v1,"}, False),
    }


def sample(language: str) -> str:
    """Return the one example in a language."""
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", PAGE.read_text(), re.DOTALL | re.MULTILINE)
    return str(found)


def run(command: list[str], folder: Path, given: list[Callback], **environment: str) -> list[bool]:
    """Give callbacks to a program in another language, and return which of them it believes."""
    text = json.dumps([{**each._asdict(), "body": base64.b64encode(each.body).decode()} for each in given])
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), **environment}
    done = subprocess.run(
        command, cwd=folder, env=env, input=text, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
    )
    assert done.returncode == 0, done.stderr
    believed: list[bool] = json.loads(done.stdout)
    return believed


def with_python(folder: Path, given: list[Callback]) -> list[bool]:
    names: dict[str, Any] = {}
    exec(sample("python"), names)
    read = names["read_callback"]
    return [read(each.secret, each.headers, each.body) is not None for each in given]


def with_node(folder: Path, given: list[Callback]) -> list[bool]:
    (folder / "sample.mjs").write_text(sample("javascript"))
    shutil.copy(HERE / "runner.mjs", folder)
    (folder / PACKAGES.name).symlink_to(PACKAGES)
    # Node gives programs all names in small letters.
    small = [each._replace(headers={name.lower(): value for name, value in each.headers.items()}) for each in given]
    return run(["node", "runner.mjs"], folder, small)


def with_go(folder: Path, given: list[Callback]) -> list[bool]:
    (folder / "go.mod").write_text("module callbacks\n\ngo 1.19\n")
    (folder / "sample").mkdir()
    (folder / "sample" / "sample.go").write_text(sample("go"))
    shutil.copy(HERE / "runner.go", folder)
    return run(["go", "run", "."], folder, given, GOFLAGS="-mod=mod", GOTOOLCHAIN="local", CGO_ENABLED="0")


needs_go = pytest.mark.skipif(not shutil.which("go"), reason="There is no Go on this machine.")


@pytest.mark.parametrize(
    "believed", [with_python, pytest.param(with_node, marks=with_npm), pytest.param(with_go, marks=needs_go)]
)
def test_an_example_believes_the_service_alone(
    believed: Callable[[Path, list[Callback]], list[bool]], tmp_path: Path
) -> None:
    given = callbacks()
    wanted = {name: each.is_right for name, each in given.items()}
    assert dict(zip(given, believed(tmp_path, list(given.values())), strict=True)) == wanted
