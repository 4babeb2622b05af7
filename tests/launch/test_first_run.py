"""Who the first user is, and what is said of the first key."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from pytest_django import Settings

from api_project.launch.first_run import ensure_api_key, ensure_user
from api_project.rest.models import ApiKey
from api_project.rest.services import user_ensure

pytestmark = pytest.mark.django_db


def test_the_first_user_is_told_what_only_an_operator_can_mend() -> None:
    ensure_user()
    assert User.objects.get(username="admin").is_staff


def test_a_user_whom_a_command_made_before_becomes_the_first_user() -> None:
    made = user_ensure(username="admin")
    assert ensure_user() == made
    assert User.objects.get().is_staff


LONG_AGO = timezone.now() - timedelta(days=9)


@pytest.mark.parametrize(
    ("change", "note"),
    [
        ({}, ""),
        ({"revoked_at": LONG_AGO}, "It is revoked; delete the file to get another."),
        (
            {"created_at": LONG_AGO, "expires_at": LONG_AGO + timedelta(days=1)},
            "It has expired; delete the file to get another.",
        ),
    ],
)
def test_it_says_when_the_kept_key_is_of_no_use(
    settings: Settings, tmp_path: Path, change: dict[str, Any], note: str
) -> None:
    settings.DATA_DIR = tmp_path
    user = ensure_user()
    assert ensure_api_key(user) == (tmp_path / "api_key", "It is new.")
    ApiKey.objects.update(**change)
    assert ensure_api_key(user) == (tmp_path / "api_key", note)


def test_it_says_that_the_keys_user_is_deactivated(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    ensure_api_key(ensure_user())
    User.objects.update(is_active=False)
    assert ensure_api_key(ensure_user())[1] == "It is refused: its user, admin, is deactivated."
