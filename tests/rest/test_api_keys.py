"""API keys: how they are made, kept and used up."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.utils import timezone

from api_project.rest.api_keys.exceptions import AlreadyExpired
from api_project.rest.api_keys.selectors import api_key_find
from api_project.rest.api_keys.services import (
    api_key_create,
    api_key_hash,
    api_key_note_use,
    api_key_revoke,
    api_keys_forget,
)
from api_project.rest.models import ApiKey
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_a_key_is_found_by_itself_and_never_stored() -> None:
    row, key = api_key_create(user=make_user(), name="laptop", scope="write")

    assert api_key_find(key=key) == row
    stored = ApiKey.objects.values().get()
    assert key not in map(str, stored.values())
    assert stored["key_hash"] == api_key_hash(key)
    assert key.startswith(stored["prefix"])


def test_a_key_has_256_random_bits() -> None:
    keys = {api_key_create(user=make_user(), name="k", scope="read")[1] for _ in range(20)}

    assert len(keys) == 20
    assert all(len(key.removeprefix("stt_")) >= 43 for key in keys)


def test_it_refuses_an_unknown_scope() -> None:
    with pytest.raises(ValueError, match="allowed are read, write"):
        api_key_create(user=make_user(), name="k", scope="admin")


def test_it_refuses_an_end_that_is_past() -> None:
    with pytest.raises(AlreadyExpired, match="later than now"):
        api_key_create(user=make_user(), name="k", scope="read", expires_at=timezone.now())


def test_the_last_use_is_written_at_most_once_a_minute() -> None:
    row, _ = api_key_create(user=make_user(), name="k", scope="read")
    now = timezone.now()
    stale = ApiKey.objects.get()

    api_key_note_use(api_key=row, now=now)
    api_key_note_use(api_key=stale, now=now + timedelta(seconds=59))
    assert ApiKey.objects.get().last_used_at == now

    api_key_note_use(api_key=ApiKey.objects.get(), now=now + timedelta(seconds=60))
    assert ApiKey.objects.get().last_used_at == now + timedelta(seconds=60)


def test_revoking_twice_keeps_the_first_time() -> None:
    row, _ = api_key_create(user=make_user(), name="k", scope="read")

    first = api_key_revoke(api_key=row).revoked_at
    assert api_key_revoke(api_key=row).revoked_at == first


@pytest.mark.parametrize(
    ("fields", "is_forgotten"),
    [
        ({"revoked_at": 366}, True),
        ({"revoked_at": 364}, False),
        ({"expires_at": 366}, True),
        ({"expires_at": 364}, False),
        ({"revoked_at": 364, "expires_at": 366}, False),
        ({"last_used_at": 400}, False),
    ],
)
def test_a_key_is_forgotten_a_year_after_its_end(fields: dict[str, int], is_forgotten: bool) -> None:
    row, _ = api_key_create(user=make_user(), name="k", scope="read")
    now = timezone.now()
    ago = {name: now - timedelta(days=days) for name, days in fields.items()}
    ApiKey.objects.update(created_at=now - timedelta(days=500), **ago)

    api_keys_forget(now=now)
    assert ApiKey.objects.filter(pk=row.pk).exists() is not is_forgotten


def test_the_command_makes_the_user_and_prints_the_key_alone(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("create_api_key", "grace", "--scope", "read", "--expires-in-days", "7")

    key = capsys.readouterr().out.strip()
    row = api_key_find(key=key)
    assert row is not None and row.expires_at is not None
    assert (row.user.username, row.scope, row.user.has_usable_password()) == ("grace", "read", False)
    assert timedelta(days=6) < row.expires_at - timezone.now() <= timedelta(days=7)


def test_the_command_keeps_a_user_who_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    user = make_user("grace")
    user.set_password("a password of her own")
    user.save()

    call_command("create_api_key", "grace")
    user.refresh_from_db()
    assert user.check_password("a password of her own")


@pytest.mark.parametrize("before", [None, "old@example.com"])
def test_the_command_gives_a_user_an_e_mail_address(before: str | None) -> None:
    if before:
        User.objects.create_user("grace", before)
    call_command("create_api_key", "grace", "--email", "grace@example.com")
    # Without one it stays as it is.
    call_command("create_api_key", "grace")
    assert User.objects.get().email == "grace@example.com"


@pytest.mark.parametrize("email", ["grace", "grace@", "a@b.example\nBcc: c@d.example", "x" * 250 + "@example.com"])
def test_the_command_refuses_what_is_no_e_mail_address(email: str) -> None:
    with pytest.raises(CommandError) as caught:
        call_command("create_api_key", "grace", "--email", email)
    assert "\n" not in str(caught.value)
    assert not User.objects.exists()


def test_a_closed_account_is_given_no_e_mail_address() -> None:
    User.objects.create_user("grace", is_active=False)
    with pytest.raises(CommandError):
        call_command("create_api_key", "grace", "--email", "grace@example.com")
    assert User.objects.get().email == ""


def test_the_command_refuses_a_time_of_life_that_is_none() -> None:
    with pytest.raises(CommandError, match="--expires-in-days"):
        call_command("create_api_key", "grace", "--expires-in-days", "0")


@pytest.mark.parametrize("name", ["", "a\nb", "x" * 101, "\u202eb", "\udcff"])
def test_the_command_holds_the_name_of_a_key_to_the_rule_of_the_api(name: str) -> None:
    with pytest.raises(CommandError, match=r"^--name: \w") as caught:
        call_command("create_api_key", "grace", "--name", name)
    assert "\n" not in str(caught.value)
    assert not User.objects.exists()


@pytest.mark.parametrize("name", ["", "a b", "a\nb", "x" * 151, "a/b", "\udcff", "erased-7"])
def test_the_command_refuses_what_is_no_name_in_one_line(name: str) -> None:
    with pytest.raises(CommandError) as caught:
        call_command("create_api_key", name)
    assert "\n" not in str(caught.value)
    assert not User.objects.exists()


def listed(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    call_command("list_api_keys", *arguments)
    return capsys.readouterr().out.splitlines()


def test_the_list_tells_keys_apart_and_holds_none(capsys: pytest.CaptureFixture[str]) -> None:
    used, key = api_key_create(user=make_user("ada"), name="laptop", scope="write", expires_in=timedelta(days=7))
    api_key_note_use(api_key=used, now=timezone.now())
    gone, _ = api_key_create(user=make_user("grace"), name="line\nbreak", scope="read")
    gone = api_key_revoke(api_key=gone)

    header, first, second = listed(capsys)
    assert header.split() == ["PREFIX", "USER", "NAME", "SCOPE", "MADE", "EXPIRES", "LAST", "USED", "STATE"]
    assert first.split()[:4] == [used.prefix, "ada", "laptop", "write"]
    assert (first.endswith("  active"), "never" in first) == (True, False)
    assert second.split()[:5] == [gone.prefix, "grace", "line", "break", "read"]
    assert f"revoked {gone.revoked_at:%Y-%m-%d %H:%M}Z" in second
    assert key not in first


def test_the_list_may_be_of_one_user(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("ada", "grace"):
        api_key_create(user=make_user(name), name="k", scope="read")

    assert [line.split()[1] for line in listed(capsys, "grace")[1:]] == ["grace"]
    with pytest.raises(CommandError, match="'nobody' has no API keys"):
        call_command("list_api_keys", "nobody")


@pytest.mark.parametrize("whole", [False, True])
def test_a_key_is_revoked_by_its_beginning_or_itself(whole: bool, capsys: pytest.CaptureFixture[str]) -> None:
    row, key = api_key_create(user=make_user(), name="k", scope="read")
    other, _ = api_key_create(user=make_user(), name="k", scope="read")

    call_command("revoke_api_key", key if whole else row.prefix)
    row.refresh_from_db()
    other.refresh_from_db()
    assert (row.revoked_at is None, other.revoked_at) == (False, None)
    assert capsys.readouterr().out.startswith(f"{row.prefix}… of ada is revoked since ")


def test_only_a_known_beginning_that_is_one_keys_alone_is_revoked() -> None:
    row, key = api_key_create(user=make_user(), name="k", scope="read")
    api_key_create(user=make_user(), name="k", scope="read")
    ApiKey.objects.update(prefix=row.prefix)

    for text, words in ((row.prefix, "2 API keys begin like this"), (key[:-1], "no such"), ("stt_", "no such")):
        with pytest.raises(CommandError, match=words):
            call_command("revoke_api_key", text)
    assert not ApiKey.objects.exclude(revoked_at=None).exists()
