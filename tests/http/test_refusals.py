"""Where nothing may be sent: attempts to make the service ask an address of its own network, each refused unasked."""
# ruff: noqa: RUF001  # characters that look like others are the point

from __future__ import annotations

import io
import socket
from ipaddress import ip_network

import pytest

from api_project.http import LOOPBACK, AddressRefused, OutboundError, Policy, UrlRefused, check_url, fetch, post
from tests.http.host import Host
from tests.http.test_addresses import NOT_PUBLIC

STRICT = Policy()
LOCAL = Policy(allowed_networks=LOOPBACK)
PUBLIC = "93.184.216.34"

# Addresses in the spellings that one reader or other takes for an address.
SPELLINGS = [
    "2130706433",  # decimal
    "017700000001",  # octal
    "0x7f000001",  # hexadecimal
    "0X7F000001",
    "0177.0.0.1",
    "0x7f.0.0.1",
    "0x7f.1",
    "127.1",  # short
    "127.0.1",
    "127.0.0.01",
    "0",
    "0x",
    "127.0.0.1.",  # dots at the end
    "2130706433.",
    "127.0.0.1..",
    "127.0.0.256",
    "1.2.3.4.5",
    "10.0.0.1.0x0",
    "169.254.43518",
    "１２７.０.０.１",  # full width
    "127。0。0。1",  # ideographic full stops
    "①②⑦.⓪.⓪.①",
    "１２７.1",
    "١٢٧.٠.٠.١",  # Arabic digits
    "127.0.0.1%00",
    "127.0.0.1%2f@example.com",
    "%31%32%37.0.0.1",
    "%6cocalhost",
    "[::1%25lo]",
    "[fe80::1%eth0]",
    "[::1",
    "[]",
    "[127.0.0.1]",
    "[::1]x",
    "[::1].example.com",
    "[v1.x]",
    "::1",
]
# The same addresses as they should be written, and then there are still many ways.
LITERALS = [
    *("127.0.0.1", "127.0.0.2", "10.0.0.1", "172.31.255.255", "192.168.0.1", "169.254.169.254", "100.64.0.1"),
    *("0.0.0.0", "255.255.255.255", "224.0.0.1", "240.0.0.1", "198.18.0.1", "192.0.2.1"),
    *("[::1]", "[0:0:0:0:0:0:0:1]", "[::]", "[fe80::1]", "[fc00::1]", "[FD00:EC2::254]", "[ff02::1]", "[2001:db8::1]"),
    *("[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:FFFF:10.0.0.1]", "[::127.0.0.1]", "[::ffff:0:127.0.0.1]"),
    *("[64:ff9b::127.0.0.1]", "[64:ff9b:1::10.0.0.1]", "[2002:7f00:1::]", "[2001:0:7f00:1::]"),
    "[2606:4700::5efe:10.0.0.1]",
]
# What a name may be answered with, all at once.
ANSWERS = [
    ["127.0.0.1"],
    ["10.0.0.1"],
    ["::1"],
    ["::ffff:8.8.8.8"],
    ["64:ff9b::a00:1"],
    ["2002:a00:1::"],
    ["fe80::1%eth0"],
    [PUBLIC, "10.0.0.1"],  # mixed
    ["10.0.0.1", PUBLIC],
    [PUBLIC, PUBLIC, "::1"],
    ["2606:4700::1111", "::ffff:169.254.169.254"],
    [PUBLIC, "169.254.169.254"],
]


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that a connection was begun to; none is."""
    begun: list[str] = []

    def connect(_socket: socket.socket, address: tuple[str, int]) -> None:
        begun.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    return begun


def ask(url: str, policy: Policy = STRICT) -> None:
    fetch(url, into=io.BytesIO(), policy=policy)


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("host", SPELLINGS)
def test_an_address_in_another_spelling_is_refused(
    scheme: str, host: str, names: dict[str, list[str]], connections: list[str]
) -> None:
    # Should it be looked up at all, it would lead somewhere.
    names[host] = [PUBLIC]
    for policy in (STRICT, LOCAL):
        with pytest.raises(UrlRefused):
            post(f"{scheme}://{host}/", body=b"", headers={}, policy=policy)
    assert connections == []


@pytest.mark.parametrize("host", LITERALS)
def test_an_address_that_is_not_public_is_refused(host: str, connections: list[str]) -> None:
    with pytest.raises(AddressRefused):
        post(f"https://{host}/", body=b"", headers={}, policy=STRICT)
    assert connections == []


@pytest.mark.parametrize("address", [address for address in NOT_PUBLIC if "%" not in address])
def test_it_is_refused_whatever_its_range(address: str, connections: list[str]) -> None:
    with pytest.raises(AddressRefused):
        ask(f"http://[{address}]/" if ":" in address else f"http://{address}/")
    assert connections == []


@pytest.mark.parametrize("addresses", [*ANSWERS, *([address] for address in NOT_PUBLIC)])
def test_a_name_is_refused_where_one_of_its_addresses_is_not_public(
    addresses: list[str], all_at_once: dict[str, list[str]], connections: list[str]
) -> None:
    all_at_once["innocent.example"] = addresses
    with pytest.raises(AddressRefused):
        ask("https://innocent.example/")
    assert connections == []


@pytest.mark.parametrize("name", ["localhost", "LOCALHOST", "localhost.", "ⓛocalhost"])
def test_the_names_of_this_machine_are_refused(name: str, connections: list[str]) -> None:
    with pytest.raises(AddressRefused):
        ask(f"http://{name}/")
    assert connections == []


def test_the_address_that_was_checked_is_the_one_that_is_asked(
    names: dict[str, list[str]], connections: list[str]
) -> None:
    names["rebinding.example"] = [PUBLIC, "127.0.0.1"]
    with pytest.raises(OutboundError):
        ask("https://rebinding.example/")
    assert connections == [PUBLIC]
    # The second answer is for the second request, and that is refused.
    with pytest.raises(AddressRefused):
        ask("https://rebinding.example/")
    assert connections == [PUBLIC]


def test_a_name_is_looked_up_once(host: Host, names: dict[str, list[str]]) -> None:
    names["rebinding.example"] = ["127.0.0.1", "10.0.0.1"]
    ask(host.url.replace("127.0.0.1", "rebinding.example"), LOCAL)
    assert f"Host: rebinding.example:{host.port}\r\n".encode() in host.asked
    assert names["rebinding.example"] == ["10.0.0.1"]


def test_the_next_address_is_asked_where_the_first_takes_no_connection(
    host: Host, all_at_once: dict[str, list[str]]
) -> None:
    all_at_once["two.example"] = ["127.9.9.9", "127.0.0.1"]
    ask(host.url.replace("127.0.0.1", "two.example"), LOCAL)
    assert host.asked


def test_only_the_first_addresses_of_many_are_tried(all_at_once: dict[str, list[str]], connections: list[str]) -> None:
    all_at_once["many.example"] = [f"93.184.216.{number}" for number in range(20)]
    with pytest.raises(OutboundError):
        ask("https://many.example/")
    assert connections == ["93.184.216.0", "93.184.216.1", "93.184.216.2"]


def test_loopback_is_refused_unless_it_is_allowed(host: Host) -> None:
    with pytest.raises(AddressRefused):
        ask(host.url)
    assert host.asked == b""


def test_a_mapped_address_of_an_allowed_network_is_refused(connections: list[str]) -> None:
    policy = Policy(allowed_networks=(*LOOPBACK, ip_network("::ffff:0:0/96")))
    with pytest.raises(AddressRefused):
        ask("http://[::ffff:127.0.0.1]/", policy)
    assert connections == []


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("url", ["http://10.0.0.1/", "https://10.0.0.1/"])
def test_a_proxy_from_the_environment_is_not_used(
    url: str, variable: str, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, host.url)
    with pytest.raises(AddressRefused):
        ask(url, LOCAL)
    assert host.asked == b""


def test_a_proxy_is_not_used_for_what_is_allowed_either(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9/")
    monkeypatch.setenv("NO_PROXY", "")
    ask(host.url, LOCAL)
    assert host.asked.startswith(b"GET /path?a=1 ")


# Which ports


@pytest.mark.parametrize("url", ["https://innocent.example:22/", f"https://{PUBLIC}:6379/", "http://innocent.example/"])
@pytest.mark.parametrize("networks", [(), LOOPBACK])
def test_a_port_that_is_not_allowed_is_refused(
    url: str, networks: tuple[object, ...], names: dict[str, list[str]], connections: list[str]
) -> None:
    names["innocent.example"] = [PUBLIC]
    policy = Policy(allowed_networks=networks, ports=frozenset({443, 8443}))  # type: ignore[arg-type]
    with pytest.raises(UrlRefused, match="443 or 8443") as caught:
        ask(url, policy)
    assert caught.value.code == "invalid_port"
    assert connections == []


def test_an_allowed_network_has_every_port(host: Host) -> None:
    ask(host.url, Policy(allowed_networks=LOOPBACK, ports=frozenset({443})))
    assert host.asked


def test_a_name_that_is_partly_allowed_has_the_ports_of_the_rest(
    all_at_once: dict[str, list[str]], connections: list[str]
) -> None:
    all_at_once["mixed.example"] = ["127.0.0.1", PUBLIC]
    with pytest.raises(UrlRefused):
        ask("http://mixed.example:9000/", Policy(allowed_networks=LOOPBACK, ports=frozenset({443})))
    assert connections == []


# Before it is sent


def test_it_can_be_told_beforehand(names: dict[str, list[str]], connections: list[str]) -> None:
    names["inside.example"] = ["10.0.0.1"]
    with pytest.raises(AddressRefused):
        check_url("https://inside.example/", policy=STRICT, within=1)
    assert connections == []


def test_what_does_not_resolve_now_is_let_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_args: object, **_kwargs: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    check_url("https://unknown.example/", policy=STRICT, within=1)
