"""What the office tells one tablet, as values; each travels sealed to the device in a numbered message.

A decision about a record (accepted, or returned with notes) is also signed by its account: who decided
stays provable after the feed key has changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from inspector.domain import record_parts as parts
from inspector.domain.delivery import FEED_TYPE, FeedKind, FeedMessage, LogHead
from inspector.domain.enterprise import Enterprise
from inspector.domain.fields import Fields
from inspector.domain.numbering import Series
from inspector.domain.profile import IssuerProfile
from inspector.errors import RecordMalformedError
from inspector.trust import age, dsse
from inspector.trust.account_signature import verify_by_account
from inspector.trust.certificates import Certificate
from inspector.trust.keys import SigningKey
from inspector.trust.radix import base64_bytes, base64_text
from inspector.trust.statement import OfficeStatement
from inspector.trust.strict_json import canonical, parse_object
from inspector.work.more_time import MoreTime, more_time_from_json, more_time_to_json
from inspector.work.numbers import read_series, series_json
from inspector.work.own_forms import SignedForms, forms_from_json, forms_to_json
from inspector.work.packs import PackPart, part_from_json, part_to_json

DECISION_TYPE = "application/vnd.inspector.decision.v1+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """The console opened these entries, checked every hash in them, and keeps a copy: their SHA-256."""

    entries: tuple[str, ...]


class Outcome(StrEnum):
    """How the supervisor decided about a record."""

    ACCEPTED = "accepted"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemNote:
    """What the supervisor wants to see done about one item."""

    item: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A supervisor's decision about one record.

    Attributes:
        record: id of the record; `sha256` is its inner envelope's.
        note: for the whole record; `items` for single ones.
        account: id of the account that decided; `by` is that person's name.
    """

    outcome: Outcome
    record: str
    sha256: str
    note: str = ""
    items: tuple[ItemNote, ...] = ()
    account: str
    by: str
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedDecision:
    """A decision, its account's signature, and that account's certificate."""

    decision: Decision
    envelope: bytes
    certificate: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberBlock:
    """Document numbers that are one device's alone.

    Attributes:
        id: of this block; numbers that were given back come in another one later.
        series: whose numbers they are.
        template: how a number is printed.
        first, last: both included.
    """

    id: str
    series: Series
    template: str
    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberRecall:
    """The office wants these blocks' unused numbers back."""

    blocks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HolidayNotice:
    """A holiday table that the office took in, as its TOML text."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterpriseList:
    """The office's enterprises, in place of those it sent before."""

    enterprises: tuple[Enterprise, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeting:
    """Nothing new until the message's time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogReset:
    """The server was restored and lost leaves that nobody had mirrored: the log goes on from `head`."""

    head: LogHead


FeedBody = (
    Acknowledgement
    | LogReset
    | SignedDecision
    | NumberBlock
    | NumberRecall
    | HolidayNotice
    | MoreTime
    | EnterpriseList
    | IssuerProfile
    | Greeting
    | PackPart
    | SignedForms
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RawBody:
    """A body as it was written before, to be written again under another number."""

    kind: str
    json: bytes


def compose_message(
    body: FeedBody | RawBody,
    *,
    tenant: str,
    device: Certificate,
    n: int,
    prev: str,
    feed: SigningKey,
    at_ms: int,
    readers: Sequence[str] = (),
) -> bytes:
    """The envelope of message `n` to a device, sealed to it and signed by the office's feed key.

    Args:
        readers: further recipients: a console that was put back from a backup reads what it had said.

    Raises:
        KeyMalformedError: the device has no recipient.
    """
    message = FeedMessage(
        tenant=tenant,
        device=device.id,
        n=n,
        prev=prev,
        at_ms=at_ms,
        kind=body.kind if isinstance(body, RawBody) else kind_of(body).value,
        body=age.encrypt(
            body.json if isinstance(body, RawBody) else canonical(_to_json(body)),
            [device.recipient or "", *readers],
        ),
    )
    return dsse.sign(canonical(message.to_payload()), FEED_TYPE, [feed])


def read_body(message: FeedMessage, identities: Sequence[str], statement: OfficeStatement) -> FeedBody | None:
    """What a verified message says; None for a kind that this version does not know.

    Raises:
        TrustError: it is not sealed to this device, or the account that decided is not the office's.
        FormatError: it cannot be read.
    """
    if message.kind not in {kind.value for kind in FeedKind}:
        return None
    json = parse_object(age.decrypt(message.body, identities))
    match FeedKind(message.kind):
        case FeedKind.ACK:
            return _to_acknowledgement(json)
        case FeedKind.ACCEPT | FeedKind.RETURN:
            return _to_decision(json, statement)
        case FeedKind.NUMBERS:
            return _to_numbers(json)
        case FeedKind.RECALL:
            with Fields(json, "recall") as field:
                return NumberRecall(blocks=field.texts("blocks"))
        case FeedKind.CALENDAR:
            with Fields(json, "calendar") as field:
                return HolidayNotice(text=field.text("calendar"))
        case FeedKind.DEADLINES:
            return more_time_from_json(json)
        case FeedKind.ENTERPRISES:
            with Fields(json, "enterprises") as field:
                return EnterpriseList(enterprises=field.listing("enterprises", parts.to_enterprise))
        case FeedKind.ISSUER:
            return IssuerProfile.from_record(json)
        case FeedKind.LOG_RESET:
            return LogReset(head=LogHead.from_payload(json))
        case FeedKind.PACK:
            return part_from_json(json, statement)
        case FeedKind.FORMS:
            return forms_from_json(json, statement)
        case FeedKind.HELLO:
            with Fields(json, "hello"):
                return Greeting()
        case _:
            return None


def kind_of(body: FeedBody) -> FeedKind:
    """The message kind that carries a body."""
    match body:
        case Acknowledgement():
            return FeedKind.ACK
        case SignedDecision():
            accepted = body.decision.outcome is Outcome.ACCEPTED
            return FeedKind.ACCEPT if accepted else FeedKind.RETURN
        case NumberBlock():
            return FeedKind.NUMBERS
        case NumberRecall():
            return FeedKind.RECALL
        case HolidayNotice():
            return FeedKind.CALENDAR
        case MoreTime():
            return FeedKind.DEADLINES
        case EnterpriseList():
            return FeedKind.ENTERPRISES
        case IssuerProfile():
            return FeedKind.ISSUER
        case LogReset():
            return FeedKind.LOG_RESET
        case PackPart():
            return FeedKind.PACK
        case SignedForms():
            return FeedKind.FORMS
        case Greeting():
            return FeedKind.HELLO


def sign_decision(decision: Decision, *, key: SigningKey, certificate: bytes) -> SignedDecision:
    """A decision under its account's key."""
    envelope = dsse.sign(canonical(_from_decision(decision)), DECISION_TYPE, [key])
    return SignedDecision(decision=decision, envelope=envelope, certificate=certificate)


def verify_decision(envelope: bytes, certificate: bytes, statement: OfficeStatement) -> SignedDecision:
    """The decision in `envelope`, once an account of this office is shown to have signed it.

    Raises:
        TrustError: the certificate is not the office's, not an account's, or not that of the signer.
        FormatError: it cannot be read.
    """
    payload, account = verify_by_account(envelope, DECISION_TYPE, certificate, statement)
    decision = _read_decision(parse_object(payload))
    if account != decision.account:
        raise RecordMalformedError(reason="审核决定与签名的账号不符")
    return SignedDecision(decision=decision, envelope=envelope, certificate=certificate)


def _to_json(body: FeedBody) -> Mapping[str, object]:
    match body:
        case Acknowledgement():
            return {"entries": list(body.entries)}
        case SignedDecision():
            return {"decision": base64_text(body.envelope), "certificate": base64_text(body.certificate)}
        case NumberBlock():
            return {
                "id": body.id,
                **series_json(body.series),
                "template": body.template,
                "first": body.first,
                "last": body.last,
            }
        case NumberRecall():
            return {"blocks": list(body.blocks)}
        case HolidayNotice():
            return {"calendar": body.text}
        case MoreTime():
            return more_time_to_json(body)
        case EnterpriseList():
            return {"enterprises": [parts.from_enterprise(one) for one in body.enterprises]}
        case IssuerProfile():
            return body.to_record()
        case LogReset():
            return body.head.to_payload()
        case PackPart():
            return part_to_json(body)
        case SignedForms():
            return forms_to_json(body)
        case Greeting():
            return {}


def _to_acknowledgement(json: object) -> Acknowledgement:
    with Fields(json, "ack") as field:
        return Acknowledgement(entries=field.texts("entries"))


def _to_numbers(json: object) -> NumberBlock:
    with Fields(json, "numbers") as field:
        block = NumberBlock(
            id=field.text("id"),
            series=read_series(field),
            template=field.text("template"),
            first=field.integer("first"),
            last=field.integer("last"),
        )
    if not 1 <= block.first <= block.last:
        raise RecordMalformedError(reason="文书号段的起止不对")
    return block


def _to_decision(json: object, statement: OfficeStatement) -> SignedDecision:
    with Fields(json, "decision") as field:
        envelope = base64_bytes(field.text("decision"))
        certificate = base64_bytes(field.text("certificate"))
    return verify_decision(envelope, certificate, statement)


def _from_decision(value: Decision) -> Mapping[str, object]:
    return {
        "v": 1,
        "outcome": value.outcome.value,
        "record": value.record,
        "sha256": value.sha256,
        "note": value.note,
        "items": [{"item": one.item, "note": one.note} for one in value.items],
        "account": value.account,
        "by": value.by,
        "at_ms": value.at_ms,
    }


def _read_decision(json: object) -> Decision:
    with Fields(json, "decision") as field:
        field.version(1)
        return Decision(
            outcome=field.one_of("outcome", Outcome),
            record=field.text("record"),
            sha256=field.text("sha256"),
            note=field.text("note"),
            items=field.listing("items", _read_item_note),
            account=field.text("account"),
            by=field.text("by"),
            at_ms=field.integer("at_ms"),
        )


def _read_item_note(json: object) -> ItemNote:
    with Fields(json, "item note") as field:
        return ItemNote(item=field.text("item"), note=field.text("note"))
