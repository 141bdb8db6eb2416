"""What the office says in public about a notice it issued: state, dates and hashes, signed and sealed.

* Signed by the office's feed key, so that neither the server nor whoever holds the paper can write another
  state; sealed under the key in the notice's address, so that the server cannot read it.
* It carries the office's statement and the device's certificate, so that a browser can follow the chain from
  the root to the token's signature by itself.
* Each registration of a notice has a higher version than the one before. An older one that is put back shows
  to whoever has seen a newer one, and to nobody else: no scheme can do better without a third party.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from inspector.domain.access import Access
from inspector.domain.message_fields import MessageFields
from inspector.domain.notice import Notice
from inspector.domain.notice_parts import NoticeFinding
from inspector.domain.working_days import Deadline
from inspector.errors import EntryDisagreesError, RegistrationTooLongError
from inspector.trust import dsse
from inspector.trust.keys import SigningKey, VerifyKey
from inspector.trust.registration import MOST_CONTENT, open_registration, seal_registration
from inspector.trust.strict_json import canonical, parse_object

REGISTRATION_TYPE = "application/vnd.inspector.registration.v1+json"
FORMAT = 1
REASON_CAP = 200
"""Characters of the reason that anybody with the paper may read."""
_TEXT_CAPS = (2000, 400, 200, 100, 60, 30, 15, 8, 5, 0)
"""With the last one, the most findings that a notice has fit, each with a deadline that was moved."""


class PublicState(StrEnum):
    """Where a notice stands. That a deadline has passed is no state: whoever reads it compares dates."""

    IN_FORCE = "in-force"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"

    @property
    def word(self) -> str:
        """The state's name on screens."""
        return _WORDS[self]


