"""An office that answers with anything but an answer: each has its words on the screen, nothing is lost."""

import json
from base64 import b64encode
from dataclasses import replace

import pytest

from inspector.domain.delivery import EntryStatus
from inspector.errors import (
    EnrolmentSpentError,
    EntryForeignError,
    FeedForgedError,
    InspectorError,
    OfficeAnswerError,
    OfficeTimeoutError,
    OfficeUnreachableError,
)
from inspector.sync.address import OfficeAddress
from inspector.sync.device import DeviceEnrolment, DeviceOffice
from inspector.sync.transport import Transport
from inspector.work.feed import Greeting
from inspector.work.ports import EntryResult, EntryState, Problem
from tests.bad_answers import BAD_ANSWERS, JSON
from tests.simulator import NOW_MS, TENANT, SimulatedOffice
from tests.sync.dripping_server import BODY, SILENT, dripping_server
from tests.sync.scripted_server import Said, scripted_server
from tests.tablet.rig import Rig
from tests.ui_harness import Harness, screen_test

each_answer = pytest.mark.parametrize(("answer", "error"), BAD_ANSWERS.values(), ids=BAD_ANSWERS)


def said(ui: Harness) -> str:
    assert ui.errors() == []
    return " ".join(ui.texts())


def assert_said(ui: Harness, error: InspectorError) -> None:
    message = error.message.partition("：")[0] if isinstance(error, OfficeAnswerError) else error.message
    assert message in said(ui) and error.next_step in said(ui), said(ui)


def line_to(port: int, rig: Rig | None = None, **options: float) -> Transport:
    key = rig.cast.device if rig else None
    return Transport(OfficeAddress.parse(f"http://127.0.0.1:{port}"), key=key, **options)


def hello(rig: Rig) -> Said:
    """The right answer to the first question."""
    statement = b64encode(rig.cast.envelope).decode()
    payload = {
        "v": 1,
        "tenant": TENANT,
        "audience": "office.sample",
        "statement": statement,
        "time_ms": NOW_MS,
    }

    return Said(200, {**JSON, "Inspector-Nonce": "n"}, json.dumps(payload).encode())


async def exchanged(rig: Rig, ui: Harness) -> None:
    rig.tablet.background.kick()
    await rig.tablet.background.once()
    await ui.settle()


# --- Transfer ---


@pytest.mark.parametrize("greets", [False, True], ids=["at once", "after a greeting"])
@each_answer
@screen_test
async def test_each_bad_answer_is_said_at_the_transfer_and_the_record_goes_later(
    tmp_path, greets, answer, error
):
    async with Rig(tmp_path) as rig:
        ui = await rig.enrolled("/transfer")
        await rig.tablet.background.stop()
        rig.sealed()
        good = rig.office
        answers = [*([hello(rig)] if greets else []), *[answer] * 20]
        with scripted_server(*answers) as script:
            rig.office = DeviceOffice(line_to(script.port, rig))
            await exchanged(rig, ui)
            assert_said(ui, error)
            assert "没有送达的内容都在本机" in said(ui)
            assert {entry.state for entry in rig.bench.memory.entries()} == {EntryState.WAITING}
        rig.office = good
        await exchanged(rig, ui)
        assert not ui.has("error")
        assert rig.bench.office.unsent() == 0


@pytest.mark.parametrize("how", [SILENT, BODY])
@screen_test
async def test_an_office_that_says_nothing_or_drips_is_said_at_the_transfer(tmp_path, how):
    async with Rig(tmp_path) as rig:
        ui = await rig.enrolled("/transfer")
        await rig.tablet.background.stop()
        rig.sealed()
        with dripping_server(how, drips=100) as (port, _):
            rig.office = DeviceOffice(line_to(port, rig, patience_s=0.3))
            await exchanged(rig, ui)
        assert_said(ui, OfficeTimeoutError())
        assert {entry.state for entry in rig.bench.memory.entries()} == {EntryState.WAITING}


