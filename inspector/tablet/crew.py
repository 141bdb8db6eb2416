"""Who this tablet is and who works with it: its keys, the inspectors, and whose keys are unlocked now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from inspector.domain.inspection import Inspection, Inspector
from inspector.errors import NotEnrolledError
from inspector.store.memory import DeviceMemory
from inspector.trust import age
from inspector.trust.certificates import Details
from inspector.trust.enrolment import Applicant, Certified, EnrolmentRequest
from inspector.trust.keys import SigningKey
from inspector.trust.radix import base64_bytes, base64_text
from inspector.trust.statement import OfficeStatement, verify_statement
from inspector.work.seal import DeviceSeal, Signer

INSPECTORS = "inspectors"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceIdentity:
    """The tablet's own keys; they never leave its encrypted journal.

    Attributes:
        identity: the age identity with which the tablet opens what is sealed to it.
    """

    id: str
    label: str
    key: SigningKey
    identity: str

    @property
    def recipient(self) -> str:
        """The public half of `identity`."""
        return age.recipient_of(self.identity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One inspector of this tablet.

    Attributes:
        key_id: of the certified signing key; None until the office has certified it.
        details: what the certificate commits to.
    """

    id: str
    name: str
    number: str
    role: str = ""
    key_id: str | None = None
    details: Mapping[str, str] | None = None

    def as_inspector(self) -> Inspector:
        """The member as an inspection names them."""
        return Inspector(id=self.id, name=self.name, number=self.number, key_id=self.key_id)


class Crew:
    """The device and its inspectors.

    Args:
        memory: the unlocked store.
        app: version of this program.
    """

    def __init__(self, memory: DeviceMemory, *, app: str) -> None:
        self._memory, self._app = memory, app
        self._keys: dict[str, SigningKey] = {}
        self.current: str | None = None

    # --- The device ---

    def device(self) -> DeviceIdentity | None:
        """The tablet's identity; None before `create_device`."""
        fact = self._memory.fact("device")
        if fact is None:
            return None
        return DeviceIdentity(
            id=str(fact["id"]),
            label=str(fact["label"]),
            key=SigningKey(base64_bytes(str(fact["seed"]))),
            identity=str(fact["identity"]),
        )

    def create_device(self, *, id: str, label: str) -> DeviceIdentity:
        """Give the tablet its keys; the same ones again when it has them."""
        known = self.device()
        if known is not None:
            return known
        made = DeviceIdentity(id=id, label=label, key=SigningKey.generate(), identity=age.generate_identity())
        seed = base64_text(made.key.seed)
        self._memory.put_fact("device", {"id": id, "label": label, "seed": seed, "identity": made.identity})
        return made

    def statement(self) -> OfficeStatement | None:
        """The office's statement; None before enrolment."""
        envelope = self._memory.statement()
        return verify_statement(envelope, None) if envelope else None

    @property
    def is_enrolled(self) -> bool:
        """The office has certified this tablet."""
        return self._memory.fact("certificate") is not None

    def seal(self) -> DeviceSeal:
        """What this tablet signs and seals with.

        Raises:
            NotEnrolledError: the office has not certified it.
        """
        device, statement = self.device(), self.statement()
        if device is None or statement is None or not self.is_enrolled:
            raise NotEnrolledError()
        return DeviceSeal(
            tenant=statement.tenant,
            device=device.id,
            key=device.key,
            recipients=(*statement.sealing_recipients, device.recipient),
            app=self._app,
        )

    # --- The inspectors ---

    def members(self) -> tuple[Member, ...]:
        """The inspectors of this tablet, by name."""
        members = [_to_member(key, row) for key, row in self._memory.rows(INSPECTORS).items()]
        return tuple(sorted(members, key=lambda member: (member.name, member.id)))

    def member(self, id: str) -> Member | None:
        """One inspector."""
        row = self._memory.rows(INSPECTORS).get(id)
        return _to_member(id, row) if row else None

    def enter(self, member: Member) -> None:
        """Keep an inspector's particulars."""
        self._memory.put_rows(INSPECTORS, {member.id: _from_member(member)})

    def unlock(self, id: str, key: SigningKey, *, makes_current: bool = True) -> None:
        """An inspector's key is unlocked: they may sign until `lock`."""
        self._keys[id] = key
        if makes_current:
            self.current = id

    def lock(self, id: str | None = None) -> None:
        """Forget one inspector's key, or everybody's."""
        for each in [id] if id else list(self._keys):
            self._keys.pop(each, None)
        if id is None or id == self.current:
            self.current = None

    def is_unlocked(self, id: str) -> bool:
        """Whether the inspector's key can sign now."""
        return id in self._keys

    def key_of(self, id: str) -> SigningKey | None:
        """The inspector's unlocked key."""
        return self._keys.get(id)

    def signers(self, inspection: Inspection) -> tuple[Signer, ...]:
        """The inspectors of an inspection who will sign with their keys: unlocked and certified."""
        signers = []
        for one in inspection.inspectors:
            member, key = self.member(one.id), self._keys.get(one.id)
            if member and key and member.details and member.key_id == one.key_id == key.key_id:
                signers.append(Signer(inspector=one.id, key=key, details=member.details))
        return tuple(signers)

    # --- Enrolment ---

    def request(self, device: DeviceIdentity) -> tuple[EnrolmentRequest, tuple[SigningKey, ...]]:
        """What the office is asked to certify: this tablet and the inspectors whose keys are unlocked."""
        applicants, keys = [], [device.key]
        for member in self.members():
            key = self._keys.get(member.id)
            if key is not None:
                details = Details.new(name=member.name, number=member.number, role=member.role)
                applicants.append(Applicant(id=member.id, key=key.public, details=details))
                keys.append(key)
        own = Applicant(
            id=device.id,
            key=device.key.public,
            recipient=device.recipient,
            details=Details.new(name=device.label),
        )
        return EnrolmentRequest(device=own, inspectors=tuple(applicants)), tuple(keys)

    def certified(self, statement: bytes, granted: tuple[Certified, ...]) -> None:
        """Keep what the office certified: statement, the tablet's certificate, the inspectors'."""
        rows: dict[str, Mapping[str, object] | None] = {}
        for one in granted[1:]:
            member = self.member(one.certificate.id)
            if member is not None:
                kept = Member(
                    id=member.id,
                    name=one.details.name,
                    number=one.details.number,
                    role=one.details.role,
                    key_id=one.certificate.key.key_id,
                    details=one.details.to_payload(),
                )
                rows[member.id] = _from_member(kept) | {"certificate": one.envelope.decode("utf-8")}
        self._memory.put_rows(INSPECTORS, rows)
        self._memory.pin_statement(statement)
        self._memory.put_fact("certificate", {"envelope": granted[0].envelope.decode("utf-8")})

    def certificates(self) -> dict[str, bytes]:
        """The envelopes that let a stranger check this tablet's notices, by file name."""
        found = {"office-statement.json": self._memory.statement()}
        fact = self._memory.fact("certificate")
        if fact is not None:
            found["device-certificate.json"] = str(fact["envelope"]).encode("utf-8")
        return found


def _from_member(member: Member) -> dict[str, object]:
    return {
        "name": member.name,
        "number": member.number,
        "role": member.role,
        "key_id": member.key_id,
        "details": dict(member.details) if member.details else None,
    }


def _to_member(id: str, row: Mapping[str, object]) -> Member:
    details = cast("Mapping[str, str] | None", row["details"])
    return Member(
        id=id,
        name=str(row["name"]),
        number=str(row["number"]),
        role=str(row["role"]),
        key_id=cast("str | None", row["key_id"]),
        details=details,
    )
