"""An office in the middle of its work: notices in every state, replies, more time, copies that are due."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256

import httpx

from inspector.console.calendars import Calendars
from inspector.console.extensions import Extensions
from inspector.console.ledger import Ledger
from inspector.console.records import Records
from inspector.domain.answer import Verdict as Judged
from inspector.domain.extension import Verdict
from inspector.domain.inspection import Inspection
from inspector.domain.issuer import NoticeKind
from inspector.domain.numbering import Numbered, Use
from inspector.domain.profile import Term
from inspector.domain.working_days import DayKind, Deadline, WorkingCalendar, china_date
from inspector.trust.radix import base64_url_text
from inspector.work import conduct
from inspector.work.seal import SealedEntry
from tests import make
from tests.browser import PATIENCE_MS
from tests.console.desk_rig import ATablet, DeskRig, uid
from tests.console.issued_notices import REAL, Handed, findings_of, hand_over
from tests.console.sealed_records import inspected, sealed, upload
from tests.console.sealed_replies import content, proof
from tests.console.sealed_replies import sealed as sealed_reply
from tests.notices import samples
from tests.notices.sealing import TimestampServer

LONG_NAME = (
    "样例市样例区样例街道样例社区样例路商业综合体物业管理服务有限责任公司第二分公司地下停车场管理处（样例）"
)
RARE_NAME = "䶮记𠅤氏㛃𬱖食品店·阿不都拉（样例）"
REASON = "样例：复查时三处问题均已整改，现场核对了消防水源和疏散通道。"
EXTENSION = "样例：配件由外地供应，供货商来函说明到货日期。"
DUE = 20
"""Copies that a batch signs, beside those of the notices with a story."""
AT_ONCE = 20
STATES = ("in-force", "replaced", "newer", "withdrawn", "closed", "extended", "refused", "asked")


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The notices by what became of them."""

    notices: Mapping[str, Handed]

    def row(self, name: str) -> str:
        """The identifier of a notice's line."""
        return f"console.notices.row.{self.notices[name].entry[:12]}"


class SlowTimestamps(TimestampServer):
    """An authority that answers so many times and then waits: a batch stands still while it is looked at."""

    def __init__(self) -> None:
        super().__init__()
        self._moved = threading.Condition()
        self._asked = self._allowed = 0

    def let(self, answers: int) -> None:
        """So many further answers."""
        with self._moved:
            self._allowed += answers
            self._moved.notify_all()

    def until_one_waits(self) -> None:
        """Until a question has come that is not answered yet."""
        with self._moved:
            assert self._moved.wait_for(lambda: self._asked > self._allowed, PATIENCE_MS / 1000)

    def answer(self, handler: object, body: bytes) -> None:
        with self._moved:
            self._asked += 1
            mine = self._asked
            self._moved.notify_all()
            self._moved.wait_for(lambda: mine <= self._allowed)
        super().answer(handler, body)  # type: ignore[arg-type]


def fill(rig: DeskRig, count: int) -> Standing:
    """Everything, through the desk's own acts.

    Args:
        count: notices in all; those without a story are the oldest and only fill the ledger's pages.
    """
    rig.clock.ms = rig.real.now_ms = int(time.time() * 1000)
    tablet = rig.enrolled("样例平板一号")
    profile = replace(rig.desk.issuer(), reinspection=Term(days=5, kind=DayKind.WORKING))
    rig.administration.set_issuer(rig.admin, profile)
    record, done = a_record(rig, tablet)
    notices = those_with_a_story(rig, tablet, record, done, count)
    rig.desk.run()
    Records(rig.desk).accept(rig.admin, record.sha256)
    end_some(rig, notices)
    give_more_time(rig, notices)
    reply_to(rig, notices)
    use_numbers(rig, tablet, 1, 2, 3, 5, 6)
    rig.enrolled("样例平板二号")
    rig.desk.run()
    return Standing(notices=notices)


def many(rig: DeskRig, tablet: ATablet, count: int) -> None:
    """The older pages of the ledger, sent some at once."""
    entries = [
        hand_over(rig, tablet, n, is_public=False, sends=False).issued.entry for n in range(1, count + 1)
    ]
    for first in range(0, count, AT_ONCE):
        some = entries[first : first + AT_ONCE]
        rig.sends(tablet, [entry.envelope for entry in some])
        for entry in some:
            upload(rig, tablet, entry)


