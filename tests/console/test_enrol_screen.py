"""Enrolling on the screen, against a real server: code, digits, a person's word, and what can go wrong."""

import flet as ft
import pytest

from inspector.errors import DeskClockError, EnrolmentUnknownError, OfficeUnreachableError
from inspector.photos.qr import read_qr
from inspector.trust.enrolment import Invitation
from inspector.work import enrol
from tests import make
from tests.console.desk_rig import DeskRig
from tests.console.test_devices import Lossy, acts
from tests.simulator import NOW_MS
from tests.ui_harness import screen_test


@pytest.fixture
def rig(tmp_path):
    with DeskRig(tmp_path) as found:
        yield found


async def with_code(rig):
    """A window that shows a code, and the invitation in it as a tablet reads it."""
    ui = await rig.window("/devices/enrol")
    await ui.tap("console.enrol.begin")
    return ui, Invitation.from_text(ui.by_identifier("console.enrol.text").value)


@screen_test
async def test_picture_text_and_typed_code_all_say_the_same(rig):
    ui, invitation = await with_code(rig)
    pictures = [image.src for image in ui.all(ft.Image) if isinstance(image.src, bytes)]
    assert [read_qr(png) for png in pictures] == [invitation.text]
    typed = ui.by_identifier("console.enrol.code").value
    assert Invitation.from_code(typed).id == invitation.id
    assert rig.desk.url in ui.texts()
    await ui.tap("console.enrol.copy")
    assert ("set", {"data": invitation.text}) in ui.calls
    assert "15 分 00 秒后失效" in ui.texts()


@screen_test
async def test_the_digits_are_compared_and_the_tablet_gets_its_equipment(rig):
    ui, invitation = await with_code(rig)
    application = rig.tablet().apply(invitation, rig.box())
    await ui.tap("console.enrol.look")
    assert f"{application.digits[:4]}  {application.digits[4:]}" in ui.texts()
    assert "申请登记：样例平板一号" in ui.texts()
    await ui.tap("console.enrol.agree")
    assert "“样例平板一号”已登记" in ui.texts()
    assert any("样例消防救援大队" in text for text in ui.texts())
    assert enrol.finish(application, rig.box()).device.details.name == "样例平板一号"
    await ui.tap("console.enrol.finish")
    assert ui.page.route == "/devices"
    assert "withdraw-invitation" not in acts(rig)
    assert ui.errors() == []


@screen_test
async def test_a_person_who_is_not_ticked_gets_no_certificate(rig):
    ui, invitation = await with_code(rig)
    application = rig.tablet().apply(invitation, rig.box())
    await ui.tap("console.enrol.look")
    await ui.tap(f"console.enrol.person-{make.ADA.id}")
    await ui.tap("console.enrol.agree")
    assert enrol.finish(application, rig.box()).inspectors == ()


@screen_test
async def test_digits_that_differ_take_the_code_back(rig):
    ui, invitation = await with_code(rig)
    rig.tablet().apply(invitation, rig.box())
    await ui.tap("console.enrol.look")
    await ui.tap("console.enrol.differ")
    assert ui.has("console.enrol.begin")
    assert acts(rig)[0] == "withdraw-invitation"
    assert rig.devices.all() == ()


@screen_test
async def test_a_lost_answer_is_confirmed_again_with_the_same_button(rig):
    ui, invitation = await with_code(rig)
    application = rig.tablet().apply(invitation, rig.box())
    await ui.tap("console.enrol.look")
    rig.desk._office = Lossy(rig.desk.office, "put_response")
    await ui.tap("console.enrol.agree")
    assert OfficeUnreachableError().message in ui.texts()
    await ui.tap("console.enrol.agree")
    assert "“样例平板一号”已登记" in ui.texts()
    assert enrol.finish(application, rig.box()).device.certificate.id == make.DEVICE_ID


