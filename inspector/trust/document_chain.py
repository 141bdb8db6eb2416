"""The X.509 chain under an office's copies of notices, in the form that PDF readers know.

* ECDSA P-256 all through: PDF readers cannot verify Ed25519, the key of everything else here.
* The chain's own root is vouched for by the office's root: a statement signed by it stands in the root
  certificate, in an extension of ours. Whoever trusts the office's fingerprint needs nothing more.
* A certificate that an authority issued can take the chain's place; then only that authority vouches for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Self

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    pkcs12,
)
from cryptography.x509.oid import NameOID

from inspector.errors import (
    CertificateInvalidError,
    KeyMalformedError,
    SecretWrongError,
    SignatureMissingError,
    SignerUnknownError,
)
from inspector.trust import dsse
from inspector.trust.keys import SigningKey, VerifyKey
from inspector.trust.statement import read_fields
from inspector.trust.strict_json import canonical, parse_object

DOCUMENT_ROOT_TYPE = "application/vnd.inspector.document-root.v1+json"
BINDING = "2.25.128390474240549324580026460277979530693"
"""The extension that holds the root-signed statement; an identifier made from a UUID (ITU-T X.667)."""

ROOT_DAYS, SIGNER_DAYS = 30 * 365, 10 * 365
LEAST_RSA_BITS = 2048

_UNREADABLE = (
    ValueError,
    TypeError,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
    UnsupportedAlgorithm,
)
"""What the library ends with on certificates that are none, or of a kind that nobody uses."""

_BINDING = x509.ObjectIdentifier(BINDING)
_CLOCK_LEEWAY = timedelta(days=1)
_NAME_CAP = 64
"""Bytes in UTF-8 of a name in a certificate: X.520 counts characters (ub-common-name), some readers bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRoot:
    """What the office's root says of the root certificate of its documents.

    Attributes:
        key_sha256: hexadecimal SHA-256 of that certificate's SubjectPublicKeyInfo.
        issued_ms: milliseconds since the Unix epoch, UTC.
    """

    tenant: str
    office: str
    key_sha256: str
    issued_ms: int

    def to_payload(self) -> dict[str, object]:
        """The JSON object to be signed."""
        return {
            "v": 1,
            "tenant": self.tenant,
            "office": self.office,
            "key_sha256": self.key_sha256,
            "issued_ms": self.issued_ms,
        }

    @classmethod
    def from_payload(cls, value: object) -> Self:
        """The reverse of `to_payload`.

        Raises:
            RecordTooNewError, MessageMalformedError: a later format; another shape.
        """
        fields = read_fields(value, "文书根证书声明", "v tenant office key_sha256 issued_ms")
        return cls(
            tenant=fields.name("tenant"),
            office=fields.title("office"),
            key_sha256=fields.sha256("key_sha256"),
            issued_ms=fields.number("issued_ms"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPair:
    """A private key in PKCS #8 and its certificate, both DER."""

    key: bytes = field(repr=False)
    certificate: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentKey:
    """What signs an office's copies.

    Attributes:
        key: PKCS #8, DER.
        chain: certificates in DER, the signer's own first.
    """

    key: bytes = field(repr=False)
    chain: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFacts:
    """What is shown of a certificate.

    Attributes:
        sha256: hexadecimal SHA-256 of its DER form.
        until_ms: the last moment of its validity.
    """

    subject: str
    issuer: str
    sha256: str
    until_ms: int


def new_document_root(root: SigningKey, *, tenant: str, office: str, at_ms: int) -> KeyPair:
    """A root for an office's documents, vouched for by the office's root key. Belongs offline, like that."""
    key = ec.generate_private_key(ec.SECP256R1())
    bound = DocumentRoot(
        tenant=tenant, office=office, key_sha256=_key_sha256(key.public_key()), issued_ms=at_ms
    )
    envelope = dsse.sign(canonical(bound.to_payload()), DOCUMENT_ROOT_TYPE, [root])
    name = _name(office, "文书根证书")
    builder = (
        _builder(name, name, key.public_key(), at_ms=at_ms, days=ROOT_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.UnrecognizedExtension(_BINDING, _octet_string(envelope)), critical=False)
    )
    return _pair(key, builder.sign(key, SHA256()))


def issue_document_key(root: KeyPair, *, office: str, at_ms: int) -> DocumentKey:
    """A fresh key for an office's copies, certified by the root of its documents."""
    signer = load_der_private_key(root.key, None)
    if not isinstance(signer, ec.EllipticCurvePrivateKey):
        raise KeyMalformedError(reason="文书根密钥不是 P-256")
    issuer = x509.load_der_x509_certificate(root.certificate)
    key = ec.generate_private_key(ec.SECP256R1())
    # No extended key usage: OpenSSL, NSS and pyHanko each ask for another one where there is any.
    builder = (
        _builder(_name(office, "文书"), issuer.subject, key.public_key(), at_ms=at_ms, days=SIGNER_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
    )
    made = _pair(key, builder.sign(signer, SHA256()))
    return DocumentKey(key=made.key, chain=(made.certificate, root.certificate))


def read_pkcs12(data: bytes, password: str) -> DocumentKey:
    """A key and its chain as an authority handed them out.

    Raises:
        SecretWrongError: wrong password, or no PKCS #12 at all; the format does not tell which.
        KeyMalformedError: no key or certificate in it, or a key that PDF readers would refuse.
    """
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(data, password.encode("utf-8"))
    except ValueError as error:
        raise SecretWrongError from error
    if key is None or certificate is None:
        raise KeyMalformedError(reason="文件中没有私钥或证书")
    _check_kind(key)
    chain = [certificate]
    rest = {other.subject: other for other in others}
    while chain[-1].issuer != chain[-1].subject and chain[-1].issuer in rest:
        chain.append(rest.pop(chain[-1].issuer))
    return DocumentKey(
        key=key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
        chain=tuple(one.public_bytes(Encoding.DER) for one in chain),
    )


def verify_document_root(certificate: bytes, root: VerifyKey, *, tenant: str) -> DocumentRoot:
    """What the office's root says of a root certificate, once it is shown to have said so.

    Args:
        certificate: DER.
        root: the office's root key.

    Raises:
        CertificateInvalidError: the office's root does not vouch for it, or for another key or tenant.
        FormatError, TrustError: what it carries is no statement of any office.
    """
    parsed = read_certificate(certificate)
    envelope = _binding(parsed)
    if envelope is None:
        raise CertificateInvalidError(reason="根证书中没有办公室根密钥的声明")
    try:
        verified = dsse.verify(envelope, DOCUMENT_ROOT_TYPE, [root], required=[root.key_id])
    except (SignerUnknownError, SignatureMissingError) as error:
        raise CertificateInvalidError(reason="根证书中的声明不是由这个办公室的根密钥签署") from error
    said = DocumentRoot.from_payload(parse_object(verified.payload))
    if said.key_sha256 != _key_sha256(parsed.public_key()) or said.tenant != tenant:
        raise CertificateInvalidError(reason="办公室根密钥的声明说的是另一把密钥")
    return said


def is_bound(certificate: bytes) -> bool:
    """Whether a root certificate carries a statement at all; `verify_document_root` says if it holds."""
    return _binding(read_certificate(certificate)) is not None


def check_root(certificate: bytes) -> CertificateFacts:
    """What is shown of a root certificate that came with what it vouches for, once it is known to be whole.

    Nobody above signed it, so its own signature is what tells that it is as it was made.

    Raises:
        KeyMalformedError: it is no certificate.
        CertificateInvalidError: it was changed.
    """
    parsed = read_certificate(certificate)
    try:
        parsed.verify_directly_issued_by(parsed)
    except (*_UNREADABLE, InvalidSignature) as error:
        raise CertificateInvalidError(reason="根证书在签发之后被改动") from error
    if not certificate.endswith(b"\0" + parsed.signature):
        # How many bits of the last octet do not count (X.690 §8.6) is said under no signature: none.
        raise CertificateInvalidError(reason="根证书在签发之后被改动")
    return facts_of(certificate)


def facts_of(certificate: bytes) -> CertificateFacts:
    """What is shown of a certificate.

    Raises:
        KeyMalformedError: it is none.
    """
    parsed = read_certificate(certificate)
    return CertificateFacts(
        subject=_shown(parsed.subject),
        issuer=_shown(parsed.issuer),
        sha256=sha256(certificate).hexdigest(),
        until_ms=int(parsed.not_valid_after_utc.timestamp() * 1000),
    )


def to_pem(chain: tuple[bytes, ...]) -> bytes:
    """Certificates as one PEM file."""
    return b"".join(read_certificate(one).public_bytes(Encoding.PEM) for one in chain)


def from_pem(data: bytes) -> tuple[bytes, ...]:
    """The certificates of a PEM file, DER each.

    Raises:
        KeyMalformedError: there is none in it.
    """
    try:
        return tuple(one.public_bytes(Encoding.DER) for one in x509.load_pem_x509_certificates(data))
    except ValueError as error:
        raise KeyMalformedError(reason="不是 PEM 格式的证书") from error


def read_certificate(data: bytes) -> x509.Certificate:
    """A certificate in DER.

    Raises:
        KeyMalformedError: it is none.
    """
    try:
        found = x509.load_der_x509_certificate(data)
        # Parsed when they are first asked for: a changed byte must show here and not somewhere later.
        _ = found.extensions, found.subject, found.issuer, found.public_key(), found.signature_hash_algorithm
    except _UNREADABLE as error:
        raise KeyMalformedError(reason="不是 X.509 证书") from error
    return found


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, *, at_ms: int, days: int
) -> x509.CertificateBuilder:
    start = datetime.fromtimestamp(at_ms // 1000, UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start - _CLOCK_LEEWAY)
        .not_valid_after(start + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=not signs_certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _name(office: str, what: str) -> x509.Name:
    """The office, and its name with what the key is for, each cut to what a certificate may hold."""
    common = f"{_cut(office, _NAME_CAP - len(what.encode()) - 1)} {what}"
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _cut(office, _NAME_CAP)),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _cut(name: str, room: int) -> str:
    if len(name.encode()) <= room:
        return name
    return name.encode()[: room - len("…".encode())].decode(errors="ignore") + "…"


def _shown(name: x509.Name) -> str:
    common = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(common[0].value) if common else name.rfc4514_string()


def _pair(key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> KeyPair:
    return KeyPair(
        key=key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
        certificate=certificate.public_bytes(Encoding.DER),
    )


def _key_sha256(key: CertificatePublicKeyTypes) -> str:
    return sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def _binding(certificate: x509.Certificate) -> bytes | None:
    for extension in certificate.extensions:
        if extension.oid == _BINDING and isinstance(extension.value, x509.UnrecognizedExtension):
            return _octets_of(extension.value.value)
    return None


def _octet_string(content: bytes) -> bytes:
    """An OCTET STRING of 128 to 65 535 bytes (X.690 §8.7): what an extension holds is DER, not JSON."""
    return b"\x04\x82" + len(content).to_bytes(2, "big") + content


def _octets_of(value: bytes) -> bytes:
    if value[:2] != b"\x04\x82" or int.from_bytes(value[2:4], "big") != len(value) - 4:
        raise CertificateInvalidError(reason="根证书中的声明读不出来")
    return value[4:]


def _check_kind(key: object) -> None:
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1):
        return
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= LEAST_RSA_BITS:
        return
    raise KeyMalformedError(reason=f"应为 ECDSA P-256 或不短于 {LEAST_RSA_BITS} 位的 RSA 密钥")
