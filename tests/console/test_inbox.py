"""The inbox: counts, order, filters, the address, the keyboard, what to do when it is empty."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.console.inbox_query import InboxQuery
from inspector.console.taking import RecordState
from inspector.domain.checklist import Domain, Severity
from tests import make
from tests.console.desk_rig import DeskRig
from tests.console.sealed_records import inspected, sealed
from tests.ui_harness import screen_test


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[DeskRig]:
    with DeskRig(tmp_path) as found:
        yield found


def row(entry) -> str:
    return f"console.inbox.row.{entry.sha256[:12]}"


def rows(ui) -> list[str]:
    return [name for name in ui.identifiers() if name.startswith("console.inbox.row.")]


def received(rig: DeskRig):
    """Two genuine records, one with a gap before it; in the order sent."""
    tablet = rig.enrolled()
    gas = make.enterprise(id="gas-1", name="样例燃气站（样例）", domain=Domain.GAS)
    entries = [
        sealed(tablet, 1, inspection=inspected(tablet, 1, enterprise=gas)),
        sealed(tablet, 2),
        sealed(tablet, 3),
        sealed(tablet, 4),
    ]
    rig.sends(tablet, [entries[0].envelope, entries[1].envelope])
    rig.desk.run()
    copy = rig.desk.copy
    copy.append(copy.tree().size, [entries[3].envelope])
    rig.desk.taking().take(rig.desk.office)
    return entries[0], entries[1], entries[3]


@screen_test
async def test_what_is_not_genuine_stands_first_and_says_so(rig):
    first, second, forged = received(rig)
    ui = await rig.window("/", width=1440)
    assert rows(ui) == [row(forged), row(second), row(first)]
    texts = ui.texts()
    assert {"全部 3", "不可采信 1", "待审核 2", "已退回 0", "已确认 0"} <= set(texts)
    assert "不可采信" in texts
    assert any("缺少第 3 号" in text for text in texts)
    assert ui.errors() == []


@screen_test
async def test_filters_are_chips_in_the_address_and_a_tap_takes_them_away(rig):
    first, second, _ = received(rig)
    ui = await rig.window("/", width=1440)
    await ui.tap("console.inbox.filter")
    await ui.tap("console.inbox.domain-gas")
    assert ui.page.route == "/?domain=gas"
    assert rows(ui) == [row(first)]
    assert "领域：城市燃气" in ui.texts()
    assert "全部 3" in ui.texts()
    await ui.tap("console.inbox.drop.domain")
    assert ui.page.route == "/"
    assert len(rows(ui)) == 3
    await ui.tap("console.inbox.state-new")
    assert rows(ui) == [row(second), row(first)]
    await ui.type("console.inbox.text", "燃气站")
    await ui.tap("console.inbox.apply")
    assert rows(ui) == [row(first)]
    assert "燃气" not in ui.page.route
    await ui.tap("console.inbox.drop.text")
    assert rows(ui) == [row(second), row(first)]


@screen_test
async def test_a_malformed_day_is_said_and_asks_for_nothing(rig):
    received(rig)
    ui = await rig.window("/", width=1440)
    await ui.tap("console.inbox.filter")
    await ui.type("console.inbox.from", "11月")
    assert any("2026-11-23 的样子" in text for text in ui.texts())
    await ui.type("console.inbox.from", "2026-11-25")
    await ui.tap("console.inbox.apply")
    assert rows(ui) == []
    assert "没有符合条件的记录" in ui.texts()
    await ui.tap("console.inbox.clear")
    assert len(rows(ui)) == 3


@screen_test
async def test_a_link_to_a_filtered_list_opens_it(rig):
    first, *_ = received(rig)
    ui = await rig.window("/?state=new&domain=gas", width=1440)
    assert rows(ui) == [row(first)]


@screen_test
async def test_rows_keep_their_place_while_one_reads(rig):
    tablet = rig.enrolled()
    rig.sends(tablet, [sealed(tablet).envelope])
    rig.desk.run()
    ui = await rig.window("/", width=1440)
    before = rows(ui)
    late = sealed(tablet, 9)
    rig.sends(tablet, [late.envelope])
    await rig.session.hall.background.once()
    await ui.settle()
    assert rows(ui) == before
    await ui.tap("console.inbox.refresh")
    assert row(late) in rows(ui)


@screen_test
async def test_arrows_move_through_the_list(rig):
    received(rig)
    ui = await rig.window("/", width=1440)
    pressed = {"key": "Arrow Down", "shift": False, "ctrl": False, "alt": False, "meta": False}
    for _ in range(2):
        await ui.fire(ui.page, "keyboard_event", pressed)
    chosen = [
        s.identifier for s in ui._named() if s.selected and s.identifier.startswith("console.inbox.row")
    ]
    assert chosen == [rows(ui)[1]]
    assert [name for name, _ in ui.calls].count("focus") == 2
    assert ui.errors() == []


@screen_test
async def test_an_empty_inbox_says_what_to_do(rig):
    ui = await rig.window("/")
    assert "还没有收到记录" in ui.texts()
    await ui.tap("console.inbox.enrol")
    assert ui.page.route == "/devices/enrol"


days = st.dates(min_value=make.date(2020, 1, 1), max_value=make.date(2090, 1, 1))


@given(
    st.builds(
        InboxQuery,
        state=st.none() | st.sampled_from(RecordState),
        domain=st.none() | st.sampled_from(Domain),
        severity=st.none() | st.sampled_from(Severity),
        device=st.text(max_size=12),
        first=st.none() | days,
        last=st.none() | days,
        page=st.integers(0, 99_999),
    )
)
def test_a_query_comes_back_from_its_address(query):
    assert InboxQuery.of(query.route) == query


@given(st.text(max_size=60))
def test_any_address_is_some_query(text):
    assert InboxQuery.of(f"/?{text}").page >= 0


@screen_test
async def test_a_window_that_is_drawn_narrower_keeps_the_enterprise_and_leaves_columns_out(rig):
    received(rig)
    ui = await rig.window("/", width=1440)
    assert {"收到时间", "检查表"} <= set(ui.texts())
    ui.page.width = 1024
    await ui.fire(ui.page, "resize", {"width": 1024, "height": 768})
    assert not {"收到时间", "检查表"} & set(ui.texts())
    assert "被检查单位" in ui.texts()
