"""What a console must learn that is not in the log: what it told tablets before a backup of it was put back,
and what the server kept out of the log.

* Every message to a tablet is sealed to the office as well. One that lies at the server and not here was
  written after the backup: it is taken over in the old bytes, and the numbers that it hands out are noted, so
  that nobody is given them again.
* An entry kept aside as a fork says that a tablet was put back to an older copy. It is in no chain, but the
  numbers on its papers are looked at all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from inspector.console.database import DeskDatabase
from inspector.console.form_sets import keep_forms, newest_forms
from inspector.console.number_ledger import NumberLedger
from inspector.console.outgoing import Outgoing
from inspector.console.own_numbers import give_up
from inspector.console.quarantine import alarms_of
from inspector.domain.delivery import FEED_TYPE, FeedKind, FeedMessage
from inspector.domain.numbering import MOST, Use
from inspector.errors import (
    DeskHistoryError,
    DeskRestoredError,
    EntryForkError,
    EntryQuarantinedError,
    InspectorError,
)
from inspector.trust import age, dsse
from inspector.trust.certificates import Certificate
from inspector.trust.keys import SigningKey
from inspector.trust.ledger import GENESIS
from inspector.trust.statement import OfficeStatement
from inspector.trust.strict_json import parse_object
from inspector.work.feed import NumberBlock, RawBody, read_body
from inspector.work.intake import Examiner, NoticeEntry
from inspector.work.own_forms import SignedForms
from inspector.work.ports import Alarm, FeedPage

UNCHECKED, ASIDE = "numbers unchecked", "aside"


class FeedSource(Protocol):
    """Where what was told to tablets lies."""

    def feed_of(self, device: str, after: int) -> FeedPage:
        """What was left for one tablet, from number `after` on."""
        ...


class KeptAside(Protocol):
    """One envelope that the server kept out of the log."""

    @property
    def number(self) -> int: ...  # noqa: D102
    @property
    def reason(self) -> str: ...  # noqa: D102
    @property
    def envelope(self) -> bytes: ...  # noqa: D102


class History:
    """The console's own words, as the server still has them.

    Args:
        devices: the certificate of every tablet that was ever certified, by its id.
        identities: the office's age identities.
        feed: the key that messages are signed with.
    """

    def __init__(
        self,
        *,
        database: DeskDatabase,
        outgoing: Outgoing,
        ledger: NumberLedger,
        devices: Mapping[str, Certificate],
        statement: OfficeStatement,
        identities: tuple[str, ...],
        feed: SigningKey,
        now_ms: int,
    ) -> None:
        self._database, self._outgoing, self._ledger = database, outgoing, ledger
        self._devices, self._statement, self._identities = devices, statement, identities
        self._feed, self._now_ms = feed, now_ms

    def catch_up(self, source: FeedSource) -> tuple[Alarm, ...]:
        """Take over whatever was told to tablets and is not known here; the alarms that this raises.

        Raises:
            AvailabilityError: the line broke; what was taken over stays.
        """
        found, alarms = 0, []
        for id, certificate in self._devices.items():
            after = self._outgoing.posted(id)
            while True:
                page = source.feed_of(id, after)
                for envelope in page.messages:
                    after += 1
                    is_new = not self._outgoing.holds(id, after, envelope)
                    found += is_new
                    problem = self._take_over(envelope, certificate) if is_new else None
                    alarms += [Alarm.of(problem, self._now_ms, f"{id} {after}")] if problem else []
                if not page.messages or not page.more:
                    break
        if found:
            with self._database.at_once():
                give_up(self._ledger, self._database, "审核台由旧备份恢复，可能已用")
            alarms.append(Alarm.of(DeskRestoredError(count=found), self._now_ms))
        return tuple(alarms)

    def _take_over(self, envelope: bytes, device: Certificate) -> InspectorError | None:
        """Keep one message of our own, and note what it hands out."""
        message = FeedMessage.from_payload(
            parse_object(dsse.verify(envelope, FEED_TYPE, [self._statement.feed]).payload)
        )
        if message.device != device.id:
            raise DeskHistoryError(n=message.n)
        with self._database.at_once():
            again = self._outgoing.take_out_unposted(device.id)
            self._outgoing.adopt(message, envelope)
            problem = self._note(message)
            for unsent in again:
                self._write_again(unsent, device)
            self._database.put_fact(UNCHECKED, True)
        return problem

    def _note(self, message: FeedMessage) -> InspectorError | None:
        if message.kind == FeedKind.FORMS:
            return self._note_forms(message)
        if message.kind != FeedKind.NUMBERS:
            return None
        try:
            body = read_body(message, self._identities, self._statement)
        except InspectorError:
            for series in self._ledger.all_series():
                self._ledger.skip(series, MOST, "审核台由旧备份恢复，可能已发出")
            return DeskHistoryError(n=message.n)
        if isinstance(body, NumberBlock):
            self._ledger.keep(body, device=message.device, at_ms=message.at_ms, by="")
        return None

    def _note_forms(self, message: FeedMessage) -> InspectorError | None:
        """The next set must count on from what tablets have."""
        try:
            body = read_body(message, self._identities, self._statement)
        except InspectorError:
            return DeskHistoryError(n=message.n)
        newest = newest_forms(self._database)
        if isinstance(body, SignedForms) and (newest is None or newest.forms.version < body.forms.version):
            keep_forms(self._database, body)
        return None

    def _write_again(self, envelope: bytes, device: Certificate) -> None:
        """What waited behind the backup's last message, under the next number that is free."""
        message = FeedMessage.from_payload(parse_object(dsse.peek(envelope).payload))
        body = RawBody(kind=message.kind, json=age.decrypt(message.body, self._identities))
        self._outgoing.write(body, device=device, feed=self._feed, at_ms=message.at_ms)


def check_numbers(database: DeskDatabase, ledger: NumberLedger) -> None:
    """Once the entries behind messages that were taken over are in, too: nobody holds what another does."""
    if database.fact(UNCHECKED):
        with database.at_once():
            ledger.check()
            database.put_fact(UNCHECKED, False)


def look_aside(
    kept: Iterable[KeptAside],
    *,
    examiner: Examiner,
    ledger: NumberLedger,
    database: DeskDatabase,
    now_ms: int,
) -> tuple[Alarm, ...]:
    """Alarms for forks and quarantined papers among what was kept aside; the numbers on them are noted."""
    alarms: list[Alarm] = []
    for one in kept:
        if one.reason == EntryQuarantinedError.code:
            about = f"aside {one.number}"
            alarms += alarms_of(
                one.envelope, examiner=examiner, database=database, now_ms=now_ms, about=about
            )
        if one.reason != EntryForkError.code:
            continue
        try:
            opened = examiner.open_entry(one.envelope, head=GENESIS, index=0, arrived_ms=now_ms)
        except InspectorError as error:
            alarms.append(Alarm.of(error, now_ms, f"aside {one.number}"))
            continue
        alarms.append(Alarm.of(EntryForkError(seq=opened.delivery.seq), now_ms, opened.sha256))
        content = opened.content
        if isinstance(content, NoticeEntry) and content.numbered is not None:
            ledger.took(
                content.numbered,
                Use(
                    number=content.notice.number or "",
                    entry=opened.sha256,
                    device=opened.delivery.device,
                    issued_on=content.notice.issued_on,
                ),
                notice=content.id,
            )
    return tuple(alarms)
