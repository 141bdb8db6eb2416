"""What an envelope is, and who signed it: all that can be said of an entry without the archive's lock.

* Closed fields at every level: an envelope that carries anything the format does not name is refused, so that
  nothing can lie here in the clear.
* One signature, by the key that its id names, certified for the device that the delivery names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection

from inspector.domain.delivery import DELIVERY_TYPE, BlobRef, Delivery
from inspector.domain.message_fields import MessageFields
from inspector.errors import (
    CertificateInvalidError,
    EntryForeignError,
    InspectorError,
    MessageMalformedError,
    OfficeNotAdoptedError,
    PayloadTypeError,
    RequestForbiddenError,
    SignerUnknownError,
)
from inspector.server.register import DeviceKey, Register
from inspector.server.sealed import check_head
from inspector.trust import dsse
from inspector.trust.certificates import (
    CERTIFICATE_TYPE,
    REVOCATION_TYPE,
    Certificate,
    HolderKind,
    Revocation,
    verify_certificate,
    verify_revocation,
)
from inspector.trust.dsse import Envelope
from inspector.trust.statement import OfficeStatement
from inspector.trust.strict_json import parse_object

Item = Delivery | Certificate | Revocation


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An envelope as far as it could be read; either `item` is there or `error`.

    Attributes:
        raw: its exact bytes.
        sha256: its name everywhere.
        key_id: of the one key that signed it; empty if none is proven.
    """

    raw: bytes
    sha256: str
    key_id: str = ""
    item: Item | None = None
    error: InspectorError | None = None

    @property
    def blobs(self) -> tuple[BlobRef, ...]:
        """The sealed files that belong to it."""
        return self.item.blobs if isinstance(self.item, Delivery) else ()


class Reader:
    """Reads envelopes for one tenant."""

    def __init__(self, tenant: str, register: Register) -> None:
        self._tenant = tenant
        self._register = register

    def read(
        self,
        connection: Connection,
        envelopes: Sequence[bytes],
        device: str | None,
        *,
        is_refill: bool = False,
    ) -> tuple[Reading, ...]:
        """A reading of each of `envelopes`; one that cannot be believed carries its error.

        Args:
            device: the only device whose deliveries will do; None for the console.
            is_refill: whether certificates of the office's earlier issuing keys count.

        Raises:
            OfficeNotAdoptedError: nobody is known yet.
        """
        history = self._register.history(connection)
        if not history:
            raise OfficeNotAdoptedError()
        claims = [_peeked(raw) for raw in envelopes]
        named = {claim.signatures[0].key_id for claim in claims if isinstance(claim, Envelope)}
        known = dict(self._register.device_keys(connection, named))
        judge = _Judge(self._tenant, history if is_refill else history[:1], known, device)
        readings: dict[int, Reading] = {}
        # Certificates first: the first deliveries of a new device may stand before its certificate.
        for place in sorted(range(len(claims)), key=lambda place: _is_delivery(claims[place])):
            readings[place] = judge.reading(envelopes[place], claims[place])
        return tuple(readings[place] for place in range(len(claims)))


@dataclass(frozen=True, slots=True)
class _Judge:
    tenant: str
    statements: Sequence[OfficeStatement]
    known: dict[str, DeviceKey]
    device: str | None

    def reading(self, raw: bytes, claim: Envelope | InspectorError) -> Reading:
        digest = sha256(raw).hexdigest()
        try:
            if isinstance(claim, InspectorError):
                raise claim
            item = self._item(raw, claim)
        except InspectorError as error:
            return Reading(raw=raw, sha256=digest, error=error)
        return Reading(raw=raw, sha256=digest, key_id=claim.signatures[0].key_id, item=item)

    def _item(self, raw: bytes, claim: Envelope) -> Item:
        if claim.payload_type == DELIVERY_TYPE:
            return self._delivery(claim)
        if claim.payload_type not in (CERTIFICATE_TYPE, REVOCATION_TYPE):
            raise PayloadTypeError(expected=DELIVERY_TYPE)
        if self.device is not None:
            raise RequestForbiddenError(act="提交证书")
        if claim.payload_type == REVOCATION_TYPE:
            return verify_revocation(raw, self._issuer(claim))
        certificate = verify_certificate(raw, self._issuer(claim))
        self._meet(certificate)
        return certificate

    def _issuer(self, claim: Envelope) -> OfficeStatement:
        named = claim.signatures[0].key_id
        return next((each for each in self.statements if each.issuing.key_id == named), self.statements[0])

    def _meet(self, certificate: Certificate) -> None:
        """Know a device from here on: its first deliveries may stand in the same batch."""
        if certificate.kind is not HolderKind.DEVICE:
            return
        met = DeviceKey(device=certificate.id, key=certificate.key, limit=None)
        if self.known.setdefault(certificate.key.key_id, met).device != certificate.id:
            raise CertificateInvalidError(reason="同一把密钥发给了两个持有者")

    def _delivery(self, claim: Envelope) -> Delivery:
        signer = proven_by(self.known, claim.signatures[0].key_id)
        # The same as `dsse.verify` for the one key that the id names, without reading the envelope once more.
        signer.key.verify(claim.signatures[0].value, dsse.pae(DELIVERY_TYPE, claim.payload))
        delivery = Delivery.from_payload(parse_object(claim.payload))
        if delivery.tenant != self.tenant or signer.device != delivery.device:
            raise EntryForeignError()
        if self.device not in (None, delivery.device):
            raise EntryForeignError()
        if isinstance(delivery.body, bytes):
            check_head(delivery.body)
        return delivery


def _is_delivery(claim: Envelope | InspectorError) -> bool:
    return isinstance(claim, Envelope) and claim.payload_type == DELIVERY_TYPE


def _peeked(raw: bytes) -> Envelope | InspectorError:
    """The envelope's claims, or why it has none that the archive could keep."""
    try:
        fields = MessageFields.of(parse_object(raw), "信封", "payload payloadType signatures")
        signatures: Sequence[object] = fields.listing("signatures", most=1)
        for signature in signatures:
            MessageFields.of(signature, "签名", "keyid sig")
        claim = dsse.peek(raw)
        if not claim.signatures:
            raise MessageMalformedError(reason="没有签名")
        return claim
    except InspectorError as error:
        return error


def proven_by(known: Mapping[str, DeviceKey], key_id: str) -> DeviceKey:
    """The device whose key `key_id` is.

    Raises:
        SignerUnknownError: it is nobody's.
    """
    if key_id not in known:
        raise SignerUnknownError(key_id=key_id if len(key_id) == 32 and key_id.isalnum() else "编号不明")
    return known[key_id]
