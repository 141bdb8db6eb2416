"""The supervisor's desk: accounts at its door, the office's keys in its drawer, one pass after the other.

* Looking needs an account; opening records, deciding and enrolling need the office's keys as well.
* `run` is one pass: mirror the log, take in what is new, acknowledge what is genuine and whole, post what the
  tablets are to be told, give a restored server back what it lost. Every step is durable before the next.
* Every act leaves a line in the audit trail, in the act's own transaction.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from inspector.console.accounts import LoggedIn, Right
from inspector.console.comparing import compare
from inspector.console.door import Door
from inspector.console.extension_matters import ExtensionMatter, every_matter, more_time_of
from inspector.console.giving_back import give_files_back
from inspector.console.keys import FEED, ISSUING
from inspector.console.publishing import Publishing
from inspector.console.recovery import ASIDE, History, check_numbers, look_aside
from inspector.console.reply_box import ReplyBox
from inspector.console.taking import Taking
from inspector.domain import record_parts as parts
from inspector.domain.enterprise import Enterprise
from inspector.domain.profile import IssuerProfile
from inspector.trust.certificates import (
    Certificate,
    Details,
    HolderKind,
    issue_certificate,
    verify_certificate,
)
from inspector.trust.keys import VerifyKey
from inspector.work.feed import Acknowledgement, EnterpriseList, Greeting, LogReset
from inspector.work.intake import Examiner
from inspector.work.mirror import MirrorReport, mirror
from inspector.work.ports import Alarm

GREETING_EVERY_MS = 10 * 60 * 1000
COMPARE_EVERY_MS = 10 * 60 * 1000
"""How long an older state may stand in public unnoticed after the server was put back."""
EXTENSIONS_TOLD = "extensions told"
"""Fact: tablets were told what was granted before this console did so with each decision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskReport:
    """What one pass came to.

    Attributes:
        given_back: sealed files that a restored server had lost.
    """

    mirrored: MirrorReport
    taken: int
    acknowledged: int
    posted: int
    given_back: int


