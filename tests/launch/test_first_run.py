"""The user and the key of a fresh service."""

import stat
from pathlib import Path

import pytest
from pytest_django import Settings

from api_project.environment import Environment
from api_project.launch.choices import choose
from api_project.launch.first_run import ensure_api_key, ensure_user
from api_project.launch.welcome import welcome
from api_project.rest.models import ApiKey
from api_project.rest.selectors import api_key_find
from api_project.rest.services import api_key_revoke

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data_dir(settings: Settings, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


def test_the_user_is_made_once_and_has_no_password() -> None:
    user = ensure_user()
    assert ensure_user() == user
    assert not user.has_usable_password()


def test_the_key_is_kept_and_may_write(data_dir: Path) -> None:
    path, note = ensure_api_key(ensure_user())
    key = api_key_find(key=path.read_text().strip())
    assert key is not None
    assert (key.may_write, note) == (True, "It is new.")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_second_run_uses_the_key_of_the_first() -> None:
    first, _ = ensure_api_key(ensure_user())
    kept = first.read_text()
    assert ensure_api_key(ensure_user()) == (first, "")
    assert first.read_text() == kept
    assert ApiKey.objects.count() == 1


def test_a_key_of_another_database_is_replaced() -> None:
    path, _ = ensure_api_key(ensure_user())
    ApiKey.objects.all().delete()
    assert ensure_api_key(ensure_user())[1] == "It is new."
    assert api_key_find(key=path.read_text().strip()) is not None


def test_a_revoked_key_stays_revoked() -> None:
    path, _ = ensure_api_key(ensure_user())
    api_key_revoke(api_key=ApiKey.objects.get())
    assert ensure_api_key(ensure_user()) == (path, "It is revoked; delete the file to get another.")
    assert ApiKey.objects.count() == 1


def test_the_curl_can_be_pasted_from_a_folder_with_spaces() -> None:
    text = welcome(choose(Environment({})), key_file=Path("/my data/api_key"), key_note="", link="")
    assert "Bearer $(cat '/my data/api_key')" in text
