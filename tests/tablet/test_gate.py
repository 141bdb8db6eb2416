"""The door on the screen: first start, PINs, waits, locking out, locking, other windows and processes."""

import pytest

from inspector.errors import MishapError, NotEnrolledError, RefusalError
from inspector.tablet.preferences import Preferences
from inspector.trust import age
from tests.tablet.rig import NAME, PIN, SECOND, Rig
from tests.ui_harness import Harness, screen_test

OTHER_PIN = "246801"


async def enter(ui: Harness, name: str, pin: str) -> None:
    await ui.type(f"{name}-pin", pin)
    await ui.tap(f"{name}-done")


async def first_start(ui: Harness) -> None:
    await ui.type("welcome.name", NAME)
    await ui.tap("welcome.next")
    await enter(ui, "welcome.pin", PIN)
    await enter(ui, "welcome.again", PIN)


@screen_test
async def test_the_first_start_asks_for_a_name_and_a_pin_and_opens_today(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.window()
        await first_start(ui)
        assert ui.has("today.start"), ui.identifiers()
        assert [one.name for one in rig.tablet.gate.people()] == [NAME]


@screen_test
async def test_a_pin_that_is_guessed_first_is_refused_before_it_is_typed_twice(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.window()
        await ui.type("welcome.name", NAME)
        await ui.tap("welcome.next")
        await enter(ui, "welcome.pin", "123456")
        assert any("不能全部相同或连续" in text for text in ui.texts())
        assert not rig.tablet.gate.is_set_up


@screen_test
async def test_two_different_pins_set_nothing_up(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.window()
        await ui.type("welcome.name", NAME)
        await ui.tap("welcome.next")
        await enter(ui, "welcome.pin", PIN)
        await enter(ui, "welcome.again", OTHER_PIN)
        assert any("两次输入的 PIN 不一样" in text for text in ui.texts())
        assert not rig.tablet.gate.is_set_up


@screen_test
async def test_a_later_start_asks_for_the_pin_and_a_wrong_one_says_how_many_are_left(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.set_up()
        await rig.tablet.lock()
        await ui.settle()
        assert "本机已锁定" in ui.texts()
        await enter(ui, "lock", OTHER_PIN)
        assert any("还可以试 4 次" in text for text in ui.texts())
        await enter(ui, "lock", PIN)
        assert ui.has("today.start")


@screen_test
async def test_the_lock_button_locks(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.set_up()
        await ui.tap("today.lock")
        assert rig.tablet.workbench is None
        assert not ui.has("today.start")


@screen_test
async def test_after_idleness_the_tablet_locks_and_a_tap_puts_it_off(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.set_up()
        rig.clock.pass_(299)
        await rig.tablet.lock_if_idle()
        assert rig.tablet.workbench is not None
        await ui.tap("today.settings")
        rig.clock.pass_(299)
        await rig.tablet.lock_if_idle()
        assert rig.tablet.workbench is not None, "a tap counts as work"
        rig.clock.pass_(1)
        await rig.tablet.lock_if_idle()
        await ui.settle()
        assert rig.tablet.workbench is None
        assert "本机已锁定" in ui.texts()


@screen_test
async def test_setting_the_clock_neither_locks_nor_puts_it_off(tmp_path):
    async with Rig(tmp_path) as rig:
        await rig.set_up()
        rig.clock.set_back(3600)
        await rig.tablet.lock_if_idle()
        assert rig.tablet.workbench is not None
        rig.clock.ran_ms += 300_000
        await rig.tablet.lock_if_idle()
        assert rig.tablet.workbench is None


@screen_test
async def test_the_chosen_lock_time_counts(tmp_path):
    async with Rig(tmp_path) as rig:
        await rig.set_up()
        rig.tablet.prefer(Preferences(lock_minutes=30))
        rig.clock.pass_(1799)
        await rig.tablet.lock_if_idle()
        assert rig.tablet.workbench is not None
        rig.clock.pass_(1)
        await rig.tablet.lock_if_idle()
        assert rig.tablet.workbench is None


@screen_test
async def test_after_five_wrong_pins_the_wait_is_shown_and_a_clock_set_forward_does_not_help(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.set_up()
        await rig.tablet.lock()
        await ui.settle()
        for _ in range(5):
            await enter(ui, "lock", OTHER_PIN)
        assert any("请等 30 秒" in text for text in ui.texts())
        rig.clock.ms += 10 * 365 * 86_400_000
        again = await rig.window()
        await again.tap("in-use.take-over")
        assert any("请等 30 秒" in text for text in again.texts())
        rig.clock.pass_(31)
        last = await rig.window()
        await last.tap("in-use.take-over")
        await enter(last, "lock", PIN)
        assert last.has("today.start")


@screen_test
async def test_ten_wrong_pins_lock_out_say_what_to_do_and_a_colleague_can_go_on(tmp_path):
    async with Rig(tmp_path) as rig:
        first = await rig.enrolled()
        draft = rig.draft()
        await rig.tablet.lock()
        await first.settle()
        for _ in range(9):
            await wrong(rig)
        rig.clock.pass_(1000)
        ui = await rig.window()
        await ui.tap("in-use.take-over")
        await enter(ui, "lock", OTHER_PIN)
        assert ui.has("lock.locked-out")
        said = "".join(ui.texts())
        assert "不再接受这位检查人员的 PIN" in said and "没有丢失任何内容" in said
        await ui.tap(f"lock.person-{rig.person(SECOND).id}")
        await enter(ui, "lock", PIN)
        assert ui.has(f"today.draft.{draft.id}")


@screen_test
async def test_a_colleague_gives_a_new_pin_and_the_old_certificate_does_not_come_back(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.enrolled()
        other = rig.person(SECOND)
        await ui.tap("today.settings")
        await ui.tap(f"crew.reset.{other.id}")
        await enter(ui, "crew.reset.pin", OTHER_PIN)
        await enter(ui, "crew.reset.again", OTHER_PIN)
        await rig.tablet.lock()
        await rig.tablet.enter(rig.tablet.gate.unlock, other.id, OTHER_PIN)
        member = rig.bench.crew.member(other.id)
        assert member is not None and member.key_id is None
        assert rig.bench.crew.signers(rig.draft()) == ()


@screen_test
async def test_the_office_gets_a_locked_out_tablet_open_again_and_nothing_is_lost(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.enrolled()
        draft = rig.draft()
        await rig.tablet.lock()
        for _ in range(10):
            await wrong(rig)
        ui = await rig.window()
        await ui.tap("in-use.take-over")
        await enter(ui, "lock", PIN)
        assert ui.has("lock.locked-out")
        await ui.tap("lock.export")
        wrapped = next(args["src_bytes"] for name, args in ui.calls if name == "save_file")
        code = age.decrypt(wrapped, [rig.cast.office_identity]).hex()
        await ui.tap("lock.have-code")
        await ui.type("lock.code", code)
        await enter(ui, "lock.new.pin", OTHER_PIN)
        await enter(ui, "lock.new.again", OTHER_PIN)
        assert ui.has(f"today.draft.{draft.id}")


@screen_test
async def test_a_second_window_waits_takes_over_with_the_pin_and_the_first_says_so(tmp_path):
    async with Rig(tmp_path) as rig:
        first = await rig.set_up()
        second = await rig.window()
        assert "本机正在另一个窗口中使用" in second.texts()
        assert first.has("today.start")
        await second.tap("in-use.take-over")
        await first.settle()
        assert "本机正在另一个窗口中使用" in first.texts()
        assert rig.tablet.workbench is None, "whoever takes over has to know the PIN"
        await enter(second, "lock", PIN)
        assert second.has("today.start")


@screen_test
async def test_a_window_that_goes_locks_the_tablet_and_lets_the_next_one_in(tmp_path):
    async with Rig(tmp_path) as rig:
        first = await rig.set_up()
        second = await rig.window()
        await first.session.disconnect(600)
        await second.settle()
        assert "本机已锁定" in second.texts()


@screen_test
async def test_a_second_process_is_told_who_holds_the_store_and_can_try_again(tmp_path):
    async with Rig(tmp_path) as rig:
        holder = rig.another_process()
        holder.open()
        ui = await rig.window()
        assert any("正被另一个程序使用" in text and "11月18日 12:26 起" in text for text in ui.texts())
        await holder.close()
        await ui.tap("in-use.retry")
        assert ui.has("welcome.name")


@screen_test
async def test_a_mistake_in_an_effect_is_shown_without_its_traceback(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.set_up()
        rig.bench.office.tasks = mistaken  # type: ignore[method-assign]
        await ui.go("/task/x")
        assert_shown_as_mishap(rig, ui)


@screen_test
async def test_a_mistake_in_a_handler_is_shown_without_its_traceback(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.set_up()
        rig.tablet.lock = mistaken  # type: ignore[method-assign]
        await ui.tap("today.lock")
        del rig.tablet.lock
        assert_shown_as_mishap(rig, ui)
        await ui.tap("error.close")
        assert not ui.has("error")


@screen_test
async def test_a_mistake_in_a_rendering_is_shown_and_the_window_lives_on(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.enrolled()
        rig.bench.crew.members = mistaken  # type: ignore[method-assign]
        await ui.tap("today.settings")
        assert_shown_as_mishap(rig, ui)
        del rig.bench.crew.members
        await ui.tap("broken.home")
        assert ui.has("today.start")


@screen_test
async def test_a_refusal_in_a_handler_is_shown_with_its_next_step(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.set_up()
        rig.tablet.lock = refused  # type: ignore[method-assign]
        await ui.tap("today.lock")
        del rig.tablet.lock
        error = NotEnrolledError()
        assert error.message in ui.texts() and error.next_step in ui.texts()
        assert ui.errors() == []


def mistaken(*_: object) -> object:
    return [].pop()


def assert_shown_as_mishap(rig: Rig, ui: Harness) -> None:
    assert ui.errors() == []
    assert MishapError().message in ui.texts()
    assert [place.split(" at ")[0] for place in rig.tablet.mishaps] == ["IndexError"]
    assert "pop from empty list" not in "".join(ui.texts())
    rig.tablet.mishaps.clear()


async def wrong(rig: Rig) -> None:
    """One more wrong PIN, after whatever wait there is."""
    rig.clock.pass_(1000)
    with pytest.raises(RefusalError):
        await rig.tablet.act(rig.tablet.gate.unlock, rig.person().id, OTHER_PIN)


@screen_test
async def test_a_field_that_is_being_typed_in_stays_the_same_when_an_error_comes_and_goes(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.enrolled("/start/new")
        await ui.type("new-enterprise.name", "样例商行")
        field = ui.by_identifier("new-enterprise.name")
        session = next(iter(rig.tablet._windows))
        session.run(refused)
        await ui.settle()
        assert NotEnrolledError().message in ui.texts()
        assert ui.by_identifier("new-enterprise.name")._i == field._i, "a new one would lose the cursor"
        assert ui.by_identifier("new-enterprise.name").value == "样例商行"
        await ui.type("new-enterprise.name", "样例商行（样例）")
        await ui.tap("error.close")
        assert not ui.has("error")
        assert ui.by_identifier("new-enterprise.name")._i == field._i
        assert ui.by_identifier("new-enterprise.name").value == "样例商行（样例）"


async def refused() -> None:
    raise NotEnrolledError()
