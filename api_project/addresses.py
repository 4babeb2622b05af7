"""Where this machine reaches what listens on an address."""

EVERY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104


def local_host(bind: str) -> str:
    """Return the host to connect to for a server that listens on this IP address."""
    return "127.0.0.1" if bind in EVERY_ADDRESS else bind


def local_base_url(bind: str, port: int) -> str:
    """Return the address of a web server on this machine, without a slash at its end."""
    return f"http://{in_url(local_host(bind))}:{port}"


def in_url(host: str) -> str:
    """Return a host as it stands in an address and in a Host header."""
    return f"[{host}]" if ":" in host else host
