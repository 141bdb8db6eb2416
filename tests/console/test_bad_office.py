"""A server that answers the console with anything but an answer: said on the screen, and nothing is lost."""

import pytest

from inspector.console.records import Records
from inspector.console.routes import record as at
from inspector.console.taking import RecordState
from inspector.errors import OfficeAnswerError, OfficeTimeoutError, OfficeUnreachableError
from inspector.sync.address import OfficeAddress
from inspector.sync.desk import DeskOffice
from inspector.sync.transport import Transport
from inspector.work.seal import SealedEntry
from tests.bad_answers import BAD_ANSWERS
from tests.console.desk_rig import DeskRig
from tests.console.sealed_records import sealed
from tests.console.test_record import WIDE
from tests.sync.dripping_server import BODY, SILENT, dripping_server
from tests.sync.scripted_server import scripted_server
from tests.ui_harness import screen_test


@pytest.fixture
def rig(tmp_path):
    with DeskRig(tmp_path) as found:
        yield found


def line_to(port: int, rig: DeskRig, **options: float) -> DeskOffice:
    key = rig.made.office.signing["feed"]
    return DeskOffice(Transport(OfficeAddress.parse(f"http://127.0.0.1:{port}"), key=key, **options))


def received(rig: DeskRig) -> SealedEntry:
    """A record in the desk, without pictures: nothing here is about them."""
    tablet = rig.enrolled()
    entry = sealed(tablet)
    rig.sends(tablet, [entry.envelope])
    rig.desk.run()
    return entry


def words_of(error) -> str:
    return error.message.partition("：")[0] if isinstance(error, OfficeAnswerError) else error.message


@pytest.mark.parametrize(("answer", "error"), BAD_ANSWERS.values(), ids=BAD_ANSWERS)
@screen_test
async def test_each_bad_answer_is_said_and_a_decision_waits_until_the_server_is_back(rig, answer, error):
    entry = received(rig).sha256
    ui = await rig.window(at(entry), **WIDE)
    hall = rig.session.hall
    with scripted_server(*[answer] * 40) as script:
        rig.desk._office = line_to(script.port, rig)
        await hall.background.once()
        await ui.settle()
        line = next(text for text in ui.texts() if "审核台可以照常使用" in text)
        assert words_of(error) in line
        await ui.tap("console.record.accept")  # the account's first decision needs the log
        assert ui.has("console.error.close") and error.next_step in ui.texts()
        assert Records(rig.desk).counts()[RecordState.NEW] == 1
    rig.desk._office = line_to(rig.real.port, rig)
    await ui.tap("console.error.close")
    await ui.tap("console.record.accept")
    assert Records(rig.desk).counts()[RecordState.ACCEPTED] == 1
    await hall.background.once()
    await ui.settle()
    assert not any("审核台可以照常使用" in text for text in ui.texts())
    assert rig.desk.alarms() == ()
    assert ui.errors() == []


@pytest.mark.parametrize("how", [SILENT, BODY])
@screen_test
async def test_a_server_that_says_nothing_or_drips_is_said(rig, how):
    ui = await rig.window("/")
    with dripping_server(how, drips=100) as (port, _):
        rig.desk._office = line_to(port, rig, patience_s=0.3)
        await rig.session.hall.background.once()
        await ui.settle()
    assert any(OfficeTimeoutError().message in text for text in ui.texts())
    assert ui.has("console.office.retry")


@screen_test
async def test_a_server_that_is_gone_is_said(rig):
    ui = await rig.window("/")
    with scripted_server() as script:
        port = script.port
    rig.desk._office = line_to(port, rig)
    await rig.session.hall.background.once()
    await ui.settle()
    assert any(OfficeUnreachableError().message in text for text in ui.texts())
