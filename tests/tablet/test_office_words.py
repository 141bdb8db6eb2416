"""What the office's messages do to numbers and holidays on a tablet, and what the tablet tells back."""

from datetime import date
from hashlib import sha256

from inspector.domain.answer import Verdict
from inspector.domain.delivery import EntryKind
from inspector.domain.issuer import IssuerKind, NoticeKind
from inspector.domain.numbering import Series
from inspector.domain.profile import IssuerProfile
from inspector.domain.working_days import DayKind, WorkingCalendar, china_date, chinese_date
from inspector.notices.phrases import deadline_words
from inspector.tablet.calendars import Calendars
from inspector.work.exchange import ExchangeReport
from inspector.work.feed import HolidayNotice, NumberBlock, NumberRecall
from tests.console.test_deadlines import NEWER, SHIPPED
from tests.domain.test_working_days import TEXT
from tests.simulator import NOW_MS
from tests.tablet.rig import Rig
from tests.ui_harness import screen_test

RECORD = NoticeKind.INSPECTION_RECORD
YEAR = china_date(NOW_MS).year


def block(
    first: int, last: int, *, id: str = "", issuer=IssuerKind.FIRE_RESCUE, year: int = YEAR
) -> NumberBlock:
    return NumberBlock(
        id=id or f"block {first}",
        series=Series(issuer=issuer, document=RECORD.value, year=year),
        template="{region}消检字〔{year}〕第{serial:04}号",
        first=first,
        last=last,
    )


def exchange(rig: Rig) -> ExchangeReport:
    report = rig.bench.office.exchange(lambda _progress: None, lambda: False)
    assert report is not None
    return report


def hear(rig: Rig, *bodies) -> ExchangeReport:
    """The office says these as well, from the beginning."""
    rig.chain = getattr(rig, "chain", [])
    for body in bodies:
        prev = sha256(rig.chain[-1]).hexdigest() if rig.chain else "0" * 64
        rig.chain.append(rig.cast.message(body, n=len(rig.chain) + 1, prev=prev))
    rig.office.messages = list(rig.chain)
    return exchange(rig)


def words_of(rig: Rig) -> list[EntryKind]:
    return [rig.bench.memory.kind_of(entry.sha256) for entry in rig.bench.memory.entries()]


@screen_test
async def test_blocks_come_through_the_feed_and_the_office_is_told_that_they_arrived(tmp_path):
    async with Rig(tmp_path) as rig:
        await rig.enrolled()
        hear(rig, block(1, 20))
        numbers = rig.bench.paper.numbers
        assert rig.bench.paper.numbers_left(RECORD, YEAR) == 20
        assert words_of(rig) == []
        exchange(rig)
        assert words_of(rig) == [EntryKind.NUMBERS]
        exchange(rig)
        assert words_of(rig) == [EntryKind.NUMBERS], "said once"
        taken = numbers.take(RECORD.value, entry="an entry")
        assert taken.text == f"样消检字〔{YEAR}〕第0001号", "padded as the template has it"
        assert numbers.left(RECORD.value, YEAR) == 19


@screen_test
async def test_a_number_that_came_to_no_paper_is_told_once_and_never_taken_again(tmp_path):
    async with Rig(tmp_path) as rig:
        await rig.enrolled()
        hear(rig, block(1, 20))
        exchange(rig)
        rig.bench.paper.numbers.take(RECORD.value, entry="no such entry")
        exchange(rig)
        exchange(rig)
        assert words_of(rig) == [EntryKind.NUMBERS] * 2
        assert rig.bench.paper.numbers.take(RECORD.value, entry="another").numbered.serial == 2


@screen_test
async def test_what_is_called_back_is_given_back_and_not_taken_any_more(tmp_path):
    async with Rig(tmp_path) as rig:
        await rig.enrolled()
        hear(rig, block(1, 20), block(21, 30))
        hear(rig, NumberRecall(blocks=("block 1", "nobody's")))
        assert rig.bench.paper.numbers_left(RECORD, YEAR) == 10
        assert rig.bench.paper.numbers.take(RECORD.value, entry="an entry").numbered.serial == 21


