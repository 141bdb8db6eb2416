"""Text that cannot be kept, pasted into every field of the console: said in words, and nothing changes."""

import pytest

from inspector.console.records import Records
from inspector.console.routes import record as at
from inspector.console.taking import RecordState
from inspector.domain.checklist import Domain
from inspector.errors import (
    LoginRefusedError,
    LoginWrongError,
    MishapError,
    SecretWrongError,
    TextControlError,
    TextTooLongError,
)
from tests import make
from tests.console.desk_rig import FIRE, PASSPHRASE, PASSWORD, DeskRig
from tests.console.test_record import WIDE, received
from tests.console.test_shell import hall_of, log_in, window
from tests.ui_harness import Harness, screen_test

HOSTILE = {
    "ten thousand characters": "𠅤" * 10_000,
    "a character that turns the writing round": "样例𠅤\u202e商行",
    "zero-width characters only": "\u200b\u200b",
    "a zero byte": "样例\0商行",
    "a blank that is no space": "\u2800\u2800",
}
BLANKS = ("   ", "\u3000\u3000")
RARE = "䶮𠅤样例（样例）"


@pytest.fixture
def rig(tmp_path):
    with DeskRig(tmp_path) as found:
        yield found


def said(ui: Harness) -> str:
    words = " ".join(ui.texts())
    assert MishapError().message not in words
    assert ui.errors() == []
    return words


def assert_refused(ui: Harness, field: str, text: str) -> None:
    words = said(ui)
    too_long = len(text) > 100
    assert ("写了 10000 个字" if too_long else "看不见的控制符") in words, words
    assert (TextTooLongError.hint if too_long else TextControlError.hint) in words, words
    assert ui.by_identifier(field).value == text, "what was typed stays to be mended"


@screen_test
async def test_a_note_of_a_return_that_no_tablet_could_show_is_refused_and_the_record_waits(rig):
    _, entry = received(rig)
    ui = await rig.window(at(entry.sha256), **WIDE)
    await ui.tap("console.record.begin-return")
    for field in ("console.record.note", "console.record.finding.1.note"):
        for text in HOSTILE.values():
            await ui.type(field, text)
            assert_refused(ui, field, text)
            await ui.tap("console.record.return")
            assert_refused(ui, field, text)
            assert Records(rig.desk).counts()[RecordState.NEW] == 1
        await ui.type(field, f"请补充{RARE}\n第二行")
    await ui.tap("console.record.return")
    decision = Records(rig.desk).open(entry.sha256).decision
    assert decision is not None
    assert [decision.note, *(one.note for one in decision.items)] == [f"请补充{RARE}\n第二行"] * 2


@screen_test
async def test_an_enterprise_with_a_text_that_cannot_be_printed_is_not_kept(rig):
    rig.desk.set_enterprises(rig.admin, (make.enterprise(),))
    before = rig.desk.enterprises()
    ui = await rig.window("/office")
    await ui.tap("console.office.part-enterprises")
    await ui.tap(f"console.office.edit-{before[0].id}")
    for name in ("name", "credit-code", "address", "person", "position", "phone"):
        field = f"console.office.one-{name}"
        for text in HOSTILE.values():
            await ui.type(field, text)
            assert_refused(ui, field, text)
            assert ui.by_identifier("console.office.keep").disabled
        await ui.type(field, RARE)
    for text in BLANKS:
        await ui.type("console.office.one-name", text)
        assert "请填写单位名称" in said(ui)
        assert ui.by_identifier("console.office.keep").disabled
    assert rig.desk.enterprises() == before
    await ui.type("console.office.one-name", RARE)
    await ui.tap("console.office.keep")
    (one,) = rig.desk.enterprises()
    assert {one.name, one.credit_code, one.address, one.person, one.position, one.phone} == {RARE}


@screen_test
async def test_a_pasted_table_names_the_line_of_each_text_that_cannot_be_printed(rig):
    rig.desk.set_enterprises(rig.admin, (make.enterprise(),))
    before = rig.desk.enterprises()
    ui = await rig.window("/office")
    await ui.tap("console.office.part-enterprises")
    await ui.tap("console.office.paste")
    for text in HOSTILE.values():
        table = f"单位名称\t地址\n样例商行\t样例路\n{text}\t样例街"
        await ui.type("console.office.table", table)
        await ui.tap("console.office.read")
        assert_refused(ui, "console.office.table", table) if len(text) < 100 else None
        assert "第 3 行：" in said(ui) and not ui.has("console.office.take")
    assert rig.desk.enterprises() == before
    await ui.type("console.office.table", "样" * 2_000_001)
    await ui.tap("console.office.read")
    assert "表格太大，请分几次粘贴" in said(ui)


