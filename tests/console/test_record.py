"""The record's screen: proof first, what was found, and the decision."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from inspector.console.records import Records
from inspector.console.routes import record as at
from inspector.console.taking import RecordState
from inspector.domain.answer import PhotoId, Verdict
from inspector.domain.checklist import Severity
from inspector.domain.finding import CriterionInView, Finding, MajorDecision
from inspector.domain.inspection import Inspection, Position
from inspector.domain.working_days import DayKind, Deadline
from inspector.work.intake import Aspect
from tests import make
from tests.console.desk_rig import PASSPHRASE, ATablet, DeskRig
from tests.console.sealed_records import amending, inspected, seal, sealed, upload
from tests.ui_harness import Harness, screen_test

WIDE = {"width": 1440, "height": 900}


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[DeskRig]:
    with DeskRig(tmp_path) as found:
        yield found


def picture() -> bytes:
    data = BytesIO()
    Image.new("RGB", (40, 30), "red").save(data, "JPEG")
    return data.getvalue()


def with_finding(tablet: ATablet, photo: PhotoId, size: int) -> Inspection:
    """An inspection with one suspected major finding, its picture and a person's decision."""
    done = inspected(tablet).located(
        Position(latitude="31.230400", longitude="121.473700", accuracy_m="8", at_ms=make.DAY_MS)
    )
    done = done.answered(make.answer(make.MAJOR, Verdict.FAIL)).photographed(
        make.photo(photo, item=make.MAJOR, size=size)
    )
    criterion = CriterionInView(name="样例判定标准")
    decision = MajorDecision(
        criterion=criterion.name, upheld=True, reason="样例理由", by=make.ADA.id, at_ms=make.DAY_MS
    )
    found = Finding(
        id="finding-1",
        item=make.key(make.MAJOR),
        section="设施",
        ask="消防水源没有被切断",
        facts="样例：水源阀门关闭",
        photos=(photo,),
        severity=Severity.SUSPECTED_MAJOR,
        criteria=(criterion,),
        requirement="恢复供水",
        deadline=Deadline(date=date(2026, 11, 27), days=3, kind=DayKind.CALENDAR),
        decision=decision,
        at_ms=make.DAY_MS,
        by=make.ADA.id,
    )
    return replace(done, findings={found.item: found})


def received(rig: DeskRig, claimed: bytes | None = None):
    """A record with a finding in the desk; `claimed` is what is sealed in the picture's place."""
    tablet, data = rig.enrolled(), picture()
    id = PhotoId(sha256(data).hexdigest())
    entry = seal(tablet, with_finding(tablet, id, len(data)), {id: claimed or data})
    rig.sends(tablet, [entry.envelope])
    upload(rig, tablet, entry)
    rig.desk.run()
    return tablet, entry


def said(ui: Harness, words: str) -> bool:
    return any(words in text for text in ui.texts())


@screen_test
async def test_a_record_shows_its_proof_its_finding_and_what_surrounds_it(rig):
    _, entry = received(rig)
    ui = await rig.window(at(entry.sha256), **WIDE)
    names = ui.identifiers()
    proofs = [f"console.record.proof.{aspect.value}" for aspect in Aspect]
    assert [name for name in names if name in proofs] == proofs
    assert names.index(proofs[-1]) < names.index("console.record.finding.1.photo-1")
    for words in (
        "样例：水源阀门关闭",
        "恢复供水",
        "样例检查员甲按疑似重大上报：样例理由",
        "北纬 31.230400°",
        "样例-001，密钥签名",
        "仅手写签名",
        "第 1 版（首次提交）",
        entry.sha256,
    ):
        assert said(ui, words), words
    await ui.tap(proofs[0])
    assert said(ui, "设备签名有效")
    await ui.tap("console.record.finding.1.photo-1")
    assert ui.has("console.photo-close")
    assert ui.errors() == []


@screen_test
async def test_a_photo_and_a_proof_that_are_open_stay_open_when_the_window_changes_its_columns(rig):
    _, entry = received(rig)
    ui = await rig.window(at(entry.sha256), **WIDE)
    await ui.tap("console.record.proof.signature")
    await ui.tap("console.record.finding.1.photo-1")
    for width, height in ((1024, 768), (1440, 900), (1024, 768)):
        ui.page.width, ui.page.height = width, height
        await ui.fire(ui.page, "resize", {"width": width, "height": height})
        assert ui.has("console.photo-close"), (width, height)
        assert said(ui, "设备签名有效"), (width, height)
    await ui.tap("console.photo-close")
    assert not ui.has("console.photo-close")
    assert ui.errors() == []