_WORDS = {
    PublicState.IN_FORCE: "有效",
    PublicState.REPLACED: "已被替代",
    PublicState.WITHDRAWN: "已撤回",
    PublicState.CLOSED: "已办结",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicFinding:
    """A finding as the page shows it; long texts are cut or left out, visibly, the paper has them whole.

    Attributes:
        deadline: the one that stands now.
        printed: the one on the paper; another than `deadline` where more time was granted.
    """

    ordinal: int
    facts: str
    requirement: str
    deadline: Deadline | None
    printed: Deadline | None

    @classmethod
    def of(cls, finding: NoticeFinding, deadline: Deadline | None) -> PublicFinding:
        """The finding of a notice, with the deadline that stands now."""
        return cls(
            ordinal=finding.ordinal,
            facts=finding.facts,
            requirement=finding.requirement,
            deadline=deadline,
            printed=finding.deadline,
        )

    def to_payload(self, cap: int) -> list[object]:
        """Ordinal, facts, requirement, deadline and what was printed, the texts cut to `cap` characters.

        Pages of an earlier version read the first four and pass over the rest.
        """
        texts = [_cut(self.facts, cap), _cut(self.requirement, cap)]
        printed = None if self.printed == self.deadline else self.printed
        return [self.ordinal, *texts, *_day(self.deadline), *_day(printed)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """One version of what is said about a notice.

    Attributes:
        version: from 1; a later one counts on.
        at_ms: when this version was written.
        title: as it stands at the top of the paper.
        digest: SHA-256 of the canonical notice, hexadecimal.
        since_ms: since when the state holds.
        reason: why it was withdrawn, replaced or closed; may be empty.
        replaced_by: number of the notice in its place; empty unless replaced.
        pdf_sha256: of the PDF that was handed over.
        office_copy_sha256: of the office's signed copy; empty while there is none.
    """

    tenant: str
    public_id: str
    version: int
    at_ms: int
    title: str
    number: str
    issuer: str
    enterprise: str
    issued_on: str
    digest: str
    state: PublicState
    since_ms: int
    reason: str = ""
    replaced_by: str = ""
    pdf_sha256: str
    office_copy_sha256: str = ""
    contact: tuple[str, str] = ("", "")
    findings: tuple[PublicFinding, ...] = ()

    @classmethod
    def of_notice(
        cls,
        notice: Notice,
        *,
        title: str,
        due: Mapping[int, Deadline],
        tenant: str,
        version: int,
        at_ms: int,
        digest: str,
        state: PublicState,
        since_ms: int,
        reason: str,
        replaced_by: str,
        pdf_sha256: str,
        office_copy_sha256: str,
    ) -> Registration:
        """Where a notice stands, beside what the notice itself says.

        Args:
            due: the deadline of each finding that has one, by ordinal, after what was granted.
        """
        contact = notice.contact
        return cls(
            tenant=tenant,
            public_id=notice.public_id,
            version=version,
            at_ms=at_ms,
            digest=digest,
            state=state,
            since_ms=since_ms,
            reason=reason,
            replaced_by=replaced_by,
            pdf_sha256=pdf_sha256,
            office_copy_sha256=office_copy_sha256,
            title=title,
            number=notice.number or "",
            issuer=notice.issuer_name,
            enterprise=notice.enterprise.name,
            issued_on=notice.issued_on.isoformat(),
            contact=(contact.name, contact.phone) if contact else ("", ""),
            findings=tuple(PublicFinding.of(one, due.get(one.ordinal)) for one in notice.findings),
        )

    def to_payload(self, cap: int = _TEXT_CAPS[0]) -> dict[str, object]:
        """The JSON object that is signed, its findings' texts cut to `cap` characters."""
        return {
            "v": FORMAT,
            "tenant": self.tenant,
            "public_id": self.public_id,
            "version": self.version,
            "at_ms": self.at_ms,
            "title": self.title,
            "number": self.number,
            "issuer": self.issuer,
            "enterprise": self.enterprise,
            "issued_on": self.issued_on,
            "digest": self.digest,
            "state": self.state.value,
            "since_ms": self.since_ms,
            "reason": self.reason,
            "replaced_by": self.replaced_by,
            "pdf_sha256": self.pdf_sha256,
            "office_copy_sha256": self.office_copy_sha256,
            "contact": {"name": self.contact[0], "phone": self.contact[1]},
            "findings": [finding.to_payload(cap) for finding in self.findings],
        }


def box_of(
    registration: Registration, *, statement: bytes, certificate: bytes, feed: SigningKey, key: bytes
) -> bytes:
    """The registration, signed and sealed: what the server keeps.

    Args:
        statement: the office statement's envelope.
        certificate: the envelope of the device's certificate.
        key: the registration's key, from the notice's access.

    Raises:
        RegistrationTooLongError: it does not fit even without its findings' texts.
    """
    for cap in _TEXT_CAPS:
        signed = dsse.sign(canonical(registration.to_payload(cap)), REGISTRATION_TYPE, [feed])
        content = canonical(
            {
                "v": FORMAT,
                "statement": statement.decode("utf-8"),
                "certificate": certificate.decode("utf-8"),
                "registration": signed.decode("utf-8"),
            }
        )
        if len(content) <= MOST_CONTENT:
            return seal_registration(content, key=key, public_id=registration.public_id)
    raise RegistrationTooLongError()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a registration that this office once signed says about a notice; see `Registration`."""

    version: int
    state: PublicState
    since_ms: int
    reason: str
    replaced_by: str
    office_copy_sha256: str


def read_box(box: bytes, *, key: bytes, public_id: str, feed: VerifyKey) -> Standing:
    """What a sealed registration says.

    Raises:
        TrustError: it is another notice's, or not under this feed key.
        FormatError: it cannot be read.
    """
    outside = parse_object(open_registration(box, key=key, public_id=public_id), max_bytes=MOST_CONTENT)
    envelope = MessageFields.loosely(outside, "文书登记", "registration").text(
        "registration", most=MOST_CONTENT
    )
    payload = dsse.verify(envelope.encode("utf-8"), REGISTRATION_TYPE, [feed]).payload
    names = "public_id version state since_ms reason replaced_by office_copy_sha256"
    fields = MessageFields.loosely(parse_object(payload, max_bytes=MOST_CONTENT), "文书登记", names)
    if fields.text("public_id") != public_id or fields.text("state") not in set(PublicState):
        raise fields.wrong("public_id")
    return Standing(
        version=fields.number("version", least=1),
        state=PublicState(fields.text("state")),
        since_ms=fields.number("since_ms"),
        reason=fields.text("reason"),
        replaced_by=fields.text("replaced_by"),
        office_copy_sha256=fields.text("office_copy_sha256"),
    )


def access_of(value: object, notice: Notice) -> Access | None:
    """The access that a notice's entry carries; None where the office had no public address.

    Raises:
        EntryDisagreesError: it is another notice's.
        RecordMalformedError, AccessMalformedError, ReplyCodeMistypedError: it is none.
    """
    access = None if value is None else Access.from_record(value)
    if access is not None and access.public_id != notice.public_id:
        raise EntryDisagreesError(reason="公开地址属于另一份文书")
    return access


def _day(deadline: Deadline | None) -> tuple[str, int]:
    """The day, and the year whose holidays it still waits for; empty and 0 for none."""
    return (deadline.date.isoformat(), deadline.unsettled_year) if deadline else ("", 0)


def _cut(text: str, cap: int) -> str:
    if len(text) <= cap:
        return text
    return text[: cap - 1] + "…" if cap else ""
