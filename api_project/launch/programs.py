"""The processes of the service and how each is started."""

import os
import sys
from collections.abc import Mapping

from api_project.environment import BASE_DIR
from api_project.launch.children import Program
from api_project.launch.choices import Choices, sandbox_environment

WEB_WORKERS = 2
THREADS_PER_WORKER = 32
# A client that sends nothing more of its upload would hold a worker for ever: granian has no time limit for bodies.
WEB_STOP_SECONDS = 5


def web_command(choices: Choices) -> list[str]:
    """Return granian's command line.

    Its `--backpressure` stays at the default (512 connections per worker): it counts kept-alive connections too, and
    beyond it new ones are not even accepted, probes among them. How much work is taken on is bounded in the views.
    There is no limit on the size of a body either: the upload handler has it.
    """
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi"),
        *("--host", choices.bind, "--port", str(choices.port)),
        # HTTP/2 without TLS is of no use to browsers and only adds ways in.
        *("--http", "1", "--no-ws"),
        *("--workers", str(WEB_WORKERS), "--blocking-threads", str(THREADS_PER_WORKER)),
        # Without it one killed worker ends the whole server.
        "--respawn-failed-workers",
        # Without it a stop waits for every open connection, kept-alive ones too.
        *("--workers-kill-timeout", str(WEB_STOP_SECONDS)),
        # Its warnings are about the number of threads, which is meant; requests are logged by Django.
        *("--log-level", "error"),
        "api_project.wsgi:application",
    ]


def programs(choices: Choices, *, token: str, from_file: Mapping[str, str]) -> list[Program]:
    """Return what to run, in the order of starting.

    The sandbox stops last: what the others still have in hand would otherwise fail for want of it.
    """
    ours = {**os.environ, **choices.as_environment(), "DJANGO_SETTINGS_MODULE": "api_project.settings"}
    web = {**ours, "END_WITH_PARENT": "1"}
    worker = [sys.executable, "manage.py", "work"]
    found = [Program("web", web_command(choices), web, BASE_DIR), Program("worker", worker, ours, BASE_DIR)]
    if choices.sandbox:
        theirs = sandbox_environment(choices, token=token, given=os.environ, from_file=from_file)
        sandbox = Program("sandbox", [sys.executable, "-m", "sandbox"], theirs, BASE_DIR, stop_turn=1, refusal=1)
        found.insert(0, sandbox)
    return found
