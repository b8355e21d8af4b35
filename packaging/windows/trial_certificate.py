"""Makes a certificate that nobody trusts, to try signing with: `trial_certificate.py FOLDER`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

P12 = "signing.p12"
PASSWORD = "password"
CERTIFICATE = "certificate.pem"
_LIFE = timedelta(days=3650)
_NOT_FOR = (
    "content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign",
    "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip


def make_certificate(folder: Path) -> None:
    """Write a certificate, its key and the password into `folder`, unless they are there."""
    if (folder / P12).exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "TEST ONLY code signing")])
    began = datetime(2020, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(began)
        .not_valid_after(datetime.now(UTC) + _LIFE)
        .add_extension(x509.KeyUsage(digital_signature=True, **dict.fromkeys(_NOT_FOR, False)), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), critical=False)
        .sign(key, hashes.SHA256())
    )
    password = b"for tests"
    (folder / PASSWORD).write_bytes(password)
    (folder / CERTIFICATE).write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    encryption = serialization.BestAvailableEncryption(password)
    (folder / P12).write_bytes(
        pkcs12.serialize_key_and_certificates(b"test", key, certificate, None, encryption)
    )


if __name__ == "__main__":
    make_certificate(Path(sys.argv[1]))
