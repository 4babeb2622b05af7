"""Which addresses may be asked: globally routable unicast, and those of networks that are allowed by name."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

LOOPBACK: tuple[Network, ...] = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))
# Everything outside 2000::/3 is refused: that covers ::/96, fec0::/10, 64:ff9b::/96, 5f00::/16 and whatever is
# assigned next. What is named here lies inside it. https://www.iana.org/assignments/iana-ipv6-special-registry
GLOBAL_UNICAST = IPv6Network("2000::/3")
REFUSED_V6 = (
    IPv6Network("2001::/23"),  # protocol assignments, Teredo and ORCHID among them
    IPv6Network("2001:db8::/32"),
    IPv6Network("2002::/16"),  # 6to4 carries an IPv4 address
    IPv6Network("3fff::/20"),
)
# Those that ipaddress calls global, in one Python release or another.
REFUSED_V4 = (
    IPv4Network("100.64.0.0/10"),
    IPv4Network("192.0.0.0/24"),
    IPv4Network("192.88.99.0/24"),
    IPv4Network("224.0.0.0/3"),
)
# ISATAP: the last 64 bits of an address under any prefix are one of these two and an IPv4 address (RFC 5214).
ISATAP = frozenset({0x00005EFE, 0x02005EFE})


def is_public(address: Address | str) -> bool:
    """Tell whether a packet to this address can only leave for the public network."""
    parsed = ip_address(address)
    if isinstance(parsed, IPv4Address):
        return parsed.is_global and not any(parsed in network for network in REFUSED_V4)
    is_global = parsed in GLOBAL_UNICAST and parsed.is_global and not _is_isatap(parsed)
    return is_global and not any(parsed in network for network in REFUSED_V6)


def is_in(address: Address | str, networks: Iterable[Network]) -> bool:
    """Tell whether an address belongs to one of these networks; what maps an IPv4 address or has a zone never does."""
    parsed = ip_address(address)
    if isinstance(parsed, IPv6Address) and (parsed.ipv4_mapped is not None or parsed.scope_id):
        # ::ffff:127.0.0.1 is a way to write 127.0.0.1 that nobody has a use for but to slip by.
        return False
    return any(parsed in network for network in networks)


def _is_isatap(address: IPv6Address) -> bool:
    return (int(address) >> 32) & 0xFFFFFFFF in ISATAP
