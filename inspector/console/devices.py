"""Tablets at the console: enrol them, equip them with what they need, revoke them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass

from inspector.console.accounts import Act, LoggedIn
from inspector.console.desk import Desk
from inspector.console.granted import Granted, Grants
from inspector.console.keys import ISSUING
from inspector.console.packs import InField, in_field, send_newest
from inspector.domain.delivery import EntryStatus
from inspector.domain.issuer import IssuerKind, NoticeKind, kinds_of
from inspector.domain.working_days import china_date
from inspector.errors import (
    EnrolmentForgedError,
    EnrolmentMisdirectedError,
    EnrolmentSpentError,
    EnrolmentUnknownError,
    EntryRefusedError,
    IllegalMoveError,
    OfficeAnswerError,
    RecordUnknownError,
)
from inspector.trust.certificates import (
    NO_GOOD_DELIVERY,
    Certificate,
    HolderKind,
    Revocation,
    RevocationReason,
    issue_revocation,
    verify_certificate,
)
from inspector.work import enrol
from inspector.work.feed import EnterpriseList, NumberBlock
from inspector.work.ports import Alarm

BLOCK = 50
"""Numbers in one block."""
LEAST = 20
"""A tablet with fewer unused numbers of a kind gets another block."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumbersLeft:
    """Document numbers of one kind: how many a tablet was given this year, and how many it has not used."""

    kind: NoticeKind
    given: int
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRow:
    """One tablet.

    Attributes:
        people: its inspectors, with their numbers where they have one.
        entries: how many entries of it are in the log; `last_ms` is when the newest one arrived.
        numbers: of this year, by kind of document.
        pack: the checklists that it uses.
    """

    id: str
    label: str
    key_id: str
    people: tuple[str, ...]
    enrolled_ms: int
    revoked_ms: int | None
    entries: int
    last_ms: int | None
    numbers: tuple[NumbersLeft, ...]
    pack: InField


