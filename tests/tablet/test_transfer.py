"""Transfer on the screen: each record's way, and every way in which the office can fail to answer."""

import asyncio

import pytest

from inspector.domain.delivery import EntryStatus
from inspector.errors import (
    OfficeAnswerError,
    OfficeBusyError,
    OfficeFailedError,
    OfficeTimeoutError,
    OfficeUnreachableError,
    RequestTooLargeError,
    StoreUnavailableError,
)
from inspector.sync.address import OfficeAddress
from inspector.sync.device import DeviceOffice
from inspector.sync.transport import Transport
from inspector.tablet.transfer import PAGE
from inspector.work.ports import EntryResult, EntryState, Problem
from tests.simulator import SimulatedOffice
from tests.sync.dripping_server import SILENT, dripping_server
from tests.tablet.rig import Rig
from tests.ui_harness import Harness, screen_test


async def exchange(rig: Rig, ui: Harness) -> None:
    """One round, to its end, and the screen after it."""
    rig.tablet.background.kick()
    await rig.tablet.background.once()
    await ui.settle()


def line(ui: Harness) -> str:
    return " ".join(ui.texts())


@screen_test
async def test_a_record_goes_from_sealed_to_received_with_its_receipt(tmp_path):
    async with Rig(tmp_path, script="drop " * 50) as rig:
        ui = await rig.enrolled("/transfer")
        await rig.tablet.background.stop()
        rig.sealed()
        await exchange(rig, ui)
        assert "等待上传" in line(ui)
        assert "检查记录 · 样例商场（样例）" in ui.texts()
        rig.office.fates = iter(())
        await exchange(rig, ui)
        entries = rig.bench.office.transfer()
        assert {row.entry.state for row in entries} == {EntryState.RECEIVED}
        index = entries[0].entry.index
        assert f"办公室已收（回执 {index}） 11月18日 19:06" in ui.texts()
        assert "等待办公室打开并确认" in ui.texts()
        rig.bench.memory.acknowledge(entries[0].entry.sha256, at_ms=rig.clock.now())
        await exchange(rig, ui)
        assert "办公室已确认 11月18日 19:06" in ui.texts()


@pytest.mark.parametrize(
    ("fate", "error"),
    [
        ("drop", OfficeUnreachableError()),
        ("late", OfficeTimeoutError()),
        ("500", OfficeFailedError()),
        ("html", OfficeAnswerError(reason="text/html")),
        ("429", OfficeBusyError(retry_after_s=7)),
        ("413", RequestTooLargeError()),
    ],
)
@screen_test
async def test_whatever_the_office_does_the_screen_says_it_and_the_record_stays(tmp_path, fate, error):
    async with Rig(tmp_path, script=f"{fate} " * 60) as rig:
        ui = await rig.enrolled("/transfer")
        await rig.tablet.background.stop()
        rig.sealed()
        await exchange(rig, ui)
        assert ui.has("error"), ui.texts()
        assert error.message in ui.texts() and error.next_step in ui.texts()
        assert "没有送达的内容都在本机" in line(ui)
        assert len(rig.bench.memory.entries()) == 2
        rig.office.fates = iter(())
        await exchange(rig, ui)
        assert not ui.has("error")
        assert rig.bench.office.unsent() == 0


@screen_test
async def test_one_that_the_office_refuses_says_why_and_the_others_go(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.enrolled("/transfer")
        await rig.tablet.background.stop()
        first = rig.sealed()
        name, _ = rig.bench.memory.sealed_as(first.id)
        take = rig.office._take

        def picky(envelope: bytes, gaps: object) -> EntryResult:
            result = take(envelope, gaps)
            if result.sha256 == name:
                problem = Problem(code="entry.unsealed", message="内容没有加密。", hint="请联系管理员。")
                return EntryResult(sha256=name, status=EntryStatus.REJECTED, problem=problem)
            return result

        rig.office._take = picky
        second = rig.sealed()
        await exchange(rig, ui)
        assert "办公室没有接收：内容没有加密。请联系管理员。" in ui.texts()
        states = {row.entry.record: row.entry.state for row in rig.bench.office.transfer()}
        assert states[first.id] is EntryState.SET_ASIDE
        assert states[second.id] is EntryState.RECEIVED


@screen_test
async def test_now_exchanges_at_once(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.enrolled("/transfer")
        await ui.settle()
        rig.sealed()
        await ui.tap("transfer.now")
        await ui.settle()
        assert rig.bench.office.unsent() == 0
        assert "全部已送达办公室" in ui.texts()


@screen_test
async def test_a_failing_disk_is_said_where_the_exchange_is(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.enrolled("/transfer")
        await rig.tablet.background.stop()
        rig.sealed()

        def fails(*_: object, **__: object) -> None:
            raise StoreUnavailableError(reason="样例故障")

        rig.bench.memory.mark_sent = fails  # type: ignore[method-assign]
        await exchange(rig, ui)
        assert any("样例故障" in text for text in ui.texts())


@screen_test
async def test_long_lists_come_in_pages_newest_first(tmp_path):
    async with Rig(tmp_path, script="drop " * 200) as rig:
        ui = await rig.enrolled()
        await rig.tablet.background.stop()
        for _ in range(PAGE + 3):
            rig.draft()
        await ui.go("/transfer")
        assert ui.has(f"transfer.row.{PAGE + 3}") and not ui.has("transfer.row.1")
        await ui.tap("transfer.older")
        assert ui.has("transfer.row.1") and not ui.has(f"transfer.row.{PAGE + 3}")
        assert ui.by_identifier("transfer.older").disabled


@screen_test
async def test_before_enrolment_nothing_is_sent_and_the_way_on_is_offered(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.set_up("/transfer")
        assert ui.by_identifier("transfer.now").disabled
        await ui.tap("transfer.enrol")
        assert ui.has("enrol.code")


@screen_test
async def test_locking_during_an_exchange_waits_for_its_thread_and_loses_nothing(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.enrolled("/transfer")
        rig.sealed()
        rig.tablet.background.kick()
        await rig.tablet.lock()
        await ui.settle()
        assert "本机已锁定" in ui.texts()
        await rig.tablet.enter(rig.tablet.gate.unlock, rig.person().id, "135790")
        await ui.settle()
        assert rig.bench.office.unsent() == 0


@screen_test
async def test_locking_does_not_wait_for_an_office_that_says_nothing(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.enrolled()
        draft = rig.draft()
        await rig.tablet.background.stop()
        with dripping_server(SILENT) as (port, asked):
            rig.office = DeviceOffice(Transport(OfficeAddress.parse(f"http://127.0.0.1:{port}")))
            rig.tablet.background.start()
            assert await asyncio.to_thread(asked.wait, 30)
            locking = asyncio.create_task(rig.tablet.lock())
            await asyncio.sleep(0)
            entering = asyncio.create_task(
                rig.tablet.enter(rig.tablet.gate.unlock, rig.person().id, "135790")
            )
            await asyncio.wait_for(asyncio.gather(locking, entering), 30)  # the line's own patience is longer
            rig.office = SimulatedOffice(rig.cast)
            assert rig.tablet.workbench is not None, "who enters while it is being locked is in afterwards"
            await rig.tablet.background.stop()
        await ui.go("/")
        assert ui.has(f"today.draft.{draft.id}")