class Desk(Door):
    """One console, once it is open: what it does with the office's keys. Made as `Door` says."""

    _is_caught_up = _knows_replies = False
    _compared_ms: int | None = None

    def taking(self) -> Taking:
        """What takes entries in."""
        return Taking(
            database=self.database,
            copy=self.copy,
            numbers=self.numbers,
            statement=self.statement,
            identities=self.keys.identities,
            titles=self.titles,
            clock=self.clock,
        )

    def examiner(self) -> Examiner:
        """What entries are held against."""
        return self.taking().examiner()

    # --- One pass ---

    def run(self) -> DeskReport:
        """Mirror, take in, acknowledge, post, give back.

        Raises:
            AvailabilityError: the line broke; what was done stays done.
            OfficeKeyLockedError: the keys are not unlocked.
        """
        with self._turn:
            report = mirror(desk=self.office, copy=self.copy, log=self.statement.log, now_ms=self.clock())
            if not self._is_caught_up:
                self.catch_up()
            self._tell_of_reset()
            self._tell_of_earlier_extensions()
            taken = self.taking().take(self.office)
            check_numbers(self.database, self.numbers)
            self._look_aside()
            acknowledged = self._acknowledge()
            self._greet()
            if self.copy.files_due() is not None:
                self.outgoing.lay_out_again(self.office, list(self.device_certificates()))
            posted = self.outgoing.post(self.office)
            self._meet_the_public()
            given_back = give_files_back(self.copy, self.office, self.clock)
        return DeskReport(
            mirrored=report, taken=taken, acknowledged=acknowledged, posted=posted, given_back=given_back
        )

    def catch_up(self) -> None:
        """Take over what this console told tablets before a backup of it was put back.

        Raises:
            AvailabilityError: the line broke.
            TrustError: the server shows something that this office never wrote.
        """
        with self._turn:
            devices = self.taking().keyring().holders(HolderKind.DEVICE)
            history = History(
                database=self.database,
                outgoing=self.outgoing,
                ledger=self.numbers,
                devices={**devices, **self.device_certificates()},
                statement=self.statement,
                identities=self.keys.identities,
                feed=self.keys.signing[FEED],
                now_ms=self.clock(),
            )
            for alarm in history.catch_up(self.office):
                self.copy.raise_alarm(alarm)
            self._is_caught_up = True

    def unlock(self, logged_in: LoggedIn, passphrase: str) -> None:
        """Take the office's keys out of the drawer, as `Door.unlock`."""
        super().unlock(logged_in, passphrase)
        self._is_caught_up = self._knows_replies = False
        self._compared_ms = None

    def _look_aside(self) -> None:
        """Look at what the server has kept out of the log since the last time."""
        after = int(self.database.fact(ASIDE) or 0)
        page = self.office.aside(after)
        if not page.entries:
            return
        with self.database.at_once():
            for alarm in look_aside(
                page.entries,
                examiner=self.examiner(),
                ledger=self.numbers,
                database=self.database,
                now_ms=self.clock(),
            ):
                self.copy.raise_alarm(alarm)
            self.database.put_fact(ASIDE, page.entries[-1].number)

    def _tell_of_reset(self) -> None:
        """Leaves were lost: tell every tablet, even if the program ended since the server was filled up."""
        head = self.copy.untold_reset()
        if head is not None:
            with self.database.at_once():
                for certificate in self.device_certificates().values():
                    self.tell(certificate, LogReset(head=head))
                self._compared_ms, self._knows_replies = None, False
                self.copy.told_reset()
                self.audit.note(account="-", act="reset-log", object=str(head.size), at_ms=self.clock())

    def _tell_of_earlier_extensions(self) -> None:
        """Once: what was granted before this console told tablets of it."""
        if not self.database.fact(EXTENSIONS_TOLD):
            with self.database.at_once():
                self.tell_more_time(every_matter(self.database))
                self.database.put_fact(EXTENSIONS_TOLD, True)

    @property
    def reply_box(self) -> ReplyBox:
        """The replies of enterprises."""
        return ReplyBox(self.database, self.copy)

    def _meet_the_public(self) -> None:
        """Register notices whose standing changed, and fetch what enterprises answered.

        After unlocking and now and then all registrations are held against the server's, after unlocking all
        replies as well: a backup put back on either side shows by nothing else when no leaf was lost.
        """
        now_ms, feed = self.clock(), self.keys.signing[FEED]
        if self._compared_ms is None or now_ms - self._compared_ms >= COMPARE_EVERY_MS:
            compare(self.database, self.copy, self.office, feed=feed.public, at_ms=now_ms)
            self._compared_ms = now_ms
        publishing = Publishing(
            database=self.database,
            examiner=self.examiner(),
            statement=self.statement,
            statement_envelope=self.statement_envelope,
            feed=feed,
            raise_alarm=self.copy.raise_alarm,
            now_ms=now_ms,
            salt=secrets.token_bytes,
        )
        publishing.publish(self.office)
        self.reply_box.fetch(self.office, whole=not self._knows_replies, at_ms=now_ms)
        self._knows_replies = True

    def device_certificates(self) -> dict[str, Certificate]:
        """The certificate of each tablet that is not revoked, by the tablet's id."""
        keyring = self.taking().keyring()
        found = {}
        for row in self.database.rows("SELECT id, certificate FROM devices WHERE revoked_ms IS NULL"):
            certificates = keyring.holder(row["id"], HolderKind.DEVICE)
            # One that was enrolled a moment ago is not mirrored yet, and must not miss what is told now.
            found[str(row["id"])] = (
                certificates[-1] if certificates else verify_certificate(row["certificate"], self.statement)
            )
        return found

    def tell(self, device: Certificate, *bodies: object) -> None:
        """Write messages to one tablet; they go out with the next pass."""
        for body in bodies:
            self.outgoing.write(body, device=device, feed=self.keys.signing[FEED], at_ms=self.clock())  # type: ignore[arg-type]

    def tell_more_time(self, matters: Iterable[ExtensionMatter]) -> None:
        """Write to the tablets that issued the documents what was granted about them."""
        certificates = self.device_certificates()
        for device, body in more_time_of(self.database, matters):
            if device in certificates:
                self.tell(certificates[device], body)

    def _acknowledge(self) -> int:
        due = self.database.rows(
            "SELECT sha256, device FROM entries WHERE genuine = 1 AND acknowledged = 0 ORDER BY idx"
        )
        certificates = self.device_certificates()
        by_device: dict[str, list[str]] = {}
        for row in due:
            by_device.setdefault(row["device"], []).append(row["sha256"])
        for device, names in by_device.items():
            if device in certificates:
                with self.database.at_once():
                    self.tell(certificates[device], Acknowledgement(entries=tuple(names)))
                    for name in names:
                        self.database.do("UPDATE entries SET acknowledged = 1 WHERE sha256 = ?", name)
        return len(due)

    def _greet(self) -> None:
        for id, certificate in self.device_certificates().items():
            if self.clock() - self.outgoing.last_ms(id) >= GREETING_EVERY_MS:
                self.tell(certificate, Greeting())

    # --- The office's own particulars ---

    def issuer(self) -> IssuerProfile | None:
        """Who issues; None until it is set."""
        value = self.database.fact("issuer")
        return IssuerProfile.from_record(value) if value else None

    def set_issuer(self, logged_in: LoggedIn, profile: IssuerProfile) -> None:
        """Say who issues, and tell every tablet.

        Raises:
            NotPermittedError: no administrator.
        """
        logged_in.account.must(Right.MANAGE)
        with self.database.at_once():
            self.database.put_fact("issuer", profile.to_record())
            self.note(logged_in, "set-issuer", profile.kind.value)
            for certificate in self.device_certificates().values():
                self.tell(certificate, profile)

    def enterprises(self) -> tuple[Enterprise, ...]:
        """The office's enterprises, by name."""
        rows = self.database.rows("SELECT value FROM enterprises")
        found = [parts.to_enterprise(json.loads(row["value"])) for row in rows]
        return tuple(sorted(found, key=lambda one: one.name))

    def set_enterprises(self, logged_in: LoggedIn, enterprises: tuple[Enterprise, ...]) -> None:
        """Replace the office's list, and tell every tablet.

        Raises:
            NotPermittedError: no administrator.
        """
        logged_in.account.must(Right.MANAGE)
        with self.database.at_once():
            self.database.do("DELETE FROM enterprises")
            for one in enterprises:
                value = json.dumps(parts.from_enterprise(one), ensure_ascii=False)
                self.database.put("enterprises", {"id": one.id, "value": value})
            self.note(logged_in, "set-enterprises", str(len(enterprises)))
            for certificate in self.device_certificates().values():
                self.tell(certificate, EnterpriseList(enterprises=enterprises))

    def alarms(self) -> tuple[Alarm, ...]:
        """What nobody has put away yet, newest first."""
        rows = self.database.rows("SELECT * FROM alarms WHERE seen = 0 ORDER BY at_ms DESC")
        return tuple(
            Alarm(
                code=row["code"],
                message=row["message"],
                hint=row["hint"],
                entry=row["entry"] or None,
                at_ms=row["at_ms"],
            )
            for row in rows
        )

    def put_away(self, logged_in: LoggedIn, alarm: Alarm) -> None:
        """Somebody has looked at an alarm."""
        logged_in.account.must(Right.DECIDE)
        with self.database.at_once():
            self.database.do(
                "UPDATE alarms SET seen = 1 WHERE code = ? AND entry = ?", alarm.code, alarm.entry or ""
            )
            self.note(logged_in, "put-away-alarm", f"{alarm.code} {alarm.entry or ''}".strip())

    def account_certificate(self, logged_in: LoggedIn) -> bytes:
        """The certificate of an account's signing key; issued and logged when it has none yet.

        Raises:
            OfficeKeyLockedError: the office's keys are not unlocked.
            AvailabilityError: the log could not be reached.
        """
        known = self.database.fact(f"account {logged_in.account.id}")
        if known:
            return str(known["certificate"]).encode("utf-8")
        details = Details.new(name=logged_in.account.login)
        certificate = Certificate(
            tenant=self.statement.tenant,
            kind=HolderKind.ACCOUNT,
            id=logged_in.account.id,
            key=VerifyKey.from_text(self.accounts.public_key(logged_in.account.login)),
            details_sha256=details.sha256,
            issued_ms=self.clock(),
        )
        envelope = issue_certificate(certificate, self.keys.signing[ISSUING])
        self.office.send_entries([envelope])
        kept = {"certificate": envelope.decode("utf-8"), "details": details.to_payload()}
        with self.database.at_once():
            self.database.put_fact(f"account {logged_in.account.id}", kept)
            self.note(logged_in, "certify-account", logged_in.account.id)
        return envelope
