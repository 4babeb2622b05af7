"""The launcher with its real processes."""

import http.client
import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from dotenv import dotenv_values

from tests.launch import processes
from tests.launch.processes import Running, belonging_to, wait_until

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc"),
    # One process runs them all, and so one launcher.
    pytest.mark.xdist_group("launcher"),
]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One launcher for all tests that leave it running."""
    launcher = processes.start(tmp_path_factory.mktemp("launch") / "data")
    yield launcher
    processes.end(launcher)


def answers(launcher: Running) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", launcher.port, timeout=5)
    try:
        connection.request("GET", "/healthz/ready")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def test_it_starts_web_worker_and_sandbox(running: Running) -> None:
    assert answers(running)
    assert running.pids("manage.py work")
    assert running.pids("-m sandbox")


def test_it_keeps_the_api_key_from_other_users(running: Running) -> None:
    assert stat.S_IMODE((running.data_dir / "api_key").stat().st_mode) == 0o600
    assert str(running.data_dir / "api_key") in running.said()


def test_the_printed_key_is_accepted(running: Running) -> None:
    key = (running.data_dir / "api_key").read_text().strip()
    assert _status(running, "/api/v1/transcripts/", {"Authorization": f"Bearer {key}"}) == 200


@pytest.mark.skipif(shutil.which("curl") is None, reason="There is no curl on this machine.")
def test_the_printed_curl_can_be_pasted_as_it_stands(running: Running) -> None:
    (line,) = (line for line in running.said().splitlines() if line.strip().startswith("curl "))
    # As the shell of whoever reads it does.
    ended = subprocess.run(
        ["/bin/sh", "-c", f"{line} --silent --show-error"],
        cwd=processes.BASE_DIR,
        env={"PATH": running.env["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert '"status":"completed"' in ended.stdout, ended.stderr


def test_the_printed_link_signs_in_once(running: Running) -> None:
    link = next(word for word in running.said().split() if "/sign-in/" in word)
    path = link.removeprefix(f"http://127.0.0.1:{running.port}")
    assert (_status(running, path), _status(running, path)) == (302, 403)


def test_it_serves_static_files_without_a_step_before(running: Running) -> None:
    assert _status(running, "/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui.css") == 200


def test_it_leaves_its_choices_for_other_commands(running: Running) -> None:
    assert dotenv_values(running.data_dir / "run.env") == {
        "BIND": "127.0.0.1",
        "PORT": running.env["PORT"],
        "SANDBOX": "1",
        "SANDBOX_PORT": running.env["SANDBOX_PORT"],
        "PUBLIC_BASE_URL": "",
        "WEBHOOK_ALLOWED_NETWORKS": "127.0.0.0/8,::1/128",
        "WEBHOOK_ALLOW_HTTP": "1",
        "STARTED_WITH_KEY": "0",
    }


def test_a_second_one_on_the_same_folder_says_so(running: Running) -> None:
    second = processes.run_to_end(running.data_dir)
    expected = f"The service already runs on DATA_DIR '{running.data_dir}'; stop it first or give another folder.\n"
    assert (second.returncode, second.stderr) == (1, expected)


def test_a_port_in_use_is_said_in_one_line(running: Running, tmp_path: Path) -> None:
    ended = processes.run_to_end(tmp_path / "data", PORT=running.env["PORT"])
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"PORT {running.port} is in use on 127.0.0.1;")
    assert ended.stderr.count("\n") == 1


def test_a_sandbox_port_in_use_is_said_in_one_line(running: Running, tmp_path: Path) -> None:
    ended = processes.run_to_end(tmp_path / "data", SANDBOX_PORT=running.env["SANDBOX_PORT"])
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"SANDBOX_PORT {running.env['SANDBOX_PORT']} is in use on 127.0.0.1;")


@pytest.mark.parametrize("part", ["manage.py work", "-m sandbox", "-m granian"])
def test_a_killed_process_is_started_again_and_leaves_nothing(running: Running, part: str) -> None:
    killed = running.main_pid(part)
    before = set(running.pids(part))
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: bool(set(running.pids(part)) - before) and answers(running), f"{part} is back")
    wait_until(lambda: not before & set(running.pids(part)), f"what the old {part} started is gone")
    assert "ended (SIGKILL); starting it again in" in running.said()


def test_a_killed_web_worker_is_started_again(running: Running) -> None:
    main = running.main_pid("-m granian")
    killed = next(pid for pid in running.pids("-m granian") if pid != main)
    before = set(running.pids("-m granian"))
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: bool(set(running.pids("-m granian")) - before), "a new web worker")
    assert running.main_pid("-m granian") == main
    # The killed one may have been the only one that was up already.
    wait_until(lambda: answers(running), "it answers")


def test_a_stop_leaves_no_process(tmp_path: Path) -> None:
    launcher = processes.start(tmp_path / "data")
    try:
        assert launcher.stop(signal.SIGINT) == 0
        assert belonging_to(launcher.data_dir) == {}
        assert launcher.said().endswith("Stopped.\n")
    finally:
        processes.end(launcher)


def test_a_killed_launcher_leaves_no_process(tmp_path: Path) -> None:
    launcher = processes.start(tmp_path / "data")
    try:
        launcher.stop(signal.SIGKILL)
        wait_until(lambda: belonging_to(launcher.data_dir) == {}, "all processes are gone")
    finally:
        processes.end(launcher)


def _status(launcher: Running, path: str, headers: dict[str, str] | None = None) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", launcher.port, timeout=10)
    try:
        connection.request("GET", path, headers=headers or {})
        return connection.getresponse().status
    finally:
        connection.close()
