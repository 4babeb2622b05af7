"""An authority that signs certificates for tests, and a host on loopback that shows one."""

from __future__ import annotations

import socket
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.http.host import Host

DAY = timedelta(days=1)


class Authority:
    def __init__(self, folder: Path, name: str = "Authority of tests") -> None:
        self._folder = folder
        self._name = _common_name(name)
        self._key = generate_private_key(SECP256R1())
        self.file = folder / f"{name}.pem"
        extension = x509.BasicConstraints(ca=True, path_length=None)
        certificate = _begin(self._name, self._name, self._key).add_extension(extension, critical=True)
        self.file.write_bytes(certificate.sign(self._key, SHA256()).public_bytes(Encoding.PEM))

    def issue(self, *names: str, age: timedelta = timedelta()) -> ssl.SSLContext:
        """Return what shows a certificate for these names and addresses, good for a day, or it was."""
        key = generate_private_key(SECP256R1())
        shown = x509.SubjectAlternativeName([_general_name(name) for name in names])
        begun = _begin(_common_name("Receiver"), self._name, key, age=age).add_extension(shown, critical=False)
        file = self._folder / f"{names[0]}.pem"
        pem = begun.sign(self._key, SHA256()).public_bytes(Encoding.PEM)
        file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + pem)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(file)
        return context


class TlsHost(Host):
    """A host that speaks TLS, and remembers which names it was asked for."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self.names: list[str | None] = []
        context.sni_callback = lambda _socket, name, _context: self.names.append(name)
        self._context = context
        super().__init__()

    def url_at(self, name: str) -> str:
        return f"https://{name}:{self.port}/"

    def _answer(self, connection: socket.socket) -> None:
        with self._context.wrap_socket(connection, server_side=True) as encrypted:
            super()._answer(encrypted)


def _begin(
    subject: x509.Name, issuer: x509.Name, key: EllipticCurvePrivateKey, *, age: timedelta = timedelta()
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - age - DAY)
        .not_valid_after(now - age + DAY)
    )


def _common_name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _general_name(text: str) -> x509.GeneralName:
    return x509.IPAddress(ip_address(text)) if text[-1].isdecimal() else x509.DNSName(text)
