"""Enrolling on the screen: the code, the digits, the console's word, and every way in which it can fail."""

import pytest

from inspector.errors import OfficeFailedError, OfficeUnreachableError
from inspector.tablet import enrolment
from inspector.tablet.enrolment import doubt_about_code
from inspector.trust import age
from inspector.trust.invitation import Invitation
from tests.simulator import Cast
from tests.tablet.rig import SECOND, SECOND_NUMBER, URL, Rig
from tests.ui_harness import Harness, screen_test


async def send(ui: Harness, code: str, *, url: str = "", label: str = "一组平板 2 号") -> None:
    if ui.has("enrol.label"):
        await ui.type("enrol.label", label)
    await ui.type("enrol.code", code)
    if url:
        await ui.type("enrol.url", url)
    await ui.tap("enrol.send")


def test_a_code_is_doubted_only_once_it_cannot_become_one():
    code = Invitation.new(URL).code
    for length in range(len(code)):
        assert doubt_about_code(code[:length]) == ""
    assert doubt_about_code(code) == ""
    assert "校验不符" in doubt_about_code(("2" if code[0] != "2" else "3") + code[1:])
    assert "不会出现的字符" in doubt_about_code("U" * 30)
    assert "应为 30 个字符" in doubt_about_code(code + "0")


def test_a_code_alone_needs_the_servers_address():
    with pytest.raises(enrolment.InvitationCodeError, match="缺少服务器地址"):
        enrolment.invitation_from(Invitation.new(URL).code, "")


