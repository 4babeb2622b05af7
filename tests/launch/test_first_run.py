"""Who the first user is."""

import pytest
from django.contrib.auth.models import User

from api_project.launch.first_run import ensure_user
from api_project.rest.services import user_ensure

pytestmark = pytest.mark.django_db


def test_the_first_user_is_told_what_only_an_operator_can_mend() -> None:
    ensure_user()
    assert User.objects.get(username="admin").is_staff


def test_a_user_whom_a_command_made_before_becomes_the_first_user() -> None:
    made = user_ensure(username="admin")
    assert ensure_user() == made
    assert User.objects.get().is_staff
