"""What one kind of request may do."""

from collections.abc import Sequence
from dataclasses import dataclass

from api_project.http.addresses import Address, Network, is_in, is_public
from api_project.http.exceptions import AddressRefused, UrlRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Limits and permissions; times in seconds, `total_timeout` over everything from the name on.

    `allowed_networks` are asked although they are not public, and at any port; elsewhere the port must be one of
    `ports`, where they are given, and with `tls_elsewhere` nothing is sent there without TLS.
    """

    connect_timeout: float = 5.0
    read_timeout: float = 10.0
    total_timeout: float = 15.0
    max_bytes: int = 64 * 1024
    allowed_networks: tuple[Network, ...] = ()
    ports: frozenset[int] | None = None
    schemes: frozenset[str] = frozenset({"https", "http"})
    tls_elsewhere: bool = False
    user_agent: str = "speech-to-text-service"

    def check_addresses(self, addresses: Sequence[Address], scheme: str, port: int) -> None:
        """Raise AddressRefused or UrlRefused unless every one of the addresses may be asked so, and at this port.

        A name of which only some addresses may be asked is refused: which of them is asked would be a matter of luck.
        """
        elsewhere = [address for address in addresses if not is_in(address, self.allowed_networks)]
        if not all(map(is_public, elsewhere)):
            raise AddressRefused
        if elsewhere:
            self._check_elsewhere(scheme, port)

    def check_scheme_and_port(self, scheme: str, port: int) -> None:
        """Raise UrlRefused for what no address could make right."""
        if scheme not in self.schemes:
            raise UrlRefused(f"The scheme must be {_either(sorted(self.schemes))}.", code="invalid_scheme")
        if not self.allowed_networks:
            self._check_elsewhere(scheme, port)

    def _check_elsewhere(self, scheme: str, port: int) -> None:
        if self.tls_elsewhere and scheme != "https":
            raise UrlRefused("The scheme must be https.", code="invalid_scheme")
        if self.ports is not None and port not in self.ports:
            raise UrlRefused(f"The port must be {_either(sorted(self.ports))}.", code="invalid_port")


def _either(allowed: Sequence[object]) -> str:
    return " or ".join(map(str, allowed))
