from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest

from maintenance_desktop.backends.hub import HubBackend
from tests.bad_server import BadServer


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def server() -> Iterator[BadServer]:
    found = BadServer()
    yield found
    found.stop()


@pytest.fixture
def backend(server) -> Iterator[HubBackend]:
    found = HubBackend(server.url, device_id="0190", device_name="Bench 4")
    found.use_token("secret-token")
    yield found
    found.close()


@dataclass(frozen=True)
class Certificate:
    """A certificate for 127.0.0.1, made by an authority that nobody trusts yet."""

    context: ssl.SSLContext
    authority: Path


@pytest.fixture(scope="session")
def certificate(tmp_path_factory) -> Certificate:
    x509 = pytest.importorskip("cryptography.x509")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    folder = tmp_path_factory.mktemp("certificates")
    now = datetime.now(UTC)

    def make(name, key, issuer, issuer_key, *extensions):
        def named(text):
            return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])

        builder = (
            x509.CertificateBuilder()
            .subject_name(named(name))
            .issuer_name(named(issuer))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
        )
        for extension in extensions:
            builder = builder.add_extension(extension, critical=False)
        return builder.sign(issuer_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    root, leaf = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = folder / "authority.pem"
    authority.write_bytes(
        make("Plant CA", root, "Plant CA", root, x509.BasicConstraints(ca=True, path_length=0))
    )
    chain = folder / "server.pem"
    host = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    chain.write_bytes(
        make("hub", leaf, "Plant CA", root, host)
        + leaf.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    return Certificate(context, authority)
