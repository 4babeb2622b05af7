"""What can be known to fail before anything is started, each said in one line."""

import errno
import fcntl
import os
import socket
import tempfile
from pathlib import Path

from api_project.environment import EnvironmentProblem
from api_project.launch.choices import Choices

LOCK_NAME = "launch.lock"


def prepare_data_dir(folder: Path) -> None:
    """Make the data folder, for its owner alone, and try to write in it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Asking for permissions would not do: root has them all, also on a filesystem that is mounted read-only.
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        problem = f"DATA_DIR is '{folder}'; it cannot be written ({error.strerror}); give a folder that can."
        raise EnvironmentProblem(problem) from error


def hold_data_dir(folder: Path) -> int:
    """Make sure that no other launcher runs on this folder, for as long as this process lives."""
    descriptor = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        problem = f"The service already runs on DATA_DIR '{folder}'; stop it first or give another folder."
        raise EnvironmentProblem(problem) from error
    return descriptor


def check_ports(choices: Choices) -> None:
    """Make sure that what is to be started can listen."""
    if choices.sandbox and choices.sandbox_port == choices.port:
        raise EnvironmentProblem(f"PORT and SANDBOX_PORT are both {choices.port}; give two ports.")
    _check_port("PORT", choices.bind, choices.port)
    if choices.sandbox:
        _check_port("SANDBOX_PORT", "127.0.0.1", choices.sandbox_port)


def _check_port(name: str, host: str, port: int) -> None:
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            # Connections that just ended are no obstacle to the servers, so they are none here.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise EnvironmentProblem(_why_not(error, name, host, port)) from error


def _why_not(error: OSError, name: str, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"{name} {port} is in use on {host}; stop what uses it or give another, like {name}={port + 1}."
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"{name} is {port}; this user may not listen there; give one from 1024 to 65535."
    return f"BIND is '{host}'; this machine cannot listen there ({error.strerror})."
