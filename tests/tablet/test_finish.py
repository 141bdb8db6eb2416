"""Finishing: what is missing, where and who, and the seal."""

from dataclasses import replace

import pytest

from inspector.domain.answer import Verdict
from inspector.domain.inspection import NoPosition, Position, Role
from inspector.domain.issuer import IssuerKind
from inspector.domain.profile import IssuerProfile
from inspector.errors import StoreFullError
from inspector.tablet import routes
from inspector.work.seal import SealStep
from tests import make
from tests.tablet.rig import PIN, SECOND
from tests.tablet.walking import EXIT, Walking
from tests.ui_harness import Harness, screen_test

STROKES = (((10, 10), (500, 200), (900, 40)),)
THERE = {
    "is_location_service_enabled": True,
    "get_permission_status": "always",
    "get_current_position": {"latitude": 27.2389, "longitude": 111.467, "accuracy": 12.0},
}


async def finishing(rig: Walking, **verdicts: Verdict) -> Harness:
    return await rig.open(lambda: rig.answered(rig.draft(), **verdicts), routes.finish)


def signed(rig: Walking, **verdicts: Verdict):
    draft = rig.answered(rig.draft(), **verdicts)
    return rig.bench.closing.sign(draft, Role.RESPONSIBLE, STROKES, height=300, name="样例负责人")


# --- What is missing ---


