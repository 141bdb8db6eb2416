"""The documents: what each will say, its number, issuing once, handing over, characters without a font."""

import dataclasses
import shutil
from io import BytesIO

import flet as ft
import pytest
from reportlab.pdfgen.canvas import Canvas

from inspector.domain.answer import Verdict
from inspector.domain.issuer import IssuerKind, NoticeKind
from inspector.domain.numbering import Series
from inspector.domain.profile import IssuerProfile
from inspector.errors import NoticeIssuedError
from inspector.tablet import routes
from inspector.ui import pages
from inspector.work.feed import NumberBlock
from tests.tablet.rig import PIN
from tests.tablet.walking import Walking
from tests.ui_harness import Harness, screen_test

RECORD, ORDER = "notices.inspection-record", "notices.rectify-order"


async def papers(rig: Walking, *, numbers: int = 0, fails: bool = True) -> Harness:
    def sealed():
        if numbers:
            for kind in (NoticeKind.INSPECTION_RECORD, NoticeKind.RECTIFY_ORDER):
                rig.bench.paper.numbers.take_in(
                    NumberBlock(
                        id=f"block {kind.value}",
                        series=Series(issuer=rig.bench.paper.profile().kind, document=kind.value, year=2026),
                        template="（{region}）应急检〔{year}〕{serial}号",
                        first=1,
                        last=numbers,
                    )
                )
        verdict = Verdict.FAIL if fails else Verdict.PASS
        return rig.sealed(rig.answered(rig.draft(), exit_unlocked=verdict))

    return await rig.open(sealed, routes.notices)


def issued(rig: Walking):
    return rig.bench.paper.issued(rig.draft_id)


async def issue(ui: Harness, name: str) -> None:
    await ui.tap(f"{name}-issue")
    assert any("出具后不能修改" in text for text in ui.texts())
    await ui.tap(f"{name}-issue-ask-yes")


