"""延期整改审批 from the console: numbered from its own block, signed, kept once; it verifies alone."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from inspector.catalog.calendar import read_calendar
from inspector.commands.verify import PressPapers
from inspector.console.calendars import Calendars
from inspector.console.extension_papers import ExtensionPapers
from inspector.console.extensions import Extensions
from inspector.console.numbers import Numbers
from inspector.console.office_copies import OfficeCopies
from inspector.console.own_forms import OwnForms
from inspector.console.own_numbers import HOLDER, OwnNumbers, give_up
from inspector.console.records import Records
from inspector.domain.extension import Verdict
from inspector.domain.issuer import IssuerKind, kinds_of
from inspector.domain.notice_parts import OwnForm
from inspector.domain.numbering import MOST, Fate, Series
from inspector.domain.profile import IssuerProfile, Term
from inspector.domain.working_days import DayKind, china_date
from inspector.errors import (
    IllegalMoveError,
    NoticeIssuedError,
    NotPermittedError,
    OfficeKeyLockedError,
    OfficeUnreachableError,
    RecordUnknownError,
)
from inspector.notices.attachments import attachments_of
from inspector.notices.press import TEMPLATE_FILE
from inspector.notices.templates import own_templates
from inspector.work.feed import NumberBlock, NumberRecall
from inspector.work.verify import Trust, verify_file
from inspector.work.verify import Verdict as Answer
from tests.browser import ROOT
from tests.console.desk_rig import TEMPLATES, DeskRig, printing
from tests.console.sealed_notices import arrived, hand_in, notice_of
from tests.console.sealed_notices import issued as issued_notice
from tests.console.sealed_records import sealed
from tests.console.test_devices import told
from tests.notices.test_press import PRESS
from tests.tablet.test_own_forms import FIRE_FORM

SHIPPED = read_calendar(ROOT / "assets" / "calendar")
SERIES = Series(issuer=IssuerKind.FIRE_RESCUE, document="extension", year=2026)
OWN_ID, OWN_TITLE = "our-extension", "样例延长整改期限决定书"
OWN_SERIES = replace(SERIES, document=OWN_ID)
OWN_FORM = f"""
format = 1
issuer = "fire-rescue"
seal = true

