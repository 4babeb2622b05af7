"""What a run is to be, from the environment alone."""

from pathlib import Path

import pytest

from api_project.environment import Environment, EnvironmentProblem, read_dotenv
from api_project.launch.choices import Choices, choose, sandbox_environment


def chosen(**given: str) -> Choices:
    return choose(Environment(given))


def test_without_a_key_it_is_the_sandbox() -> None:
    assert chosen().sandbox


def test_with_a_key_it_is_the_cloud() -> None:
    assert not chosen(ASSEMBLYAI_API_KEY="k").sandbox


def test_an_explicit_sandbox_wins_over_a_key() -> None:
    assert chosen(ASSEMBLYAI_API_KEY="k", SANDBOX="1").sandbox


def test_nothing_to_recognise_with_is_refused() -> None:
    with pytest.raises(EnvironmentProblem, match="SANDBOX is off and there is no ASSEMBLYAI_API_KEY"):
        chosen(SANDBOX="no")


@pytest.mark.parametrize(
    ("bind", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("192.0.2.7", "http://192.0.2.7:8000"),
        ("::1", "http://[::1]:8000"),
    ],
)
def test_it_knows_where_this_machine_reaches_the_web(bind: str, address: str) -> None:
    assert chosen(BIND=bind).local_base_url == address


def test_people_are_given_the_public_address() -> None:
    assert chosen(PUBLIC_BASE_URL="https://speech.example.com/").base_url == "https://speech.example.com"


def test_what_it_leaves_for_others_is_read_back_the_same(tmp_path: Path) -> None:
    choices = chosen(DATA_DIR=str(tmp_path), PORT="9000", PUBLIC_BASE_URL="https://speech.example.com")
    choices.write_run_env()
    assert choose(Environment({"DATA_DIR": str(tmp_path)}, read_dotenv(tmp_path / "run.env"))) == choices


def test_it_leaves_word_of_a_key_and_never_the_key(tmp_path: Path) -> None:
    chosen(DATA_DIR=str(tmp_path), ASSEMBLYAI_API_KEY="s3cret").write_run_env()
    assert read_dotenv(tmp_path / "run.env")["STARTED_WITH_KEY"] == "1"
    assert "s3cret" not in (tmp_path / "run.env").read_text()


def test_the_sandbox_is_given_no_secret() -> None:
    secrets = {"SECRET_KEY": "s", "WEBHOOK_SECRETS": "s", "DATABASE_URL": "s", "ASSEMBLYAI_API_KEY": "s", "HOME": "/h"}
    found = sandbox_environment(chosen(), token="t", given=secrets, from_file=secrets)
    assert found["HOME"] == "/h"
    assert not {"SECRET_KEY", "WEBHOOK_SECRETS", "DATABASE_URL", "ASSEMBLYAI_API_KEY"} & set(found)


def test_the_sandbox_is_given_its_own_settings_from_either_place() -> None:
    found = sandbox_environment(
        chosen(),
        token="t",
        given={"SANDBOX_ENGINE": "stub"},
        from_file={"SANDBOX_ENGINE": "x", "SANDBOX_PROCESSES": "2"},
    )
    assert (found["SANDBOX_ENGINE"], found["SANDBOX_PROCESSES"], found["SANDBOX_TOKEN"]) == ("stub", "2", "t")


@pytest.mark.parametrize(
    ("given", "allowed"),
    [
        ({}, "1"),
        ({"BIND": "127.0.0.2"}, "1"),
        ({"BIND": "::1"}, "1"),
        ({"BIND": "0.0.0.0"}, "0"),
        ({"BIND": "::"}, "0"),
        ({"BIND": "192.0.2.7"}, "0"),
        ({"PUBLIC_BASE_URL": "https://speech.example.com"}, "0"),
    ],
)
def test_the_sandbox_reads_audio_from_this_machine_for_its_owner_alone(given: dict[str, str], allowed: str) -> None:
    found = sandbox_environment(chosen(**given), token="t", given={}, from_file={})
    assert (found["SANDBOX_ALLOW_LOOPBACK"], found["SANDBOX_ALLOW_LOOPBACK_AUDIO"]) == ("1", allowed)


@pytest.mark.parametrize(
    ("given", "networks", "http"),
    [
        ({}, "127.0.0.0/8,::1/128", True),
        ({"BIND": "::1"}, "127.0.0.0/8,::1/128", True),
        ({"BIND": "0.0.0.0"}, "", False),
        ({"PUBLIC_BASE_URL": "https://speech.example.com"}, "", False),
        ({"WEBHOOK_ALLOWED_NETWORKS": "10.0.0.0/8"}, "10.0.0.0/8", True),
        ({"WEBHOOK_ALLOW_HTTP": "0"}, "127.0.0.0/8,::1/128", False),
        ({"BIND": "0.0.0.0", "WEBHOOK_ALLOWED_NETWORKS": "10.0.0.5", "WEBHOOK_ALLOW_HTTP": "1"}, "10.0.0.5/32", True),
    ],
)
def test_callbacks_reach_this_machine_for_its_owner_alone(given: dict[str, str], networks: str, http: bool) -> None:
    told = chosen(**given).as_environment()
    assert (told["WEBHOOK_ALLOWED_NETWORKS"], told["WEBHOOK_ALLOW_HTTP"] == "1") == (networks, http)


def test_networks_that_cannot_be_read_are_told_before_anything_is_started() -> None:
    with pytest.raises(EnvironmentProblem, match="WEBHOOK_ALLOWED_NETWORKS is 'lan'"):
        chosen(WEBHOOK_ALLOWED_NETWORKS="lan")