@screen_test
async def test_the_documents_that_an_inspection_asks_for_can_be_read_before_they_are_issued(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await papers(rig, numbers=3)
        assert {f"{RECORD}-issue", f"{ORDER}-issue"} <= set(ui.identifiers())
        await ui.tap(f"{ORDER}-text")
        texts = ui.texts()
        assert any("1．安全出口上锁" in text and "立即打开安全出口" in text for text in texts)
        assert any("行政复议" in text for text in texts)
        assert any("《中华人民共和国消防法》第二十八条" in text for text in texts)
        assert not any("第十六条" in text for text in texts), "an article from memory is never printed"


@screen_test
async def test_without_findings_only_the_record_is_offered(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await papers(rig, fails=False)
        assert ui.has(f"{RECORD}-issue")
        assert not ui.has(f"{ORDER}-issue")


@screen_test
async def test_issuing_takes_a_number_once(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await papers(rig, numbers=2)
        assert any("还有 2 个可用编号" in text for text in ui.texts())
        await issue(ui, ORDER)
        assert [row.notice.number for row in issued(rig)] == ["（样）应急检〔2026〕1号"]
        assert not ui.has(f"{ORDER}-issue")
        assert any("（样）应急检〔2026〕1号" in text for text in ui.texts())
        assert "已出具 1 份" in ui.texts()
        await ui.go("/transfer")
        order = "责令限期整改指令书 （样）应急检〔2026〕1号"
        assert any(text.startswith(f"{order} · ") for text in ui.texts()), (
            "which of the documents is on its way"
        )


@screen_test
async def test_dismissing_the_question_issues_nothing(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await papers(rig, numbers=2)
        await ui.tap(f"{ORDER}-issue")
        await ui.tap(f"{ORDER}-issue-ask-no")
        assert issued(rig) == ()


@screen_test
async def test_two_quick_taps_on_the_question_issue_one_document(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await papers(rig, numbers=3)
        await ui.tap(f"{ORDER}-issue")
        yes = next(
            one
            for one in ui.walk()
            if isinstance(one, ft.Semantics) and one.identifier == f"{ORDER}-issue-ask-yes"
        )
        for _ in range(2):
            await ui.session.dispatch_event(yes.content._i, "click", None)
        await ui.settle()
        assert [row.notice.number for row in issued(rig)] == ["（样）应急检〔2026〕1号"]
        assert ui.errors() == []


@screen_test
async def test_the_same_document_never_goes_out_under_two_numbers(tmp_path):
    async with Walking(tmp_path) as rig:
        await papers(rig, numbers=3)
        inspection = rig.on_disk
        rig.bench.paper.issue(inspection, NoticeKind.RECTIFY_ORDER)
        with pytest.raises(NoticeIssuedError, match="1号"):
            rig.bench.paper.issue(inspection, NoticeKind.RECTIFY_ORDER)
        assert rig.bench.paper.numbers_left(NoticeKind.RECTIFY_ORDER, 2026) == 2


@screen_test
async def test_after_its_folder_was_copied_back_it_says_why_there_is_no_number_and_what_to_do(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await papers(rig, numbers=3)
        assert "有编号" in ui.texts()
        inspection = rig.on_disk
        await rig.tablet.close()
        shutil.copytree(rig.store, tmp_path / "copy")
        shutil.rmtree(rig.store)
        shutil.copytree(tmp_path / "copy", rig.store)
        rig.tablet.open()
        await rig.tablet.enter(rig.tablet.gate.unlock, rig.person().id, PIN)
        await ui.go(routes.today())
        assert any("移动过" in text and "哪些文书号" in text for text in ui.texts())
        await ui.go(routes.notices(inspection.id))
        texts = ui.texts()
        assert "草稿 未编号" in texts
        assert any("由旧副本恢复" in text and "防止重号" in text for text in texts)
        assert any("联网" in text and "补发新号段" in text for text in texts)
        await issue(ui, RECORD)
        assert [row.notice.is_draft for row in issued(rig)] == [True]


@screen_test
async def test_without_a_number_it_is_a_draft_that_says_so_and_a_number_may_follow(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await papers(rig)
        texts = ui.texts()
        assert "草稿 未编号" in texts
        assert any("联网领到号段" in text for text in texts)
        await issue(ui, RECORD)
        assert [row.notice.is_draft for row in issued(rig)] == [True]
        assert "现场检查记录已存为未编号草稿，还没有正式出具" in ui.texts()
        assert "未编号草稿 1 份" in ui.texts() and not any("已出具" in text for text in ui.texts())
        assert any("存为草稿" in text for text in ui.texts())
        assert not ui.has(f"{RECORD}-issue"), "a second draft would be the same paper twice"
        rig.bench.paper.numbers.take_in(
            NumberBlock(
                id="block 7",
                series=Series(
                    issuer=rig.bench.paper.profile().kind,
                    document=NoticeKind.INSPECTION_RECORD.value,
                    year=2026,
                ),
                template="〔{year}〕{serial}号",
                first=7,
                last=9,
            )
        )
        ui = await rig.again(routes.notices)
        await issue(ui, RECORD)
        assert [row.notice.number for row in issued(rig)] == [None, "〔2026〕7号"]
        assert "已出具 1 份，未编号草稿 1 份" in ui.texts()


@screen_test
async def test_the_very_bytes_that_were_handed_over_are_saved(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await papers(rig, numbers=1)
        await issue(ui, ORDER)
        row = issued(rig)[0]
        await ui.tap(f"notices.issued.{row.id}-save")
        name, call = next((name, given) for name, given in ui.calls if name == "save_file")
        assert name == "save_file"
        assert bytes(call["src_bytes"]) == rig.bench.paper.pdf(row)
        assert call["file_name"].endswith(".pdf")
        assert "/" not in call["file_name"]


@screen_test
async def test_a_phone_hands_the_paper_to_the_systems_sheet(tmp_path):
    async with Walking(tmp_path) as rig:

        def sealed():
            return rig.sealed(rig.answered(rig.draft(), exit_unlocked=Verdict.FAIL))

        ui = await rig.open(sealed, routes.notices, platform="android", web=False)
        await issue(ui, ORDER)
        ui.client.replies["share_files"] = {"status": "success", "raw": ""}
        await ui.tap(f"notices.issued.{issued(rig)[0].id}-share")
        assert "share_files" in [name for name, _ in ui.calls]


@screen_test
async def test_what_cannot_be_drawn_here_goes_to_the_systems_viewer(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await papers(rig)
        await ui.tap(f"{RECORD}-preview")
        assert "save_file" in [name for name, _ in ui.calls]
        assert issued(rig) == ()


@screen_test
async def test_characters_without_a_font_are_named_and_can_be_left_blank(tmp_path):
    async with Walking(tmp_path) as rig:

        def sealed():
            rig.press.unprintable = {"𠅤": ("负责人",)}
            return rig.sealed(rig.answered(rig.draft(), exit_unlocked=Verdict.FAIL))

        ui = await rig.open(sealed, routes.notices)
        assert "“𠅤”：负责人" in ui.texts()
        assert ui.by_identifier(f"{RECORD}-issue").disabled
        await ui.tap(f"{RECORD}-blank-yes")
        await issue(ui, RECORD)
        assert len(issued(rig)) == 1


@screen_test
async def test_an_office_without_its_appeal_bodies_prints_nothing_until_they_are_filled_in(tmp_path):
    async with Walking(tmp_path) as rig:

        def sealed():
            profile = IssuerProfile(kind=IssuerKind.FIRE_RESCUE, name="样例消防救援大队")
            rig.bench.memory.put_fact("issuer", profile.to_record())
            return rig.sealed(rig.answered(rig.draft(), exit_unlocked=Verdict.FAIL))

        ui = await rig.open(sealed, routes.notices)
        assert any("还没有填写复议机关" in text for text in ui.texts())
        assert any("“办公室”的“签发机关”" in text for text in ui.texts()), "it says where"
        for name in ("notices.rectify-at-once", RECORD):
            assert not ui.has(f"{name}-issue")
            assert not ui.has(f"{name}-preview")
        profile = rig.bench.paper.profile()
        named = dataclasses.replace(profile, review_body="样例消防救援支队", court="样例法院")
        rig.bench.memory.put_fact("issuer", named.to_record())
        await ui.go(routes.today())
        await ui.go(routes.notices(rig.draft_id))
        await issue(ui, RECORD)
        assert len(issued(rig)) == 1


@screen_test
async def test_before_the_seal_there_are_no_documents(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await rig.open(route=routes.notices)
        assert any("还没有封存" in text for text in ui.texts())
        await ui.tap("notices.finish")
        assert ui.has("finish.seal")


def test_pages_become_pictures_and_what_cannot_be_drawn_has_none():
    target = BytesIO()
    canvas = Canvas(target)
    for _ in range(2):
        canvas.drawString(72, 720, "page")
        canvas.showPage()
    canvas.save()
    assert [picture[:8] for picture in pages.page_pictures(target.getvalue())] == [b"\x89PNG\r\n\x1a\n"] * 2
    assert pages.page_pictures(b"%PDF nothing") == ()


def test_without_a_renderer_nothing_is_drawn():
    assert pages.can_render("no_such_renderer") is False
    assert pages.page_pictures(b"%PDF", renderer="no_such_renderer") == ()


@screen_test
async def test_a_form_that_nobody_has_confirmed_is_told_before_it_is_issued(tmp_path):
    async with Walking(tmp_path) as rig:
        rig.press.unconfirmed = "式样待确认"
        ui = await papers(rig, numbers=1)
        before = [text for text in ui.texts() if text.startswith("式样待确认")]
        assert len(before) == 2
        await issue(ui, ORDER)
        assert len([text for text in ui.texts() if text.startswith("式样待确认")]) == 1
