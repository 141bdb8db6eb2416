"""An issued document that another one takes the place of."""

from __future__ import annotations

import pytest

from inspector.domain.answer import Verdict
from inspector.domain.inspection import Amends
from inspector.domain.issuer import NoticeKind
from inspector.domain.notice_details import Rectification
from inspector.errors import IllegalMoveError, InputMissingError, NoticeIssuedError
from inspector.tablet import routes
from inspector.tablet.issuing import REPLACING
from inspector.tablet.paper import key_of
from inspector.tablet.writing import Matter
from tests.tablet.second_visit import (
    AGAIN,
    ORDER,
    RECEIPT,
    a_second_visit,
    first_visit,
    give_numbers,
    issue,
    issued,
    order_of,
    with_an_order,
)
from tests.tablet.walking import Walking
from tests.ui_harness import Harness, screen_test


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