@screen_test
async def test_a_code_that_ran_out_is_replaced_by_another(rig):
    ui, invitation = await with_code(rig)
    rig.clock.pass_(15 * 60)
    await ui.tap("console.enrol.look")
    assert "这个登记码已经用过或过期。" in ui.texts()
    await ui.tap("console.enrol.again")
    assert Invitation.from_text(ui.by_identifier("console.enrol.text").value).id != invitation.id


@pytest.mark.parametrize("behind_s", [3600, 3650 * 86_400])
@screen_test
async def test_a_console_whose_clock_is_behind_says_so_instead_of_showing_a_dead_code(rig, behind_s):
    rig.clock.ms = NOW_MS - behind_s * 1000
    ui = await rig.window("/devices/enrol")
    await ui.tap("console.enrol.begin")
    assert DeskClockError().message in ui.texts() and DeskClockError().next_step in ui.texts()
    assert not ui.has("console.enrol.code")
    rig.clock.ms = NOW_MS
    await ui.tap("console.enrol.begin")
    assert ui.has("console.enrol.code")


@pytest.mark.parametrize("label", ["样例\u202e平板", "样" * 201, "\u2800"])
@screen_test
async def test_a_tablet_or_person_whose_name_nobody_could_read_is_not_offered(rig, label):
    ui, invitation = await with_code(rig)
    rig.tablet(label=label).apply(invitation, rig.box())
    await ui.tap("console.enrol.look")
    assert any("收到的数据格式不对" in text for text in ui.texts()), ui.texts()
    assert not ui.has("console.enrol.agree")
    await ui.tap("console.enrol.again")
    assert ui.has("console.enrol.code")


@screen_test
async def test_another_code_takes_the_first_one_back(rig):
    ui, invitation = await with_code(rig)
    await ui.tap("console.enrol.again")
    with pytest.raises(EnrolmentUnknownError):
        rig.tablet().apply(invitation, rig.box())
    assert acts(rig)[:2] == ["invite-device", "withdraw-invitation"]


@screen_test
async def test_somebody_elses_request_is_named_as_an_attack(rig):
    ui, invitation = await with_code(rig)
    other = Invitation.new(rig.desk.url)
    foreign = enrol.Offer(invitation=other, sealed=b"", envelope=b"", statement=rig.desk.statement)
    forged = enrol.apply(foreign, *rig.tablet().request())
    rig.box().put_request(invitation.id, forged.sealed)
    await ui.tap("console.enrol.look")
    assert "有人在途中替换了密钥" in ui.texts()
    assert not ui.has("console.enrol.agree")
    assert len(rig.desk.alarms()) == 1


@screen_test
async def test_a_server_that_is_away_is_said_and_asked_again(rig):
    ui, invitation = await with_code(rig)
    rig.tablet().apply(invitation, rig.box())
    rig.desk._office = Lossy(rig.desk.office, "request")
    await ui.tap("console.enrol.look")
    assert "暂时联系不上服务器，会自动再试" in ui.texts()
    await ui.tap("console.enrol.look")
    assert ui.has("console.enrol.digits")


@screen_test
async def test_leaving_by_the_arrow_asks_and_takes_the_code_back(rig):
    ui, _ = await with_code(rig)
    await ui.tap("console.enrol.back")
    await ui.tap("console.enrol.leave-no")
    assert ui.has("console.enrol.code")
    await ui.tap("console.enrol.back")
    await ui.tap("console.enrol.leave-yes")
    assert ui.page.route == "/devices"
    assert acts(rig).count("withdraw-invitation") == 1


@screen_test
async def test_leaving_by_the_rail_takes_the_code_back_too(rig):
    ui, _ = await with_code(rig)
    await ui.tap("console.rail.audit")
    assert acts(rig)[0] == "withdraw-invitation"
    assert ui.errors() == []


@screen_test
async def test_with_locked_keys_no_code_is_made(rig):
    rig.desk.lock()
    ui = await rig.window("/devices/enrol")
    with pytest.raises(AssertionError, match="disabled"):
        await ui.tap("console.enrol.begin")
    await ui.tap("console.enrol.unlock")
    assert ui.page.route == "/unlock"
