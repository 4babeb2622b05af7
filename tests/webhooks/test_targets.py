"""Where callbacks may go: what is said when an address is given, and what every attempt may do."""

from __future__ import annotations

import socket
import threading
from ipaddress import ip_network
from typing import Any

import pytest
from pytest_django import Settings

from api_project.http import LOOPBACK, AddressRefused, UrlRefused, post
from tests.http.conftest import all_at_once, host, names
from tests.http.host import Host
from webhooks.outbound import targets
from webhooks.outbound.targets import TargetRefused, check_target, origin_of, target_policy

__all__ = ["all_at_once", "host", "names"]

PUBLIC = "93.184.216.34"
SECRET = "s3cr3t"


@pytest.mark.parametrize(
    ("url", "code", "words"),
    [
        ("", "invalid_scheme", "must begin with https://"),
        ("receiver.example/hook", "invalid_scheme", "must begin with https://"),
        (f"http://receiver.example/{SECRET}", "invalid_scheme", "The scheme must be https."),
        (f"ftp://receiver.example/{SECRET}", "invalid_scheme", "must begin with https://"),
        (f"https://receiver.example/{SECRET}#part", "fragment", "never sent"),
        (f"https://{SECRET}:x@receiver.example/", "user_info", "user info"),
        (f"https://receiver.example:8080/{SECRET}", "invalid_port", "The port must be 443 or 8443."),
        (f"https://receiver.example/ {SECRET}", "invalid_url", "white space"),
        (f"https://2130706433/{SECRET}", "invalid_host", "four decimal numbers"),
        (f"https:///{SECRET}", "invalid_host", "names no host"),
        (f"https://127.0.0.1/{SECRET}", "refused_address", "not public"),
        (f"https://[::ffff:10.0.0.1]/{SECRET}", "refused_address", "not public"),
        (f"https://inside.example/{SECRET}", "refused_address", "not public"),
        (f"https://mixed.example/{SECRET}", "refused_address", "not public"),
    ],
)
def test_it_says_what_is_wrong_and_quotes_nothing(
    url: str, code: str, words: str, all_at_once: dict[str, list[str]]
) -> None:
    all_at_once.update({"inside.example": ["192.168.1.9"], "mixed.example": [PUBLIC, "10.0.0.1"]})
    with pytest.raises(TargetRefused, match=words) as caught:
        check_target(url)
    assert caught.value.code == code
    assert SECRET not in caught.value.message and "example" not in caught.value.message


@pytest.mark.parametrize(
    "url", ["https://receiver.example", "https://receiver.example:8443/a?b=c", f"https://{PUBLIC}/"]
)
def test_a_public_receiver_is_accepted(url: str, names: dict[str, list[str]]) -> None:
    names["receiver.example"] = [PUBLIC]
    check_target(url)


def test_a_receiver_that_has_no_address_yet_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_args: object, **_kwargs: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    check_target("https://soon.example/")


def test_a_name_server_that_is_silent_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()
    monkeypatch.setattr(targets, "RESOLVE_SECONDS", 0.05)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: released.wait(10) and [])
    try:
        check_target("https://slow.example/")
    finally:
        released.set()


@pytest.mark.parametrize("url", ["https://192.168.1.9:9000/", "http://192.168.1.9/", "http://lan.example:1234/"])
def test_an_operator_may_allow_a_network_and_plain_http(
    url: str, settings: Settings, names: dict[str, list[str]]
) -> None:
    names["lan.example"] = ["192.168.1.10"]
    settings.WEBHOOK_ALLOWED_NETWORKS = [ip_network("192.168.1.0/24")]
    settings.WEBHOOK_ALLOW_HTTP = True
    check_target(url)


@pytest.mark.parametrize("networks", [[], [ip_network("192.168.1.0/24")]])
@pytest.mark.parametrize("url", [f"http://{PUBLIC}:443/", "http://receiver.example:8443/", "http://mixed.example:443/"])
def test_plain_http_leaves_for_no_public_address(
    url: str, networks: list[Any], settings: Settings, all_at_once: dict[str, list[str]]
) -> None:
    all_at_once.update({"receiver.example": [PUBLIC], "mixed.example": ["192.168.1.10", PUBLIC]})
    settings.WEBHOOK_ALLOWED_NETWORKS = networks
    settings.WEBHOOK_ALLOW_HTTP = True
    with pytest.raises(TargetRefused, match="The scheme must be https") as caught:
        check_target(url)
    assert caught.value.code == "invalid_scheme"
    with pytest.raises(UrlRefused, match="https"):
        post(url, body=b"", headers={}, policy=target_policy())


@pytest.mark.parametrize("url", ["https://192.168.2.9/", "https://127.0.0.1/", "https://[::ffff:192.168.1.9]/"])
def test_no_more_than_that_network(url: str, settings: Settings) -> None:
    settings.WEBHOOK_ALLOWED_NETWORKS = [ip_network("192.168.1.0/24")]
    with pytest.raises(TargetRefused, match="not public"):
        check_target(url)


def test_the_ports_are_the_operators_to_choose(settings: Settings) -> None:
    settings.WEBHOOK_PORTS = [9000]
    check_target(f"https://{PUBLIC}:9000/")
    with pytest.raises(TargetRefused, match="The port must be 9000"):
        check_target(f"https://{PUBLIC}/")


def test_each_attempt_is_checked_again(names: dict[str, list[str]]) -> None:
    names["rebinding.example"] = [PUBLIC, "10.0.0.1"]
    check_target("https://rebinding.example/")
    with pytest.raises(AddressRefused):
        post("https://rebinding.example/", body=b"", headers={}, policy=target_policy())


def test_an_attempt_takes_fifteen_seconds_and_four_kilobytes_at_most(host: Host, settings: Settings) -> None:
    settings.WEBHOOK_ALLOWED_NETWORKS = LOOPBACK
    settings.WEBHOOK_ALLOW_HTTP = True
    policy = target_policy()
    host.behaviour = lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + b"a" * 9000)
    answer = post(host.url, body=b"", headers={}, policy=policy)
    assert (len(answer.body), answer.truncated) == (4096, True)
    assert (policy.total_timeout, policy.user_agent) == (15, "speech-to-text-service")


def test_plain_http_is_not_sent_unless_it_is_allowed(host: Host, settings: Settings) -> None:
    settings.WEBHOOK_ALLOWED_NETWORKS = LOOPBACK
    with pytest.raises(UrlRefused, match="https"):
        post(host.url, body=b"", headers={}, policy=target_policy())
    assert host.asked == b""


@pytest.mark.parametrize(
    "url", ["https://receiver.example", "HTTPS://Receiver.example:443/hook?a=b", "https://receiver.example./other"]
)
def test_all_addresses_of_one_origin_have_one_name(url: str) -> None:
    assert origin_of(url) == "https://receiver.example:443"