@screen_test
async def test_everything_that_is_missing_is_listed_and_jumps_to_its_place(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await rig.open(route=routes.finish)
        texts = ui.texts()
        assert "还差 5 项" in texts
        assert any("尚未记录位置" in text for text in texts)
        assert ui.by_identifier("finish.seal").disabled
        await ui.tap("finish.gap-3")
        assert ui.has("checklist.item.fire-sample.signs-pass")
        assert ("scroll_to", "fire-sample/signs") in [
            (name, (arguments or {}).get("scroll_key")) for name, arguments in ui.calls
        ]


@screen_test
async def test_nobody_signs_before_the_content_is_complete(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await rig.open(route=routes.finish)
        assert ui.by_identifier("finish.sign").disabled
        assert ui.by_identifier("finish.refuse").disabled


@screen_test
async def test_a_finding_without_its_words_is_a_gap(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await rig.open(lambda: rig.answered(rig.draft(), water_cut=Verdict.FAIL), routes.finish)
        assert any("疑似重大隐患待人工判断" in text for text in ui.texts())


# --- Where and who ---


@screen_test
async def test_place_and_person_are_kept_as_they_are_typed(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await finishing(rig)
        await ui.type("finish.place", "样例商场二层")
        await ui.type("finish.person", "样例经理𠅤")
        await ui.type("finish.position", "安全经理")
        await ui.type("finish.phone", "000-1234567")
        found = rig.on_disk
        assert found.place == "样例商场二层"
        enterprise = found.enterprise
        assert (enterprise.person, enterprise.position, enterprise.phone) == (
            "样例经理𠅤",
            "安全经理",
            "000-1234567",
        )


@pytest.mark.parametrize(("name", "why"), [("名" * 10_000, "最多"), ("样例‮负责人", "看不见的控制符")])
@screen_test
async def test_a_name_that_cannot_be_printed_is_refused_under_its_field(tmp_path, name, why):
    async with Walking(tmp_path) as rig:
        ui = await finishing(rig)
        await ui.type("finish.person", name)
        assert why in ui.by_identifier("finish.person").error
        assert rig.on_disk.enterprise.person == "样例负责人"


@screen_test
async def test_a_missing_person_is_a_gap(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await finishing(rig)
        await ui.type("finish.person", "")
        assert any("缺被检查单位现场负责人姓名" in text for text in ui.texts())


@screen_test
async def test_the_position_is_taken_with_its_accuracy(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await finishing(rig)
        ui.client.replies.update(THERE)
        await ui.tap("finish.locate")
        position = rig.on_disk.position
        assert isinstance(position, Position)
        assert (position.latitude, position.accuracy_m) == ("27.238900", "12.0")
        assert any("精度约 12.0 米" in text for text in ui.texts())


@screen_test
async def test_where_there_is_no_position_the_reason_is_kept(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await rig.open(route=routes.finish)
        ui.client.replies["is_location_service_enabled"] = False
        await ui.tap("finish.locate")
        assert rig.on_disk.position == NoPosition(reason="定位服务没有打开")
        await ui.type("finish.no-position", "地下二层没有信号")
        assert rig.on_disk.position == NoPosition(reason="地下二层没有信号")
        assert any("没有记录位置：地下二层没有信号" in text for text in ui.texts())


# --- Who inspects ---


def in_view(ui: Harness) -> list[str]:
    """What was scrolled to, in order."""
    return [arguments["scroll_key"] for name, arguments in ui.calls if name == "scroll_to"]


@screen_test
async def test_the_second_inspector_unlocks_a_key_with_the_pin(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await finishing(rig)
        second = rig.person(SECOND).id
        rig.bench.crew.lock(second)
        ui = await rig.again(routes.finish)
        assert any("尚未签名" in text for text in ui.texts())
        await ui.tap(f"finish.unlock-{second}")
        assert ui.has_focus("finish.pin-pin"), "digits go where they belong"
        assert in_view(ui) == ["finish-pad"]
        ui.client.focus = 0
        await ui.type("finish.pin-pin", "999999")
        await ui.tap("finish.pin-done")
        assert ui.has_focus("finish.pin-pin"), "also those of the next try"
        assert in_view(ui) == ["finish-pad", "finish-pad"]
        assert not rig.bench.crew.is_unlocked(second)
        assert ui.has("finish.pin-pin"), "the keys stay, with why it was not taken"
        rig.clock.pass_(600)
        await ui.type("finish.pin-pin", PIN)
        await ui.tap("finish.pin-done")
        assert rig.bench.crew.is_unlocked(second)
        assert ui.texts().count("密钥已解锁") == 2


@screen_test
async def test_an_enforcement_body_sends_two_and_somebody_can_join(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await finishing(rig)
        second = rig.person(SECOND).id
        await ui.tap(f"finish.leave-{second}")
        assert any("执法检查不得少于两名" in text for text in ui.texts())
        await ui.tap("finish.guest")
        await ui.type("finish.guest-name", "样例检查员丙")
        await ui.type("finish.guest-number", "样例-003")
        await ui.tap("finish.guest-join")
        assert [one.name for one in rig.on_disk.inspectors][-1] == "样例检查员丙"
        assert not any("执法检查不得少于两名" in text for text in ui.texts())
        await ui.tap(f"finish.join-{second}")
        assert len(rig.on_disk.inspectors) == 3


@screen_test
async def test_taking_an_inspector_off_can_be_undone(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await finishing(rig)
        await ui.tap(f"finish.leave-{rig.person(SECOND).id}")
        assert len(rig.on_disk.inspectors) == 1
        await ui.tap("undo")
        assert len(rig.on_disk.inspectors) == 2


# --- The documents, while they can still be mended ---


@screen_test
async def test_what_the_office_may_not_print_is_said_before_the_seal(tmp_path):
    async with Walking(tmp_path) as rig:

        def of_a_grid_worker():
            profile = IssuerProfile(kind=IssuerKind.NON_ENFORCEMENT, name="样例网格站")
            rig.bench.memory.put_fact("issuer", profile.to_record())
            draft = rig.answered(rig.draft(), exit_unlocked=Verdict.FAIL)
            finding = replace(draft.findings[make.key(make.EXIT)], requirement="责令停业")
            return rig.bench.inspections.revise(draft, finding)

        ui = await rig.open(of_a_grid_worker, routes.finish)
        assert "文书可能出不了" in ui.texts()
        assert any("责令" in text and "不得" in text for text in ui.texts())


# --- The seal ---


@screen_test
async def test_one_tap_seals_and_leads_to_the_documents(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await rig.open(lambda: signed(rig, exit_unlocked=Verdict.FAIL), routes.finish)
        await ui.tap("finish.seal")
        assert rig.on_disk.is_sealed
        assert ui.page.route == routes.notices(rig.draft_id)
        assert ui.has("notices.inspection-record-issue")
        await ui.go(routes.finish(rig.draft_id))
        assert any("内容不能再改" in text for text in ui.texts())
        assert not ui.has("finish.seal")


@screen_test
async def test_the_three_steps_are_ticked_as_they_are_done(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await rig.open(lambda: signed(rig), routes.finish)
        labels: list[list[str]] = []
        seal = rig.bench.closing.seal

        def slowly(inspection, progress):
            def told(step: SealStep) -> None:
                progress(step)
                labels.append([str(step)])

            return seal(inspection, told)

        rig.bench.closing.seal = slowly
        before = len(ui.client.sent)
        await ui.tap("finish.seal")
        sent = "".join(str(message.body) for message in ui.client.sent[before:])
        assert labels == [["photos"], ["sign"], ["encrypt"], ["store"]]
        assert all(word in sent for word in ("签名，已完成", "加密，已完成", "生成文书"))


@screen_test
async def test_a_seal_that_fails_leaves_the_draft_and_its_signatures(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await rig.open(lambda: signed(rig), routes.finish)
        append = rig.bench.memory.append

        def full(_entry, _beside):
            raise StoreFullError()

        rig.bench.memory.append = full
        await ui.tap("finish.seal")
        assert not rig.on_disk.is_sealed
        assert rig.on_disk.handwriting_of(Role.RESPONSIBLE) is not None
        assert any("存储空间已满" in text for text in ui.texts())
        rig.bench.memory.append = append
        await ui.tap("finish.seal")
        assert rig.on_disk.is_sealed


@screen_test
async def test_going_back_to_the_checklist_keeps_everything(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await finishing(rig)
        await ui.tap("finish.back")
        assert ui.has(f"{EXIT}-pass")
