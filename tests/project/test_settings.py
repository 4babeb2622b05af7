"""The settings as a process reads them, from an environment of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from api_project.sealing import is_key, new_key

BASE_DIR = Path(__file__).resolve().parent.parent.parent
SHOW = """
import json, sys
from api_project import settings
print(json.dumps({name: getattr(settings, name) for name in sys.argv[1:]}, default=str))
"""
JOURNAL_MODE = """
from django.db import connection
with connection.cursor() as cursor:
    print(cursor.execute("PRAGMA journal_mode").fetchone()[0])
"""


def run(data_dir: Path, command: list[str], **given: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.environ["PATH"], "ENV_FILE": os.devnull, "DATA_DIR": str(data_dir), **given}
    return subprocess.run(command, env=env, cwd=BASE_DIR, capture_output=True, text=True, check=False)


def read(data_dir: Path, *names: str, **given: str) -> dict[str, Any]:
    ended = run(data_dir, [sys.executable, "-c", SHOW, *names], **given)
    assert ended.returncode == 0, ended.stderr
    return dict(json.loads(ended.stdout))


def test_nothing_need_be_set(tmp_path: Path) -> None:
    found = read(tmp_path, "DEBUG", "PORT", "SANDBOX", "ASSEMBLYAI_BASE_URL", "WEBHOOK_BASE_URL")
    assert found == {
        "DEBUG": False,
        "PORT": 8000,
        "SANDBOX": False,
        "ASSEMBLYAI_BASE_URL": "https://api.assemblyai.com",
        "WEBHOOK_BASE_URL": "",
    }


def test_callbacks_go_out_over_tls_to_public_addresses_unless_told_otherwise(tmp_path: Path) -> None:
    found = read(tmp_path, "WEBHOOK_ALLOWED_NETWORKS", "WEBHOOK_ALLOW_HTTP", "WEBHOOK_PORTS")
    assert found == {"WEBHOOK_ALLOWED_NETWORKS": [], "WEBHOOK_ALLOW_HTTP": False, "WEBHOOK_PORTS": [443, 8443]}


def test_environment_wins_over_dotenv_and_that_over_the_run(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PORT=2\nBIND=192.0.2.2\n")
    (tmp_path / "run.env").write_text("PORT=3\nBIND=192.0.2.3\nSANDBOX_PORT=3\n")
    found = read(tmp_path, "PORT", "BIND", "SANDBOX_PORT", PORT="1", ENV_FILE=str(tmp_path / ".env"))
    assert found == {"PORT": 1, "BIND": "192.0.2.2", "SANDBOX_PORT": 3}


def test_with_the_sandbox_everything_is_local(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        *("ASSEMBLYAI_API_KEY", "ASSEMBLYAI_BASE_URL", "WEBHOOK_BASE_URL"),
        SANDBOX="1",
        PORT="8001",
        SANDBOX_PORT="8101",
        PUBLIC_BASE_URL="https://speech.example.com",
    )
    assert found == {
        "ASSEMBLYAI_API_KEY": "sandbox",
        "ASSEMBLYAI_BASE_URL": "http://127.0.0.1:8101",
        "WEBHOOK_BASE_URL": "http://127.0.0.1:8001",
    }


def test_a_key_given_since_ends_the_sandbox_of_an_earlier_run(tmp_path: Path) -> None:
    (tmp_path / "run.env").write_text("SANDBOX=1\n")
    assert read(tmp_path, "SANDBOX", ASSEMBLYAI_API_KEY="key") == {"SANDBOX": False}


def test_a_command_without_the_key_of_the_service_is_told_so_and_not_that_work_waits(tmp_path: Path) -> None:
    (tmp_path / "run.env").write_text("SANDBOX=0\nSTARTED_WITH_KEY=1\n")
    ended = run(tmp_path, [sys.executable, "manage.py", "check"])
    assert "project.I001" in ended.stdout + ended.stderr
    assert "project.W001" not in ended.stdout + ended.stderr


def test_secrets_are_made_once_and_kept(tmp_path: Path) -> None:
    names = ("SECRET_KEY", "WEBHOOK_SECRETS", "ENCRYPTION_KEYS")
    first = read(tmp_path, *names)
    assert read(tmp_path, *names) == first
    assert first["SECRET_KEY"] not in first["WEBHOOK_SECRETS"]
    assert [is_key(key) for key in first["ENCRYPTION_KEYS"]] == [True]
    assert (tmp_path / "secrets" / "encryption_keys").stat().st_mode & 0o077 == 0


def test_the_key_that_was_kept_can_be_given_behind_a_new_one(tmp_path: Path) -> None:
    (kept,) = read(tmp_path, "ENCRYPTION_KEYS")["ENCRYPTION_KEYS"]
    assert kept == (tmp_path / "secrets" / "encryption_keys").read_text().strip()
    new = new_key()
    assert read(tmp_path, "ENCRYPTION_KEYS", ENCRYPTION_KEYS=f"{new},{kept}") == {"ENCRYPTION_KEYS": [new, kept]}


def test_the_public_address_is_trusted_and_has_secure_cookies(tmp_path: Path) -> None:
    names = ("ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE")
    found = read(tmp_path, *names, PUBLIC_BASE_URL="https://speech.example.com:8443")
    assert "speech.example.com" in found.pop("ALLOWED_HOSTS")
    assert found == {
        "CSRF_TRUSTED_ORIGINS": ["https://speech.example.com:8443"],
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
    }


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ({"PORT": "8001"}, "http://127.0.0.1:8001"),
        ({"BIND": "::1"}, "http://[::1]:8000"),
        ({"BIND": "0.0.0.0"}, "http://127.0.0.1:8000"),
        ({"PUBLIC_BASE_URL": "https://speech.example.com"}, "https://speech.example.com"),
    ],
)
def test_people_are_told_where_the_service_really_is(tmp_path: Path, given: dict[str, str], address: str) -> None:
    found = read(tmp_path, "BASE_URL", "SPECTACULAR_SETTINGS", **given)
    assert found["BASE_URL"] == address
    assert f" {address}/api/v1/transcripts/\n" in found["SPECTACULAR_SETTINGS"]["DESCRIPTION"]


@pytest.mark.parametrize(
    "command",
    [
        ["create_api_key", "ada"],
        ["sign_in_link", "ada"],
        ["list_api_keys"],
        ["revoke_api_key", "stt_"],
        ["reseal_secrets"],
    ],
)
def test_a_command_before_the_first_migration_says_what_to_do_in_one_line(tmp_path: Path, command: list[str]) -> None:
    ended = run(tmp_path, [sys.executable, "manage.py", *command], SANDBOX="1")
    assert ended.returncode == 1
    assert ended.stderr.startswith("manage.py: There is no database in DATA_DIR (")
    assert ended.stderr.endswith("`make run` makes it ready, and so does `manage.py migrate`.\n")
    assert ended.stderr.count("\n") == 1
    # Nothing was made that would look like a service's.
    assert not list(tmp_path.rglob("db.sqlite3")) and not list(tmp_path.rglob("secret*"))


def test_no_forwarded_header_is_trusted_unasked(tmp_path: Path) -> None:
    ended = run(tmp_path, [sys.executable, "-c", SHOW, "SECURE_PROXY_SSL_HEADER"])
    assert "AttributeError" in ended.stderr
    given = read(tmp_path, "SECURE_PROXY_SSL_HEADER", TRUST_X_FORWARDED_PROTO="1")
    assert given == {"SECURE_PROXY_SSL_HEADER": ["HTTP_X_FORWARDED_PROTO", "https"]}


def test_sqlite_keeps_a_write_ahead_log(tmp_path: Path) -> None:
    ended = run(tmp_path, [sys.executable, "-c", JOURNAL_MODE], DJANGO_SETTINGS_MODULE="api_project.settings")
    assert ended.stdout == "wal\n"


def test_the_data_folder_is_the_owners_alone(tmp_path: Path) -> None:
    read(tmp_path / "data", "DATA_DIR")
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


def test_the_database_is_the_owners_alone_in_any_folder(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    command = ["/bin/sh", "-c", f"umask 022; {sys.executable} manage.py migrate contenttypes"]
    assert run(tmp_path, command, SANDBOX="1").returncode == 0
    assert {path.stat().st_mode & 0o077 for path in tmp_path.iterdir()} == {0}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"PORT": "http"}, "PORT is 'http'; allowed is a whole number from 1 to 65535."),
        ({"DATABASE_URL": "mysql://user:s3cret@host/db"}, "DATABASE_URL cannot be used; allowed is an address like "),
        ({"REDIS_URL": "http://:s3cret@host"}, "REDIS_URL cannot be used; allowed is an address like redis://"),
        ({"WORK_THREADS": "sweep=1"}, "WORK_THREADS is 'sweep=1'; allowed is key=number pairs "),
        ({"DATA_DIR": os.devnull + "/data"}, "DATA_DIR is '/dev/null/data'; it cannot be written (Not a directory)"),
    ],
)
def test_manage_says_a_wrong_setting_in_one_line(tmp_path: Path, given: dict[str, str], message: str) -> None:
    ended = run(tmp_path, [sys.executable, "manage.py", "check"], **given)
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"manage.py: {message}")
    assert ended.stderr.count("\n") == 1
    assert "s3cret" not in ended.stderr