@screen_test
async def test_an_overlapping_block_raises_its_own_alarm_and_the_feed_goes_on(tmp_path):
    async with Rig(tmp_path) as rig:
        await rig.enrolled()
        report = hear(rig, block(1, 20), block(20, 30), block(31, 40))
        assert [alarm.code for alarm in report.alarms] == ["numbers.overlap"]
        assert rig.bench.paper.numbers_left(RECORD, YEAR) == 30


@screen_test
async def test_another_kind_of_issuer_gives_the_old_ones_numbers_back(tmp_path):
    async with Rig(tmp_path) as rig:
        await rig.enrolled()
        hear(rig, block(1, 20))
        postal = IssuerProfile(kind=IssuerKind.POSTAL, name="样例邮政管理局（样例）", region="样")
        hear(rig, postal, block(1, 5, id="postal", issuer=IssuerKind.POSTAL))
        exchange(rig)
        assert rig.bench.paper.numbers_left(RECORD, YEAR) == 5
        rows = rig.bench.memory.rows("number-blocks")
        assert {id: row["returned"] for id, row in rows.items()} == {"block 1": True, "postal": False}


@screen_test
async def test_a_new_holiday_table_counts_from_the_next_deadline_on_and_survives_a_restart(tmp_path):
    async with Rig(tmp_path, calendar=SHIPPED) as rig:
        await rig.enrolled()
        assert rig.bench.calendars.current.is_working(date(2026, 9, 20))
        assert hear(rig, HolidayNotice(text=NEWER)).alarms == ()
        assert not rig.bench.calendars.current.is_working(date(2026, 9, 20))
        draft = rig.draft()
        assert rig.bench.inspections.reference(draft).calendar == rig.bench.calendars.current
        again = Calendars(memory=rig.bench.memory, builtin=SHIPPED)
        assert not again.current.is_working(date(2026, 9, 20))
        newest_program = Calendars(memory=rig.bench.memory, builtin=WorkingCalendar())
        assert len(newest_program.current.tables) == 1


@screen_test
async def test_an_older_or_broken_table_is_told_and_changes_nothing(tmp_path):
    async with Rig(tmp_path, calendar=SHIPPED) as rig:
        await rig.enrolled()
        hear(rig, HolidayNotice(text=NEWER))
        before = rig.bench.calendars.current
        report = hear(rig, HolidayNotice(text=TEXT), HolidayNotice(text="format = 9"))
        assert [alarm.code for alarm in report.alarms] == ["calendar.older", "calendar.malformed"]
        assert rig.bench.calendars.current == before


@screen_test
async def test_the_deadline_on_the_paper_is_the_one_that_was_shown(tmp_path):
    async with Rig(tmp_path, calendar=SHIPPED) as rig:
        await rig.enrolled()
        office = IssuerProfile(
            kind=IssuerKind.GAS,
            name="样例燃气管理部门（样例）",
            region="样",
            review_body="样例市样例区人民政府",
            court="样例市样例区人民法院",
        )
        rig.bench.memory.put_fact("issuer", office.to_record())
        inspection = rig.answered(rig.draft(), exit_unlocked=Verdict.FAIL)
        (finding,) = inspection.findings.values()
        for kind, days in ((DayKind.WORKING, 30), (DayKind.CALENDAR, 30), (DayKind.WORKING, 3)):
            inspection = rig.bench.inspections.give_days(inspection, finding, days, kind)
            (finding,) = inspection.findings.values()
            shown = finding.deadline
            assert shown.provisional is (shown.date > date(2026, 12, 28) and kind is DayKind.WORKING)
            notice = rig.bench.paper.draft(inspection.sealed(NOW_MS), NoticeKind.RECTIFY_NOTICE)
            assert f"{chinese_date(shown.date)}前{shown.mark}" in deadline_words(notice)
            assert notice.findings[0].deadline == shown
