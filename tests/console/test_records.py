"""Deciding: who may, once only, and what the tablet hears and can prove."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from inspector.console.records import InboxFilter, Records
from inspector.console.taking import RecordState
from inspector.domain.checklist import Domain
from inspector.domain.delivery import FeedMessage
from inspector.errors import (
    IllegalMoveError,
    InputMissingError,
    NotPermittedError,
    OfficeKeyLockedError,
    RecordUnknownError,
    SignerUnknownError,
)
from inspector.sync.device import DeviceOffice
from inspector.trust import dsse
from inspector.trust.strict_json import parse_object
from inspector.work.feed import ItemNote, Outcome, SignedDecision, read_body, verify_decision
from tests import make
from tests.console.desk_rig import PASSPHRASE, ATablet, DeskRig
from tests.console.sealed_records import amending, inspected, sealed
from tests.simulator import Cast

ITEM = make.key(make.EXIT)


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[DeskRig]:
    with DeskRig(tmp_path) as found:
        yield found


def heard(rig: DeskRig, tablet: ATablet) -> list[SignedDecision]:
    """The decisions that the tablet finds at the server and can open and prove."""
    office = DeviceOffice(rig.real.transport(tablet.office.device_key))
    messages = [
        FeedMessage.from_payload(parse_object(dsse.peek(envelope).payload))
        for envelope in office.feed(0).messages
    ]
    bodies = [read_body(one, [tablet.office.device_identity], rig.desk.statement) for one in messages]
    return [body for body in bodies if isinstance(body, SignedDecision)]


def test_an_accepted_record_is_told_to_its_tablet_and_provable_there(rig):
    tablet = rig.enrolled()
    entry = sealed(tablet)
    rig.sends(tablet, [entry.envelope])
    rig.desk.run()
    supervisor = rig.log_in("supervisor")
    Records(rig.desk).accept(supervisor, entry.sha256)
    rig.desk.run()
    (decision,) = heard(rig, tablet)
    proven = verify_decision(decision.envelope, decision.certificate, rig.desk.statement).decision
    assert (proven.outcome, proven.sha256, proven.by) == (
        Outcome.ACCEPTED,
        entry.inner_sha256,
        "supervisor",
    )
    assert Records(rig.desk).counts()[RecordState.ACCEPTED] == 1
    assert [line.act for line in rig.desk.audit.lines()][:1] == ["accepted"]


def test_a_decision_is_worth_nothing_at_another_office(rig):
    tablet = rig.enrolled()
    entry = sealed(tablet)
    rig.sends(tablet, [entry.envelope])
    rig.desk.run()
    Records(rig.desk).accept(rig.admin, entry.sha256)
    rig.desk.run()
    (decision,) = heard(rig, tablet)
    with pytest.raises(SignerUnknownError):
        verify_decision(decision.envelope, decision.certificate, Cast.new("another").statement)


def test_a_returned_record_carries_its_notes_and_is_answered_by_its_correction(rig):
    tablet = rig.enrolled()
    entry = sealed(tablet)
    rig.sends(tablet, [entry.envelope])
    rig.desk.run()
    records = Records(rig.desk)
    items = [ItemNote(item=ITEM, note="请补照片"), ItemNote(item="left/empty", note=" ")]
    records.give_back(rig.admin, entry.sha256, "请补充", items)
    rig.desk.run()
    (returned,) = heard(rig, tablet)
    assert returned.decision.note == "请补充"
    assert returned.decision.items == (ItemNote(item=ITEM, note="请补照片"),)
    correction = amending(tablet, entry, 2)
    rig.sends(tablet, [correction.envelope])
    rig.desk.run()
    opened = records.open(entry.sha256)
    assert opened.row.state is RecordState.ANSWERED
    assert [row.entry for row in opened.versions] == [entry.sha256, correction.sha256]
    assert opened.decision is not None
    assert opened.decision.note == "请补充"


def test_a_return_must_say_what_is_missing(rig):
    tablet = rig.enrolled()
    entry = sealed(tablet)
    rig.sends(tablet, [entry.envelope])
    rig.desk.run()
    with pytest.raises(InputMissingError):
        Records(rig.desk).give_back(rig.admin, entry.sha256, "  ", [ItemNote(item=ITEM, note=" ")])
    assert Records(rig.desk).counts()[RecordState.NEW] == 1


def test_a_record_is_decided_once(rig):
    tablet = rig.enrolled()
    entry = sealed(tablet)
    rig.sends(tablet, [entry.envelope])
    rig.desk.run()
    Records(rig.desk).accept(rig.admin, entry.sha256)
    with pytest.raises(IllegalMoveError):
        Records(rig.desk).give_back(rig.admin, entry.sha256, "请补充", [])


def test_a_viewer_neither_opens_nor_decides(rig):
    tablet = rig.enrolled()
    entry = sealed(tablet)
    rig.sends(tablet, [entry.envelope])
    rig.desk.run()
    viewer, records = rig.log_in("viewer"), Records(rig.desk)
    for act in (
        lambda: records.accept(viewer, entry.sha256),
        lambda: records.give_back(viewer, entry.sha256, "请补充", []),
        lambda: records.look_at(viewer, entry.sha256),
        lambda: records.pdf(viewer, entry.sha256),
    ):
        with pytest.raises(NotPermittedError):
            act()
    assert [row.entry for row in records.inbox(InboxFilter())] == [entry.sha256]


def test_lists_need_no_keys_and_opening_does(rig):
    tablet = rig.enrolled()
    entry = sealed(tablet)
    rig.sends(tablet, [entry.envelope])
    rig.desk.run()
    rig.desk.lock(rig.admin)
    records = Records(rig.desk)
    assert records.count(InboxFilter()) == 1
    with pytest.raises(OfficeKeyLockedError):
        records.look_at(rig.admin, entry.sha256)
    rig.desk.unlock(rig.admin, PASSPHRASE)
    assert records.look_at(rig.admin, entry.sha256).record is not None


def test_filters_narrow_and_nothing_matches_by_accident(rig):
    tablet, other = rig.enrolled(), rig.enrolled("样例平板二号")
    gas = make.enterprise(id="gas-1", name="样例燃气站（样例）", domain=Domain.GAS)
    first = sealed(tablet, 1, inspection=inspected(tablet, 1, enterprise=gas))
    second = sealed(other, 2)
    rig.sends(tablet, [first.envelope])
    rig.sends(other, [second.envelope])
    rig.desk.run()

    def found(**wanted: object) -> list[str]:
        return [row.entry for row in Records(rig.desk).inbox(InboxFilter(**wanted))]

    assert found() == [second.sha256, first.sha256]
    assert found(domain=Domain.GAS) == [first.sha256]
    assert found(device=other.id) == [second.sha256]
    assert found(text="燃气站") == [first.sha256]
    assert found(text=make.BEN.name) == [second.sha256, first.sha256]
    assert found(text="%") == []
    assert found(state=RecordState.ACCEPTED) == []
    assert found(from_ms=make.DAY_MS + 3) == []
    assert found(from_ms=make.DAY_MS + 2, to_ms=make.DAY_MS + 3) == [second.sha256, first.sha256]
    assert found(to_ms=make.DAY_MS + 2) == []


def test_an_unknown_record_is_said_to_be_unknown(rig):
    with pytest.raises(RecordUnknownError):
        Records(rig.desk).open("0" * 64)