@screen_test
async def test_a_scanned_text_leads_to_the_same_digits_on_both_sides_and_then_to_today(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.set_up("/enrol")
        invited = rig.invited()
        await send(ui, invited.invitation.text)
        digits = rig.looked(invited).digits
        assert f"{digits[:4]} {digits[4:]}" in ui.texts()
        assert not rig.bench.crew.is_enrolled
        await ui.tap("enrol.check")
        assert ui.has("enrol.digits"), "nobody has confirmed yet"
        rig.confirm(invited)
        await ui.tap("enrol.check")
        assert rig.bench.crew.is_enrolled
        assert rig.bench.office.address == URL
        assert rig.tablet.gate.escrow_file().startswith(b"age-encryption.org/v1")
        assert ui.has("today.start")
        assert all(member.key_id for member in rig.bench.crew.members())


@screen_test
async def test_keeping_the_certificates_wraps_the_data_key_to_the_office_at_once(tmp_path):
    async with Rig(tmp_path) as rig:
        await rig.set_up()
        await rig.tablet.background.stop()
        gate, bench, invited = rig.tablet.gate, rig.bench, rig.invited()
        offer, box = enrolment.meet(invited.invitation, lambda _url: rig.boxes)
        asking = enrolment.apply(bench, offer, box, label="平板一", at_ms=rig.clock.now())
        enrolment.hand_in(asking)
        assert enrolment.collect(asking) is None
        rig.confirm(invited)
        result = enrolment.collect(asking)
        assert result is not None
        enrolment.keep(gate, bench, result)
        assert len(age.decrypt(gate.escrow_file(), [rig.cast.office_identity])) == 32


@screen_test
async def test_a_typed_code_goes_with_the_address_beside_it(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.set_up("/enrol")
        invited = rig.invited()
        await send(ui, invited.invitation.code.lower(), url=URL)
        assert ui.has("enrol.digits")


@screen_test
async def test_a_slip_of_the_finger_is_said_while_typing_and_cannot_be_sent(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.set_up("/enrol")
        code = rig.invited().invitation.code
        await ui.type("enrol.code", ("2" if code[0] != "2" else "3") + code[1:])
        assert any("校验不符" in text for text in ui.texts())
        assert ui.by_identifier("enrol.send").disabled


@screen_test
async def test_a_used_or_late_code_says_so_and_another_one_can_be_typed(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.set_up("/enrol")
        spent = rig.invited()
        rig.boxes.withdraw(spent.invitation.id)
        await send(ui, spent.invitation.text)
        assert any("登记码" in text and ("用过" in text or "过期" in text) for text in ui.texts()), ui.texts()
        await send(ui, rig.invited().invitation.text)
        assert ui.has("enrol.digits")


@screen_test
async def test_an_unreachable_office_says_so_and_keeps_what_was_typed(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.set_up("/enrol")
        rig.boxes.failure = OfficeUnreachableError()
        invited = rig.invited()
        await send(ui, invited.invitation.text)
        assert any(OfficeUnreachableError().message in text for text in ui.texts())
        assert ui.by_identifier("enrol.code").value == invited.invitation.text
        rig.boxes.failure = None
        await ui.tap("enrol.send")
        assert ui.has("enrol.digits")


@screen_test
async def test_a_failing_server_while_waiting_only_delays(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.set_up("/enrol")
        invited = rig.invited()
        await send(ui, invited.invitation.text)
        rig.boxes.failure = OfficeFailedError()
        await ui.tap("enrol.check")
        assert any("会自动再试" in text for text in ui.texts())
        rig.boxes.failure = None
        rig.confirm(invited)
        await ui.tap("enrol.check")
        assert rig.bench.crew.is_enrolled


@screen_test
async def test_cancelling_leaves_the_tablet_as_it_was(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.set_up("/enrol")
        invited = rig.invited()
        await send(ui, invited.invitation.text)
        await ui.tap("enrol.cancel")
        rig.confirm(invited)
        await ui.settle()
        assert ui.has("enrol.code")
        assert not rig.bench.crew.is_enrolled


@screen_test
async def test_somebody_elses_response_is_refused_and_said(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.set_up("/enrol")
        mine, other = rig.invited(), rig.invited()
        await send(ui, mine.invitation.text)
        rig.boxes.requests[other.invitation.id] = b"forged"
        rig.boxes.responses[mine.invitation.id] = b"IE1 forged"
        await ui.tap("enrol.check")
        assert ui.has("error")
        assert not rig.bench.crew.is_enrolled


@screen_test
async def test_an_inspector_who_joined_later_is_certified_by_a_further_code(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.set_up("/enrol")
        first = rig.invited()
        await send(ui, first.invitation.text)
        rig.confirm(first)
        await ui.tap("enrol.check")
        before = rig.bench.crew.device().key.key_id
        await rig.tablet.act(rig.tablet.gate.join, name=SECOND, number=SECOND_NUMBER, role="", pin="246801")
        await ui.go("/settings")
        await ui.tap("crew.enrol")
        further = rig.invited()
        await send(ui, further.invitation.text)
        rig.confirm(further)
        await ui.tap("enrol.check")
        assert rig.bench.crew.device().key.key_id == before
        assert [bool(one.key_id) for one in rig.bench.crew.members()] == [True, True]


@screen_test
async def test_an_enrolled_tablet_is_not_moved_to_another_office(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.enrolled("/enrol")
        rig.cast = Cast.new("another-office")
        await send(ui, rig.invited().invitation.text)
        assert any("已在另一个办公室登记" in text for text in ui.texts())


@screen_test
async def test_before_enrolment_a_sample_can_be_walked_and_nothing_of_it_is_kept(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.set_up()
        await ui.tap("today.samples")
        await ui.tap("sample.open.fire-sample")
        await ui.tap("sample.item.exit-unlocked-fail")
        assert any("安全出口上锁" in text for text in ui.texts())
        assert any("不会保存" in text for text in ui.texts())
        await ui.tap("sample.next")
        await ui.tap("sample.done")
        assert rig.bench.drafts.ids() == ()
        assert rig.bench.memory.entries() == []


@screen_test
async def test_what_would_inspect_for_real_says_that_it_needs_enrolment(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.set_up()
        one = rig.enterprise()
        await ui.go(f"/start/{one.id}")
        await ui.tap("begin.checklist-fire-sample")
        await ui.tap("begin.start")
        assert any("本机还没有在办公室登记" in text for text in ui.texts())
        assert ui.has("begin.enrol")
        assert rig.bench.drafts.ids() == ()
