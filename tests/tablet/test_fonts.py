"""The office's fonts on the tablet: taken in, refused, taken out, and used by the next document."""

import subprocess

from inspector.domain.notice import Notice
from inspector.notices.late_press import LatePress
from inspector.settings import APP_FOLDER
from inspector.store.fonts import FontShelf
from tests.notices import samples
from tests.tablet.rig import Rig
from tests.tablet.walking import pick
from tests.ui_harness import screen_test

ASSETS = APP_FOLDER / "assets"
FONT = (ASSETS / "fonts" / "NotoSansSC-Regular.ttf").read_bytes()


@screen_test
async def test_a_font_is_taken_in_and_named_and_can_be_taken_out_again(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.set_up("/settings")
        assert ui.texts().count("自带的字体") == 4
        await pick(ui, ("样例仿宋.ttf", FONT), by="fonts.body.pick")
        assert {"NotoSansSC-Regular", "10.6 MB"} <= set(ui.texts())
        await ui.go("/transfer")
        await ui.go("/settings")
        assert "本单位的字体" in ui.texts()
        assert [font.use for font in rig.bench.fonts.all()] == ["body"]
        await ui.tap("fonts.body.drop")
        assert rig.bench.fonts.all()
        await ui.tap("fonts.body.drop-ask-yes")
        assert rig.bench.fonts.all() == ()
        assert ui.texts().count("自带的字体") == 4


@screen_test
async def test_a_file_that_is_no_font_for_documents_is_refused_on_the_card(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.set_up("/settings")
        for data in (b"OTTO" + bytes(100), b"", "不是字体".encode()):
            await pick(ui, ("样例.ttf", data), by="fonts.title.pick")
            assert any(text.startswith("这个字体不能用于文书：") for text in ui.texts())
            assert rig.bench.fonts.all() == ()
        await pick(ui, ("样例小标宋.ttf", FONT), by="fonts.title.pick")
        assert not any(text.startswith("这个字体不能用于文书：") for text in ui.texts())


@screen_test
async def test_choosing_no_file_changes_nothing(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.set_up("/settings")
        await pick(ui, by="fonts.body.pick")
        assert rig.bench.fonts.all() == ()
        assert ui.errors() == []


def test_the_next_document_is_printed_with_the_fonts_that_are_there_then(tmp_path):
    shelf = FontShelf(tmp_path / "fonts")
    press = LatePress(ASSETS, shelf)
    assert not prints_with_sans(press, samples.HAZARD, tmp_path)
    shelf.put("body", FONT)
    assert prints_with_sans(press, samples.HAZARD, tmp_path)
    shelf.remove("body")
    assert not prints_with_sans(press, samples.HAZARD, tmp_path)


def prints_with_sans(press: LatePress, notice: Notice, folder) -> bool:
    pdf = press.print(notice, token=None, attachments={}, photos=samples.PHOTOS)
    (folder / "x.pdf").write_bytes(pdf)
    listed = subprocess.run(["pdffonts", folder / "x.pdf"], capture_output=True, check=True)
    return b"NotoSansSC" in listed.stdout
