"""DSSE envelopes signed with Ed25519 (secure-systems-lab/dsse, protocol and envelope 1.0).

* What is signed is the exact payload with its type, so no canonical form is on the path of security.
* `keyid` only narrows the search for a key; which algorithm applies follows from the key at hand.
* Signatures of keys that the caller does not know are passed over; one known key at least must verify, and a
  known key whose signature is wrong spoils the envelope.
* Signatures are checked before the payload is looked at by anyone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from inspector.errors import (
    MessageMalformedError,
    PayloadTypeError,
    SignatureInvalidError,
    SignatureMissingError,
    SignerUnknownError,
)
from inspector.trust.keys import SigningKey, VerifyKey
from inspector.trust.radix import base64_bytes_either, base64_text
from inspector.trust.strict_json import JsonValue, parse_object

MAX_SIGNATURES = 16
MAX_TRIED_KEYS = 32
"""A signature without a known key id is tried with each key only while there are at most this many."""

_KEY_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One signature as it stands on an envelope, unchecked.

    Attributes:
        key_id: the hint; empty when there is none.
        value: the raw signature.
    """

    key_id: str
    value: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What an envelope claims, with nothing proven.

    Attributes:
        payload: the body's bytes.
        payload_type: how the body claims to be read.
        signatures: in the envelope's order; may be empty.
    """

    payload: bytes
    payload_type: str
    signatures: tuple[Signature, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A payload that known keys have signed.

    Attributes:
        payload: the exact signed bytes.
        key_ids: ids of the keys whose signatures were checked, each once, in the envelope's order.
    """

    payload: bytes
    key_ids: tuple[str, ...]


def pae(payload_type: str, payload: bytes) -> bytes:
    """The pre-authentication encoding: the bytes that are signed."""
    kind = payload_type.encode("utf-8")
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def sign(payload: bytes, payload_type: str, signers: Sequence[SigningKey]) -> bytes:
    """A compact UTF-8 JSON envelope around `payload`, signed by each of `signers` in turn.

    Raises:
        ValueError: no signer, or the same one twice; the caller is wrong.
    """
    if not signers or len({signer.key_id for signer in signers}) != len(signers):
        raise ValueError("sign needs one or more different keys")
    message = pae(payload_type, payload)
    signatures = tuple(Signature(key_id=signer.key_id, value=signer.sign(message)) for signer in signers)
    return write(Envelope(payload=payload, payload_type=payload_type, signatures=signatures))


def write(envelope: Envelope) -> bytes:
    """The one form in which envelopes are written here; `peek` reads it back."""
    fields = {
        "payload": base64_text(envelope.payload),
        "payloadType": envelope.payload_type,
        "signatures": [
            {"keyid": signature.key_id, "sig": base64_text(signature.value)}
            for signature in envelope.signatures
        ],
    }
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def peek(envelope: bytes) -> Envelope:
    """Read an envelope without believing it: no signature is checked.

    Raises:
        MessageMalformedError: not an envelope by the rules of `strict_json` and of canonical base64.
    """
    fields = parse_object(envelope)
    signatures = fields.get("signatures")
    if not isinstance(signatures, list) or len(signatures) > MAX_SIGNATURES:
        raise MessageMalformedError(reason=f"签名应为不超过 {MAX_SIGNATURES} 个的列表")
    return Envelope(
        payload=base64_bytes_either(_text(fields, "payload")),
        payload_type=_text(fields, "payloadType"),
        signatures=tuple(_signature(signature) for signature in signatures),
    )


def verify(
    envelope: bytes,
    payload_type: str,
    keys: Mapping[str, VerifyKey] | Iterable[VerifyKey],
    *,
    required: Collection[str] = (),
) -> Verified:
    """The payload, once at least one of `keys` and each of `required` is shown to have signed it.

    Args:
        envelope: the envelope's exact bytes.
        payload_type: the only type that the caller can use.
        keys: the keys that the caller trusts for this type, or the same by the id that envelopes use.
        required: ids among `keys` that must all have signed.

    Raises:
        MessageMalformedError: it is not an envelope.
        PayloadTypeError: it carries another type.
        SignatureInvalidError: no signature at all, or a known key's signature is wrong.
        SignerUnknownError: none of the signatures is by one of `keys`.
        SignatureMissingError: one of `required` has not signed.
    """
    claimed = peek(envelope)
    if claimed.payload_type != payload_type:
        raise PayloadTypeError(expected=payload_type)
    if not claimed.signatures:
        raise SignatureInvalidError(reason="没有任何签名")
    known = dict(keys) if isinstance(keys, Mapping) else {key.key_id: key for key in keys}
    message = pae(payload_type, claimed.payload)
    signers = [_signer(signature, known, message) for signature in claimed.signatures]
    proven = tuple(dict.fromkeys(signer for signer in signers if signer is not None))
    if not proven:
        raise SignerUnknownError(key_id=_printable(claimed.signatures[0].key_id))
    for name in required:
        if name not in proven:
            raise SignatureMissingError(key_id=_printable(name))
    return Verified(payload=claimed.payload, key_ids=proven)


def _signer(signature: Signature, known: Mapping[str, VerifyKey], message: bytes) -> str | None:
    """The id of the known key that made `signature`, or None if it is nobody's that we know."""
    named = known.get(signature.key_id)
    if named is not None:
        named.verify(signature.value, message)
        return signature.key_id
    if len(known) > MAX_TRIED_KEYS:
        return None
    return next((name for name, key in known.items() if _fits(key, signature.value, message)), None)


def _fits(key: VerifyKey, signature: bytes, message: bytes) -> bool:
    try:
        key.verify(signature, message)
    except SignatureInvalidError:
        return False
    return True


def _signature(value: JsonValue) -> Signature:
    if not isinstance(value, dict):
        raise MessageMalformedError(reason="签名应为对象")
    hint = value.get("keyid", "")
    if not isinstance(hint, str):
        raise MessageMalformedError(reason="keyid 应为文本")
    return Signature(key_id=hint, value=base64_bytes_either(_text(value, "sig")))


def _text(fields: Mapping[str, JsonValue], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str):
        raise MessageMalformedError(reason=f"缺少 {name} 或它不是文本")
    return value


def _printable(key_id: str) -> str:
    """A key id fit for a message: the sender may have written anything there."""
    return key_id if _KEY_ID.fullmatch(key_id) else "编号不明"
