"""What every page is guarded with."""

import pytest
from django.conf import settings
from django.test import Client


def test_a_page_may_load_from_here_alone(client: Client) -> None:
    policy = client.get(settings.LOGIN_URL).headers["Content-Security-Policy"]
    rules = dict(rule.split(maxsplit=1) for rule in policy.split("; "))
    assert (rules["default-src"], rules["frame-ancestors"]) == ("'none'", "'none'")
    assert all(value in ("'none'", "'self'") for value in rules.values())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Frame-Options", "DENY"),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
    ],
)
def test_a_page_has_the_usual_guards(client: Client, name: str, value: str) -> None:
    assert client.get(settings.LOGIN_URL).headers[name] == value


def test_a_forged_host_is_refused(client: Client) -> None:
    assert client.get(settings.LOGIN_URL, headers={"host": "evil.example.com"}).status_code == 400