def those_with_a_story(
    rig: DeskRig, tablet: ATablet, record: SealedEntry, done: Inspection, count: int
) -> dict[str, Handed]:
    today, found = china_date(rig.clock.ms), findings_of(done)
    told = {
        "record_id": record.delivery.record,
        "record_sha256": record.inner_sha256,
        "findings": found,
        "issued_on": today,
        "press": REAL,
    }
    late = tuple(replace(one, deadline=until(today - timedelta(days=3), 15)) for one in found)
    named = {
        "long": {"enterprise": replace(samples.ENTERPRISE, name=LONG_NAME)},
        "rare": {"enterprise": replace(samples.ENTERPRISE, name=RARE_NAME)},
        "draft": {"number": None},
        "offline": {"is_public": False},
        "overdue": {"findings": late, "issued_on": today - timedelta(days=18)},
    }
    changes = {
        **{f"due-{n}": {"is_public": False} for n in range(DUE)},
        **{name: {} for name in STATES},
        **named,
    }
    older = count - len(changes)
    many(rig, tablet, older)
    return {
        name: hand_over(rig, tablet, n, **{**told, **changed})
        for n, (name, changed) in enumerate(changes.items(), older + 1)
    }


def until(day: date, days: int) -> Deadline:
    return Deadline(date=day, days=days, kind=DayKind.CALENDAR)


def a_record(rig: DeskRig, tablet: ATablet) -> tuple[SealedEntry, Inspection]:
    """Two findings, one of them with a deadline of a week."""
    found, reference = inspected(tablet, 1), make.reference()
    said = {"reference": reference, "by": make.ADA.id, "at_ms": rig.clock.ms}
    found = conduct.judge(found, make.key(make.EXTRA), Judged.FAIL, **said, finding_id=uid(0xF07))
    found = conduct.enter_value(found, make.key(make.WIDTH), "0.60", **said, finding_id=uid(0xF15))
    entry = sealed(tablet, 1, inspection=found)
    rig.sends(tablet, [entry.envelope])
    return entry, found


def end_some(rig: DeskRig, notices: Mapping[str, Handed]) -> None:
    ledger = Ledger(rig.desk)
    ledger.replace(rig.admin, notices["replaced"].entry, REASON, by=notices["newer"].notice.number or "")
    ledger.withdraw(rig.admin, notices["withdrawn"].entry, REASON)
    ledger.close(rig.admin, notices["closed"].entry, REASON)


def give_more_time(rig: DeskRig, notices: Mapping[str, Handed]) -> None:
    """One is granted in part, one refused whole, one waits."""
    extensions = Extensions(rig.desk, Records(rig.desk), Calendars(rig.desk, WorkingCalendar()))
    today = china_date(rig.clock.ms)
    granted = Verdict.until(today + timedelta(days=30), on=today)
    refused = Verdict(new=None, opinion="样例：隐患不能等，可先临时处置")
    verdicts = {"extended": {1: granted, 2: refused}, "refused": {1: refused, 2: refused}, "asked": {}}
    for name, decided in verdicts.items():
        handed = notices[name]
        request = extensions.ask(
            rig.admin,
            handed.entry,
            asked_by="样例负责人",
            asked_on=today,
            wishes=[(one.ordinal, today + timedelta(days=40), EXTENSION) for one in handed.notice.findings],
        )
        if decided:
            extensions.decide(rig.admin, request.id, decided, by="样例审批人")


def reply_to(rig: DeskRig, notices: Mapping[str, Handed]) -> None:
    """With photos; without; one that cannot be opened."""
    pictures = [samples.photo_bytes(n) for n in (1, 2, 3)]
    say(rig, notices["in-force"], sealed_reply(rig, content(notices["in-force"], *pictures)))
    say(rig, notices["in-force"], b"age-encryption.org/v1\nnonsense" + bytes(300), reply="cd" * 16)
    said = content(notices["long"], samples.photo_bytes(4), b"\xff\xd8\xff no picture")
    say(rig, notices["long"], sealed_reply(rig, said))
    rig.desk.run()


def say(rig: DeskRig, handed: Handed, body: bytes, *, reply: str = "ab" * 16) -> None:
    url = f"http://127.0.0.1:{rig.real.port}/api/v1/notices/{handed.notice.public_id}/replies"
    headers = {"Inspector-Reply": reply, "Inspector-Proof": base64_url_text(proof(handed))}
    answer = httpx.post(url, content=body, headers=headers)
    assert answer.status_code == 200, answer.text


def use_numbers(rig: DeskRig, tablet: ATablet, *serials: int) -> None:
    """Papers of a tablet with these numbers, as taking in notes them."""
    ledger, kind = rig.desk.numbers, NoticeKind.RECTIFY_ORDER
    (series,) = {one for one in ledger.all_series() if one.document == kind}
    for n in serials:
        paper = sha256(f"{series} {n} {tablet.id}".encode()).hexdigest()
        number = f"（样）应急责改〔{series.year}〕{n}号"
        use = Use(number=number, entry=paper, device=tablet.id, issued_on=china_date(rig.clock.ms))
        ledger.took(Numbered(series=series, serial=n), use, notice=paper)
