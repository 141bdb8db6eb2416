"""A receipt of service that is filled in and signed on the tablet."""

from __future__ import annotations

from datetime import date

from inspector.domain.service import ServiceWay
from inspector.tablet import routes
from inspector.tablet.writing import Matter
from tests.tablet.second_visit import RECEIPT, issue, issued, order_of, with_an_order
from tests.tablet.walking import Walking, draw
from tests.ui_harness import screen_test


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
