"""What the launcher prints once the service answers."""

import http.client
import os
import shlex
import socket
from pathlib import Path

from api_project.addresses import local_host
from api_project.environment import BASE_DIR
from api_project.launch.choices import Choices

PROBE_SECONDS = 1.0
# Its text stands beside it.
EXAMPLE = BASE_DIR / "docs" / "examples" / "hello.wav"


def is_answering(choices: Choices) -> bool:
    """Tell whether the web server is ready and the sandbox, if there is one, listens."""
    return _web_is_ready(local_host(choices.bind), choices.port) and (
        not choices.sandbox or _listens("127.0.0.1", choices.sandbox_port)
    )


def welcome(choices: Choices, *, key_file: Path, key_note: str, link: str) -> str:
    """Return the text of the first minute: addresses, the key's place, a link to sign in, and a curl to paste."""
    shown = _short(key_file)
    key_path, example = shlex.quote(shown), shlex.quote(_short(EXAMPLE))
    where = choices.local_base_url
    recognises = f"the sandbox at {choices.sandbox_url}" if choices.sandbox else "AssemblyAI"
    return f"""
Ready. Speech is recognised by {recognises}.

  Page       {choices.base_url}/
  API        {choices.base_url}/api/v1/   (try it out: {choices.base_url}/api/docs/)
  API key    in {shown}   {key_note}

Sign in, once, with this link:

  {link}

Or send a recording from another terminal, and wait for its text:

  curl -H "Authorization: Bearer $(cat {key_path})" -H "Prefer: wait=60" -F file=@{example} {where}/api/v1/transcripts/

Ctrl-C ends everything.
"""


def _short(path: Path) -> str:
    """Return a path as one would type it here."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative


def _web_is_ready(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=PROBE_SECONDS)
    try:
        connection.request("GET", "/healthz/ready")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _listens(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=PROBE_SECONDS):
            return True
    except OSError:
        return False
