"""The list of tablets on the screen: what is told of each, and revoking with a reason and a question."""

import pytest

from tests.console.desk_rig import DeskRig
from tests.ui_harness import screen_test


@pytest.fixture
def rig(tmp_path):
    with DeskRig(tmp_path) as found:
        yield found


@screen_test
async def test_without_tablets_the_screen_says_what_to_do(rig):
    ui = await rig.window("/devices")
    assert "还没有登记任何平板" in ui.texts()
    assert ui.errors() == []


@screen_test
async def test_a_tablet_shows_who_works_with_it_and_what_numbers_are_left(rig):
    tablet = rig.enrolled()
    ui = await rig.window("/devices")
    assert ui.has(f"console.devices.device-{tablet.id}")
    assert "样例检查员甲（样例-001）" in ui.texts()
    assert "全部 6 类文书近期没有用过：各余至少 20 个" in ui.texts()
    assert "0 条，还没有收到过记录" in ui.texts()


@screen_test
async def test_revoking_takes_a_reason_and_a_question_that_names_the_tablet(rig):
    tablet = rig.enrolled()
    ui = await rig.window("/devices")
    await ui.tap(f"console.devices.revoke-{tablet.id}")
    with pytest.raises(AssertionError, match="disabled"):
        await ui.tap(f"console.devices.do-revoke-{tablet.id}")
    await ui.tap(f"console.devices.reason-{tablet.id}-lost")
    await ui.tap(f"console.devices.do-revoke-{tablet.id}")
    assert f"停用“{tablet.label}”？" in ui.texts()
    assert any("仍然有效" in text and "隔离" in text for text in ui.texts())
    assert rig.devices.all()[0].revoked_ms is None
    await ui.tap(f"console.devices.do-revoke-{tablet.id}-ask-yes")
    assert rig.devices.all()[0].revoked_ms is not None
    assert "已停用" in ui.texts()
    assert not ui.has(f"console.devices.revoke-{tablet.id}")
    assert ui.errors() == []


@screen_test
async def test_a_question_that_is_answered_with_no_changes_nothing(rig):
    tablet = rig.enrolled()
    ui = await rig.window("/devices")
    await ui.tap(f"console.devices.revoke-{tablet.id}")
    await ui.tap(f"console.devices.reason-{tablet.id}-retired")
    await ui.tap(f"console.devices.do-revoke-{tablet.id}")
    await ui.tap(f"console.devices.do-revoke-{tablet.id}-ask-no")
    assert rig.devices.all()[0].revoked_ms is None


@screen_test
async def test_a_supervisor_sees_tablets_and_changes_none(rig):
    tablet = rig.enrolled()
    ui = await rig.window("/devices", rig.log_in("supervisor"))
    assert ui.has(f"console.devices.device-{tablet.id}")
    assert not ui.has("console.devices.enrol")
    assert not ui.has(f"console.devices.revoke-{tablet.id}")


@screen_test
async def test_with_locked_keys_the_screen_leads_to_them(rig):
    tablet = rig.enrolled()
    rig.desk.lock()
    ui = await rig.window("/devices")
    with pytest.raises(AssertionError, match="disabled"):
        await ui.tap(f"console.devices.revoke-{tablet.id}")
    await ui.tap("console.devices.unlock")
    assert ui.page.route == "/unlock"