@screen_test
async def test_accepting_tells_the_tablet_and_leaves_nothing_to_decide(rig):
    _, entry = received(rig)
    ui = await rig.window(at(entry.sha256), who=rig.log_in("supervisor"), **WIDE)
    await ui.tap("console.record.accept")
    assert Records(rig.desk).counts()[RecordState.ACCEPTED] == 1
    assert ui.has("console.record.decision")
    assert said(ui, "supervisor 于")
    assert not ui.has("console.record.accept")
    assert ui.errors() == []


@screen_test
async def test_a_return_takes_a_note_for_an_item_and_for_the_whole(rig):
    tablet, entry = received(rig)
    ui = await rig.window(at(entry.sha256), **WIDE)
    await ui.tap("console.record.begin-return")
    await ui.tap("console.record.return")
    assert said(ui, "退回时请写明要补什么")
    assert Records(rig.desk).counts()[RecordState.NEW] == 1
    await ui.type("console.record.note", "请补充")
    await ui.type("console.record.finding.1.note", "请补照片说明")
    await ui.tap("console.record.return")
    decision = Records(rig.desk).open(entry.sha256).decision
    assert decision is not None
    assert (decision.note, [one.note for one in decision.items]) == ("请补充", ["请补照片说明"])
    assert said(ui, "消防水源没有被切断：请补照片说明")
    correction = amending(tablet, entry, 2)
    rig.sends(tablet, [correction.envelope])
    rig.desk.run()
    again = await rig.window(at(correction.sha256), **WIDE)
    await again.tap(f"console.record.version.{entry.sha256[:12]}")
    assert again.page.route == at(entry.sha256)


@screen_test
async def test_what_is_not_genuine_is_said_at_the_very_top_and_cannot_be_decided(rig):
    _, entry = received(rig, claimed=b"something else")
    ui = await rig.window(at(entry.sha256), **WIDE)
    names = ui.identifiers()
    assert names.index("console.record.bad") < names.index("console.record.proof.signature")
    assert said(ui, "这份记录不能采信")
    assert said(ui, "照片与记录中的摘要不符")
    assert not ui.has("console.record.accept")
    assert not ui.has("console.record.begin-return")
    assert ui.errors() == []


@screen_test
async def test_a_viewer_sees_why_a_record_stays_closed(rig):
    _, entry = received(rig)
    ui = await rig.window(at(entry.sha256), who=rig.log_in("viewer"), **WIDE)
    assert said(ui, "查看员只能看列表")
    assert not ui.has("console.record.accept")
    assert not said(ui, "样例：水源阀门关闭")


@screen_test
async def test_a_record_asks_for_the_keys_where_it_needs_them(rig):
    _, entry = received(rig)
    rig.desk.lock()
    ui = await rig.window(at(entry.sha256), **WIDE)
    assert not said(ui, "样例：水源阀门关闭")
    await ui.type("console.unlock.passphrase", PASSPHRASE)
    await ui.tap("console.unlock.open")
    assert said(ui, "样例：水源阀门关闭")


@screen_test
async def test_an_unknown_record_says_so(rig):
    ui = await rig.window(at("0" * 64), **WIDE)
    assert said(ui, "审核台没有编号为 000000000000 的内容")


@screen_test
async def test_a_record_without_findings_says_so(rig):
    tablet = rig.enrolled()
    entry = sealed(tablet)
    rig.sends(tablet, [entry.envelope])
    rig.desk.run()
    ui = await rig.window(at(entry.sha256), width=1024, height=768)
    assert said(ui, "没有发现问题")
    assert said(ui, "审核台没有这一版检查表")
    assert ui.has("console.record.accept")


@pytest.mark.parametrize("ahead_s", [3600, 3650 * 86_400])
@screen_test
async def test_a_record_from_a_clock_that_is_ahead_is_doubted_in_words_and_can_still_be_decided(rig, ahead_s):
    tablet, data = rig.enrolled(), picture()
    rig.clock.pass_(-ahead_s)
    id = PhotoId(sha256(data).hexdigest())
    entry = seal(tablet, with_finding(tablet, id, len(data)), {id: data})
    rig.sends(tablet, [entry.envelope])
    upload(rig, tablet, entry)
    rig.desk.run()
    ui = await rig.window(at(entry.sha256), **WIDE)
    await ui.tap("console.record.proof.time")
    assert said(ui, "封存时间晚于收到时间")
    assert ui.has("console.record.accept")
