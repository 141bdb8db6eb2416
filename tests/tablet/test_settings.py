"""Settings on the screen, and the diagnostics file that holds nothing of anybody."""

import json

import flet as ft
import pytest

from inspector.domain.answer import Verdict
from inspector.errors import FeedSilentError, PinWrongError
from inspector.settings import APP_FOLDER
from inspector.tablet.diagnostics import diagnostics, licences, storage_of
from inspector.tablet.preferences import Preferences, TextSize, read_preferences, write_preferences
from inspector.ui.palette import Scheme
from inspector.work.ports import Alarm
from tests import make
from tests.tablet.rig import NAME, NUMBER, PIN, SECOND, SECOND_NUMBER, URL, Rig
from tests.ui_harness import screen_test

OTHER_PIN = "246801"


@screen_test
async def test_the_scheme_and_the_text_size_count_at_once_and_last(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.set_up("/settings")
        normal = ui.page.theme.text_theme.body_large.size
        await ui.tap("settings.scheme-dark")
        assert ui.page.theme_mode is ft.ThemeMode.DARK
        await ui.tap("settings.text-largest")
        assert ui.page.theme.text_theme.body_large.size == 2 * normal
        await ui.tap("settings.lock-30")
        assert rig.another_process().preferences == Preferences(
            scheme=Scheme.DARK, text=TextSize.LARGEST, lock_minutes=30
        )


@pytest.mark.parametrize(
    "text",
    [b"", b"[]", b"{}", b"\xff", b'{"scheme":"light","text":"normal","lock_minutes":1}', b"null"],
)
def test_settings_that_cannot_be_understood_are_the_defaults(tmp_path, text):
    path = tmp_path / "preferences.json"
    path.write_bytes(text)
    assert read_preferences(path) == Preferences()


def test_settings_come_back_as_they_were_written(tmp_path):
    wanted = Preferences(scheme=Scheme.OUTDOOR, text=TextSize.LARGER, lock_minutes=2)
    write_preferences(tmp_path / "preferences.json", wanted)
    assert read_preferences(tmp_path / "preferences.json") == wanted


@screen_test
async def test_the_pin_is_changed_with_the_old_one(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.set_up("/settings")
        await ui.tap("settings.pin")
        for name, pin in (
            ("settings.old", PIN),
            ("settings.new.pin", OTHER_PIN),
            ("settings.new.again", OTHER_PIN),
        ):
            await ui.type(f"{name}-pin", pin)
            await ui.tap(f"{name}-done")
        assert "PIN 已修改" in ui.texts()
        await rig.tablet.lock()
        with pytest.raises(PinWrongError):
            rig.tablet.gate.unlock(rig.person().id, PIN)
        rig.tablet.gate.unlock(rig.person().id, OTHER_PIN)


@screen_test
async def test_a_wrong_old_pin_changes_nothing_and_says_so(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.set_up("/settings")
        await ui.tap("settings.pin")
        for name, pin in (
            ("settings.old", OTHER_PIN),
            ("settings.new.pin", "975310"),
            ("settings.new.again", "975310"),
        ):
            await ui.type(f"{name}-pin", pin)
            await ui.tap(f"{name}-done")
        assert any("还可以试 4 次" in text for text in ui.texts())
        rig.tablet.gate.unlock(rig.person().id, PIN)


@screen_test
async def test_a_second_inspector_joins_and_a_colleague_unlocks_their_key(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.set_up("/settings")
        await ui.tap("crew.add")
        await ui.type("crew.new.name", SECOND)
        await ui.type("crew.new.number", SECOND_NUMBER)
        await ui.tap("crew.new.next")
        for name in ("crew.new.pin", "crew.new.again"):
            await ui.type(f"{name}-pin", OTHER_PIN)
            await ui.tap(f"{name}-done")
        second = rig.person(SECOND)
        await rig.tablet.lock()
        await rig.tablet.enter(rig.tablet.gate.unlock, rig.person(NAME).id, PIN)
        await ui.settle()
        assert not rig.bench.crew.is_unlocked(second.id)
        await ui.tap(f"crew.unlock.{second.id}")
        await ui.type("crew.beside-pin", OTHER_PIN)
        await ui.tap("crew.beside-done")
        assert rig.bench.crew.is_unlocked(second.id)
        assert rig.bench.crew.current == rig.person(NAME).id


@screen_test
async def test_storage_is_counted(tmp_path):
    async with Rig(tmp_path) as rig:
        await rig.enrolled()
        before = storage_of(rig.bench)
        rig.sealed()
        after = storage_of(rig.bench)
        assert after.inspections > before.inspections
        assert after.outbox > before.outbox
        assert after.total == after.inspections + after.photos + after.outbox + after.memory
        font = (APP_FOLDER / "assets" / "fonts" / "NotoSansSC-Regular.ttf").read_bytes()
        rig.bench.fonts.put("body", font)
        assert storage_of(rig.bench).total - after.total == len(font)


@screen_test
async def test_the_diagnostics_file_holds_ids_counts_and_codes_and_nothing_of_anybody(tmp_path):
    async with Rig(tmp_path, script="drop " * 40) as rig:
        ui = await rig.enrolled("/settings")
        rig.sealed(rig.answered(rig.draft(), signs=Verdict.FAIL))
        draft = rig.bench.inspections.at_place(rig.draft(), "样例地下二层")
        rig.bench.inspections.note(draft, make.key(make.EXIT), "样例备注")
        rig.bench.memory.raise_alarm(Alarm.of(FeedSilentError(days=8), rig.clock.now(), "0" * 64))
        await rig.tablet.background.once()
        rig.tablet.mishaps.append("ValueError at inspector.tablet.today:1")
        await ui.tap("settings.diagnostics")
        data = next(args["src_bytes"] for name, args in ui.calls if name == "save_file")
        text = data.decode("utf-8")
        one = make.enterprise()
        typed = (
            "样例地下二层",
            "样例备注",
            "样例负责人",
            "安全出口",
            "疏散",
            "地下室",
            "平板一",
            "样例消防救援大队",
        )
        for secret in (NAME, NUMBER, SECOND, SECOND_NUMBER, one.name, one.address, URL, PIN, *typed):
            assert secret not in text
        assert "样例" not in text
        found = json.loads(text)
        assert found["alarms"] == [{"code": "feed.silent", "at_ms": rig.clock.now()}]
        assert found["entries"]["states"] == {"waiting": 3}
        assert found["inspections"]["count"] == 2 and found["inspections"]["sealed"] == 1
        assert found["last_exchange"]["stopped"] == "office.unreachable"
        assert found["mishaps"] == ["ValueError at inspector.tablet.today:1"]
        rig.tablet.mishaps.clear()


@screen_test
async def test_diagnostics_can_be_made_before_enrolment(tmp_path):
    async with Rig(tmp_path) as rig:
        await rig.set_up()
        data = diagnostics(rig.tablet, rig.bench, version="0.1.0", at_ms=rig.clock.now())
        assert json.loads(data)["device"] is None


def test_every_package_that_the_tablet_carries_is_named_with_its_licence():
    named = {name: licence for name, _, licence in licences()}
    assert {"flet", "tinydb", "cryptography", "reportlab", "requests", "pillow", "pypinyin"} <= set(named)
    assert named["tinydb"] == "MIT"
    assert named["reportlab"] == "BSD license"
    assert all(named.values())


def test_every_font_that_ships_is_named_with_its_licence():
    named = {name.replace(" ", "") for name, _, _ in licences()}
    files = {path.stem.partition("-")[0] for path in (APP_FOLDER / "assets" / "fonts").glob("*.ttf")}
    assert len(files) == 3
    assert files <= named


@screen_test
async def test_the_licences_are_shown(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.set_up("/settings")
        await ui.tap("settings.licences")
        assert any(text.startswith("tinydb ") for text in ui.texts())
        await ui.tap("settings.back")
        assert ui.has("settings.diagnostics")