@screen_test
async def test_an_office_where_nobody_listens_is_said_at_the_transfer(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.enrolled("/transfer")
        await rig.tablet.background.stop()
        rig.sealed()
        with scripted_server() as script:
            port = script.port
        rig.office = DeviceOffice(line_to(port, rig))
        await exchanged(rig, ui)
        assert_said(ui, OfficeUnreachableError())
        assert rig.bench.office.unsent() == 2


# --- Enrolling ---


@each_answer
@screen_test
async def test_each_bad_answer_is_said_while_enrolling_and_what_was_typed_stays(tmp_path, answer, error):
    async with Rig(tmp_path) as rig:
        ui = await rig.set_up("/enrol")
        invited = rig.invited()
        await ui.type("enrol.label", "样例平板")
        await ui.type("enrol.code", invited.invitation.text)
        with scripted_server(*[answer] * 20) as script:
            knock, rig.tablet.knock = rig.tablet.knock, lambda _url: DeviceEnrolment(line_to(script.port))
            await ui.tap("enrol.send")
        assert_said(ui, error)
        assert ui.by_identifier("enrol.label").value == "样例平板"
        assert ui.by_identifier("enrol.code").value == invited.invitation.text
        rig.tablet.knock = knock
        await ui.tap("enrol.send")
        assert ui.has("enrol.digits")


async def send(ui: Harness, text: str) -> None:
    if ui.has("enrol.label"):
        await ui.type("enrol.label", "样例平板")
    await ui.type("enrol.code", text)
    await ui.tap("enrol.send")


@pytest.mark.parametrize("fault", ["reused by another tablet", "late"])
@screen_test
async def test_a_reused_and_a_late_code_are_said_and_another_code_goes_on(tmp_path, fault):
    async with Rig(tmp_path) as rig:
        ui = await rig.set_up("/enrol")
        invited = rig.invited()
        if fault == "late":
            rig.boxes.spent.add(invited.invitation.id)
        else:
            rig.boxes.requests[invited.invitation.id] = b"of the other tablet"
        await send(ui, invited.invitation.text)
        assert_said(ui, EnrolmentSpentError())
        assert not rig.bench.crew.is_enrolled
        await send(ui, rig.invited().invitation.text)
        assert ui.has("enrol.digits")


# --- What is another device's ---


@screen_test
async def test_an_envelope_that_the_office_takes_for_another_devices_is_set_aside_with_its_reason(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.enrolled("/transfer")
        await rig.tablet.background.stop()
        draft = rig.draft()
        first = rig.sealed(rig.answered(draft))
        name, _ = rig.bench.memory.sealed_as(first.id)
        take, error = rig.office._take, EntryForeignError()

        def refusing(envelope: bytes, gaps: object) -> EntryResult:
            result = take(envelope, gaps)
            problem = Problem.of(error) if result.sha256 == name else None
            return replace(result, status=EntryStatus.REJECTED, problem=problem) if problem else result

        rig.office._take = refusing
        await exchanged(rig, ui)
        assert_said(ui, error)
        states = {row.entry.record: row.entry.state for row in rig.bench.office.transfer()}
        assert states[first.id] is EntryState.SET_ASIDE
        assert rig.bench.memory.envelope(name), "it is still here"


@screen_test
async def test_a_message_for_another_device_is_an_alarm_on_today_and_changes_nothing(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.enrolled()
        await rig.tablet.background.stop()
        other = replace(rig.cast.certificate, id="0192d3a4-0000-7000-8000-000000000002")
        assert isinstance(rig.office, SimulatedOffice)
        rig.office.messages = replace(rig.cast, certificate=other).messages(Greeting())
        await exchanged(rig, ui)
        await ui.go("/settings")
        await ui.go("/")
        assert_said(ui, FeedForgedError(n=1, reason="是给别的设备的"))
        assert rig.bench.memory.position().n == 0
