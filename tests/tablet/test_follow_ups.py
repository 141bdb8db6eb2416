"""Documents that are filled in first: looked at again, ordered on the spot, served, handed on, replaced."""

from __future__ import annotations

from datetime import date

import flet as ft
import pytest

from inspector.catalog import Catalogue
from inspector.domain.answer import Verdict
from inspector.domain.inspection import Amends, PhotoSource
from inspector.domain.issuer import IssuerKind, NoticeKind
from inspector.domain.law import Article, Law, LawId, LawKind, Laws, VerificationMark
from inspector.domain.notice_details import Rectification
from inspector.domain.numbering import Series
from inspector.domain.profile import IssuerProfile
from inspector.domain.service import ServiceWay
from inspector.errors import IllegalMoveError, InputMissingError, NoticeIssuedError
from inspector.photos.picture import intake
from inspector.tablet import routes
from inspector.tablet.filling import SeenFinding
from inspector.tablet.issuing import REPLACING
from inspector.tablet.paper import key_of
from inspector.tablet.writing import Matter
from inspector.work.feed import NumberBlock
from inspector.work.issue import ordered_findings
from tests import make
from tests.tablet.walking import JPEG, Walking, draw
from tests.ui_harness import Harness, screen_test

ORDER = NoticeKind.RECTIFY_ORDER
AGAIN, MEASURES = NoticeKind.REINSPECTION, NoticeKind.MEASURES_DECISION
RECEIPT, TRANSFER = NoticeKind.SERVICE_RECEIPT, NoticeKind.TRANSFER
SAFETY = Law(
    id=LawId("work-safety-law"),
    kind=LawKind.LAW,
    short="安全生产法",
    title="中华人民共和国安全生产法",
    in_force_from=date(2021, 9, 1),
    articles=(
        Article(label="第六十五条第一款第（三）项", mark=VerificationMark.READ),
        Article(label="第六十九条", mark=VerificationMark.READ),
    ),
)


def with_safety_law(rig: Walking) -> None:
    """The catalogue of a tablet whose law of safety at work was read."""
    rig.catalogue = Catalogue(laws=Laws((*make.LAWS, SAFETY)), files=rig.catalogue.files)
    rig.tablet = rig.another_process()


def give_numbers(rig: Walking, *kinds: NoticeKind, last: int = 9) -> None:
    issuer = rig.bench.paper.profile().kind
    for kind in kinds:
        block = NumberBlock(
            id=f"block {kind.value}",
            series=Series(issuer=issuer, document=kind.value, year=2026),
            template=f"（样）{kind.word}〔{{year}}〕{{serial}}号",
            first=1,
            last=last,
        )
        rig.bench.paper.numbers.take_in(block)


def with_a_photo(rig: Walking, inspection):
    return rig.bench.inspections.photograph(inspection, make.key(make.EXIT), intake(JPEG), PhotoSource.CAMERA)


def first_visit(rig: Walking, **verdicts: Verdict):
    """Sealed, with its order issued."""
    failed = verdicts or {"exit_unlocked": Verdict.FAIL, "signs": Verdict.FAIL}
    sealed = rig.sealed(rig.answered(rig.draft(), **failed))
    rig.bench.paper.issue(sealed, ORDER)
    rig.clock.pass_(3600)
    return sealed


def order_of(rig: Walking):
    return next(row for row in rig.bench.paper.issued() if row.notice.kind is ORDER)


async def a_second_visit(rig: Walking, *, photo: bool = True) -> Harness:
    """The documents of a later visit to an enterprise that has an order."""

    def sealed():
        give_numbers(rig, ORDER, AGAIN, RECEIPT)
        first_visit(rig)
        inspection = rig.answered(rig.draft())
        return rig.sealed(with_a_photo(rig, inspection) if photo else inspection)

    return await rig.open(sealed, routes.notices)


def issued(rig: Walking, kind: NoticeKind):
    return [row for row in rig.bench.paper.issued() if row.notice.kind is kind]


async def issue(ui: Harness) -> None:
    await ui.tap("fill.check")
    await ui.tap("fill-issue")
    await ui.tap("fill-issue-ask-yes")


# --- 整改复查意见书 ---


