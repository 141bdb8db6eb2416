"""What opens under a failed item: wording, pictures, how grave, by when, corrected on the spot."""

from dataclasses import replace

import flet as ft
import pytest

from inspector.domain.answer import Verdict
from inspector.domain.checklist import Severity
from inspector.domain.inspection import PhotoSource
from inspector.domain.working_days import DayKind
from inspector.errors import PhotoUnreadableError, StoreFullError
from inspector.tablet import routes
from tests import make
from tests.domain.lists import a_checklist, an_item
from tests.photos.pictures import corners, encoded, png_bomb, png_header
from tests.tablet.walking import EXIT, JPEG, KINDS, MAJOR, SIGNS, Walking, blur, item, pick
from tests.ui_harness import Harness, screen_test

FOUND = make.key(make.EXIT)
BLUE = encoded(corners(320, 240))
WEBP = encoded(corners(64, 48), "WEBP")


async def failed(rig: Walking) -> Harness:
    ui = await rig.open()
    await ui.tap(f"{EXIT}-fail")
    return ui


async def major(rig: Walking) -> Harness:
    ui = await rig.open()
    await ui.tap("checklist.section.fire-sample.rest")
    await ui.tap(f"{MAJOR}-fail")
    return ui


# --- Words ---


@screen_test
async def test_wordings_are_offered_and_the_chosen_one_is_kept(tmp_path):
    two = an_item("door", findings=("＿＿层疏散门上锁", "疏散门损坏"))
    async with Walking(tmp_path, checklists=[a_checklist(two)]) as rig:
        ui = await rig.open()
        name = "checklist.item.sample.door"
        await ui.tap(f"{name}-fail")
        assert any("还有“＿＿”没有填" in text for text in ui.texts())
        await ui.tap(f"{name}-finding-text-1")
        assert [one.facts for one in rig.on_disk.findings.values()] == ["疏散门损坏"]
        assert not any("没有填" in text for text in ui.texts())


