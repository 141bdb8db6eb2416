"""延期整改审批 from the console: numbered from its own block, signed, kept once; it verifies alone."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from inspector.catalog.calendar import read_calendar
from inspector.commands.verify import PressPapers
from inspector.console.calendars import Calendars
from inspector.console.extension_papers import ExtensionPapers
from inspector.console.extensions import Extensions
from inspector.console.numbers import Numbers
from inspector.console.office_copies import OfficeCopies
from inspector.console.own_numbers import HOLDER, OwnNumbers, give_up
from inspector.console.records import Records
from inspector.domain.extension import Verdict
from inspector.domain.issuer import IssuerKind
from inspector.domain.numbering import MOST, Fate, Series
from inspector.domain.profile import Term
from inspector.domain.working_days import DayKind, china_date
from inspector.errors import (
    IllegalMoveError,
    NoticeIssuedError,
    NotPermittedError,
    OfficeKeyLockedError,
    OfficeUnreachableError,
    RecordUnknownError,
)
from inspector.work.verify import Trust, verify_file
from inspector.work.verify import Verdict as Answer
from tests.browser import ROOT
from tests.console.desk_rig import TEMPLATES, DeskRig
from tests.console.sealed_notices import arrived
from tests.notices.test_press import PRESS

SHIPPED = read_calendar(ROOT / "assets" / "calendar")
SERIES = Series(issuer=IssuerKind.FIRE_RESCUE, document="extension", year=2026)


@pytest.fixture
def rig(tmp_path: Path):
    with DeskRig(tmp_path) as found:
        yield found


def papers_of(rig: DeskRig) -> ExtensionPapers:
    return ExtensionPapers(rig.desk, Records(rig.desk), OfficeCopies(rig.desk), TEMPLATES, PRESS)


def decided(rig: DeskRig, entry: str, *, days: int = 20) -> str:
    """A request about the notice's only finding, granted by working days; its id."""
    extensions = Extensions(rig.desk, Records(rig.desk), Calendars(rig.desk, SHIPPED))
    old = extensions.deadlines(entry, Records(rig.desk).notice(entry)).findings[1]
    new = Term(days=days, kind=DayKind.WORKING).after(old.date, SHIPPED)
    request = extensions.ask(
        rig.admin,
        entry,
        asked_by="样例负责人",
        asked_on=china_date(rig.clock.ms),
        wishes=[(1, new.date, "等待配件")],
    )
    verdict = Verdict(new=new, opinion="同意，期间应有人值守。")
    extensions.decide(rig.admin, request.id, {1: verdict}, by="样例审批人")
    return request.id


def serials(rig: DeskRig, holder: str) -> list[tuple[int, Fate]]:
    (report,) = [one for one in Numbers(rig.desk, TEMPLATES).report() if one.series == SERIES]
    return [(one.serial, one.fate) for one in report.numbers if one.device == holder]


def test_the_paper_is_numbered_from_the_consoles_own_block_and_verifies_from_the_file_alone(rig):
    _, (entry,) = arrived(rig, rig.enrolled(), 1)
    request, papers = decided(rig, entry), papers_of(rig)
    issued = papers.issue(rig.admin, request)
    ((serial, fate), *rest) = serials(rig, HOLDER)
    assert fate is Fate.ISSUED and {one for _, one in rest} == {Fate.HELD}
    assert issued.number == f"样消延字〔2026〕第{serial:04}号"
    assert Numbers(rig.desk, TEMPLATES).labels()[HOLDER] == "审核台"
    kept, pdf = papers.pdf(rig.admin, request)
    assert kept == issued == papers.of(entry)[request]
    found = verify_file(pdf, Trust(roots=(rig.desk.statement.fingerprint,)), papers=PressPapers())
    assert found.verdict is Answer.GENUINE, found.lines
    assert ("文号", issued.number) in found.paper
    assert any("没有平板签署的二维码，由办公室的签名证明" in line.words for line in found.lines)
    acts = [line.act for line in rig.desk.audit.lines()]
    assert acts[:2] == ["download-extension", "issue-extension"]


def test_without_the_offices_signature_the_paper_is_not_believed(rig):
    _, (entry,) = arrived(rig, rig.enrolled(), 1)
    request, papers = decided(rig, entry), papers_of(rig)
    papers.issue(rig.admin, request)
    _, pdf = papers.pdf(rig.admin, request)
    trust = Trust(roots=(rig.desk.statement.fingerprint,))
    unsigned = PressPapers().first_revision(pdf)
    assert pdf.startswith(unsigned) and unsigned != pdf
    changed = pdf.replace(b"/Title", b"/Titlf", 1)
    assert changed != pdf
    for bad in (unsigned, changed, papers.preview(rig.admin, request)):
        assert verify_file(bad, trust, papers=PressPapers()).verdict is Answer.NOT_GENUINE


