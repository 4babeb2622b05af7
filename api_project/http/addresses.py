"""Which addresses may be asked: globally routable unicast, and loopback only where it is allowed."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address

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


def is_public(address: Address | str) -> bool:
    """Tell whether a packet to this address can only leave for the public network."""
    parsed = ip_address(address)
    if isinstance(parsed, IPv6Address):
        return parsed in GLOBAL_UNICAST and parsed.is_global and not any(parsed in net for net in REFUSED_V6)
    return parsed.is_global and not any(parsed in net for net in REFUSED_V4)


def is_allowed(address: Address | str, *, allow_loopback: bool) -> bool:
    """Tell whether a request may go to this address; one that maps an IPv4 address (::ffff:0:0/96) never may."""
    parsed = ip_address(address)
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        # Newer Pythons call ::ffff:127.0.0.1 a loopback.
        return False
    return is_public(parsed) or (allow_loopback and parsed.is_loopback)