@screen_test
async def test_replacing_ones_own_words_by_a_chip_can_be_undone(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await failed(rig)
        await ui.type(f"{EXIT}-finding-facts", "一层北门外挂锁两把")
        await ui.tap(f"{EXIT}-finding-text-0")
        assert rig.on_disk.findings[FOUND].facts == "安全出口上锁"
        await ui.tap("undo")
        assert rig.on_disk.findings[FOUND].facts == "一层北门外挂锁两把"
        assert ui.by_identifier(f"{EXIT}-finding-facts").value == "一层北门外挂锁两把"


@screen_test
async def test_severity_and_requirement_are_kept_and_major_is_not_offered_without_a_criterion(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await failed(rig)
        assert not ui.has(f"{EXIT}-finding-severity-suspected-major")
        await ui.tap(f"{EXIT}-finding-severity-general")
        await ui.type(f"{EXIT}-finding-requirement", "拆除门锁")
        found = rig.on_disk.findings[FOUND]
        assert (found.severity, found.requirement) == (Severity.GENERAL, "拆除门锁")


# --- By when ---


@screen_test
async def test_days_are_chosen_typed_and_counted_in_either_kind(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await failed(rig)
        await ui.tap(f"{EXIT}-finding-give-15")
        assert "整改期限：12月3日前（还有 15 天）" in ui.texts()
        await ui.type(f"{EXIT}-finding-days", "20")
        await blur(ui, f"{EXIT}-finding-days")
        assert rig.on_disk.findings[FOUND].deadline.days == 20
        await ui.tap(f"{EXIT}-finding-count-working")
        deadline = rig.on_disk.findings[FOUND].deadline
        assert (deadline.days, deadline.kind) == (20, DayKind.WORKING)
        assert any("待国务院公布" in text for text in ui.texts()), "no calendar is known here"


@pytest.mark.parametrize(("typed", "why"), [("0", "1 至 1000 天"), ("5000", "1 至 1000 天")])
@screen_test
async def test_days_out_of_range_are_refused_under_the_field(tmp_path, typed, why):
    async with Walking(tmp_path) as rig:
        ui = await failed(rig)
        await ui.type(f"{EXIT}-finding-days", typed)
        await blur(ui, f"{EXIT}-finding-days")
        assert why in ui.by_identifier(f"{EXIT}-finding-days").error
        assert rig.on_disk.findings[FOUND].deadline.days == 1


# --- Corrected on the spot ---


@screen_test
async def test_corrected_on_the_spot_asks_for_a_picture_of_afterwards(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await failed(rig)
        await ui.tap(f"{EXIT}-finding-corrected")
        assert rig.on_disk.findings[FOUND].deadline is None
        assert any("还差 1 张照片" in text for text in ui.texts())
        await ui.tap(f"{EXIT}-finding-after-add")
        await pick(ui, ("after.jpg", JPEG))
        await ui.tap("photo-done")
        assert len(rig.on_disk.findings[FOUND].corrected.photos) == 1
        assert rig.on_disk.findings[FOUND].photos == ()


@screen_test
async def test_not_corrected_after_all_brings_the_deadline_back_and_can_be_undone(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await failed(rig)
        await ui.tap(f"{EXIT}-finding-corrected")
        await ui.tap(f"{EXIT}-finding-after-add")
        await pick(ui, ("after.jpg", JPEG))
        await ui.tap("photo-done")
        await ui.tap(f"{EXIT}-finding-still-open")
        assert rig.on_disk.findings[FOUND].corrected is None
        assert rig.on_disk.findings[FOUND].deadline.days == 1
        await ui.tap("undo")
        assert len(rig.on_disk.findings[FOUND].corrected.photos) == 1


# --- 疑似重大 ---


@screen_test
async def test_a_suspected_major_hazard_is_never_decided_by_the_program(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await major(rig)
        texts = ui.texts()
        assert "对照：样例判定标准" in texts
        assert any("适用于：样例单位" in text for text in texts)
        assert any("没有核对原文" in text for text in texts)
        assert rig.on_disk.findings[make.key(make.MAJOR)].decision is None


@screen_test
async def test_the_decision_is_kept_once_there_is_a_reason(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await major(rig)
        await ui.tap(f"{MAJOR}-finding-major-yes")
        assert rig.on_disk.findings[make.key(make.MAJOR)].decision is None
        assert any("写明理由" in text for text in ui.texts())
        await ui.type(f"{MAJOR}-finding-reason", "消防水泵电源被切断")
        decision = rig.on_disk.findings[make.key(make.MAJOR)].decision
        assert (decision.upheld, decision.reason) == (True, "消防水泵电源被切断")
        await ui.tap(f"{MAJOR}-finding-major-no")
        assert rig.on_disk.findings[make.key(make.MAJOR)].decision.upheld is False


@screen_test
async def test_the_reason_may_come_before_the_decision(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await major(rig)
        await ui.type(f"{MAJOR}-finding-reason", "正在检修，已有替代水源")
        await ui.tap(f"{MAJOR}-finding-major-no")
        decision = rig.on_disk.findings[make.key(make.MAJOR)].decision
        assert (decision.upheld, decision.reason) == (False, "正在检修，已有替代水源")


@screen_test
async def test_a_criterion_of_another_time_is_not_held_against_anybody(tmp_path):
    checklist = make.checklist()
    *rest, last = checklist.sections
    criterion = replace(last.items[1].criteria[0], until=make.LAWS.get(make.FIRE_LAW).in_force_from)
    items = (last.items[0], replace(last.items[1], criteria=(criterion,)))
    async with Walking(
        tmp_path, checklists=[replace(checklist, sections=(*rest, replace(last, items=items)))]
    ) as rig:
        ui = await major(rig)
        assert not ui.has(f"{MAJOR}-finding-major-yes")
        assert rig.on_disk.findings[make.key(make.MAJOR)].criteria == ()


# --- Pictures ---


@screen_test
async def test_several_pictures_at_once_are_each_durable_and_marked_as_files(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await failed(rig)
        await ui.tap(f"{EXIT}-finding-photo-add")
        await pick(ui, ("a.jpg", JPEG), ("b.jpg", BLUE))
        await ui.tap("photo-done")
        found = rig.on_disk
        assert len(found.findings[FOUND].photos) == 2
        assert {photo.source for photo in found.photos.values()} == {PhotoSource.FILE}
        for id in found.photos:
            assert rig.bench.inspections.photo(found, id)[:2] == b"\xff\xd8"
        assert any("2 张照片在本机" in text for text in ui.texts())
        assert ui.texts().count("文件") == 2


@screen_test
async def test_pictures_of_a_phones_gallery_say_so(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await rig.open(platform="android")
        await ui.tap(f"{EXIT}-fail")
        await ui.tap(f"{EXIT}-finding-photo-add")
        await pick(ui, ("a.jpg", JPEG))
        await ui.tap("photo-done")
        assert [photo.source for photo in rig.on_disk.photos.values()] == [PhotoSource.GALLERY]
        assert "图库" in ui.texts()


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("大图.png", png_header(30_000, 30_000), "照片太大"),
        ("说明.jpg", "这是一个文本文件".encode(), "不能作为照片使用"),
        ("苹果.heic", b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(64), "不能作为照片使用"),
        ("断了.jpg", JPEG[:200], "照片读不出来"),
        ("断在中间.jpg", JPEG[: len(JPEG) // 2], "照片读不出来"),
        ("炸弹.png", png_bomb(30_000, 30_000), "照片太大"),
        ("小炸弹.png", png_bomb(6_000, 6_000)[:-2_000], "照片读不出来"),
        ("动图.gif", b"GIF89a" + bytes(64), "不能作为照片使用：GIF 图片"),
        ("文件.png", b"%PDF-1.7\n" + bytes(64), "不能作为照片使用：PDF 文件"),
    ],
)
@screen_test
async def test_a_file_that_is_no_picture_is_named_and_the_good_one_beside_it_is_kept(
    tmp_path, name, data, why
):
    async with Walking(tmp_path) as rig:
        ui = await failed(rig)
        await ui.type(f"{EXIT}-finding-facts", "上锁两处")
        await ui.tap(f"{EXIT}-finding-photo-add")
        await pick(ui, (name, data), ("good.jpg", JPEG))
        await ui.tap("photo-done")
        assert any(why in text for text in ui.texts())
        assert any(name in text for text in ui.texts())
        found = rig.on_disk
        assert len(found.findings[FOUND].photos) == 1
        assert found.findings[FOUND].facts == "上锁两处"
        await ui.tap(f"{EXIT}-finding-photo-job-1-close")
        assert not any(why in text for text in ui.texts())


@screen_test
async def test_an_empty_file_is_named_and_the_good_one_beside_it_is_kept(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await failed(rig)
        await ui.tap(f"{EXIT}-finding-photo-add")
        await pick(ui, ("空的.jpg", b""), ("good.jpg", JPEG), ("也是空的.png", b""))
        texts = "".join(ui.texts())
        assert "照片读不出来" in texts and "“空的.jpg”、“也是空的.png”没有内容" in texts
        assert PhotoUnreadableError.hint in texts
        await ui.tap("photo-done")
        assert len(rig.on_disk.findings[FOUND].photos) == 1


@pytest.mark.parametrize(
    ("name", "data"),
    [("其实是PNG.jpg", encoded(corners(64, 48), "PNG")), ("其实是JPEG.txt", JPEG), ("其实是WebP.png", WEBP)],
)
@screen_test
async def test_a_picture_under_a_wrong_name_is_kept_for_what_it_is(tmp_path, name, data):
    async with Walking(tmp_path) as rig:
        ui = await failed(rig)
        await ui.tap(f"{EXIT}-finding-photo-add")
        await pick(ui, (name, data))
        await ui.tap("photo-done")
        assert not ui.has("error")
        (photo,) = rig.on_disk.photos
        assert rig.bench.inspections.photo(rig.on_disk, photo)[:2] == b"\xff\xd8"


@screen_test
async def test_a_full_disk_refuses_one_picture_and_nothing_else(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await failed(rig)
        await ui.tap(f"{EXIT}-finding-photo-add")
        photograph = rig.bench.inspections.photograph

        def full(*_given, **_more):
            raise StoreFullError()

        rig.bench.inspections.photograph = full
        await pick(ui, ("a.jpg", JPEG))
        rig.bench.inspections.photograph = photograph
        await pick(ui, ("b.jpg", BLUE))
        await ui.tap("photo-done")
        assert any("“a.jpg”没有加入" in text for text in ui.texts())
        assert len(rig.on_disk.findings[FOUND].photos) == 1


@screen_test
async def test_a_picture_is_opened_described_dropped_and_taken_back(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await failed(rig)
        await ui.tap(f"{EXIT}-finding-photo-add")
        await pick(ui, ("a.jpg", JPEG))
        await ui.tap("photo-done")
        name = f"{EXIT}-finding-photo"
        await ui.tap(f"{name}-1")
        assert len(ui.all(ft.InteractiveViewer)) == 1
        await ui.type(f"{name}-caption", "北门门锁")
        assert [photo.caption for photo in rig.on_disk.photos.values()] == ["北门门锁"]
        await ui.tap(f"{name}-viewer-delete")
        assert rig.on_disk.findings[FOUND].photos == ()
        assert rig.on_disk.photos == {}
        await ui.tap("undo")
        found = rig.on_disk
        assert len(found.findings[FOUND].photos) == 1
        assert [photo.caption for photo in found.photos.values()] == ["北门门锁"]


@screen_test
async def test_pictures_are_there_after_a_reload(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await failed(rig)
        await ui.tap(f"{EXIT}-finding-photo-add")
        await pick(ui, ("a.jpg", JPEG))
        ui = await rig.again()
        shown = [image.src for image in ui.all(ft.Image) if isinstance(image.src, bytes)]
        assert [src[:2] for src in shown] == [b"\xff\xd8"]


@screen_test
async def test_a_photo_item_is_answered_by_a_picture(tmp_path):
    async with Walking(tmp_path, checklists=[KINDS]) as rig:
        ui = await rig.open()
        await ui.tap(f"{item('gate')}-photo-add")
        await pick(ui, ("gate.jpg", JPEG))
        await ui.tap("photo-done")
        answer = next(one for key, one in rig.on_disk.answers.items() if key.endswith("gate"))
        assert len(answer.photos) == 1


@screen_test
async def test_a_supervisors_note_stands_at_its_item(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await rig.open(lambda: rig.sealed())
        row = {
            "outcome": "returned",
            "sha256": "a" * 64,
            "note": "请补充",
            "items": [{"item": str(FOUND), "note": "请补拍门锁"}],
            "by": "样例审核员",
            "at_ms": rig.clock.now(),
        }
        rig.bench.memory.put_rows("decisions", {rig.draft_id: row})
        ui = await rig.again()
        assert any("请补拍门锁" in text for text in ui.texts())
        assert any("样例审核员：请补充" in text for text in ui.texts())


@screen_test
async def test_a_finding_needs_its_pictures_before_the_inspection_can_be_finished(tmp_path):
    two = replace(an_item("door"), evidence=replace(an_item("x").evidence, photos=2))
    async with Walking(tmp_path, checklists=[a_checklist(two)]) as rig:
        ui = await rig.open()
        await ui.tap("checklist.item.sample.door-fail")
        assert any("还差 2 张照片（至少 2 张）" in text for text in ui.texts())
        await ui.go(routes.finish(rig.draft_id))
        assert any("缺照片" in text for text in ui.texts())


@screen_test
async def test_another_verdict_hides_the_editor_at_once(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await failed(rig)
        await ui.tap(f"{EXIT}-not-applicable")
        assert not ui.has(f"{EXIT}-finding-facts")
        assert rig.on_disk.answers[FOUND].verdict is Verdict.NOT_APPLICABLE
        assert not ui.has(f"{SIGNS}-pass")
