"""Names to addresses, within a time: getaddrinfo takes no timeout, so it is waited for from outside."""

import socket
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from ipaddress import ip_address

from api_project.http.addresses import Address
from api_project.http.exceptions import ConnectionFailed, DeadlineExceeded
from api_project.http.urls import Target

# A look-up that is given up goes on for half a minute in its thread. There are enough threads for those that can be
# begun in that time, so that a silent name server delays no other name.
RESOLVERS = ThreadPoolExecutor(max_workers=64, thread_name_prefix="resolve")


def resolve(target: Target, *, within: float) -> list[Address]:
    """Return the addresses of a host, in the system's order; an address is its own.

    Raises ConnectionFailed for a name that has none, and DeadlineExceeded after so many seconds.
    """
    if target.address is not None:
        return [target.address]
    looked_up = RESOLVERS.submit(_look_up, target.host)
    try:
        found = looked_up.result(timeout=within)
    except FutureTimeoutError as exc:
        looked_up.cancel()
        raise DeadlineExceeded("The name took too long to resolve.") from exc
    except (OSError, UnicodeError) as exc:
        raise ConnectionFailed("The name does not resolve.") from exc
    if not found:
        raise ConnectionFailed("The name does not resolve.")
    return found


def _look_up(name: str) -> list[Address]:
    answers = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    return [ip_address(place[0]) for family, _type, _protocol, _name, place in answers]
