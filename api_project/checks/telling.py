"""What goes out: callbacks and e-mails."""

import ipaddress
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Warning

from api_project.http.addresses import Address, Network

MAPPED = ipaddress.ip_network("::ffff:0:0/96")
METADATA = (ipaddress.ip_address("169.254.169.254"), ipaddress.ip_address("fd00:ec2::254"))
LOCALHOST = (ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("::1"))


def check_callbacks(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Check which addresses callbacks may go to although they are not public."""
    return [message for network in settings.WEBHOOK_ALLOWED_NETWORKS for message in _about_network(network)]


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
