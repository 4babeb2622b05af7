from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from api_project.rest.erasing.services import user_erase
from tests.factories import AUDIO, make_transcript, make_user
from transcripts.exceptions import OverBudget
from transcripts.models import MonthlyUsage, Usage

pytestmark = pytest.mark.django_db


def said(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_a_budget_is_set_and_what_was_used_is_told() -> None:
    make_transcript()
    told = said("set_budget", "ada", "--storage", "1000", "--minutes", "60")
    assert f"ada: {len(AUDIO)} of 1000 bytes stored in 1 transcripts, 0 of 60 minutes" in told
    assert Usage.objects.values_list("storage_budget", "minutes_budget").get() == (1000, 60)


def test_what_is_not_given_stays_as_it_is() -> None:
    make_user()
    said("set_budget", "ada", "--storage", "1000")
    said("set_budget", "ada", "--minutes", "60")
    said("set_budget", "ada")
    assert Usage.objects.values_list("storage_budget", "minutes_budget").get() == (1000, 60)


def test_a_user_may_be_without_limit_or_under_everybodys_again(settings: Settings) -> None:
    settings.USER_STORAGE_BYTES = 1
    make_user()
    assert "0 of unlimited bytes" in said("set_budget", "ada", "--storage", "none")
    make_transcript()
    said("set_budget", "ada", "--storage", "default")
    with pytest.raises(OverBudget):
        make_transcript()


@pytest.mark.parametrize("amount", ["0", "-1", "1.5", "10GB", "", "9" * 30])
def test_other_amounts_are_refused(amount: str) -> None:
    make_user()
    with pytest.raises(CommandError):
        call_command("set_budget", "ada", f"--storage={amount}")


@pytest.mark.parametrize("command", ["set_budget", "recount_usage"])
def test_an_unknown_user_is_told(command: str) -> None:
    with pytest.raises(CommandError, match="There is no user 'nobody'"):
        call_command(command, "nobody")


def test_counting_anew_says_whose_counters_were_wrong() -> None:
    make_transcript()
    make_transcript(make_user("grace"))
    Usage.objects.filter(owner__username="grace").update(stored_bytes=0)
    assert said("recount_usage") == "2 counted, 1 mended: grace.\n"
    assert said("recount_usage", "grace") == "1 counted, 0 mended.\n"


def test_counting_anew_brings_nothing_back_of_one_who_was_erased() -> None:
    make_transcript()
    ada = make_user()
    user_erase(user=ada)
    assert said("recount_usage") == "0 counted, 0 mended.\n"
    with pytest.raises(CommandError, match="There is no user"):
        call_command("recount_usage", f"erased-{ada.pk}")
    assert not Usage.objects.exists() and not MonthlyUsage.objects.exists()
