"""Envelopes on their way to the office without the base64 around their payload.

A payload that is text travels as text: compressed, its base64 would still cost a quarter more than what is in
it. Only an envelope whose exact bytes follow from what it says is opened; any other goes as base64 of itself.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping

from inspector.domain.message_fields import MessageFields
from inspector.errors import MessageMalformedError
from inspector.sync import protocol
from inspector.trust import dsse

_WHERE = "信封"
_MAX_TYPE = 256


def opened(envelope: bytes) -> object:
    """The JSON value that stands for this envelope in a batch."""
    try:
        said = dsse.peek(envelope)
        payload = said.payload.decode("utf-8")
    except (MessageMalformedError, UnicodeDecodeError):
        return _base64(envelope)
    if dsse.write(said) != envelope:
        return _base64(envelope)
    signatures = [{"keyid": each.key_id, "sig": _base64(each.value)} for each in said.signatures]
    return {"payload": payload, "payloadType": said.payload_type, "signatures": signatures}


def reclosed(value: object) -> bytes:
    """The envelope that `value` stands for, byte for byte.

    Raises:
        MessageMalformedError: it stands for none.
    """
    if not isinstance(value, Mapping):
        return MessageFields({_WHERE: value}, "记录批次").octets(_WHERE)
    fields = MessageFields.of(value, _WHERE, "payload payloadType signatures")
    said = dsse.Envelope(
        payload=fields.text("payload", most=protocol.MAX_ENVELOPE_BYTES).encode("utf-8"),
        payload_type=fields.text("payloadType", most=_MAX_TYPE),
        signatures=tuple(map(_signature, fields.listing("signatures", most=dsse.MAX_SIGNATURES))),
    )
    return dsse.write(said)


def _signature(value: object) -> dsse.Signature:
    fields = MessageFields.of(value, "签名", "keyid sig")
    return dsse.Signature(key_id=fields.text("keyid", most=_MAX_TYPE), value=fields.octets("sig"))


def _base64(data: bytes) -> str:
    return b64encode(data).decode("ascii")
