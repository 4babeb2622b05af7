"""The system checks: each by the one setting that calls it up."""

import os
from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from pytest_django import Settings

from api_project import checks
from api_project.sealing import new_key

WELL = {
    "ASSEMBLYAI_API_KEY": "key",
    "ASSEMBLYAI_API_KEY_GIVEN": "key",
    "SANDBOX": False,
    "SERVICE_HAS_KEY": False,
    "PUBLIC_BASE_URL": "",
    "DEBUG": False,
    "BIND": "127.0.0.1",
    "ALLOWED_HOSTS": ["127.0.0.1"],
}
PUBLIC = "https://speech.example.com"
MAIL = {
    "EMAIL_HOST": "mail.example.com",
    "EMAIL_SECURITY": "starttls",
    "EMAIL_HOST_PASSWORD": "hush",
    "DEFAULT_FROM_EMAIL": "speech@example.com",
}


def allowed(*networks: str) -> dict[str, Any]:
    return {"WEBHOOK_ALLOWED_NETWORKS": [ip_network(network) for network in networks]}


KEY = new_key()


@pytest.mark.parametrize(
    ("check", "given", "expected"),
    [
        (checks.check_provider, {}, []),
        (checks.check_provider, {"ASSEMBLYAI_API_KEY": "", "ASSEMBLYAI_API_KEY_GIVEN": ""}, ["project.W001"]),
        (
            checks.check_provider,
            {"ASSEMBLYAI_API_KEY": "", "ASSEMBLYAI_API_KEY_GIVEN": "", "SERVICE_HAS_KEY": True},
            ["project.I001"],
        ),
        (checks.check_provider, {"SANDBOX": True, "ASSEMBLYAI_API_KEY_GIVEN": ""}, []),
        (checks.check_provider, {"SANDBOX": True}, ["project.W002"]),
        (checks.check_public_base_url, {"PUBLIC_BASE_URL": PUBLIC}, []),
        (checks.check_public_base_url, {"PUBLIC_BASE_URL": "speech.example.com"}, ["project.E001"]),
        (checks.check_public_base_url, {"PUBLIC_BASE_URL": "http://["}, ["project.E001"]),
        (checks.check_public_base_url, {"PUBLIC_BASE_URL": f"{PUBLIC}/speech"}, ["project.E002"]),
        (checks.check_public_base_url, {"PUBLIC_BASE_URL": f"{PUBLIC}?a=b"}, ["project.E002"]),
        (checks.check_public_base_url, {"PUBLIC_BASE_URL": "http://speech.example.com"}, ["project.W003"]),
        (checks.check_public_base_url, {"PUBLIC_BASE_URL": "http://8.8.8.8"}, ["project.W003"]),
        (checks.check_public_base_url, {"PUBLIC_BASE_URL": "http://192.168.0.2:8000"}, []),
        (checks.check_public_base_url, {"PUBLIC_BASE_URL": "http://speech.lan"}, []),
        (checks.check_public_base_url, {"PUBLIC_BASE_URL": PUBLIC, "DEBUG": True}, ["project.E003"]),
        (checks.check_public_base_url, {"DEBUG": True}, []),
        (checks.check_secrets, {"SECRET_KEY": "x" * 31}, ["project.E004"]),
        (checks.check_secrets, {"SECRET_KEY": "x" * 32}, []),
        (checks.check_secrets, {"WEBHOOK_SECRETS": []}, ["project.E005"]),
        (checks.check_secrets, {"WEBHOOK_SECRETS": ["x" * 32, "x" * 31]}, ["project.E006"]),
        (checks.check_secrets, {"SECRET_KEY": "x" * 32, "WEBHOOK_SECRETS": ["x" * 32]}, ["project.E007"]),
        (checks.check_encryption_keys, {"ENCRYPTION_KEYS": [KEY]}, []),
        (checks.check_encryption_keys, {"ENCRYPTION_KEYS": []}, ["project.E014"]),
        (checks.check_encryption_keys, {"ENCRYPTION_KEYS": [KEY, "x" * 44]}, ["project.E015"]),
        (checks.check_encryption_keys, {"ENCRYPTION_KEYS": [KEY], "SECRET_KEY": KEY}, ["project.E016"]),
        (checks.check_encryption_keys, {"ENCRYPTION_KEYS": [KEY], "WEBHOOK_SECRETS": [KEY]}, ["project.E016"]),
        (checks.check_hosts, {"ALLOWED_HOSTS": ["*"]}, ["project.E008"]),
        (checks.check_hosts, {"ALLOWED_HOSTS": ["*"], "DEBUG": True}, []),
        (checks.check_hosts, {"BIND": "0.0.0.0"}, ["project.W004"]),
        (checks.check_hosts, {"BIND": "0.0.0.0", "ALLOWED_HOSTS": ["speech.example.com"]}, []),
        (checks.check_origins, {"CORS_ALLOWED_ORIGINS": []}, []),
        (
            checks.check_origins,
            {"CORS_ALLOWED_ORIGINS": ["https://app.example.com", "http://localhost:3000", "http://[::1]:8080"]},
            [],
        ),
        *(
            (checks.check_origins, {"CORS_ALLOWED_ORIGINS": [origin]}, ["project.E013"])
            for origin in [
                "*",
                "null",
                "file://",
                "app.example.com",
                "https://app.example.com/",
                "https://app.example.com/app",
                "https://App.example.com",
                "HTTPS://app.example.com",
                "https://app.example.com:443",
                "http://app.example.com:80",
                "https://app.example.com:",
                "https://me@app.example.com",
                "https://*.example.com",
                "https://bücher.example",
                "https://app.example.com?x",
                "ftp://app.example.com",
                "https://app.example.com:port",
                "https://[::1",
            ]
        ),
        (checks.check_callbacks, {"WEBHOOK_ALLOWED_NETWORKS": []}, []),
        (checks.check_callbacks, allowed("192.168.0.0/16", "fd12:3456::/48", "127.0.0.0/8"), []),
        (checks.check_callbacks, allowed("::ffff:10.0.0.0/104"), ["project.E017"]),
        (checks.check_callbacks, allowed("0.0.0.0/0", "::/0"), ["project.W005", "project.W005"]),
        (checks.check_callbacks, allowed("169.254.0.0/16"), ["project.W005"]),
        (checks.check_callbacks, {**allowed("127.0.0.0/8"), "PUBLIC_BASE_URL": PUBLIC}, ["project.W006"]),
        (checks.check_callbacks, {**allowed("::1/128"), "PUBLIC_BASE_URL": PUBLIC}, ["project.W006"]),
        (checks.check_callbacks, {**allowed("10.0.0.0/8"), "PUBLIC_BASE_URL": PUBLIC}, []),
        (checks.check_mail, {}, []),
        (checks.check_mail, {"PUBLIC_BASE_URL": PUBLIC}, ["project.I002"]),
        (checks.check_mail, {**MAIL, "PUBLIC_BASE_URL": PUBLIC}, []),
        (checks.check_mail, {**MAIL, "DEFAULT_FROM_EMAIL": ""}, ["project.E018"]),
        (checks.check_mail, {**MAIL, "EMAIL_SECURITY": "none"}, ["project.W007"]),
        (checks.check_mail, {**MAIL, "EMAIL_SECURITY": "none", "EMAIL_HOST_PASSWORD": ""}, []),
        (checks.check_folders, {}, []),
        (checks.check_folders, {"AUDIO_DIR": Path("/nowhere")}, ["project.E009"]),
        (checks.check_folders, {"DATA_DIR": Path("/nowhere")}, ["project.E009"]),
        (checks.check_work, {"LEASE_SECONDS": 31, "ASSEMBLYAI_HTTP_TIMEOUT": 30}, []),
        (checks.check_work, {"LEASE_SECONDS": 30, "ASSEMBLYAI_HTTP_TIMEOUT": 30}, ["project.E011"]),
        (checks.check_ports, {"SANDBOX": True, "PORT": 1, "SANDBOX_PORT": 1}, ["project.E012"]),
        (checks.check_ports, {"SANDBOX": False, "PORT": 1, "SANDBOX_PORT": 1}, []),
    ],
)
def test_a_setting_calls_up_its_check(
    settings: Settings, check: Callable[[], list[Any]], given: dict[str, Any], expected: list[str]
) -> None:
    for name, value in {**WELL, **given}.items():
        setattr(settings, name, value)
    assert [message.id for message in check()] == expected


