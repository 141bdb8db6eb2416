"""Documents that are filled in first: looked at again, ordered on the spot, handed on."""

from __future__ import annotations

import flet as ft
import pytest

from inspector.domain.answer import Verdict
from inspector.domain.issuer import IssuerKind, NoticeKind
from inspector.domain.notice_details import Rectification
from inspector.domain.profile import IssuerProfile
from inspector.errors import NoticeIssuedError
from inspector.tablet import routes
from inspector.tablet.filling import SeenFinding
from inspector.tablet.writing import Matter
from inspector.work.issue import ordered_findings
from tests.tablet.second_visit import (
    AGAIN,
    MEASURES,
    ORDER,
    TRANSFER,
    a_second_visit,
    first_visit,
    give_numbers,
    issue,
    issued,
    order_of,
    with_findings,
    with_safety_law,
)
from tests.tablet.walking import Walking
from tests.ui_harness import screen_test

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
