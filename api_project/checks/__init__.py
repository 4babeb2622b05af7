"""Rules across settings, as system checks: what cannot work is an error, what is unsafe or surprising a warning."""

from collections.abc import Callable

from django.core.checks import CheckMessage, register

from api_project.checks.folders import check_folders
from api_project.checks.reaching import check_hosts, check_origins, check_ports, check_public_base_url
from api_project.checks.secrets import check_encryption_keys, check_secrets
from api_project.checks.telling import check_callbacks, check_mail
from api_project.checks.working import check_provider, check_work

__all__ = [
    "CHECKS",
    "check_callbacks",
    "check_encryption_keys",
    "check_folders",
    "check_hosts",
    "check_mail",
    "check_origins",
    "check_ports",
    "check_provider",
    "check_public_base_url",
    "check_secrets",
    "check_work",
    "register_all",
]

Check = Callable[..., list[CheckMessage]]

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
