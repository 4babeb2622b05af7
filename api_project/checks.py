"""Rules across settings, as system checks: what cannot work is an error, what is unsafe or surprising a warning."""

import ipaddress
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Warning, register

from api_project.addresses import EVERY_ADDRESS
from api_project.http.addresses import Address, Network
from api_project.sealing import is_key

MIN_SECRET_LENGTH = 32
LOCAL_NAMES = (".localhost", ".local", ".internal", ".lan", ".test")

MAPPED = ipaddress.ip_network("::ffff:0:0/96")
METADATA = (ipaddress.ip_address("169.254.169.254"), ipaddress.ip_address("fd00:ec2::254"))
LOCALHOST = (ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("::1"))

Check = Callable[..., list[CheckMessage]]


def check_provider(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Check that there is exactly one place that recognises speech."""
    if settings.SANDBOX and settings.ASSEMBLYAI_API_KEY_GIVEN:
        message = "SANDBOX is on and ASSEMBLYAI_API_KEY is given: the key is not used."
        return [Warning(message, hint="Unset one of the two.", id="project.W002")]
    if not settings.ASSEMBLYAI_API_KEY and settings.SERVICE_HAS_KEY:
        message = "The service was started with an ASSEMBLYAI_API_KEY that this process is not given."
        return [Info(message, hint="Only a worker that is started here would need it.", id="project.I001")]
    if not settings.ASSEMBLYAI_API_KEY:
        message = "There is no ASSEMBLYAI_API_KEY and SANDBOX is off: transcripts will wait for a key."
        return [Warning(message, hint="Give a key, or set SANDBOX=1 and run the sandbox.", id="project.W001")]
    return []


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


def check_secrets(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Check that no secret can be guessed."""
    messages: list[CheckMessage] = []
    hint = "Unset it to have one made and kept in the data folder."
    if len(settings.SECRET_KEY) < MIN_SECRET_LENGTH:
        messages.append(
            Error(f"SECRET_KEY is shorter than {MIN_SECRET_LENGTH} characters.", hint=hint, id="project.E004")
        )
    if not settings.WEBHOOK_SECRETS:
        messages.append(
            Error("There are no WEBHOOK_SECRETS: no callback could be verified.", hint=hint, id="project.E005")
        )
    if any(len(secret) < MIN_SECRET_LENGTH for secret in settings.WEBHOOK_SECRETS):
        message = f"One of WEBHOOK_SECRETS is shorter than {MIN_SECRET_LENGTH} characters."
        messages.append(Error(message, hint=hint, id="project.E006"))
    if settings.SECRET_KEY in settings.WEBHOOK_SECRETS:
        message = "SECRET_KEY is one of WEBHOOK_SECRETS: rotating one would break the other."
        messages.append(Error(message, hint=hint, id="project.E007"))
    return messages


def check_encryption_keys(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Check that what is sealed can be sealed, and unsealed when other secrets change."""
    messages: list[CheckMessage] = []
    hint = "Unset it to have one made and kept in the data folder; .env.example says how to make one."
    if not settings.ENCRYPTION_KEYS:
        messages.append(Error("There are no ENCRYPTION_KEYS: no secret could be stored.", hint=hint, id="project.E014"))
    # By its place, never by what it is.
    for place, key in enumerate(settings.ENCRYPTION_KEYS, start=1):
        if not is_key(key):
            message = f"Number {place} of ENCRYPTION_KEYS is not 32 bytes in URL-safe base64, 44 characters in all."
            messages.append(Error(message, hint=hint, id="project.E015"))
    if not {settings.SECRET_KEY, *settings.WEBHOOK_SECRETS}.isdisjoint(settings.ENCRYPTION_KEYS):
        message = "One of ENCRYPTION_KEYS is SECRET_KEY or one of WEBHOOK_SECRETS: changing one would break the other."
        messages.append(Error(message, hint=hint, id="project.E016"))
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


def check_folders(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Check that the folders can be written, and that keeping an upload is a rename."""
    folders = {
        "DATA_DIR": Path(settings.DATA_DIR),
        "AUDIO_DIR": Path(settings.AUDIO_DIR),
        "FILE_UPLOAD_TEMP_DIR": Path(settings.FILE_UPLOAD_TEMP_DIR),
    }
    messages: list[CheckMessage] = []
    for name, folder in folders.items():
        reason = _why_not_writable(folder)
        if reason:
            messages.append(Error(f"{name} is '{folder}'; it cannot be written ({reason}).", id="project.E009"))
    if not messages and _device(folders["AUDIO_DIR"]) != _device(folders["FILE_UPLOAD_TEMP_DIR"]):
        message = "FILE_UPLOAD_TEMP_DIR and the audio are on different filesystems: keeping an upload would copy it."
        messages.append(Error(message, hint="Keep both inside DATA_DIR.", id="project.E010"))
    return messages


def check_work(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Check that a step in hand cannot outlive its lease."""
    if settings.LEASE_SECONDS <= settings.ASSEMBLYAI_HTTP_TIMEOUT:
        message = "LEASE_SECONDS is not longer than ASSEMBLYAI_HTTP_TIMEOUT: a step that waits could be taken over."
        return [Error(message, id="project.E011")]
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


def check_callbacks(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Check which addresses callbacks may go to although they are not public."""
    return [message for network in settings.WEBHOOK_ALLOWED_NETWORKS for message in _about_network(network)]


def _about_network(network: Network) -> list[CheckMessage]:
    known = f"WEBHOOK_ALLOWED_NETWORKS has {network}"
    hint = "Name the networks of the receivers alone."
    if _has(MAPPED, network.network_address):
        hint = "Give the IPv4 network itself."
        return [Error(f"{known}; an IPv6 address that maps one of IPv4 is never asked.", hint=hint, id="project.E017")]
    messages: list[CheckMessage] = []
    if any(_has(network, address) for address in METADATA):
        message = f"{known}: clouds tell a machine its credentials there, and any user may give an address."
        messages.append(Warning(message, hint=hint, id="project.W005"))
    if settings.PUBLIC_BASE_URL and any(_has(network, address) for address in LOCALHOST):
        message = f"{known} while the service is public: any user may have this machine's own services called."
        messages.append(Warning(message, hint=hint, id="project.W006"))
    return messages


def _has(network: Network, address: Address) -> bool:
    return address.version == network.version and address in network


def check_mail(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Check that e-mails can be sent, where people rely on the service."""
    if not settings.EMAIL_HOST:
        if not settings.PUBLIC_BASE_URL:
            return []
        message = "There is no EMAIL_HOST: nobody is told by e-mail that a webhook endpoint of theirs was disabled."
        return [Info(message, hint="They are told by an event, and where they look.", id="project.I002")]
    messages: list[CheckMessage] = []
    if "@" not in settings.DEFAULT_FROM_EMAIL:
        message = "There is an EMAIL_HOST, and DEFAULT_FROM_EMAIL is no address: no server would take an e-mail."
        messages.append(Error(message, hint="Give one like speech@example.com.", id="project.E018"))
    if settings.EMAIL_HOST_PASSWORD and settings.EMAIL_SECURITY == "none":
        message = "EMAIL_SECURITY is 'none': EMAIL_HOST_PASSWORD would cross the network readable."
        messages.append(Warning(message, hint="Set it to starttls or tls.", id="project.W007"))
    return messages


CHECKS: tuple[Check, ...] = (
    check_provider,
    check_public_base_url,
    check_secrets,
    check_encryption_keys,
    check_hosts,
    check_folders,
    check_work,
    check_ports,
    check_origins,
    check_mail,
    check_callbacks,
)


def register_all() -> None:
    """Hand every check to Django."""
    for check in CHECKS:
        register(check, "project")


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


def _why_not_writable(folder: Path) -> str:
    # Asking for permissions is not enough: root has them all, also on a filesystem that is mounted read-only.
    try:
        with tempfile.TemporaryFile(dir=folder):
            return ""
    except OSError as error:
        return error.strerror or type(error).__name__


def _device(folder: Path) -> int:
    return os.stat(folder).st_dev