[{OWN_ID}]
kind = "extension"
title = "{OWN_TITLE}"
number = "{{region}}消延决字〔{{year}}〕第{{serial:04}}号"
instead = true
officer = "样例承办"
receiver = ""
salutation = "{{enterprise}}："
before = ["你单位就{{original_title}}（{{original_date}}，{{original_number}}）申请延长期限，决定如下："]
after = ["准予{{granted}}延长。", "不予{{refused}}延长。", "本决定由样例科室承办，审批人：{{decided_by}}。"]
"""
"""What an office may write instead of the shipped form."""


@pytest.fixture
def rig(tmp_path: Path):
    with DeskRig(tmp_path) as found:
        yield found


def papers_of(rig: DeskRig) -> ExtensionPapers:
    return ExtensionPapers(rig.desk, Records(rig.desk), OfficeCopies(rig.desk), TEMPLATES, PRESS)


def publish(rig: DeskRig, text: str) -> None:
    OwnForms(rig.desk, printing(rig.folder)["press"]).publish(rig.admin, text)


def own_form(text: str = OWN_FORM) -> OwnForm:
    return OwnForm(id=OWN_ID, sha256=sha256(text.encode()).hexdigest())


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


def serials(rig: DeskRig, holder: str, series: Series = SERIES) -> list[tuple[int, Fate]]:
    reports = [one for one in Numbers(rig.desk, TEMPLATES).report() if one.series == series]
    return [(one.serial, one.fate) for report in reports for one in report.numbers if one.device == holder]


def give_as_an_earlier_program(rig: DeskRig, device: str, series: Series = SERIES) -> None:
    """Twenty numbers of what no tablet issues."""
    ((first, last),) = rig.desk.numbers.reserve(series, 20)
    id = f"{series.document} {first}"
    block = NumberBlock(id=id, series=series, template="〔{year}〕{serial}号", first=first, last=last)
    rig.desk.numbers.keep(block, device=device, at_ms=rig.clock.ms, by="")
    rig.desk.tell(rig.desk.device_certificates()[device], block)


def test_the_paper_is_numbered_from_the_consoles_own_block_and_verifies_from_the_file_alone(rig):
    _, (entry,) = arrived(rig, rig.enrolled(), 1)
    request, papers = decided(rig, entry), papers_of(rig)
    issued = papers.issue(rig.admin, request)
    ((serial, fate), *rest) = serials(rig, HOLDER)
    assert fate is Fate.ISSUED and {one for _, one in rest} == {Fate.HELD}
    assert issued.number == f"样消延字〔2026〕第{serial:04}号"
    assert issued.title == "延期改正审批表", "as a fire brigade's is called"
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
    for bad in (unsigned, changed, papers.preview(rig.admin, request).pdf):
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
    give_as_an_earlier_program(rig, tablet.id)
    _, entries = arrived(rig, tablet, 12)
    papers = papers_of(rig)
    numbers = [papers.issue(rig.admin, decided(rig, entry)).number for entry in entries]
    assert len(set(numbers)) == 12
    own = {serial for serial, _ in serials(rig, HOLDER)}
    assert len(serials(rig, tablet.id)) == 20
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
    give_up(rig.desk.numbers, rig.desk.database, "样例原因")
    later = own.offer(SERIES, template="〔{year}〕{serial}号", at_ms=rig.clock.ms, by="")
    assert later.numbered.serial > offer.numbered.serial + MOST
    fates = dict(serials(rig, HOLDER))
    assert fates[offer.numbered.serial] is Fate.CLOSED


# --- In the office's own form -----------------------------------------------------------------------


def text_of(pdf: bytes) -> str:
    done = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)
    return "".join(done.stdout.decode().split())


def test_the_paper_is_printed_in_the_offices_own_form_under_its_own_numbers(rig):
    _, (entry,) = arrived(rig, rig.enrolled(), 1)
    publish(rig, OWN_FORM)
    request, papers = decided(rig, entry), papers_of(rig)
    assert papers.propose(request).title == OWN_TITLE
    draft = text_of(papers.preview(rig.admin, request).pdf)
    assert OWN_TITLE in draft and "本决定由样例科室承办" in draft
    issued = papers.issue(rig.admin, request, own_form())
    ((serial, fate), *_) = serials(rig, HOLDER, OWN_SERIES)
    assert fate is Fate.ISSUED
    assert (issued.title, issued.number) == (OWN_TITLE, f"样消延决字〔2026〕第{serial:04}号")
    assert serials(rig, HOLDER) == [], "the shipped document's numbers are others"
    assert issued == papers.of(entry)[request]
    _, pdf = papers.pdf(rig.admin, request)
    assert "准予第1项延长。" in text_of(pdf) and "延期整改审批表" not in text_of(pdf)
    assert attachments_of(PressPapers().first_revision(pdf))[TEMPLATE_FILE] == OWN_FORM.encode()


def test_verify_prints_a_paper_in_the_offices_own_form_again(rig):
    _, (entry,) = arrived(rig, rig.enrolled(), 1)
    publish(rig, OWN_FORM)
    request, papers = decided(rig, entry), papers_of(rig)
    papers.issue(rig.admin, request, own_form())
    _, pdf = papers.pdf(rig.admin, request)
    trust = Trust(roots=(rig.desk.statement.fingerprint,))
    found = verify_file(pdf, trust, papers=PressPapers())
    assert found.verdict is Answer.GENUINE, found.lines
    assert any("按正文重新排印，逐字节一致" in line.words for line in found.lines)


@pytest.mark.parametrize("later", [OWN_FORM.replace("准予", "同意"), None], ids=["changed", "taken back"])
def test_what_is_issued_is_in_the_form_that_was_seen(rig, later):
    _, (entry,) = arrived(rig, rig.enrolled(), 1)
    publish(rig, OWN_FORM)
    request, papers = decided(rig, entry), papers_of(rig)
    seen = papers.propose(request).document.form
    assert seen == own_form()
    if later:
        publish(rig, later)
    else:
        OwnForms(rig.desk, printing(rig.folder)["press"]).remove(rig.admin, f"{OWN_ID}.toml")
    with pytest.raises(IllegalMoveError, match="文书模板刚刚有改动"):
        papers.issue(rig.admin, request, seen)
    assert papers.of(entry) == {}
    assert papers.issue(rig.admin, request, papers.propose(request).document.form)


def test_a_document_in_an_own_form_is_named_by_the_title_on_its_paper(rig):
    """Whatever became of the form since."""
    tablet = rig.enrolled()
    publish(rig, FIRE_FORM)
    (template,) = own_templates(FIRE_FORM.encode(), "own.toml")
    record = sealed(tablet, 1)
    rig.sends(tablet, [record.envelope])
    notice = notice_of(record, 1, form=template.form)
    made = issued_notice(rig, tablet, notice, 1, own_template=FIRE_FORM.encode())
    hand_in(rig, tablet, made.entry)
    rig.desk.run()
    publish(rig, FIRE_FORM.replace(template.document.title, "另一个责令限期改正通知书"))
    request = decided(rig, made.entry.sha256)
    refers = papers_of(rig).propose(request).notice.refers
    assert refers is not None and refers.title == template.document.title


@pytest.mark.parametrize("series", [SERIES, OWN_SERIES], ids=["shipped", "own"])
def test_after_an_older_copy_was_put_back_numbers_are_left_out_of_a_series_it_does_not_know(rig, series):
    rig.enrolled()
    publish(rig, OWN_FORM)
    assert rig.desk.numbers.next_of(series) == 1
    give_up(rig.desk.numbers, rig.desk.database, "样例原因")
    own = OwnNumbers(rig.desk.database, rig.desk.numbers)
    offer = own.offer(series, template="〔{year}〕{serial}号", at_ms=rig.clock.ms, by="")
    assert offer.numbered.serial > MOST


def test_an_office_that_extends_nothing_has_no_such_series_after_an_older_copy(tmp_path):
    street = IssuerProfile(kind=IssuerKind.NON_ENFORCEMENT, name="样例街道办事处（样例）", region="样")
    with DeskRig(tmp_path, issuer=street) as rig:
        rig.enrolled()
        give_up(rig.desk.numbers, rig.desk.database, "样例原因")
        assert {one.document for one in rig.desk.numbers.all_series()} == {"hazard-notice", "hazard-advice"}


# --- Numbers of it that tablets have from an earlier program ---


def test_tablets_are_given_no_numbers_of_it_and_are_asked_once_for_those_they_have(rig):
    tablet = rig.enrolled()
    publish(rig, OWN_FORM)
    numbers = rig.devices.numbers
    documents = {one.document.id for one in numbers.of(tablet.id)}
    assert documents == {kind.value for kind in kinds_of(IssuerKind.FIRE_RESCUE)} - {"extension"}
    with pytest.raises(IllegalMoveError, match="不出具"):
        numbers.hand_out(rig.admin, tablet.id, "extension", 5)
    assert numbers.top_up() == 0
    assert (serials(rig, tablet.id), serials(rig, tablet.id, OWN_SERIES)) == ([], [])
    give_as_an_earlier_program(rig, tablet.id)
    give_as_an_earlier_program(rig, tablet.id, OWN_SERIES)
    for _ in range(2):
        assert numbers.top_up() == 0
    recalls = [body.blocks for body in told(rig, tablet) if isinstance(body, NumberRecall)]
    assert [set(blocks) for blocks in recalls] == [{"extension 1", f"{OWN_ID} 1"}]
    assert {fate for _, fate in serials(rig, tablet.id)} == {Fate.HELD}, "until it answers"
