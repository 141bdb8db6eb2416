"""The door of a window: set up, log in, unlock, idle, reload; and a server that fails behind it all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from inspector.catalog import Catalogue
from inspector.console.app import window_of
from inspector.console.desk import Desk
from inspector.console.door import OFFICE_KEYS, ROOT_PRINT, STATEMENT
from inspector.console.hall import IDLE_MS, Hall
from inspector.console.routes import record as at
from inspector.console.taking import RecordState
from inspector.errors import AccountClosedError, LoginWrongError, OfficeUnreachableError, SecretWrongError
from tests import make
from tests.console.desk_rig import CHEAP, PASSPHRASE, PASSWORD, TEMPLATES, DeskRig, printing
from tests.console.test_record import received
from tests.ui_harness import Harness, screen_test


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[DeskRig]:
    with DeskRig(tmp_path) as found:
        yield found


def hall_of(desk: Desk, rig: DeskRig) -> Hall:
    return Hall(
        desk,
        templates=TEMPLATES,
        catalogue=Catalogue(laws=make.LAWS, files={}),
        elapsed=rig.clock.now,
        **printing(rig.folder),
    )


async def window(hall: Hall, route: str = "/") -> Harness:
    ui = Harness(route=route, width=1440, height=900)
    await ui.run(window_of(hall))
    return ui


async def log_in(ui: Harness, login: str, password: str = PASSWORD) -> None:
    await ui.type("console.login.name", login)
    await ui.type("console.login.password", password)
    await ui.tap("console.login.enter")


@screen_test
async def test_a_wrong_password_is_said_and_a_right_one_opens_the_inbox(rig):
    hall = hall_of(rig.desk, rig)
    ui = await window(hall)
    assert not ui.has("console.rail.inbox")
    await log_in(ui, "supervisor", "wrong password 2026")
    assert LoginWrongError().message in ui.texts()
    assert ui.has_focus("console.login.password"), "it was emptied and is to be filled again"
    assert not ui.has("console.rail.inbox")
    await log_in(ui, "supervisor")
    assert ui.has("console.inbox.filter")
    assert "supervisor（审核员）" in ui.texts()
    assert ui.errors() == []
    hall.decoder.close()


@screen_test
async def test_wrong_passwords_in_a_row_cost_a_wait_that_is_said(rig):
    hall = hall_of(rig.desk, rig)
    ui = await window(hall)
    for _ in range(5):
        await log_in(ui, "supervisor", "wrong password 2026")
    await log_in(ui, "supervisor")
    assert any("秒后再试" in text for text in ui.texts())
    rig.clock.pass_(31)
    await log_in(ui, "supervisor")
    assert ui.has("console.rail.inbox")


@screen_test
async def test_a_reload_lands_on_the_login_whatever_the_address(rig):
    hall = hall_of(rig.desk, rig)
    ui = await window(hall)
    await log_in(ui, "supervisor")
    await ui.fire(ui.page, "disconnect")
    assert ui.has("console.login.name")
    again = await window(hall, "/devices")
    assert again.has("console.login.name")
    assert not again.has("console.rail.devices")
    acts = [line.act for line in rig.desk.audit.lines()]
    assert acts[:2] == ["log-out", "log-in"]


@screen_test
async def test_a_window_whose_browser_reloads_shows_the_login_again_and_then_the_same_place(rig):
    hall = hall_of(rig.desk, rig)
    ui = await window(hall, "/copies")
    await log_in(ui, "supervisor")
    await ui.leave()
    await ui.come_back()
    assert ui.has("console.login.name")
    assert not ui.has("console.rail.inbox"), "the picture from before would not do anything"
    await log_in(ui, "supervisor")
    assert ui.has("console.copies.tally")
    await ui.tap("console.rail.inbox")
    assert ui.has("console.inbox.filter")
    assert ui.errors() == []


@screen_test
async def test_a_cut_connection_takes_nothing_of_what_was_typed_at_the_login(rig):
    hall = hall_of(rig.desk, rig)
    ui = await window(hall)
    await ui.type("console.login.name", "supervisor")
    await ui.leave()
    await ui.come_back()
    assert ui.by_identifier("console.login.name").value == "supervisor", "what was typed is there still"


@screen_test
async def test_a_window_that_was_gone_and_came_back_is_looked_after_again(rig):
    hall = hall_of(rig.desk, rig)
    ui = await window(hall)
    await log_in(ui, "supervisor")
    await ui.fire(ui.page, "disconnect")
    rig.clock.pass_(IDLE_MS / 1000)
    await log_in(ui, "supervisor")
    await hall.look()
    assert rig.desk.is_unlocked, "somebody is here"
    rig.clock.pass_(IDLE_MS / 1000)
    await hall.look()
    await ui.settle()
    assert ui.has("console.login.name"), "and was idle"


@screen_test
async def test_a_window_that_nobody_touches_is_logged_out_and_forgotten_keys_are_locked(rig):
    hall = hall_of(rig.desk, rig)
    ui = await window(hall)
    await log_in(ui, "supervisor")
    rig.clock.pass_(IDLE_MS / 1000 - 1)
    await hall.look()
    await ui.settle()
    assert ui.has("console.rail.inbox")
    rig.clock.pass_(1)
    await hall.look()
    await ui.settle()
    assert ui.has("console.login.name")
    assert rig.desk.is_unlocked
    rig.clock.pass_(IDLE_MS / 1000)
    await hall.look()
    assert not rig.desk.is_unlocked


@screen_test
async def test_keys_are_unlocked_with_the_passphrase_only_and_locked_again(rig):
    rig.desk.lock()
    hall = hall_of(rig.desk, rig)
    ui = await window(hall)
    await log_in(ui, "supervisor")
    await ui.tap("console.rail.unlock")
    await ui.type("console.unlock.passphrase", "wrong passphrase")
    await ui.tap("console.unlock.open")
    assert SecretWrongError().message in ui.texts()
    await ui.type("console.unlock.passphrase", PASSPHRASE)
    await ui.tap("console.unlock.open")
    assert "密钥已解锁" in ui.texts()
    await ui.tap("console.rail.lock")
    assert "密钥未解锁" in ui.texts()
    assert not rig.desk.is_unlocked


@screen_test
async def test_a_viewer_is_told_why_keys_stay_locked(rig):
    hall = hall_of(rig.desk, rig)
    rig.desk.lock()
    ui = await window(hall)
    await log_in(ui, "viewer")
    await ui.tap("console.rail.unlock")
    assert any("查看员只能看列表" in text for text in ui.texts())
    assert not ui.has("console.unlock.passphrase")


@screen_test
async def test_a_server_that_is_away_is_one_line_and_the_screens_go_on(rig):
    hall = hall_of(rig.desk, rig)
    ui = await window(hall)
    await log_in(ui, "supervisor")

    class Away:
        def __getattr__(self, _name):
            raise OfficeUnreachableError

    real, rig.desk._office = rig.desk._office, Away()
    await hall.background.once()
    await ui.settle()
    assert ui.has("console.office.retry")
    assert any(OfficeUnreachableError().message in text for text in ui.texts())
    await ui.tap("console.rail.audit")
    assert ui.has("console.rail.inbox")
    rig.desk._office = real
    await hall.background.once()
    await ui.settle()
    assert not ui.has("console.office.retry")
    assert ui.errors() == []


@screen_test
async def test_alarms_stand_above_every_screen_in_words(rig):
    hall = hall_of(rig.desk, rig)
    rig.desk.copy.raise_alarm(_alarm())
    ui = await window(hall, "/devices")
    await log_in(ui, "supervisor")
    assert any("样例告警：日志被改动" in text for text in ui.texts())
    await ui.tap("console.alarms.open")
    assert ui.page.route == "/alarms"


def _alarm():
    from inspector.work.ports import Alarm

    return Alarm(code="log.forked", message="样例告警：日志被改动。", hint="请核对。", entry=None, at_ms=1)


@screen_test
async def test_the_dark_scheme_is_a_tap_away(rig):
    ui = await rig.window("/")
    await ui.tap("console.rail.scheme")
    assert ui.page.theme_mode.value == "dark"
    await ui.tap("console.rail.scheme")
    assert ui.page.theme_mode.value == "light"


@screen_test
async def test_an_address_that_leads_nowhere_says_so(rig):
    ui = await rig.window("/nowhere")
    assert "没有这个页面" in ui.texts()
    await ui.tap("console.lost.inbox")
    assert ui.has("console.inbox.filter")


@screen_test
async def test_the_first_start_sets_the_console_up(rig, tmp_path):
    keys = tmp_path / "keys"
    keys.mkdir()
    for name in (OFFICE_KEYS, STATEMENT, ROOT_PRINT):
        shutil.copy(rig.folder / "console" / name, keys / name)
    desk = Desk(
        tmp_path / "fresh", url="", connect=rig.desk._connect, clock=rig.clock.now, since="", cost=CHEAP
    )
    ui = await window(hall_of(desk, rig))
    assert any("inspector keys new" in text for text in ui.texts())
    await ui.type("console.setup.folder", str(tmp_path / "elsewhere"))
    await ui.type("console.setup.name", "样例管理员")
    await ui.type("console.setup.password", PASSWORD)
    await ui.type("console.setup.again", PASSWORD + "x")
    assert "两次输入不同" in ui.texts()
    await ui.type("console.setup.again", PASSWORD)
    await ui.tap("console.setup.create")
    assert ui.has("error")
    assert any("三个文件都复制进去" in text for text in ui.texts())
    await ui.type("console.setup.folder", str(keys))
    await ui.tap("console.setup.create")
    assert "样例管理员（管理员）" in ui.texts()
    assert not ui.has("console.inbox.refresh"), "nothing has changed since the first look"
    assert ui.errors() == []
    desk.close()


@screen_test
async def test_a_field_that_is_being_typed_in_stays_the_same_when_an_error_comes_and_goes(rig):
    ui = await rig.window("/office")
    await ui.type("console.office.issuer-name", "样例甲（样例）")
    field = ui.by_identifier("console.office.issuer-name")

    async def refused() -> None:
        raise OfficeUnreachableError()

    rig.session.run(refused)
    await ui.settle()
    assert OfficeUnreachableError().message in ui.texts()
    assert ui.by_identifier("console.office.issuer-name")._i == field._i, "a new one would lose the cursor"
    await ui.type("console.office.issuer-name", "样例乙（样例）")
    await ui.tap("console.error.close")
    assert not ui.has("console.error.close")
    assert ui.by_identifier("console.office.issuer-name")._i == field._i
    assert ui.by_identifier("console.office.issuer-name").value == "样例乙（样例）"


@screen_test
async def test_closing_an_account_ends_its_window_at_once_with_a_word(rig):
    hall = hall_of(rig.desk, rig)
    theirs, mine = await window(hall), await window(hall, "/accounts")
    await log_in(theirs, "supervisor")
    await log_in(mine, "样例管理员")
    await mine.tap("console.accounts.close-supervisor")
    await mine.tap("console.accounts.close-supervisor-ask-yes")
    await theirs.settle()
    assert theirs.has("console.login.name") and not theirs.has("console.rail.inbox")
    assert AccountClosedError().message in theirs.texts() and AccountClosedError().next_step in theirs.texts()
    assert mine.has("console.accounts.account-supervisor"), "who closed it works on"
    assert "账号“supervisor”已停用" in mine.texts()
    assert [line.act for line in rig.desk.audit.lines()][:2] == ["log-out", "close-account"]
    await log_in(theirs, "supervisor")
    assert LoginWrongError().message in theirs.texts()


@pytest.mark.parametrize("change", [{"active": False}, {"role": "viewer"}])
@screen_test
async def test_who_was_shut_out_elsewhere_does_nothing_more_from_the_next_act_on(rig, change):
    entry = received(rig)[1].sha256
    hall = hall_of(rig.desk, rig)
    ui = await window(hall, at(entry))
    await log_in(ui, "supervisor")
    assert ui.has("console.record.accept")
    rig.desk.accounts._change("supervisor", change)
    await ui.tap("console.record.accept")
    assert ui.has("console.login.name"), ui.identifiers()
    assert AccountClosedError().message in ui.texts()
    assert hall.records.counts()[RecordState.NEW] == 1
    assert ui.errors() == []
    hall.decoder.close()


@screen_test
async def test_who_was_shut_out_reads_nothing_more(rig):
    received(rig)
    ui = await window(hall_of(rig.desk, rig), "/devices")
    await log_in(ui, "supervisor")
    rig.desk.accounts._change("supervisor", {"active": False})
    await ui.tap("console.rail.audit")
    assert ui.has("console.login.name")
    assert not ui.has("console.audit.verify")