@screen_test
async def test_a_visit_looks_at_an_earlier_order_again_finding_by_finding(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await a_second_visit(rig)
        order = order_of(rig)
        assert f"复查 {order.notice.number}" in str(ui.by_identifier(f"notices.reinspect.{order.id}").content)
        await ui.tap(f"notices.reinspect.{order.id}")
        assert any("安全出口上锁" in text for text in ui.texts())
        await ui.tap("fill.finding-1-result-done")
        await ui.tap("fill.finding-2-result-partly")
        await ui.type("fill.finding-2-remark", "已换新标志，还差一处")
        await ui.tap("fill.finding-2-photo-1")
        await ui.tap("fill.check")
        assert any(text.endswith("：部分整改。已换新标志，还差一处（附照片 1 张）") for text in ui.texts())
        assert not any("。：" in text for text in ui.texts())
        await ui.tap("fill.edit")
        await issue(ui)
        (row,) = issued(rig, AGAIN)
        notice = row.notice
        assert notice.number == "（样）整改复查意见书〔2026〕1号"
        assert notice.refers is not None and notice.refers.public_id == order.notice.public_id
        assert [(one.result, one.remark, one.photos) for one in notice.details.results] == [
            (Rectification.DONE, "", ()),
            (Rectification.PARTLY, "已换新标志，还差一处", (1,)),
        ]
        (photo,) = notice.photos
        assert photo.record_sha256 in rig.on_disk.photos
        assert (notice.record_id, notice.record_sha256) == (
            rig.draft_id,
            rig.bench.memory.sealed_as(rig.draft_id)[1],
        )
        assert rig.bench.memory.sealed_as(row.id) is not None, "an entry of the chain like any other"
        assert f"本次复查意见书：{notice.number}" in ui.texts()
        assert not ui.has(f"notices.reinspect.{order.id}")


@screen_test
async def test_the_pictures_that_were_chosen_are_printed(tmp_path):
    async with Walking(tmp_path) as rig:
        await a_second_visit(rig)
        order, visit = order_of(rig), rig.on_disk
        matter = Matter(kind=AGAIN, original=order.id)
        acts = rig.bench.follow_ups
        form = acts.form(visit, matter)
        (photo,) = visit.photos
        done = SeenFinding(result=Rectification.DONE, photos=(photo,))
        acts.keep(visit, matter, form.saw(1, done).saw(2, done))
        acts.preview(visit, matter)
        (printed,) = rig.press.photos
        assert acts.draft(visit, matter).photos[0].printed_sha256 == printed


@screen_test
async def test_what_was_filled_in_is_there_after_the_window_was_closed(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await a_second_visit(rig)
        order = order_of(rig)
        await ui.tap(f"notices.reinspect.{order.id}")
        await ui.tap("fill.finding-2-result-not-done")
        await ui.type("fill.finding-2-remark", "没有动")
        await ui.tap("fill.finding-2-photo-1")
        ui = await rig.again(lambda id: routes.fill(id, AGAIN.value, order.id))
        assert ui.by_identifier("fill.finding-2-remark").value == "没有动"
        chosen = {one.identifier for one in ui.walk() if isinstance(one, ft.Semantics) and one.selected}
        assert chosen == {"fill.finding-2-result-not-done", "fill.finding-2-photo-1"}


@screen_test
async def test_two_quick_taps_on_two_findings_keep_both(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await a_second_visit(rig)
        await ui.tap(f"notices.reinspect.{order_of(rig).id}")
        buttons = [ui.by_identifier(f"fill.finding-{place}-result-done") for place in (1, 2)]
        for button in buttons:
            await ui.session.dispatch_event(button._i, "click", None)
        await ui.settle()
        form = rig.bench.follow_ups.form(rig.on_disk, Matter(kind=AGAIN, original=order_of(rig).id))
        assert {ordinal: one.result for ordinal, one in form.seen.items()} == {
            1: Rectification.DONE,
            2: Rectification.DONE,
        }


@screen_test
async def test_a_result_without_its_remark_is_told_and_uses_up_no_number(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await a_second_visit(rig)
        await ui.tap(f"notices.reinspect.{order_of(rig).id}")
        await ui.tap("fill.check")
        assert any("还有 2 项没有选择复查结果" in text for text in ui.texts())
        assert "还不能出具" in ui.texts() and "有编号" not in ui.texts()
        await ui.tap("fill.edit")
        await ui.tap("fill.finding-1-result-done")
        await ui.tap("fill.finding-2-result-unreachable")
        await ui.tap("fill.check")
        assert any("第2项无法复查，须写明情况" in text for text in ui.texts())
        assert not ui.has("fill-issue")
        assert rig.bench.paper.numbers_left(AGAIN, 2026) == 9


@screen_test
async def test_two_quick_taps_issue_one_document(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await a_second_visit(rig)
        await ui.tap(f"notices.reinspect.{order_of(rig).id}")
        for place in (1, 2):
            await ui.tap(f"fill.finding-{place}-result-done")
        await ui.tap("fill.check")
        await ui.tap("fill-issue")
        yes = ui.by_identifier("fill-issue-ask-yes")
        for _ in range(2):
            await ui.session.dispatch_event(yes._i, "click", None)
        await ui.settle()
        assert len(issued(rig, AGAIN)) == 1
        assert ui.errors() == []
        visit = rig.on_disk
        matter = Matter(kind=AGAIN, original=order_of(rig).id)
        kept = rig.bench.memory.row("filled", issued(rig, AGAIN)[0].id)
        rig.bench.memory.put_rows("filled", {matter.key(visit): kept})
        with pytest.raises(NoticeIssuedError):
            rig.bench.follow_ups.issue(visit, matter)


@screen_test
async def test_open_orders_come_first_and_only_those_of_this_enterprise(tmp_path):
    async with Walking(tmp_path) as rig:

        def sealed():
            give_numbers(rig, ORDER, AGAIN)
            first_visit(rig)
            first = order_of(rig)
            first_visit(rig)
            other = rig.enterprise(
                id="0198c0de-0000-7000-8000-0000000000e9", name="另一家样例单位", credit_code=""
            )
            elsewhere = rig.sealed(rig.answered(rig.draft(enterprise=other), signs=Verdict.FAIL))
            rig.bench.paper.issue(elsewhere, ORDER)
            rig.clock.pass_(3600)
            visit = rig.sealed(rig.answered(rig.draft()))
            newest = rig.bench.paper.issued(visit.id)
            assert newest == ()
            matter = Matter(kind=AGAIN, original=issued(rig, ORDER)[1].id)
            acts = rig.bench.follow_ups
            done = SeenFinding(result=Rectification.DONE)
            acts.keep(visit, matter, acts.form(visit, matter).saw(1, done).saw(2, done))
            acts.issue(visit, matter)
            rig.clock.pass_(3600)
            third = rig.sealed(rig.answered(rig.draft()))
            listed = acts.originals(third)
            assert [one.is_open for one in listed] == [True, False]
            assert listed[0].row.id == first.id
            return third

        ui = await rig.open(sealed, routes.notices)
        assert {"尚未全部整改", "已全部整改"} <= set(ui.texts())


@screen_test
async def test_who_enforces_nothing_re_inspects_on_no_document(tmp_path):
    async with Walking(tmp_path) as rig:

        def sealed():
            street = IssuerProfile(kind=IssuerKind.NON_ENFORCEMENT, name="样例社区", region="样")
            rig.bench.memory.put_fact("issuer", street.to_record())
            give_numbers(rig, NoticeKind.HAZARD_NOTICE)
            first = rig.sealed(rig.answered(rig.draft(), signs=Verdict.FAIL))
            rig.bench.paper.issue(first, NoticeKind.HAZARD_NOTICE)
            rig.clock.pass_(3600)
            return rig.sealed(rig.answered(rig.draft()))

        ui = await rig.open(sealed, routes.notices)
        assert not any(one.startswith(("notices.reinspect", "notices.fill")) for one in ui.identifiers())


# --- 现场处理措施决定书 ---


async def with_findings(rig: Walking, *kinds: NoticeKind) -> Harness:
    def sealed():
        give_numbers(rig, *kinds)
        return rig.sealed(rig.answered(rig.draft(), exit_unlocked=Verdict.FAIL, signs=Verdict.FAIL))

    return await rig.open(sealed, routes.notices)


@screen_test
async def test_measures_are_ordered_for_findings_on_the_basis_of_the_law(tmp_path):
    async with Walking(tmp_path) as rig:
        with_safety_law(rig)
        ui = await with_findings(rig, MEASURES)
        await ui.tap("notices.fill.measures-decision")
        first, second = ordered_findings(rig.on_disk)
        await ui.tap(f"fill.measure-1-finding-{first.id}")
        await ui.tap("fill.measure-1-offer-1")
        await ui.tap("fill.measure-add")
        await ui.tap(f"fill.measure-2-finding-{second.id}")
        await ui.type("fill.measure-2-text", "责令停止使用二楼。")
        await issue(ui)
        (row,) = issued(rig, MEASURES)
        details = row.notice.details
        assert details.basis == ("《中华人民共和国安全生产法》第六十五条第一款第（三）项",)
        assert [(one.findings, one.text) for one in details.measures] == [
            ((1,), "责令从危险区域内撤出作业人员。"),
            ((2,), "责令停止使用二楼。"),
        ]
        assert row.notice.appeal is not None
        assert row.notice.number == "（样）现场处理措施决定书〔2026〕1号"


@screen_test
async def test_without_a_verified_article_no_measures_are_decided(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await with_findings(rig, MEASURES)
        await ui.tap("notices.fill.measures-decision")
        await ui.tap("fill.measure-1-offer-1")
        await ui.tap("fill.check")
        assert any("现场处理措施没有依据" in text for text in ui.texts())
        assert not ui.has("fill-issue")


@screen_test
async def test_only_emergency_management_decides_measures(tmp_path):
    async with Walking(tmp_path) as rig:

        def sealed():
            fire = IssuerProfile(
                kind=IssuerKind.FIRE_RESCUE,
                name="样例消防救援大队",
                region="样",
                review_body="样例消防救援支队",
                court="样例市样例区人民法院",
            )
            rig.bench.memory.put_fact("issuer", fire.to_record())
            return rig.sealed(rig.answered(rig.draft(), signs=Verdict.FAIL))

        ui = await rig.open(sealed, routes.notices)
        assert not ui.has("notices.fill.measures-decision")
        assert ui.has("notices.fill.transfer")


# --- 送达回证 ---


async def with_an_order(rig: Walking, *kinds: NoticeKind) -> Harness:
    def sealed():
        give_numbers(rig, ORDER, NoticeKind.INSPECTION_RECORD, RECEIPT, *kinds)
        inspection = rig.sealed(rig.answered(rig.draft(), signs=Verdict.FAIL))
        rig.bench.paper.issue(inspection, NoticeKind.INSPECTION_RECORD)
        rig.bench.paper.issue(inspection, ORDER)
        return inspection

    return await rig.open(sealed, routes.notices)


@screen_test
async def test_documents_are_served_and_signed_for_on_the_pad(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await with_an_order(rig)
        await ui.tap("notices.fill.service-receipt")
        await ui.type("fill.place", "样例单位办公室")
        await ui.type("fill.received-by", "样例收件人")
        await ui.tap("fill.sign")
        assert any("送达文书：责令限期整改指令书" in text for text in ui.texts())
        await draw(ui, "receiving")
        assert any("样例收件人 已于" in text for text in ui.texts())
        await ui.tap("fill.check")
        assert {"送达地点：样例单位办公室", "收件人：样例收件人，已在屏幕上签名"} <= set(ui.texts())
        await ui.tap("fill.edit")
        await issue(ui)
        (row,) = issued(rig, RECEIPT)
        details = row.notice.details
        assert [one.document.number for one in details.documents] == [
            one.notice.number for one in rig.bench.paper.issued(rig.draft_id)[:2]
        ]
        first = details.documents[0]
        assert (first.way, first.received_by) == (ServiceWay.DIRECT, "样例收件人")
        assert first.signature is not None and first.received_ms is not None
        assert row.notice.number == "（样）送达回证〔2026〕1号"


@screen_test
async def test_documents_that_are_served_at_different_times_go_on_receipts_of_their_own(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await with_an_order(rig)
        record, order = (row.notice.number for row in rig.bench.paper.issued(rig.draft_id))
        await ui.tap("notices.fill.service-receipt")
        await ui.tap(f"fill.document-{order_of(rig).id}")
        await ui.type("fill.place", "样例单位办公室")
        await issue(ui)
        await ui.tap("notices.fill.service-receipt")
        await ui.type("fill.place", "样例单位门口")
        await ui.tap("fill.way-left")
        await ui.type("fill.refusal", "拒绝签收")
        await ui.type("fill.witness", "样例见证人")
        await issue(ui)
        served = [
            [(one.document.number, one.way) for one in row.notice.details.documents]
            for row in issued(rig, RECEIPT)
        ]
        assert served == [[(record, ServiceWay.DIRECT)], [(order, ServiceWay.LEFT)]]


@screen_test
async def test_a_signature_goes_when_what_was_signed_changes(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await with_an_order(rig)
        await ui.tap("notices.fill.service-receipt")
        await ui.type("fill.place", "样例单位办公室")
        await ui.type("fill.received-by", "样例收件人")
        await ui.tap("fill.sign")
        await draw(ui, "receiving")
        kept = rig.bench.follow_ups.form(rig.on_disk, Matter(kind=RECEIPT))
        assert kept.together.signature is not None
        await ui.type("fill.place", "另一处")
        assert rig.bench.follow_ups.form(rig.on_disk, Matter(kind=RECEIPT)).together.signature is None


@screen_test
async def test_electronic_service_wants_the_signed_consent(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await with_an_order(rig)
        await ui.tap("notices.fill.service-receipt")
        await ui.type("fill.place", "样例邮箱")
        await ui.tap("fill.way-electronic")
        await ui.tap("fill.check")
        assert any("电子送达须有当事人签署的确认书" in text for text in ui.texts())
        await ui.tap("fill.edit")
        await ui.tap("fill.consent-yes")
        await ui.type("fill.consent-by", "样例负责人")
        await ui.type("fill.consent-on", "十一月")
        await ui.type("fill.consent-to", "sample@example.invalid")
        await ui.tap("fill.check")
        assert any("确认书签署日期请按" in text for text in ui.texts())
        await ui.tap("fill.edit")
        await ui.type("fill.consent-on", "2026-11-23")
        await issue(ui)
        (row,) = issued(rig, RECEIPT)
        assert row.notice.details.consent.signed_on == date(2026, 11, 23)


@screen_test
async def test_only_who_is_handed_the_papers_signs_and_an_announcement_has_no_receiver(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await with_an_order(rig)
        await ui.tap("notices.fill.service-receipt")
        await ui.type("fill.place", "样例公告栏")
        await ui.type("fill.received-by", "样例收件人")
        shown = {}
        for way in ServiceWay:
            await ui.tap(f"fill.way-{way.value}")
            shown[way] = (ui.has("fill.received-by"), ui.has("fill.sign"))
        assert shown == {way: (way.has_receiver, way.is_by_hand) for way in ServiceWay}
        assert shown[ServiceWay.POST] == (True, False)
        await ui.tap("fill.way-announcement")
        await ui.type("fill.particulars", "样例公告栏")
        await issue(ui)
        (row,) = issued(rig, RECEIPT)
        assert {one.received_by for one in row.notice.details.documents} == {""}


@screen_test
async def test_what_is_left_behind_says_why_and_who_saw_it(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await with_an_order(rig)
        await ui.tap("notices.fill.service-receipt")
        await ui.type("fill.place", "样例单位门口")
        await ui.tap("fill.way-left")
        assert not ui.has("fill.sign")
        await ui.type("fill.refusal", "拒绝签收")
        await ui.tap("fill.check")
        assert any("没有见证" in text for text in ui.texts())
        await ui.tap("fill.edit")
        await ui.type("fill.witness", "样例见证人")
        await ui.tap("fill.check")
        left = {"送达方式：留置", "送达日期：在纸面上填写", "拒收原因：拒绝签收", "见证人：样例见证人"}
        assert left <= set(ui.texts())
        assert not any(text.startswith("收件人：") for text in ui.texts())
        await ui.tap("fill.edit")
        await issue(ui)
        (row,) = issued(rig, RECEIPT)
        assert {(one.refusal, one.witness) for one in row.notice.details.documents} == {
            ("拒绝签收", "样例见证人")
        }
        ui = await rig.again(lambda id: routes.fill(id, RECEIPT.value))
        form = rig.bench.follow_ups.form(rig.on_disk, Matter(kind=RECEIPT))
        assert form.documents == (), "both were served"


# --- 移送函 ---


@screen_test
async def test_a_matter_goes_to_another_body_with_its_papers(tmp_path):
    async with Walking(tmp_path) as rig:
        with_safety_law(rig)
        ui = await with_findings(rig, TRANSFER)
        first, _ = ordered_findings(rig.on_disk)
        await ui.tap("notices.fill.transfer")
        await ui.type("fill.receiver", "样例市场监督管理局")
        await ui.type("fill.subject", "样例事项")
        await ui.tap("fill.fact-0")
        await ui.tap("fill.paper-add")
        await ui.type("fill.paper-1-name", "现场检查记录复印件")
        await ui.type("fill.paper-1-pages", "两")
        await ui.tap("fill.check")
        assert any("份数、页数请填整数" in text for text in ui.texts())
        await ui.tap("fill.edit")
        await ui.type("fill.paper-1-pages", "3")
        await ui.tap("fill.check")
        told = {f"事实：{first.facts}。", "移送材料：现场检查记录复印件（1 份，每份 3 页）"}
        assert told <= set(ui.texts())
        await ui.tap("fill.edit")
        await issue(ui)
        (row,) = issued(rig, TRANSFER)
        details = row.notice.details
        assert (details.receiver, details.facts) == ("样例市场监督管理局", f"{first.facts}。")
        assert details.basis == ("《中华人民共和国安全生产法》第六十九条",)
        assert [(one.name, one.copies, one.pages) for one in details.attachments] == [
            ("现场检查记录复印件", 1, 3)
        ]


# --- 替代 ---


async def replace_from_screen(ui: Harness, id: str, reason: str = "复议机关写错") -> None:
    name = f"notices.issued.{id}-replace"
    await ui.tap(name)
    assert ui.by_identifier(f"{name}-go").disabled
    await ui.type(f"{name}-reason", reason)
    await ui.tap(f"{name}-go")
    await ui.tap(f"{name}-go-ask-yes")


@screen_test
async def test_an_issued_document_is_replaced_by_one_that_names_it(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await with_an_order(rig)
        old = order_of(rig)
        await replace_from_screen(ui, old.id)
        assert f"替代 {old.notice.number}（原因：复议机关写错）" in ui.texts()
        assert "替代文书在本页上方，核对后出具；出具之前这份仍然有效。" in ui.texts()
        assert not ui.has(f"notices.issued.{old.id}-replace")
        await ui.tap("notices.rectify-order-issue")
        await ui.tap("notices.rectify-order-issue-ask-yes")
        first, second = issued(rig, ORDER)
        assert second.notice.replaces == first.notice.number == old.notice.number
        assert second.notice.replaces_reason == "复议机关写错"
        assert second.notice.number not in (None, first.notice.number)
        assert "已被替代" in ui.texts()
        assert not ui.has(f"notices.issued.{first.id}-replace")
        assert ui.has(f"notices.issued.{second.id}-replace")
        with pytest.raises(NoticeIssuedError):
            rig.bench.paper.issue(rig.on_disk, ORDER)
        with pytest.raises(IllegalMoveError):
            rig.bench.follow_ups.begin_replacing(rig.on_disk, first, "再替代一次")


@screen_test
async def test_nothing_is_replaced_without_a_reason_or_after_a_change_of_mind(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await with_an_order(rig)
        old = order_of(rig)
        with pytest.raises(InputMissingError):
            rig.bench.follow_ups.begin_replacing(rig.on_disk, old, "  ")
        await replace_from_screen(ui, old.id)
        await ui.tap("notices.rectify-order-keep")
        assert ui.has(f"notices.issued.{old.id}-replace")
        assert not ui.has("notices.rectify-order-issue")
        with pytest.raises(NoticeIssuedError):
            rig.bench.paper.issue(rig.on_disk, ORDER)


@screen_test
async def test_a_replacement_without_a_number_is_refused(tmp_path):
    async with Walking(tmp_path) as rig:

        def sealed():
            give_numbers(rig, ORDER, last=1)
            inspection = rig.sealed(rig.answered(rig.draft(), signs=Verdict.FAIL))
            rig.bench.paper.issue(inspection, ORDER)
            return inspection

        ui = await rig.open(sealed, routes.notices)
        await replace_from_screen(ui, order_of(rig).id)
        assert not ui.has("notices.rectify-order-issue")
        with pytest.raises(IllegalMoveError, match="没有可用编号"):
            rig.bench.paper.issue(rig.on_disk, ORDER)
        assert len(issued(rig, ORDER)) == 1


@screen_test
async def test_a_correction_replaces_the_document_of_the_record_it_corrects(tmp_path):
    async with Walking(tmp_path) as rig:

        def sealed():
            give_numbers(rig, ORDER)
            first = first_visit(rig)
            inner = rig.bench.memory.sealed_as(first.id)[1]
            draft = rig.draft(amends=Amends(record=first.id, sha256=inner), like=first)
            return rig.sealed(rig.answered(draft, signs=Verdict.FAIL))

        ui = await rig.open(sealed, routes.notices)
        assert "更正前出具的文书" in ui.texts()
        old = order_of(rig)
        assert not ui.has(f"notices.reinspect.{old.id}"), "a correction is no visit"
        await replace_from_screen(ui, old.id, "检查记录已更正")
        await ui.tap("notices.rectify-order-issue")
        await ui.tap("notices.rectify-order-issue-ask-yes")
        second = issued(rig, ORDER)[1]
        assert (second.notice.replaces, second.inspection) == (old.notice.number, rig.draft_id)
        assert len(second.notice.findings) == 1


@screen_test
async def test_a_filled_in_document_is_replaced_from_what_it_said(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await a_second_visit(rig, photo=False)
        await ui.tap(f"notices.reinspect.{order_of(rig).id}")
        for place in (1, 2):
            await ui.tap(f"fill.finding-{place}-result-done")
        await issue(ui)
        (old,) = issued(rig, AGAIN)
        await replace_from_screen(ui, old.id, "第2项选错")
        await ui.tap("fill.finding-2-result-not-done")
        await ui.type("fill.finding-2-remark", "没有动")
        await issue(ui)
        first, second = issued(rig, AGAIN)
        assert second.notice.replaces == first.notice.number
        assert [one.result for one in second.notice.details.results] == [
            Rectification.DONE,
            Rectification.NOT_DONE,
        ]


async def a_receipt_and_half_of_another(rig: Walking) -> tuple[Harness, str]:
    """The first receipt is issued, the place of a second one written; then the first is replaced."""
    ui = await with_an_order(rig)
    first = rig.bench.paper.issued(rig.draft_id)[0].id
    await ui.tap("notices.fill.service-receipt")
    await ui.tap(f"fill.document-{order_of(rig).id}")
    await ui.type("fill.place", "第一处")
    await issue(ui)
    (old,) = issued(rig, RECEIPT)
    await ui.tap("notices.fill.service-receipt")
    await ui.type("fill.place", "第二处，填到一半")
    await ui.go(routes.notices(rig.draft_id))
    await replace_from_screen(ui, old.id, "地点写错")
    assert any("填到一半的另一份已另存" in text for text in ui.texts())
    await ui.type("fill.place", "改正的第一处")
    form = rig.bench.follow_ups.form(rig.on_disk, Matter(kind=RECEIPT))
    assert (form.documents, form.together.place) == ((first,), "改正的第一处")
    return ui, old.id


@screen_test
async def test_a_form_filled_in_by_half_comes_back_after_the_replacement_was_issued(tmp_path):
    async with Walking(tmp_path) as rig:
        ui, _ = await a_receipt_and_half_of_another(rig)
        await issue(ui)
        assert issued(rig, RECEIPT)[1].notice.details.documents[0].place == "改正的第一处"
        form = rig.bench.follow_ups.form(rig.on_disk, Matter(kind=RECEIPT))
        assert (form.documents, form.together.place) == ((order_of(rig).id,), "第二处，填到一半")
        await ui.tap("notices.fill.service-receipt")
        assert not any("已另存" in text for text in ui.texts())


@screen_test
async def test_a_change_of_mind_loses_neither_form(tmp_path):
    async with Walking(tmp_path) as rig:
        ui, old = await a_receipt_and_half_of_another(rig)
        await ui.tap("fill.check")
        await ui.tap("fill-keep")
        form = rig.bench.follow_ups.form(rig.on_disk, Matter(kind=RECEIPT))
        assert form.together.place == "第二处，填到一半"
        await ui.go(routes.notices(rig.draft_id))
        await replace_from_screen(ui, old, "还是要改")
        form = rig.bench.follow_ups.form(rig.on_disk, Matter(kind=RECEIPT))
        assert form.together.place == "改正的第一处"


@screen_test
async def test_only_a_document_of_this_inspection_is_replaced_and_only_by_its_own_kind(tmp_path):
    async with Walking(tmp_path) as rig:
        await with_an_order(rig)
        record = issued(rig, NoticeKind.INSPECTION_RECORD)[0].notice.number
        key = key_of(rig.on_disk, ORDER)
        for number in ("（样）样例〔2026〕99号", record):
            rig.bench.memory.put_rows(REPLACING, {key: {"number": number, "reason": "写错文号"}})
            with pytest.raises(IllegalMoveError, match="要替代的文书不在本机"):
                rig.bench.paper.issue(rig.on_disk, ORDER)
        assert len(issued(rig, ORDER)) == 1
        assert rig.bench.paper.numbers_left(ORDER, 2026) == 8
