"""More time that the office granted: what a tablet keeps of it, shows of it, and prints of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.domain.delivery import NO_PREVIOUS
from inspector.domain.notice_record import from_record, to_record
from inspector.domain.working_days import DayKind, Deadline
from inspector.errors import IdentifierMalformedError, RecordMalformedError
from inspector.store.memory import DeviceMemory
from inspector.tablet import routes
from inspector.tablet.more_time import moved_by_entry, moved_of, take_more_time
from inspector.trust.strict_json import canonical, parse_object
from inspector.work.feed import RawBody
from inspector.work.more_time import MoreTime, more_time_from_json, more_time_to_json
from tests.notices.samples import ORDER
from tests.store.simulated import Disk
from tests.tablet.second_visit import (
    AGAIN,
    a_second_visit,
    first_visit,
    give_numbers,
    issue,
    issued,
    order_of,
)
from tests.tablet.second_visit import ORDER as ORDER_KIND
from tests.tablet.test_office_words import hear
from tests.tablet.walking import Walking
from tests.ui_harness import screen_test

ENTRY = "e" * 64
SET_FIRST = {one.ordinal: one.deadline for one in ORDER.findings if one.deadline is not None}


def later(deadline: Deadline, days: int, **changes: object) -> Deadline:
    new = Deadline(date=deadline.date + timedelta(days=days), days=days, kind=DayKind.CALENDAR)
    return replace(new, **changes)


def granted(rig: Walking, days: int = 20, decided_ms: int = 1, **changes: object) -> MoreTime:
    """More time for the first finding of the order."""
    order = order_of(rig)
    new = later(order.notice.findings[0].deadline, days, **changes)
    return MoreTime(entry=order.entry, deadlines={1: new}, decided_ms=decided_ms)


# --- What is kept ---


@st.composite
def decisions(draw: st.DrawFn) -> MoreTime:
    named = draw(st.sets(st.sampled_from(sorted(SET_FIRST)), min_size=1))
    return MoreTime(
        entry=ENTRY,
        deadlines={one: later(SET_FIRST[one], draw(st.integers(1, 90))) for one in named},
        decided_ms=draw(st.integers(1, 6)),
    )


def kept_after(said: list[MoreTime]) -> dict[int, Deadline]:
    memory = DeviceMemory(Path("/tablet"), bytes(32), files=Disk())
    for one in said:
        take_more_time(memory, one, ORDER)
    return {
        ordinal: one.new for ordinal, one in moved_of(ORDER, moved_by_entry(memory).get(ENTRY, {})).items()
    }


@given(
    st.lists(decisions(), max_size=5).flatmap(lambda said: st.tuples(st.just(said), st.permutations(said)))
)
def test_what_was_decided_last_holds_in_whatever_order_and_however_often_it_comes(both):
    said, mixed = both
    held = kept_after(said)
    assert kept_after([*mixed, *said]) == held
    for ordinal, new in held.items():
        about = [one for one in said if ordinal in one.deadlines]
        last = max(one.decided_ms for one in about)
        assert new.date == max(one.deadlines[ordinal].date for one in about if one.decided_ms == last)


@given(decisions())
def test_a_message_says_what_was_granted_and_nothing_else(said):
    assert more_time_from_json(parse_object(canonical(more_time_to_json(said)))) == said
    assert set(more_time_to_json(said)) == {"entry", "deadlines", "decided_ms"}


GRANT = {
    "ordinal": 1,
    "deadline": {"date": "2026-12-20", "days": 9, "kind": "calendar", "provisional": False},
}


@pytest.mark.parametrize(
    "changed",
    [
        {"deadlines": []},
        {"deadlines": [GRANT, GRANT]},
        {"deadlines": [{**GRANT, "ordinal": 0}]},
        {"deadlines": [{**GRANT, "reason": "等待配件"}]},
        {"entry": "e"},
        {"decided_ms": None},
        {"by": "样例审批人"},
    ],
)
def test_another_shape_is_refused(changed):
    plain = {"entry": ENTRY, "deadlines": [GRANT], "decided_ms": 1}
    assert more_time_from_json(plain).deadlines[1].date.isoformat() == "2026-12-20"
    with pytest.raises((RecordMalformedError, IdentifierMalformedError)):
        more_time_from_json({**plain, **changed})


@screen_test
async def test_what_does_not_fit_the_document_is_told_and_moves_nothing(tmp_path):
    async with Walking(tmp_path) as rig:
        await a_second_visit(rig)
        fits = granted(rig)
        for wrong in (
            replace(fits, deadlines={9: fits.deadlines[1]}),
            replace(fits, deadlines={1: later(fits.deadlines[1], -20)}),
            replace(fits, deadlines={**fits.deadlines, 9: fits.deadlines[1]}),
        ):
            report = hear(rig, wrong)
            assert [alarm.code for alarm in report.alarms] == ["feed.unreadable"]
        assert order_of(rig).moved == {}
        assert hear(rig, replace(fits, entry=ENTRY)).alarms == (), "not of this tablet: nothing to show"
        assert hear(rig, fits).alarms == ()
        assert order_of(rig).moved[1].new == fits.deadlines[1]


@screen_test
async def test_a_later_decision_is_not_moved_back_by_an_older_message(tmp_path):
    async with Walking(tmp_path) as rig:
        await a_second_visit(rig)
        newer, older = granted(rig, 9, decided_ms=2), granted(rig, 30, decided_ms=1)
        hear(rig, newer)
        assert hear(rig, older).alarms == ()
        assert order_of(rig).moved[1].new == newer.deadlines[1]
        rig.office.messages = [rig.chain[0]]
        replayed = rig.bench.office.exchange(lambda _progress: None, lambda: False)
        assert replayed.messages == 0
        assert order_of(rig).moved[1].new == newer.deadlines[1]


@screen_test
async def test_what_was_changed_on_the_way_or_is_not_the_offices_is_refused(tmp_path):
    async with Walking(tmp_path) as rig:
        await a_second_visit(rig)
        body, genuine = granted(rig), rig.cast.message(granted(rig), n=1, prev=NO_PREVIOUS)
        forged = replace(rig.cast, feed=rig.cast.issuing).message(body, n=1, prev=NO_PREVIOUS)
        changed = genuine.replace(genuine[len(genuine) // 2 :][:8], b"AAAAAAAA", 1)
        for wrong in (forged, changed):
            rig.office.messages = [wrong]
            report = rig.bench.office.exchange(lambda _progress: None, lambda: False)
            assert [alarm.code for alarm in report.alarms] == ["feed.forged"]
            assert order_of(rig).moved == {}
        assert hear(rig, body).alarms == ()
        assert order_of(rig).moved


@screen_test
async def test_a_tablet_that_does_not_know_the_kind_passes_it_over_and_says_so(tmp_path):
    """As every program from before does: the kind is new, the message behind it counts all the same."""
    async with Walking(tmp_path) as rig:
        await a_second_visit(rig)
        body = granted(rig)
        unknown = RawBody(kind="deadlines-of-a-later-program", json=canonical(more_time_to_json(body)))
        report = hear(rig, unknown, body)
        assert [alarm.code for alarm in report.alarms] == ["feed.unreadable"]
        assert report.messages == 2
        assert order_of(rig).moved


# --- What is shown ---


@screen_test
async def test_the_screens_name_the_deadline_that_holds_and_the_one_on_paper(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await a_second_visit(rig)
        order = order_of(rig)
        old = order.notice.last_deadline
        assert any(f"最晚 {old.short}整改" in text for text in ui.texts())
        body = granted(rig, 400, provisional=True)
        hear(rig, body)
        moved = order_of(rig).moved[1]
        words = moved.words
        new = moved.new.date
        year = moved.new.unsettled_year
        assert words == (
            f"已延期至{new.year}年{new.month}月{new.day}日前"
            f"（原期限{moved.old.full}；{year}年节假日待国务院公布）"
        )
        ui = await rig.again(routes.notices)
        assert f"第1项{words}" in ui.texts()
        assert any(f"最晚 {moved.new.short}整改" in text for text in ui.texts())
        await ui.tap(f"notices.reinspect.{order.id}")
        assert f"期限：{words}" in ui.texts()
        second = order.notice.findings[1].deadline
        assert f"期限：{second.full}" in ui.texts(), "the other finding is due as it was"
        assert ui.errors() == []


@screen_test
async def test_the_list_of_what_was_issued_says_it_until_another_document_takes_its_place(tmp_path):
    async with Walking(tmp_path) as rig:

        def sealed():
            give_numbers(rig, ORDER_KIND)
            return first_visit(rig)

        ui = await rig.open(sealed, routes.notices)
        order, body = order_of(rig), granted(rig)
        assert not any("已延期至" in text for text in ui.texts())
        hear(rig, body)
        ui = await rig.again(routes.notices)
        words = f"第1项{order_of(rig).moved[1].words}"
        assert words in ui.texts()
        rig.bench.follow_ups.begin_replacing(rig.on_disk, order_of(rig), "期限写错")
        rig.bench.paper.issue(rig.on_disk, ORDER_KIND)
        ui = await rig.again(routes.notices)
        assert any("已由" in text for text in ui.texts())
        assert words not in ui.texts()
        assert rig.bench.paper.issued()[0].id == order.id


# --- What is printed ---


@screen_test
async def test_a_reinspection_names_the_deadline_that_holds(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await a_second_visit(rig)
        hear(rig, granted(rig))
        order = order_of(rig)
        await ui.tap(f"notices.reinspect.{order.id}")
        await ui.tap("fill.finding-1-result-done")
        await ui.tap("fill.finding-2-result-done")
        await ui.tap("fill.check")
        assert any(
            text.startswith("1．") and f"（{order.moved[1].words}）：已整改" in text for text in ui.texts()
        )
        await ui.tap("fill.edit")
        await issue(ui)
        (row,) = issued(rig, AGAIN)
        first, second = row.notice.details.results
        assert (first.extended, second.extended) == (order.moved[1], None)
        assert from_record(to_record(row.notice)) == row.notice
        hear(rig, granted(rig, 30, decided_ms=2))
        assert issued(rig, AGAIN)[0].notice == row.notice, "what was handed over stays as it is"
