"""Tablets at the console: enrol them, equip them with what they need, revoke them."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass

from inspector.console.accounts import LoggedIn, Right
from inspector.console.desk import Desk
from inspector.console.form_sets import newest_forms
from inspector.console.granted import Granted, Grants
from inspector.console.keys import ISSUING
from inspector.console.numbers import Numbers, NumbersLeft, Templates
from inspector.console.packs import InField, in_field, send_newest
from inspector.domain.delivery import EntryStatus
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
from inspector.work.feed import EnterpriseList, HolidayNotice
from inspector.work.ports import Alarm

REASONS = {
    RevocationReason.LOST: "遗失或被盗",
    RevocationReason.COMPROMISED: "怀疑被他人操作",
    RevocationReason.RETIRED: "不再使用",
    RevocationReason.REPLACED: "更换为新平板",
}
"""Why a tablet is taken out of use, on screens and beside its unused numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRow:
    """One tablet.

    Attributes:
        people: its inspectors, with their numbers where they have one.
        entries: how many entries of it are in the log; `last_ms` is when the newest one arrived.
        numbers: of the years that are written now, document by document.
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

    def __init__(self, desk: Desk, templates: Templates) -> None:
        self._desk, self.numbers = desk, Numbers(desk, templates)
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
        logged_in.account.must(Right.MANAGE)
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
        logged_in.account.must(Right.MANAGE)
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
        if self._granted.of(id) is None:
            return
        # No number goes out before it is known what else did; the log's part is done and is found again.
        self._desk.catch_up()
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
        logged_in.account.must(Right.MANAGE)
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
        logged_in.account.must(Right.MANAGE)
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
            self._desk.numbers.close_device(device, REASONS[reason])
            self._desk.note(logged_in, "revoke-device", device)

    def _append(self, envelope: bytes) -> None:
        results = self._desk.office.send_entries([envelope])
        if len(results) != 1:
            raise OfficeAnswerError(reason="没有给出停用的结果")
        if results[0].status not in (EntryStatus.ACCEPTED, EntryStatus.DUPLICATE):
            problem = results[0].problem
            raise EntryRefusedError(reason=problem.message.rstrip("。") if problem else "未说明")

    # --- Equipping ---

    def _equip(self, device: Certificate) -> None:
        profile = self._desk.issuer()
        if profile is not None:
            self._desk.tell(device, profile)
        enterprises = self._desk.enterprises()
        if enterprises:
            self._desk.tell(device, EnterpriseList(enterprises=enterprises))
        send_newest(self._desk, device)
        forms = newest_forms(self._desk.database)
        if forms is not None:
            self._desk.tell(device, forms)
        calendars = self._desk.database.rows("SELECT text FROM calendars ORDER BY published")
        self._desk.tell(device, *(HolidayNotice(text=row["text"]) for row in calendars))
        self.numbers.equip(device)

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
            numbers=self.numbers.of(id),
            pack=in_field(database, id),
        )


def named(name: str, number: str) -> str:
    """A person as lists show them: `样例检查员甲（样例证-001）`."""
    return f"{name}（{number}）" if number else name
