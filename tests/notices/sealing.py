"""An office's document key, and a time-stamping authority on this machine."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

from asn1crypto import keys, tsp, x509
from cryptography import x509 as pyca
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

from inspector.notices.pades import Occasion, OfficeSealer
from inspector.trust.document_chain import DocumentKey, KeyPair, issue_document_key, new_document_root
from inspector.trust.keys import SigningKey
from tests.notices.samples import NOON

OFFICE = "样例办公室（样例）"
TENANT = "sample"
ROOT = SigningKey(b"r" * 32)
DAY = 86_400_000
OCCASION = Occasion(at_ms=NOON, signer=OFFICE, reason="办公室副本")


def document_root(root: SigningKey = ROOT) -> KeyPair:
    return new_document_root(root, tenant=TENANT, office=OFFICE, at_ms=NOON - DAY)


def document_key(root: SigningKey = ROOT) -> DocumentKey:
    return issue_document_key(document_root(root), office=OFFICE, at_ms=NOON - DAY)


def sealed(pdf: bytes, key: DocumentKey, ask=None) -> bytes:
    return pdf + OfficeSealer(key.key, key.chain, ask).appendix(pdf, OCCASION)


def foreign_authority(password: bytes = b"pw-sample", *, curve=ec.SECP256R1, own=None) -> tuple[bytes, bytes]:
    """A certificate authority that knows nothing of the office: a PKCS #12 file, and its own certificate."""
    ca, ca_certificate = _signed("样例认证机构（样例）", is_authority=True)
    key, certificate = _signed("样例机关（样例）", by=(ca, ca_certificate), curve=curve, own=own)
    data = pkcs12.serialize_key_and_certificates(
        b"sample", key, certificate, [ca_certificate], BestAvailableEncryption(password)
    )
    return data, ca_certificate.public_bytes(Encoding.DER)


def _signed(name: str, *, is_authority=False, by=None, stamps=False, curve=ec.SECP256R1, own=None):
    # pyHanko's authority for tests stamps with RSA only.
    key = own or (rsa.generate_private_key(65537, 2048) if stamps else ec.generate_private_key(curve()))
    subject = pyca.Name([pyca.NameAttribute(NameOID.COMMON_NAME, name)])
    signer, issuer = (key, subject) if by is None else (by[0], by[1].subject)
    builder = (
        pyca.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(pyca.random_serial_number())
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2046, 1, 1, tzinfo=UTC))
        .add_extension(pyca.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(
            pyca.KeyUsage(
                digital_signature=not is_authority,
                content_commitment=not is_authority,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=is_authority,
                crl_sign=is_authority,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
    )
    if stamps:
        usage = pyca.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(usage, critical=True)
    return key, builder.sign(signer, SHA256())


class TimestampServer:
    """RFC 3161 over HTTP on loopback. `wrong` makes it answer for another document, `down` not at all."""

    def __init__(self, at: datetime | None = None) -> None:
        ca, ca_certificate = _signed("样例时间戳根（样例）", is_authority=True)
        key, certificate = _signed("样例时间戳（样例）", by=(ca, ca_certificate), stamps=True)
        self.anchor = ca_certificate.public_bytes(Encoding.DER)
        self.answered = 0
        self.wrong = self.down = False
        self._stamper = DummyTimeStamper(
            x509.Certificate.load(certificate.public_bytes(Encoding.DER)),
            keys.PrivateKeyInfo.load(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())),
            fixed_dt=at or datetime.fromtimestamp(NOON / 1000 + 60, UTC),
        )
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                owner.answer(self, body)

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/tsa"

    def answer(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        self.answered += 1
        if self.down:
            handler.send_error(503)
            return
        request = tsp.TimeStampReq.load(body)
        if self.wrong:
            request["message_imprint"]["hashed_message"] = b"\0" * 32
        answer = self._stamper.request_tsa_response(request).dump()
        handler.send_response(200)
        handler.send_header("Content-Type", "application/timestamp-reply")
        handler.send_header("Content-Length", str(len(answer)))
        handler.end_headers()
        handler.wfile.write(answer)

    def __enter__(self) -> TimestampServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