def test_a_key_that_is_none_is_told_by_its_place_alone(settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = [KEY, "not-to-be-shown"]
    (message,) = checks.check_encryption_keys()
    assert message.msg.startswith("Number 2 of ENCRYPTION_KEYS ")
    assert "not-to-be-shown" not in f"{message.msg}{message.hint}"


OTHER_FILESYSTEM = Path("/dev/shm")


@pytest.mark.skipif(
    not OTHER_FILESYSTEM.is_dir() or os.stat(OTHER_FILESYSTEM).st_dev == os.stat(Path(__file__).parent).st_dev,
    reason="needs a second filesystem",
)
def test_uploads_on_another_filesystem_than_the_audio_are_an_error(settings: Settings, tmp_path: Path) -> None:
    settings.AUDIO_DIR = Path(__file__).parent
    settings.FILE_UPLOAD_TEMP_DIR = str(OTHER_FILESYSTEM)
    assert [message.id for message in checks.check_folders()] == ["project.E010"]


def test_django_knows_them_all() -> None:
    assert run_checks(tags=["project"]) == []


def test_no_id_is_used_twice() -> None:
    source = "".join(module.read_text() for module in Path(checks.__file__).parent.glob("*.py"))
    ids = [word.split('"')[1] for word in source.split() if word.startswith('id="project.')]
    assert len(ids) == len(set(ids)) == 27
