from ipaddress import ip_network

import pytest

from api_project.http.addresses import LOOPBACK, is_in, is_public

OURS = (ip_network("10.0.0.0/8"), ip_network("fd12:3456::/48"))

PUBLIC = ["8.8.8.8", "1.1.1.1", "93.184.216.34", "2606:4700::1111", "2a00:1450:4001::200e"]
NOT_PUBLIC = [
    "0.0.0.0",
    "0.1.2.3",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "127.8.8.8",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::8.8.8.8",  # IPv4-compatible
    "::127.0.0.1",
    "::ffff:8.8.8.8",  # mapped
    "::ffff:127.0.0.1",
    "::ffff:0:8.8.8.8",  # translated
    "64:ff9b::7f00:1",  # NAT64
    "64:ff9b:1::a00:1",
    "100::1",
    "2001::1",  # Teredo
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::",  # 6to4
    "2606:4700::5efe:a00:1",  # ISATAP
    "2606:4700::200:5efe:a00:1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",  # site-local
    "ff02::1",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_every_other_address_is_not(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_without_networks_nothing_is_allowed(address: str) -> None:
    assert not is_in(address, ())


@pytest.mark.parametrize("address", ["127.0.0.1", "127.1.2.3", "::1"])
def test_loopback_is_a_network_to_allow(address: str) -> None:
    assert is_in(address, LOOPBACK)


@pytest.mark.parametrize("address", ["10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1", "0.0.0.0", "fe80::1", "::"])
def test_allowing_loopback_allows_nothing_else(address: str) -> None:
    assert not is_in(address, LOOPBACK)


@pytest.mark.parametrize("address", ["10.1.2.3", "10.255.255.255", "fd12:3456::9"])
def test_a_network_of_ones_own_can_be_allowed(address: str) -> None:
    assert is_in(address, OURS)


@pytest.mark.parametrize(
    "address", ["::ffff:10.1.2.3", "64:ff9b::10.1.2.3", "2002:a01:203::1", "fe80::1%eth0", "11.0.0.1", "fd12:3457::9"]
)
def test_another_spelling_of_an_allowed_address_is_not_allowed(address: str) -> None:
    assert not is_in(address, (*OURS, ip_network("fe80::/10")))


def test_a_mapped_address_is_not_allowed_by_its_own_network() -> None:
    assert not is_in("::ffff:10.1.2.3", [ip_network("::ffff:0:0/96")])
