"""Accounts on the screen: made, closed, and one's own password; and the audit trail beside them."""

import pytest

from inspector.console.accounts import Role
from inspector.errors import LoginWrongError
from tests.console.desk_rig import PASSWORD, DeskRig
from tests.ui_harness import screen_test

NEW = "另一个样例口令-2027"


@pytest.fixture
def rig(tmp_path):
    with DeskRig(tmp_path) as found:
        yield found


async def fill(ui, of: str, **texts: str) -> None:
    for name, text in texts.items():
        await ui.type(f"console.accounts.{of}-{name}", text)


@screen_test
async def test_an_administrator_makes_an_account_that_can_log_in(rig):
    ui = await rig.window("/accounts")
    await fill(ui, "new", login="张三", password=NEW, repeat=NEW)
    await ui.tap("console.accounts.role-viewer")
    await ui.tap("console.accounts.create")
    made = rig.desk.accounts.log_in("张三", NEW, now_ms=rig.clock.ms)
    assert made.account.role is Role.VIEWER
    assert ui.has("console.accounts.account-张三")
    assert ui.by_identifier("console.accounts.new-password").value == ""
    assert rig.desk.audit.lines()[0].object == made.account.id
    assert ui.errors() == []


@screen_test
async def test_rules_are_told_while_typing_and_nothing_goes_before_they_are_kept(rig):
    ui = await rig.window("/accounts")
    await fill(ui, "new", login="a\u200bb", password="短密码")
    assert any("登录名" in text and "只能用" in text for text in ui.texts())
    assert "还差 7 个字符" in ui.texts()
    await fill(ui, "new", login="张三", password=NEW, repeat=NEW + "x")
    assert "两次输入不一致" in ui.texts()
    with pytest.raises(AssertionError, match="disabled"):
        await ui.tap("console.accounts.create")


@screen_test
async def test_a_taken_login_is_refused_in_words(rig):
    ui = await rig.window("/accounts")
    await fill(ui, "new", login="viewer", password=NEW, repeat=NEW)
    await ui.tap("console.accounts.create")
    assert "账号“viewer”已经存在。" in ui.texts()


@screen_test
async def test_closing_asks_once_and_names_the_account(rig):
    ui = await rig.window("/accounts")
    await ui.tap("console.accounts.close-viewer")
    assert "停用账号“viewer”？" in ui.texts()
    await ui.tap("console.accounts.close-viewer-ask-yes")
    assert "已停用" in ui.texts()
    assert not ui.has("console.accounts.close-viewer")
    assert not ui.has("console.accounts.close-样例管理员")
    with pytest.raises(LoginWrongError):
        rig.log_in("viewer")
    assert rig.desk.audit.lines()[0].act == "close-account"


@screen_test
async def test_everybody_changes_their_own_password_and_only_that(rig):
    viewer = rig.log_in("viewer")
    ui = await rig.window("/accounts", viewer)
    assert not ui.has("console.accounts.create")
    assert not ui.has("console.accounts.account-supervisor")
    await fill(ui, "own", old="不是这个密码-0000", password=NEW, repeat=NEW)
    await ui.tap("console.accounts.change-password")
    assert "登录名或密码不对。" in ui.texts()
    await fill(ui, "own", old=PASSWORD)
    await ui.tap("console.accounts.change-password")
    assert rig.desk.accounts.log_in("viewer", NEW, now_ms=rig.clock.ms).database_key == viewer.database_key
    assert rig.desk.audit.lines()[0].act == "change-password"


@screen_test
async def test_the_audit_trail_is_paged_in_words_and_checked(rig):
    for n in range(60):
        rig.desk.note(rig.admin, "open-record", f"id-{n}")
    ui = await rig.window("/audit")
    assert "打开记录" in ui.texts()
    count = rig.desk.audit.lines()[0].n
    assert ui.has(f"console.audit.line-{count}")
    assert not ui.has("console.audit.line-1")
    await ui.tap("console.audit.older")
    assert ui.has("console.audit.line-1")
    await ui.tap("console.audit.newest")
    await ui.tap("console.audit.verify")
    assert f"审计链完整，共 {count} 行" in ui.texts()
    rig.desk.database.do("UPDATE audit SET account = 'x' WHERE n = 3")
    await ui.tap("console.audit.verify")
    assert "审计记录从第 3 行起对不上。" in ui.texts()
    assert ui.errors() == []