def test_a_paper_is_issued_once_and_takes_one_number(rig):
    _, (entry,) = arrived(rig, rig.enrolled(), 1)
    request, papers = decided(rig, entry), papers_of(rig)
    papers.preview(rig.admin, request)
    assert serials(rig, HOLDER) == [], "to look takes no number"
    first = papers.issue(rig.admin, request)
    with pytest.raises(NoticeIssuedError):
        papers.issue(rig.admin, request)
    assert [fate for _, fate in serials(rig, HOLDER)].count(Fate.ISSUED) == 1
    assert papers.of(entry) == {request: first}


def test_numbers_follow_each_other_and_are_never_a_tablets(rig):
    tablet = rig.enrolled()
    _, entries = arrived(rig, tablet, 12)
    papers = papers_of(rig)
    numbers = [papers.issue(rig.admin, decided(rig, entry)).number for entry in entries]
    assert len(set(numbers)) == 12
    own = {serial for serial, _ in serials(rig, HOLDER)}
    assert own.isdisjoint(serial for serial, _ in serials(rig, tablet.id))
    assert len(own) == 20, "two blocks"
    assert rig.desk.alarms() == ()


def test_an_offer_that_somebody_took_meanwhile_is_not_taken_twice(rig):
    own = OwnNumbers(rig.desk.database, rig.desk.numbers)
    offer = own.offer(SERIES, template="〔{year}〕{serial}号", at_ms=rig.clock.ms, by="")
    assert own.offer(SERIES, template="〔{year}〕{serial}号", at_ms=rig.clock.ms, by="") == offer
    own.take(offer, number="〔2026〕1号", paper="a", issued_on=date(2026, 11, 18))
    with pytest.raises(IllegalMoveError):
        own.take(offer, number="〔2026〕1号", paper="b", issued_on=date(2026, 11, 18))
    assert [fate for _, fate in serials(rig, HOLDER)].count(Fate.ISSUED) == 1


def test_what_is_refused_leaves_no_number_and_no_paper(rig):
    _, (entry,) = arrived(rig, rig.enrolled(), 1)
    papers = papers_of(rig)
    with pytest.raises(RecordUnknownError):
        papers.issue(rig.admin, "nothing")
    request = decided(rig, entry)
    viewer = rig.log_in("viewer")
    with pytest.raises(NotPermittedError):
        papers.issue(viewer, request)
    with pytest.raises(NotPermittedError):
        papers.preview(viewer, request)
    with pytest.raises(RecordUnknownError):
        papers.pdf(rig.admin, request)
    rig.desk.lock(rig.admin)
    with pytest.raises(OfficeKeyLockedError):
        papers.issue(rig.admin, request)
    assert papers.of(entry) == {}
    assert all(fate is Fate.HELD for _, fate in serials(rig, HOLDER))


def test_without_the_server_nothing_is_numbered(rig):
    _, (entry,) = arrived(rig, rig.enrolled(), 1)
    request, papers = decided(rig, entry), papers_of(rig)
    rig.server_stops()
    with pytest.raises(OfficeUnreachableError):
        papers.issue(rig.admin, request)
    assert papers.of(entry) == {} and serials(rig, HOLDER) == []
    rig.server_starts()
    assert papers.issue(rig.admin, request).number


def test_a_request_that_waits_has_no_paper(rig):
    _, (entry,) = arrived(rig, rig.enrolled(), 1)
    extensions = Extensions(rig.desk, Records(rig.desk), Calendars(rig.desk, SHIPPED))
    old = extensions.deadlines(entry, Records(rig.desk).notice(entry)).findings[1]
    waiting = extensions.ask(
        rig.admin,
        entry,
        asked_by="样例负责人",
        asked_on=china_date(rig.clock.ms),
        wishes=[(1, date(old.date.year + 1, 3, 1), "等待配件")],
    )
    with pytest.raises(IllegalMoveError, match="还没有审批"):
        papers_of(rig).propose(waiting.id)


def test_after_an_older_copy_was_put_back_nothing_that_may_be_used_is_used_again(rig):
    own = OwnNumbers(rig.desk.database, rig.desk.numbers)
    offer = own.offer(SERIES, template="〔{year}〕{serial}号", at_ms=rig.clock.ms, by="")
    give_up(rig.desk.numbers, "样例原因")
    later = own.offer(SERIES, template="〔{year}〕{serial}号", at_ms=rig.clock.ms, by="")
    assert later.numbered.serial > offer.numbered.serial + MOST
    fates = dict(serials(rig, HOLDER))
    assert fates[offer.numbered.serial] is Fate.CLOSED
