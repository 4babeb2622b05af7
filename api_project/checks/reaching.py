"""Under which names and addresses the service is reached, and by whom."""

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning

from api_project.addresses import EVERY_ADDRESS

LOCAL_NAMES = (".localhost", ".local", ".internal", ".lan", ".test")


def check_public_base_url(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Check that the public address is one that providers can be given."""
    if not settings.PUBLIC_BASE_URL:
        return []
    messages: list[CheckMessage] = []
    try:
        parts = urlsplit(settings.PUBLIC_BASE_URL)
        host = parts.hostname or ""
    except ValueError:
        parts, host = urlsplit(""), ""
    if parts.scheme not in ("http", "https") or not host:
        example = "https://speech.example.com"
        return [Error(f"PUBLIC_BASE_URL is not an address like {example}.", id="project.E001")]
    if parts.path.strip("/") or parts.query or parts.fragment:
        message = "PUBLIC_BASE_URL has more than a scheme, a host and a port."
        messages.append(Error(message, hint="The service cannot live under a path.", id="project.E002"))
    if parts.scheme == "http" and _is_public(host):
        message = (
            "PUBLIC_BASE_URL is http on a public host: audio, texts and API keys would cross the network readable."
        )
        messages.append(Warning(message, hint="Put TLS before the service and say https.", id="project.W003"))
    if settings.DEBUG:
        message = "DEBUG is on while PUBLIC_BASE_URL makes the service public: error pages would show its insides."
        messages.append(Error(message, hint="Unset DEBUG.", id="project.E003"))
    return messages


def check_hosts(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Check which names the service answers to."""
    if "*" in settings.ALLOWED_HOSTS and not settings.DEBUG:
        message = "ALLOWED_HOSTS has '*': a forged Host would be taken for ours."
        return [Error(message, hint="Name the hosts. The probes answer to any.", id="project.E008")]
    only_loopback = set(settings.ALLOWED_HOSTS) <= {*settings.LOOPBACK_HOSTS, "testserver"}
    if settings.BIND in EVERY_ADDRESS and only_loopback:
        message = "The service listens on every address and answers only to loopback names."
        return [Warning(message, hint="Set PUBLIC_BASE_URL or ALLOWED_HOSTS.", id="project.W004")]
    return []


def check_ports(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Check that the service and the sandbox do not want the same port."""
    if settings.SANDBOX and settings.PORT == settings.SANDBOX_PORT:
        return [Error(f"PORT and SANDBOX_PORT are both {settings.PORT}.", id="project.E012")]
    return []


def check_origins(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Check that the origins which may call the API are written as browsers write them; others would never match."""
    hint = "Write each like https://app.example.com or http://localhost:3000; there is no origin that stands for all."
    return [
        Error(f"CORS_ALLOWED_ORIGINS has {origin!r}, which no browser sends.", hint=hint, id="project.E013")
        for origin in settings.CORS_ALLOWED_ORIGINS
        if not _is_origin(origin)
    ]


def _is_public(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith(LOCAL_NAMES)


def _is_origin(text: str) -> bool:
    """Tell whether this is an origin in the one form that browsers send: RFC 6454, section 6.2."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    shown = f"[{host}]" if ":" in host else host
    is_default = port == {"http": 80, "https": 443}.get(parts.scheme)
    suffix = "" if port is None or is_default else f":{port}"
    is_plain = host.isascii() and not set(host) & set("*%_ ")
    return parts.scheme in ("http", "https") and bool(host) and is_plain and text == f"{parts.scheme}://{shown}{suffix}"
