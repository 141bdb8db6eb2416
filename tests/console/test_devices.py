"""Enrolling, equipping, numbering and revoking tablets, over a real server."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.console.devices import Devices
from inspector.console.taking import RecordState
from inspector.domain.delivery import EntryStatus, FeedMessage
from inspector.domain.issuer import IssuerKind, NoticeKind, kinds_of
from inspector.domain.numbering import FLOOR, Numbered, Series, Use
from inspector.domain.profile import IssuerProfile
from inspector.errors import (
    DeskClockError,
    EnrolmentForgedError,
    EnrolmentMisdirectedError,
    EnrolmentPendingError,
    EnrolmentSpentError,
    EnrolmentUnknownError,
    IllegalMoveError,
    NotPermittedError,
    OfficeUnreachableError,
    RecordUnknownError,
)
from inspector.sync.device import DeviceOffice
from inspector.trust import dsse
from inspector.trust.certificates import RevocationReason
from inspector.trust.enrolment import Invitation
from inspector.trust.strict_json import parse_object
from inspector.work import enrol
from inspector.work.feed import EnterpriseList, NumberBlock, read_body
from tests import make
from tests.console.desk_rig import FIRE, PASSPHRASE, TEMPLATES, ATablet, DeskRig
from tests.simulator import CrashError

EXTENSION = NoticeKind.EXTENSION
"""The console issues it itself: tablets get no numbers of it."""


@pytest.fixture
def rig(tmp_path) -> Iterator[DeskRig]:
    with DeskRig(tmp_path) as found:
        yield found


def told(rig: DeskRig, tablet: ATablet) -> list[object]:
    """What the tablet reads in the feed, as the console wrote it."""
    rows = rig.desk.database.rows("SELECT bytes FROM feed WHERE device = ? ORDER BY n", tablet.id)
    messages = [FeedMessage.from_payload(parse_object(dsse.peek(row["bytes"]).payload)) for row in rows]
    return [read_body(one, [tablet.office.device_identity], rig.desk.statement) for one in messages]


def acts(rig: DeskRig) -> list[str]:
    return [line.act for line in rig.desk.audit.lines()]


class Lossy:
    """The way to the server, on which one answer is lost after the server has done its part."""

    def __init__(self, office: Any, method: str) -> None:
        self._office, self._method, self.lost = office, method, 0

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._office, name)
        if name != self._method or self.lost:
            return found

        def losing(*args: Any) -> None:
            self.lost += 1
            found(*args)
            raise OfficeUnreachableError()

        return losing


# --- Enrolling ---


def test_a_tablet_is_enrolled_with_the_same_digits_on_both_sides(rig):
    tablet = rig.tablet()
    invited = rig.devices.invite(rig.admin)
    with pytest.raises(EnrolmentPendingError):
        rig.devices.look(invited)
    application = tablet.apply(Invitation.from_text(invited.invitation.text), rig.box())
    applied = rig.devices.look(invited)
    assert applied.digits == application.digits
    rig.devices.confirm(rig.admin, applied, [make.ADA.id])
    result = enrol.finish(application, rig.box())
    assert result.root_fingerprint == rig.desk.statement.fingerprint
    assert [one.details.name for one in result.inspectors] == [make.ADA.name]
    (row,) = rig.devices.all()
    assert (row.id, row.label, row.people) == (
        tablet.id,
        tablet.label,
        (f"{make.ADA.name}（{make.ADA.number}）",),
    )
    assert acts(rig)[:2] == ["enrol-device", "invite-device"]


def test_the_typed_code_does_as_well_as_the_picture(rig):
    invited = rig.devices.invite(rig.admin)
    typed = invited.invitation.code.lower().replace("-", " ")
    rig.tablet().apply(Invitation.from_code(typed, url=rig.desk.url), rig.box())
    assert rig.devices.look(invited).request.device.details.name == "样例平板一号"


def test_an_inspector_who_is_left_out_gets_no_certificate(rig):
    tablet = rig.tablet()
    invited = rig.devices.invite(rig.admin)
    application = tablet.apply(invited.invitation, rig.box())
    rig.devices.confirm(rig.admin, rig.devices.look(invited), [])
    assert enrol.finish(application, rig.box()).inspectors == ()
    assert rig.devices.all()[0].people == ()


def test_a_code_serves_one_tablet(rig):
    invited = rig.devices.invite(rig.admin)
    rig.tablet().apply(invited.invitation, rig.box())
    with pytest.raises(EnrolmentSpentError):
        rig.tablet("样例平板二号").apply(invited.invitation, rig.box())


def test_a_withdrawn_code_is_worthless(rig):
    invited = rig.devices.invite(rig.admin)
    rig.devices.withdraw(rig.admin, invited)
    with pytest.raises(EnrolmentUnknownError):
        rig.tablet().apply(invited.invitation, rig.box())
    assert acts(rig)[0] == "withdraw-invitation"


def test_a_code_that_would_be_late_already_is_not_laid_out(rig):
    rig.clock.pass_(-30 * 24 * 3600)
    with pytest.raises(DeskClockError):
        rig.devices.invite(rig.admin)


def test_a_request_that_was_swapped_on_the_way_is_refused_and_raises_an_alarm(rig):
    invited = rig.devices.invite(rig.admin)
    mallory = Invitation.new(rig.desk.url)
    foreign = enrol.Offer(
        invitation=mallory, sealed=invited.offer, envelope=b"", statement=rig.desk.statement
    )
    forged = enrol.apply(foreign, *rig.tablet().request())
    rig.box().put_request(invited.invitation.id, forged.sealed)
    with pytest.raises((EnrolmentForgedError, EnrolmentMisdirectedError)) as refused:
        rig.devices.look(invited)
    (alarm,) = rig.desk.alarms()
    assert (alarm.code, alarm.entry) == (refused.value.code, invited.invitation.id)
    assert rig.devices.all() == ()


@pytest.mark.parametrize("method", ["send_entries", "put_response"])
def test_confirming_again_after_a_lost_answer_enrols_the_tablet_once(rig, method):
    tablet = rig.tablet()
    invited = rig.devices.invite(rig.admin)
    application = tablet.apply(invited.invitation, rig.box())
    applied = rig.devices.look(invited)
    rig.desk._office = Lossy(rig.desk.office, method)
    with pytest.raises(OfficeUnreachableError):
        rig.devices.confirm(rig.admin, applied, [make.ADA.id])
    assert rig.devices.all() == ()
    rig.devices.confirm(rig.admin, applied, [make.ADA.id])
    assert enrol.finish(application, rig.box()).device.certificate.id == tablet.id
    assert [row.id for row in rig.devices.all()] == [tablet.id]
    rig.desk.run()
    assert rig.desk.database.rows("SELECT COUNT(*) AS n FROM leaves WHERE kind = 'certificate'")[0]["n"] == 2


@pytest.mark.parametrize("login", ["supervisor", "viewer"])
def test_only_an_administrator_enrols_and_revokes(rig, login):
    other = rig.log_in(login)
    invited = rig.devices.invite(rig.admin)
    rig.tablet().apply(invited.invitation, rig.box())
    applied = rig.devices.look(invited)
    for act in (
        lambda: rig.devices.invite(other),
        lambda: rig.devices.confirm(other, applied, []),
        lambda: rig.devices.withdraw(other, invited),
        lambda: rig.devices.revoke(other, make.DEVICE_ID, RevocationReason.LOST),
    ):
        with pytest.raises(NotPermittedError):
            act()
    assert rig.devices.all() == ()


# --- Equipping ---


def test_a_new_tablet_is_told_who_issues_which_enterprises_and_its_numbers(rig):
    rig.desk.set_enterprises(rig.admin, (make.enterprise(),))
    tablet = rig.enrolled()
    profile, enterprises, *blocks = told(rig, tablet)
    assert profile == FIRE
    assert enterprises == EnterpriseList(enterprises=(make.enterprise(),))
    assert {block.series.document for block in blocks} == {
        kind.value for kind in kinds_of(FIRE.kind) - {EXTENSION}
    }
    assert {(block.first, block.last) for block in blocks} == {(1, 2 * FLOOR)}
    rig.desk.run()
    page = DeviceOffice(rig.real.transport(tablet.office.device_key)).feed(0)
    assert len(page.messages) >= 4


def test_without_an_issuer_there_are_no_numbers_until_there_is_one(tmp_path):
    with DeskRig(tmp_path, issuer=None) as rig:
        rig.enrolled()
        assert rig.devices.all()[0].numbers == ()
        rig.desk.run()
        assert rig.devices.numbers.top_up() == 0
        rig.administration.set_issuer(rig.admin, FIRE)
        assert rig.devices.numbers.top_up() == len(kinds_of(FIRE.kind) - {EXTENSION})
        assert {(one.given, one.left) for one in rig.devices.all()[0].numbers} == {(2 * FLOOR, 2 * FLOOR)}


def test_another_kind_of_issuer_brings_numbers_for_its_own_documents(rig):
    rig.enrolled()
    rig.desk.run()
    other = IssuerProfile(kind=IssuerKind.NON_ENFORCEMENT, name="样例物业（样例）")
    rig.administration.set_issuer(rig.admin, other)
    assert rig.devices.numbers.top_up() == len(kinds_of(other.kind))
    assert {one.document.id for one in rig.devices.all()[0].numbers} == kinds_of(other.kind)


def use(rig: DeskRig, tablet: ATablet, kind: NoticeKind, numbers: int) -> None:
    """Papers with the next numbers that a tablet holds, as taking in notes them."""
    ledger = rig.desk.numbers
    (series,) = {one for one, _ in ledger.blocks_of(tablet.id) if one.document == kind.value}
    held = [
        n
        for one, block in ledger.blocks_of(tablet.id)
        if one == series
        for n in range(block.first, block.end + 1)
    ]
    fresh = [n for n in held if n not in ledger.account(series).uses][:numbers]
    for n in fresh:
        number = f"样（{kind.word}）〔{series.year}〕第{n:04}号"
        use = Use(number=number, entry=f"{series} {n}", device=tablet.id, issued_on=date(2026, 11, 18))
        ledger.took(Numbered(series=series, serial=n), use, notice=f"{series} {n}")


def test_a_tablet_that_runs_short_gets_more_of_that_kind_only(rig):
    tablet = rig.enrolled()
    rig.desk.run()
    kind = NoticeKind.RECTIFY_NOTICE
    use(rig, tablet, kind, FLOOR)
    assert rig.devices.numbers.top_up() == 0
    use(rig, tablet, kind, 1)
    assert rig.devices.numbers.top_up() == 1
    assert rig.devices.numbers.top_up() == 0
    left = {one.document.id: one for one in rig.devices.all()[0].numbers}
    # Eleven in two weeks: it never has fewer than that again, and is filled up to twice as many.
    assert (left[kind].need.busiest, left[kind].need.least, left[kind].left) == (11, 11, 22)
    assert left[NoticeKind.INSPECTION_RECORD].left == 2 * FLOOR


def test_no_number_is_ever_given_twice(rig):
    tablets = [rig.enrolled(f"样例平板{n}") for n in range(4)]
    rig.desk.run()
    kinds = sorted(kinds_of(FIRE.kind) - {EXTENSION})

    @settings(max_examples=10)
    @given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 60)), max_size=3))
    def tablets_use_numbers_in_any_order(uses: Sequence[tuple[int, int]]) -> None:
        for place, numbers in uses:
            use(rig, tablets[place], kinds[numbers % 2], numbers)
            rig.devices.numbers.top_up()

    tablets_use_numbers_in_any_order()
    given_out: set[tuple[Series, int]] = set()
    blocks = [one for tablet in tablets for one in told(rig, tablet) if isinstance(one, NumberBlock)]
    for block in blocks:
        mine = {(block.series, n) for n in range(block.first, block.last + 1)}
        assert not given_out & mine
        given_out |= mine
    assert len(blocks) > len(tablets) * len(kinds)


def test_a_new_year_begins_at_one(rig):
    tablet = rig.enrolled()
    rig.desk.run()
    rig.clock.pass_(30 * 24 * 3600)
    assert rig.devices.numbers.top_up() == len(kinds_of(FIRE.kind) - {EXTENSION}), (
        "two weeks before the year begins"
    )
    rig.clock.pass_(14 * 24 * 3600)
    assert rig.devices.numbers.top_up() == 0
    blocks = [one for one in told(rig, tablet) if isinstance(one, NumberBlock) and one.series.year == 2027]
    assert {(one.first, one.last) for one in blocks} == {(1, 2 * FLOOR)}


# --- Revoking ---


def test_after_a_revocation_earlier_records_stay_and_later_ones_are_kept_aside(rig):
    tablet = rig.enrolled()
    _, first = tablet.office.sealed()
    assert rig.sends(tablet, [first.envelope])[0].status is EntryStatus.ACCEPTED
    # The console has not looked since: what arrived in time must not be shut out.
    rig.devices.revoke(rig.admin, tablet.id, RevocationReason.LOST)
    other = make.inspection(
        id="0198c0de-0000-7000-8000-000000000002", inspectors=[tablet.office.ada, make.BEN]
    )
    _, late = tablet.office.sealed(tablet.office.finished(make.passed(other)))
    (result,) = rig.sends(tablet, [late.envelope])
    assert (result.status, result.problem.code) == (EntryStatus.REJECTED, "entry.quarantined")
    rig.desk.run()
    states = rig.desk.database.rows("SELECT state FROM records")
    assert [row["state"] for row in states] == [RecordState.NEW.value]
    assert len(rig.desk.office.aside(0).entries) == 1
    row = rig.devices.all()[0]
    assert row.revoked_ms == rig.clock.ms
    assert row.entries == 1
    assert acts(rig)[0] == "revoke-device"


def test_a_tablet_is_revoked_once_and_an_unknown_one_never(rig):
    tablet = rig.enrolled()
    rig.devices.revoke(rig.admin, tablet.id, RevocationReason.RETIRED)
    with pytest.raises(IllegalMoveError):
        rig.devices.revoke(rig.admin, tablet.id, RevocationReason.LOST)
    with pytest.raises(RecordUnknownError):
        rig.devices.revoke(rig.admin, "no-such-tablet", RevocationReason.LOST)


def test_a_revocation_that_does_not_reach_the_log_changes_nothing(rig):
    tablet = rig.enrolled()

    class Down(Lossy):
        def __getattr__(self, name: str) -> Any:
            raise OfficeUnreachableError()

    way = rig.desk.office
    rig.desk._office = Down(way, "")
    with pytest.raises(OfficeUnreachableError):
        rig.devices.revoke(rig.admin, tablet.id, RevocationReason.LOST)
    assert rig.devices.all()[0].revoked_ms is None
    rig.desk._office = way
    rig.devices.revoke(rig.admin, tablet.id, RevocationReason.LOST)
    assert rig.devices.all()[0].revoked_ms == rig.clock.ms


def test_a_revoked_tablet_gets_no_further_numbers(rig):
    tablet = rig.enrolled()
    rig.devices.revoke(rig.admin, tablet.id, RevocationReason.LOST)
    rig.clock.pass_(40 * 24 * 3600)
    assert rig.devices.numbers.top_up() == 0
    assert Devices(rig.desk, TEMPLATES).all()[0].id == tablet.id


class Ending:
    """The way to the server; the program ends at a call, before or after the server has done its part."""

    def __init__(self, office: Any, method: str, *, done: bool) -> None:
        self._office, self._method, self._done = office, method, done

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._office, name)

        def ending(*args: Any) -> None:
            if self._done:
                found(*args)
            raise CrashError()

        return ending if name == self._method else found


@pytest.mark.parametrize(
    ("method", "done"), [("send_entries", True), ("put_response", False), ("put_response", True)]
)
def test_a_program_that_ended_while_it_enrolled_finishes_at_its_next_start(rig, method, done):
    tablet, invited = rig.tablet(), rig.devices.invite(rig.admin)
    application = tablet.apply(invited.invitation, rig.box())
    applied = rig.devices.look(invited)
    rig.desk._office = Ending(rig.desk.office, method, done=done)
    with pytest.raises(CrashError):
        rig.devices.confirm(rig.admin, applied, [make.ADA.id])
    rig.desk.close()
    rig.desk = rig._desk()
    rig.desk.open(rig.admin)
    rig.desk.unlock(rig.admin, PASSPHRASE)
    hall = rig.hall()
    assert rig.devices.all() == ()
    for _ in range(2):
        hall._pass()
        (row,) = rig.devices.all()
        assert (row.id, row.label, row.people) == (tablet.id, "样例平板一号", ("样例检查员甲（样例-001）",))
        assert all(numbers.given == 2 * FLOOR for numbers in row.numbers)
        assert acts(rig).count("enrol-device") == 1
    assert enrol.finish(application, rig.box()).device.certificate.id == tablet.id


def test_a_program_that_ended_before_the_log_had_anything_begins_anew(rig):
    tablet, invited = rig.tablet(), rig.devices.invite(rig.admin)
    tablet.apply(invited.invitation, rig.box())
    applied = rig.devices.look(invited)
    office, rig.desk._office = rig.desk.office, Ending(rig.desk.office, "send_entries", done=False)
    with pytest.raises(CrashError):
        rig.devices.confirm(rig.admin, applied, [])
    rig.desk._office = office
    rig.hall()._pass()
    assert rig.devices.all() == ()
    again = rig.devices.invite(rig.admin)
    tablet.apply(again.invitation, rig.box())
    rig.devices.confirm(rig.admin, rig.devices.look(again), [])
    assert [row.id for row in rig.devices.all()] == [tablet.id]
    rig.hall()._pass()
    assert acts(rig).count("enrol-device") == 1
