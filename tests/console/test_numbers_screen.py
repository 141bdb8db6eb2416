"""Document numbers on the screen: each one's fate, the table to take away, handing out, calling back."""

from __future__ import annotations

import re
from datetime import date

import pytest

from inspector.domain.issuer import IssuerKind, NoticeKind
from inspector.domain.numbering import FLOOR, Numbered, Series, Use
from inspector.work.feed import NumberRecall
from tests.console.desk_rig import PASSPHRASE, DeskRig
from tests.console.test_devices import acts, told, use
from tests.ui_harness import screen_test

KIND = NoticeKind.RECTIFY_NOTICE


@pytest.fixture
def rig(tmp_path):
    with DeskRig(tmp_path) as found:
        yield found


def place_of(rig: DeskRig, kind: NoticeKind) -> int:
    return [one.series.document for one in rig.devices.numbers.report()].index(kind.value)


@screen_test
async def test_before_any_tablet_the_screen_says_what_comes(rig):
    ui = await rig.window("/numbers")
    assert "还没有发过文书号" in ui.texts()
    assert ui.errors() == []


@screen_test
async def test_every_number_of_a_series_is_on_the_screen_and_in_the_table(rig):
    tablet = rig.enrolled()
    use(rig, tablet, KIND, 3)
    ui = await rig.window("/numbers")
    await ui.tap(f"console.numbers.series-{place_of(rig, KIND)}")
    texts = ui.texts()
    assert "已出具文书 3 个；已发，未用 17 个" in texts
    assert {"1—3 号", "4—20 号"} <= set(texts)
    assert ui.has("console.numbers.run-1")
    assert any("下一个未发的是第 21 号" in text for text in texts)
    await ui.tap("console.numbers.export")
    ((_, saved),) = [call for call in ui.calls if call[0] == "save_file"]
    assert saved["file_name"].endswith(".csv")
    assert saved["src_bytes"].decode("utf-8-sig").count("\r\n") == 1 + 20 * len(rig.desk.numbers.all_series())
    assert acts(rig)[0] == "export-numbers"
    assert ui.errors() == []


@screen_test
async def test_series_stand_by_year_and_in_the_order_of_a_case(rig):
    tablet = rig.enrolled()
    for document, year in (("z-own", 2026), (KIND.value, 2025), (KIND.value, 2027)):
        series = Series(issuer=IssuerKind.FIRE_RESCUE, document=document, year=year)
        numbered = Numbered(series=series, serial=1)
        said = Use(number="样", entry=f"{document}{year}", device=tablet.id, issued_on=date(year, 1, 2))
        rig.desk.numbers.took(numbered, said, notice=f"{document}{year}")
    ui = await rig.window("/numbers")
    chips = [text for text in ui.texts() if re.search(r" 20\d\d年$", text) and "·" not in text]
    this_year = [text.removesuffix(" 2026年") for text in chips if text.endswith("2026年")]
    assert [text[-5:] for text in chips if not text.endswith("2026年")] == ["2027年", "2025年"]
    assert this_year[0] == "现场检查记录" and this_year[-1] == "z-own"
    words = [kind.word for kind in NoticeKind]
    assert this_year[:-1] == sorted(this_year[:-1], key=words.index)
    kinds = [one.word for one in rig.devices.numbers.documents()]
    assert kinds == sorted(kinds, key=words.index), "also where numbers are handed out by hand"


@screen_test
async def test_numbers_are_handed_out_by_hand_and_called_back(rig):
    tablet = rig.enrolled()
    ui = await rig.window("/numbers")
    await ui.tap(f"console.numbers.tablet-{tablet.id}")
    await ui.tap(f"console.numbers.kind-{KIND.value}")
    await ui.type("console.numbers.count", "501")
    with pytest.raises(AssertionError, match="disabled"):
        await ui.tap("console.numbers.hand-out")
    await ui.type("console.numbers.count", "5")
    await ui.tap("console.numbers.hand-out")
    left = {one.document.id: one.left for one in rig.devices.all()[0].numbers}
    assert left[KIND] == 2 * FLOOR + 5
    await ui.tap("console.numbers.call-back")
    assert any("收回“样例平板一号”未用的号？" in text for text in ui.texts())
    await ui.tap("console.numbers.call-back-ask-yes")
    recall = told(rig, tablet)[-1]
    assert isinstance(recall, NumberRecall)
    assert len(recall.blocks) == len(rig.desk.numbers.blocks_of(tablet.id))
    assert any("暂不自动补号" in text for text in ui.texts())
    assert rig.devices.numbers.resting() == {tablet.id}
    assert "call-back-numbers" in acts(rig)
    assert ui.errors() == []


@screen_test
async def test_who_may_not_hand_out_sees_the_fates_only(rig):
    tablet = rig.enrolled()
    use(rig, tablet, KIND, 1)
    ui = await rig.window("/numbers", rig.log_in("viewer"))
    assert ui.has("console.numbers.run-1")
    assert not ui.has("console.numbers.hand-out")
    assert not ui.has("console.numbers.export")


def test_a_restored_console_learns_over_the_wire_what_it_had_given(rig, tmp_path):
    import shutil

    tablet = rig.enrolled()
    rig.desk.run()
    console = rig.folder / "console"
    rig.desk.close()
    shutil.copytree(console, tmp_path / "backup")
    reopen(rig)
    rig.devices.numbers.hand_out(rig.admin, tablet.id, KIND, 30)
    rig.desk.run()
    series = next(one for one in rig.desk.numbers.all_series() if one.document == KIND.value)
    assert rig.desk.numbers.next_of(series) == 51
    rig.desk.close()
    shutil.rmtree(console)
    shutil.copytree(tmp_path / "backup", console)
    reopen(rig)
    assert rig.desk.numbers.next_of(series) == 21
    rig.desk.run()
    assert rig.desk.numbers.next_of(series) == 51
    assert "desk.restored" in {alarm.code for alarm in rig.desk.alarms()}
    rig.desk.tell(rig.desk.device_certificates()[tablet.id], NumberRecall(blocks=()))
    assert rig.desk.run().posted == 1, "the tablet's chain goes on"


def reopen(rig: DeskRig) -> None:
    rig.desk = rig._desk()
    rig.desk.open(rig.admin)
    rig.desk.unlock(rig.admin, PASSPHRASE)
    rig.hall()
