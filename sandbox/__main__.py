"""`python -m sandbox`"""

from __future__ import annotations

import fcntl
import logging
import os
import signal
import socket
import sqlite3
import sys
from pathlib import Path
from types import FrameType

import uvicorn
from environs import EnvError

from sandbox.app import create_app
from sandbox.settings import Settings, read_settings
from sandbox.speech.child import forget_environment

SHUTDOWN_SECONDS = 3
LOCK = "lock"


class CannotStart(Exception):
    """The message, one line, says why and what to do."""


def main() -> int:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end)
    try:
        settings = read_settings()
        lock = lock_folder(settings.data_dir)
        listener = bind(settings)
        settings = settings.at(listener.getsockname()[1])
        app = create_app(settings)
    except (CannotStart, EnvError, OSError, sqlite3.Error) as exc:
        print(f"sandbox: {exc}", file=sys.stderr)
        return 1
    # What was read stays in this process: those that meet users' audio inherit none of it.
    forget_environment()
    logging.basicConfig(level=logging.INFO, format="sandbox %(levelname)s %(message)s")
    config = uvicorn.Config(
        app, log_config=None, access_log=False, timeout_graceful_shutdown=SHUTDOWN_SECONDS, server_header=False
    )
    print(f"sandbox: listening on {settings.base_url}, engine {settings.engine}", flush=True)
    server = uvicorn.Server(config)
    server.run(sockets=[listener])
    os.close(lock)
    return 0 if server.started else 1


def _end(_number: int, _frame: FrameType | None) -> None:
    """End well, before there is anything to finish; or after: the server raises the signal again when it is done."""
    sys.exit(0)


def lock_folder(folder: Path) -> int:
    """Make the data folder and claim it: two processes over one queue would do everything twice."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as exc:
        raise CannotStart(f"cannot write to SANDBOX_DATA_DIR {folder}: {exc.strerror}") from exc
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as exc:
        os.close(lock)
        raise CannotStart(f"another sandbox is using {folder}; set SANDBOX_DATA_DIR") from exc
    return lock


def bind(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as exc:
        listener.close()
        raise CannotStart(
            f"cannot listen on {settings.host}:{settings.port}: {exc.strerror}; set SANDBOX_PORT"
        ) from exc
    return listener


if __name__ == "__main__":
    sys.exit(main())