@screen_test
async def test_an_issuer_with_a_text_that_cannot_be_printed_is_not_kept(rig):
    ui = await rig.window("/office")
    for name in ("name", "region", "review-body", "court", "contact", "phone"):
        field = f"console.office.issuer-{name}"
        kept = ui.by_identifier(field).value
        for text in HOSTILE.values():
            await ui.type(field, text)
            await ui.tap("console.office.save-issuer")
            assert_refused(ui, field, text)
            assert rig.desk.issuer() == FIRE
        await ui.type(field, kept)
    for name, words in (("name", "请填写机关全称"), ("region", "请填写地区简称"), ("court", "法院")):
        field = f"console.office.issuer-{name}"
        kept = ui.by_identifier(field).value
        for text in BLANKS:
            await ui.type(field, text)
            await ui.tap("console.office.save-issuer")
            assert words in said(ui)
            assert rig.desk.issuer() == FIRE
        await ui.type(field, kept)


@screen_test
async def test_whatever_is_searched_for_the_lists_only_show_what_is_there(rig):
    rig.desk.set_enterprises(rig.admin, (make.enterprise(domain=Domain.FIRE),))
    ui = await rig.window("/office")
    await ui.tap("console.office.part-enterprises")
    for text in HOSTILE.values():
        await ui.type("console.office.search", text)
        assert "没有找到这样的单位" in said(ui)
    _, entry = received(rig)
    inbox = await rig.window("/")
    assert inbox.has(f"console.inbox.row.{entry.sha256[:12]}")
    await inbox.tap("console.inbox.filter")
    for text in HOSTILE.values():
        await inbox.type("console.inbox.text", text)
        await inbox.tap("console.inbox.apply")
        said(inbox)
        assert not inbox.has(f"console.inbox.row.{entry.sha256[:12]}")
        await inbox.type("console.inbox.from", text)
        assert "请写成 2026-11-23 的样子" in said(inbox)
        assert inbox.by_identifier("console.inbox.apply").disabled
        await inbox.type("console.inbox.from", "")


# --- At the door ---


@screen_test
async def test_no_login_and_no_password_breaks_the_door(rig):
    hall = hall_of(rig.desk, rig)
    ui = await window(hall)
    for text in (*HOSTILE.values(), *BLANKS):
        await log_in(ui, text, PASSWORD)
        assert LoginWrongError().message in said(ui) and LoginWrongError().next_step in said(ui)
    for text in HOSTILE.values():
        rig.clock.pass_(3600)
        await log_in(ui, "supervisor", text)
        assert LoginWrongError().message in said(ui)
    rig.clock.pass_(3600)
    await log_in(ui, "supervisor")
    assert ui.has("console.inbox.filter")


@screen_test
async def test_no_passphrase_breaks_the_lock(rig):
    rig.desk.lock()
    ui = await rig.window("/unlock")
    for text in HOSTILE.values():
        await ui.type("console.unlock.passphrase", text)
        await ui.tap("console.unlock.open")
        assert SecretWrongError().message in said(ui) and SecretWrongError().next_step in said(ui)
        assert not rig.desk.is_unlocked
    await ui.type("console.unlock.passphrase", PASSPHRASE)
    await ui.tap("console.unlock.open")
    assert rig.desk.is_unlocked


@screen_test
async def test_no_account_gets_a_login_that_nobody_could_read(rig):
    before = rig.desk.accounts.all()
    ui = await rig.window("/accounts")
    await ui.type("console.accounts.new-password", PASSWORD)
    await ui.type("console.accounts.new-repeat", PASSWORD)
    for text in (*HOSTILE.values(), *BLANKS):
        await ui.type("console.accounts.new-login", text)
        assert "不能用这个登录名" in said(ui)
        assert LoginRefusedError.hint in said(ui)
        assert ui.by_identifier("console.accounts.create").disabled
    assert rig.desk.accounts.all() == before


@screen_test
async def test_a_folder_that_cannot_be_is_said_at_the_first_start(rig, tmp_path):
    from inspector.console.desk import Desk
    from inspector.console.door import STATEMENT

    desk = Desk(tmp_path / "fresh", url="", connect=rig.desk._connect, clock=rig.clock.now, since="")
    ui = await window(hall_of(desk, rig))
    await ui.type("console.setup.name", "样例管理员")
    await ui.type("console.setup.password", PASSWORD)
    await ui.type("console.setup.again", PASSWORD)
    for text in HOSTILE.values():
        await ui.type("console.setup.folder", text)
        await ui.tap("console.setup.create")
        assert f"找不到或读不出 {STATEMENT}" in said(ui)
        assert ui.by_identifier("console.setup.folder").value == text
        assert not desk.is_settled
    desk.close()