class Devices:
    """The tablets of one office.

    Args:
        templates: how numbers are printed, by kind of issuer and of document.
    """

    def __init__(self, desk: Desk, templates: Mapping[IssuerKind, Mapping[NoticeKind, str]]) -> None:
        self._desk, self._templates = desk, templates
        self._grants: dict[tuple[str, frozenset[str]], enrol.Grant] = {}

    def all(self) -> tuple[DeviceRow, ...]:
        """Every tablet, newest first."""
        rows = self._desk.database.rows("SELECT * FROM devices ORDER BY enrolled_ms DESC")
        return tuple(self._row(row["id"]) for row in rows)

    # --- Enrolling ---

    def invite(self, logged_in: LoggedIn) -> enrol.Invited:
        """Lay out an invitation: a code for fifteen minutes.

        Raises:
            NotPermittedError: no administrator.
            DeskClockError: this machine's clock is behind the server's.
            AvailabilityError: the server could not be reached.
        """
        logged_in.account.must(Act.MANAGE)
        invited = enrol.invite(
            self._desk.url,
            statement=self._desk.statement_envelope,
            box=self._desk.office,
            now_ms=self._desk.clock(),
        )
        self._desk.note(logged_in, "invite-device", invited.invitation.id)
        return invited

    def look(self, invited: enrol.Invited) -> enrol.Applied:
        """Who has answered the invitation.

        Raises:
            EnrolmentPendingError: nobody yet.
            EnrolmentForgedError, EnrolmentMisdirectedError: somebody on the way put another request there;
                that is an alarm too.
        """
        try:
            return enrol.look(invited, box=self._desk.office)
        except (EnrolmentForgedError, EnrolmentMisdirectedError) as error:
            alarm = Alarm.of(error, self._desk.clock(), invited.invitation.id)
            self._desk.copy.raise_alarm(alarm)
            raise

    def confirm(self, logged_in: LoggedIn, applied: enrol.Applied, inspectors: Collection[str]) -> None:
        """The digits agree: certify the tablet and these inspectors, and equip it.

        After a lost answer, call it again with the same inspectors: the same bytes go out once more.

        Raises:
            NotPermittedError: no administrator.
            EnrolmentRefusedError, AvailabilityError: as `enrol.confirm`.
            EnrolmentSpentError: too late, or the tablet was granted to other inspectors already.
        """
        logged_in.account.must(Act.MANAGE)
        grant = self._grant_for(applied, frozenset(inspectors))
        self._granted.keep(grant, login=logged_in.account.login)
        enrol.confirm(grant, box=self._desk.office)
        self._settle(applied.request.device.id)

    def recover(self) -> int:
        """Finish what a program that ended too early had begun; how many tablets that was.

        Raises:
            AvailabilityError: the server could not be reached.
        """
        found = tuple(self._granted.logged())
        for granted in found:
            # Once the letter box is closed, a tablet that has not fetched its certificates asks anew.
            with suppress(EnrolmentSpentError, EnrolmentUnknownError):
                self._desk.office.put_response(granted.invitation, granted.response)
            self._settle(granted.device)
        return len(found)

    @property
    def _granted(self) -> Grants:
        return Grants(self._desk.database)

    def _settle(self, id: str) -> None:
        """Know the tablet from now on, and equip it if it is new."""
        database = self._desk.database
        with database.at_once():
            granted = self._granted.of(id)
            if granted is None:
                return
            device = verify_certificate(granted.certified[0][0], self._desk.statement)
            is_new = database.row("SELECT id FROM devices WHERE id = ?", device.id) is None
            self._keep(granted, device)
            self._desk.audit.note(
                account=granted.login, act="enrol-device", object=device.id, at_ms=self._desk.clock()
            )
            if is_new:
                self._equip(device)
            self._granted.done(id)

    def withdraw(self, logged_in: LoggedIn, invited: enrol.Invited) -> None:
        """Take an invitation back.

        Raises:
            NotPermittedError: no administrator.
            AvailabilityError: the server could not be reached; the code runs out by itself.
        """
        logged_in.account.must(Act.MANAGE)
        enrol.withdraw(invited, box=self._desk.office)
        self._desk.note(logged_in, "withdraw-invitation", invited.invitation.id)

    # --- Revoking ---

    def revoke(self, logged_in: LoggedIn, device: str, reason: RevocationReason) -> None:
        """Take a tablet's key out of use; what it sent so far stays valid, anything later is quarantined.

        What the server has of it is taken in first, so that nothing that arrived in time is shut out.

        Raises:
            NotPermittedError: no administrator.
            RecordUnknownError: there is no such tablet.
            IllegalMoveError: it is revoked already.
            EntryRefusedError: the server did not take the revocation.
            AvailabilityError: the log could not be reached; nothing was changed.
        """
        logged_in.account.must(Act.MANAGE)
        row = self._desk.database.row("SELECT key_id, revoked_ms FROM devices WHERE id = ?", device)
        if row is None:
            raise RecordUnknownError(id=device[:12])
        if row["revoked_ms"] is not None:
            raise IllegalMoveError(reason="这台平板已经停用")
        self._desk.run()
        last = self._desk.database.row(
            "SELECT seq, sha256 FROM entries WHERE device = ? AND genuine = 1 ORDER BY idx DESC LIMIT 1",
            device,
        )
        revocation = Revocation(
            tenant=self._desk.statement.tenant,
            key_id=row["key_id"],
            last_good_seq=last["seq"] if last else 0,
            last_good_sha256=last["sha256"] if last else NO_GOOD_DELIVERY,
            reason=reason,
            at_ms=self._desk.clock(),
        )
        envelope = issue_revocation(revocation, self._desk.keys.signing[ISSUING])
        self._append(envelope)
        with self._desk.database.at_once():
            self._desk.database.do(
                "UPDATE devices SET revoked_ms = ? WHERE id = ?", self._desk.clock(), device
            )
            self._desk.note(logged_in, "revoke-device", device)

    def _append(self, envelope: bytes) -> None:
        results = self._desk.office.send_entries([envelope])
        if len(results) != 1:
            raise OfficeAnswerError(reason="没有给出停用的结果")
        if results[0].status not in (EntryStatus.ACCEPTED, EntryStatus.DUPLICATE):
            problem = results[0].problem
            raise EntryRefusedError(reason=problem.message.rstrip("。") if problem else "未说明")

    # --- Numbers ---

    def numbers(self, device: str) -> tuple[NumbersLeft, ...]:
        """What a tablet was given this year and has left, by kind of document."""
        year = china_date(self._desk.clock()).year
        return tuple(
            NumbersLeft(
                kind=kind, given=self._given(device, kind, year), left=self._unused(device, kind, year)
            )
            for kind in self._kinds()
        )

    def top_up(self) -> int:
        """Give further numbers to tablets that run short; how many blocks were given."""
        year = china_date(self._desk.clock()).year
        given = 0
        for certificate in self._desk.device_certificates().values():
            for kind in self._kinds():
                if self._unused(certificate.id, kind, year) < LEAST:
                    self._grant(certificate, kind, year)
                    given += 1
        return given

    def _equip(self, device: Certificate) -> None:
        profile = self._desk.issuer()
        if profile is not None:
            self._desk.tell(device, profile)
        enterprises = self._desk.enterprises()
        if enterprises:
            self._desk.tell(device, EnterpriseList(enterprises=enterprises))
        send_newest(self._desk, device)
        year = china_date(self._desk.clock()).year
        for kind in self._kinds():
            self._grant(device, kind, year)

    def _kinds(self) -> tuple[NoticeKind, ...]:
        profile = self._desk.issuer()
        return tuple(sorted(kinds_of(profile.kind))) if profile else ()

    def _grant(self, device: Certificate, kind: NoticeKind, year: int) -> None:
        database = self._desk.database
        with database.at_once():
            row = database.row("SELECT next FROM series WHERE series = ? AND year = ?", kind.value, year)
            first = int(row["next"]) if row else 1
            database.put("series", {"series": kind.value, "year": year, "next": first + BLOCK})
            granted = self._given(device.id, kind, year)
            database.put_fact(f"numbers {device.id} {kind.value} {year}", granted + BLOCK)
            block = NumberBlock(
                series=kind.value,
                template=self._template(kind),
                year=year,
                first=first,
                last=first + BLOCK - 1,
            )
            self._desk.tell(device, block)

    def _template(self, kind: NoticeKind) -> str:
        profile = self._desk.issuer()
        if profile is None:
            raise IllegalMoveError(reason="请先填写签发机关")
        return self._templates[profile.kind][kind]

    def _given(self, device: str, kind: NoticeKind, year: int) -> int:
        return int(self._desk.database.fact(f"numbers {device} {kind.value} {year}") or 0)

    def _unused(self, device: str, kind: NoticeKind, year: int) -> int:
        used = self._desk.database.row(
            "SELECT COUNT(*) AS n FROM notices n JOIN entries e ON e.sha256 = n.entry"
            " WHERE e.device = ? AND n.kind = ? AND n.number IS NOT NULL AND n.issued_on LIKE ?",
            device,
            kind.value,
            f"{year}-%",
        )
        return self._given(device, kind, year) - (int(used["n"]) if used else 0)

    def _grant_for(self, applied: enrol.Applied, inspectors: frozenset[str]) -> enrol.Grant:
        """Certificates for these, the same ones as long as this program runs."""
        key = (applied.invited.invitation.id, inspectors)
        known = self._grants.get(key)
        if known is None or known.applied.sealed != applied.sealed:
            known = self._grants[key] = enrol.certify(
                applied,
                inspectors=inspectors,
                statement=self._desk.statement,
                issuing=self._desk.keys.signing[ISSUING],
                now_ms=self._desk.clock(),
            )
        return known

    def _keep(self, grant: Granted, device: Certificate) -> None:
        envelope, details = grant.certified[0]
        known = self._desk.database.row("SELECT enrolled_ms FROM devices WHERE id = ?", device.id)
        row = {
            "id": device.id,
            "label": details.name,
            "key_id": device.key.key_id,
            "certificate": envelope,
            "enrolled_ms": known["enrolled_ms"] if known else self._desk.clock(),
            "revoked_ms": None,
        }
        self._desk.database.put("devices", row)
        for certificate_envelope, person in grant.certified[1:]:
            certificate = verify_certificate(certificate_envelope, self._desk.statement)
            if certificate.kind is HolderKind.INSPECTOR:
                row = {
                    "id": certificate.id,
                    "device": device.id,
                    "name": person.name,
                    "number": person.number,
                    "key_id": certificate.key.key_id,
                }
                self._desk.database.put("people", row)

    def _row(self, id: str) -> DeviceRow:
        database = self._desk.database
        row = database.row("SELECT * FROM devices WHERE id = ?", id) or {}
        people = database.rows("SELECT name, number FROM people WHERE device = ? ORDER BY name", id)
        seen = database.row("SELECT COUNT(*) AS n, MAX(arrived_ms) AS last FROM entries WHERE device = ?", id)
        return DeviceRow(
            id=id,
            label=row["label"],
            key_id=row["key_id"],
            people=tuple(named(person["name"], person["number"]) for person in people),
            enrolled_ms=row["enrolled_ms"],
            revoked_ms=row["revoked_ms"],
            entries=int(seen["n"]) if seen else 0,
            last_ms=seen["last"] if seen else None,
            numbers=self.numbers(id),
            pack=in_field(database, id),
        )


def named(name: str, number: str) -> str:
    """A person as lists show them: `样例检查员甲（样例证-001）`."""
    return f"{name}（{number}）" if number else name
