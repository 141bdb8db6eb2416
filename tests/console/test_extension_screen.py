"""More time on the page of a notice: asked, decided, its document issued once, shown as its history."""

from __future__ import annotations

import re
from dataclasses import replace

import flet as ft
import pytest

from inspector.console.ledger import Ledger
from inspector.domain.issuer import IssuerKind
from inspector.domain.profile import Term
from inspector.domain.working_days import DayKind, chinese_date
from tests.console.desk_rig import FIRE, DeskRig
from tests.console.sealed_notices import arrived
from tests.console.test_extension_papers import OWN_FORM, OWN_TITLE, publish
from tests.notices import samples
from tests.ui_harness import Harness, screen_test

NAME = "console.notice"


@pytest.fixture
def rig(tmp_path):
    with DeskRig(tmp_path) as found:
        yield found


async def opened(rig: DeskRig) -> tuple[Harness, str]:
    """The page of a notice with one finding."""
    _, (entry,) = arrived(rig, rig.enrolled(), 1)
    return await rig.window(f"/notices/{entry}"), entry


def pictures(ui: Harness) -> list[ft.Image]:
    return ui.all(ft.Image)


async def ask(ui: Harness, until: str = "2027-03-01") -> None:
    await ui.tap(f"{NAME}.extension-ask")
    await ui.type(f"{NAME}.extension-by", "样例负责人")
    await ui.tap(f"{NAME}.extension-finding-1")
    await ui.type(f"{NAME}.extension-until-1", until)
    await ui.type(f"{NAME}.extension-why-1", "等待配件")
    await ui.tap(f"{NAME}.extension-enter")


def key_of(rig: DeskRig, entry: str) -> str:
    (matter,) = rig.session.hall.extensions.of(entry)
    return matter.request.id[-6:]


async def grant(rig: DeskRig, ui: Harness, entry: str) -> str:
    key = key_of(rig, entry)
    await ui.tap(f"{NAME}.verdict-{key}-1-working")
    await ui.type(f"{NAME}.days-{key}-1", "20")
    await ui.type(f"{NAME}.decided-by-{key}", "样例审批人")
    await ui.tap(f"{NAME}.decide-{key}")
    await ui.tap(f"{NAME}.decide-{key}-ask-yes")
    return key


@screen_test
async def test_without_a_request_the_page_says_what_can_be_done(rig):
    ui, _ = await opened(rig)
    assert any(text.startswith("还没有延期申请") for text in ui.texts())
    await ui.tap(f"{NAME}.extension-ask")
    with pytest.raises(AssertionError, match="disabled"):
        await ui.tap(f"{NAME}.extension-enter")
    await ui.tap(f"{NAME}.extension-finding-1")
    await ui.type(f"{NAME}.extension-until-1", "2月30日")
    with pytest.raises(AssertionError, match="disabled"):
        await ui.tap(f"{NAME}.extension-enter")
    await ui.tap(f"{NAME}.extension-cancel")
    assert ui.has(f"{NAME}.extension-ask")
    assert ui.errors() == []


@screen_test
async def test_a_request_about_a_notice_that_has_ended_waits_for_nobody(rig):
    ui, entry = await opened(rig)
    await ask(ui)
    assert Ledger(rig.desk).row(entry).asked == 1
    Ledger(rig.desk).withdraw(rig.admin, entry, "样例原因")
    assert Ledger(rig.desk).row(entry).asked == 0
    ui = await rig.window(f"/notices/{entry}")
    assert "没有审批" in ui.texts() and "等待审批" not in ui.texts()
    assert any(text.endswith("登记；审批前文书已经结束，不再审批") for text in ui.texts())
    assert not ui.has(f"{NAME}.decide-{key_of(rig, entry)}")
    ui = await rig.window("/notices")
    assert "延期待审批" not in ui.texts()
    assert ui.errors() == []


@screen_test
async def test_a_request_is_written_down_decided_and_its_deadline_stands(rig):
    ui, entry = await opened(rig)
    old = Ledger(rig.desk).row(entry).deadline
    await ask(ui)
    assert "等待审批" in ui.texts()
    assert not ui.has(f"{NAME}.extension-ask"), "its only finding waits already"
    assert Ledger(rig.desk).row(entry).deadline == old
    key = key_of(rig, entry)
    fact = samples.FINDINGS[0].facts
    assert any(text.startswith(f"{fact}\n期限 ") for text in ui.texts()), "which finding it is about"
    assert any(text.startswith(f"第 1 项“{fact[:16]}") and text.endswith("怎么定？") for text in ui.texts())
    assert any(re.search(r" 于 \d+月\d+日 \d\d:\d\d 登记$", text) for text in ui.texts())
    with pytest.raises(AssertionError, match="disabled"):
        await ui.tap(f"{NAME}.decide-{key}")
    await grant(rig, ui, entry)
    new = Term(days=20, kind=DayKind.WORKING).after(old, rig.session.hall.calendars.current())
    assert new.mark.endswith("待国务院公布）")
    assert Ledger(rig.desk).row(entry).deadline == new.date
    told = "\n".join(ui.texts())
    assert f"审批：同意延至 {new.full}" in told
    assert any(text.startswith(fact) and "审批：" in text for text in ui.texts()), "which finding it is about"
    assert re.search(r" 于 \d+月\d+日 \d\d:\d\d 记入）", told)
    assert f"{chinese_date(old)}前，已同意延期" in told
    assert f"（期限 {new.full}，原期限 {chinese_date(old)}前）" in told
    assert not ui.has(f"{NAME}.decide-{key}")
    assert ui.has(f"{NAME}.extension-ask"), "more time can be asked for again"
    assert ui.errors() == []


@screen_test
async def test_what_the_office_may_not_grant_is_said_and_nothing_is_decided(rig):
    ui, entry = await opened(rig)
    await ask(ui, "2026-12-20")
    key = key_of(rig, entry)
    await ui.tap(f"{NAME}.verdict-{key}-1-date")
    await ui.type(f"{NAME}.day-{key}-1", "2027-06-01")
    await ui.type(f"{NAME}.decided-by-{key}", "样例审批人")
    await ui.tap(f"{NAME}.decide-{key}")
    await ui.tap(f"{NAME}.decide-{key}-ask-yes")
    assert any("晚于申请的2026年12月20日" in text for text in ui.texts())
    await ui.tap(f"{NAME}.verdict-{key}-1-refuse")
    with pytest.raises(AssertionError, match="disabled"):
        await ui.tap(f"{NAME}.decide-{key}")
    await ui.type(f"{NAME}.opinion-{key}-1", "隐患不能等")
    await ui.tap(f"{NAME}.decide-{key}")
    assert any("不同意延期。" in text and text.endswith("原来的期限不变。") for text in ui.texts())
    await ui.tap(f"{NAME}.decide-{key}-ask-yes")
    assert "不同意延期" in ui.texts()
    assert any("（隐患不能等）" in text for text in ui.texts())


@screen_test
async def test_the_paper_is_issued_once_however_often_it_is_tapped(rig):
    ui, entry = await opened(rig)
    await ask(ui)
    key = await grant(rig, ui, entry)
    assert any("式样待确认" in text for text in ui.texts())
    await ui.tap(f"{NAME}.paper-preview-{key}")
    assert pictures(ui), "the pages themselves are shown"
    await ui.tap(f"{NAME}.paper-save-{key}")
    given = next(given for name, given in ui.calls if name == "save_file")
    assert bytes(given["src_bytes"]).startswith(b"%PDF-")
    await ui.tap(f"{NAME}.paper-close-{key}")
    assert pictures(ui) == [] and rig.session.hall.papers.of(entry) == {}
    await ui.tap(f"{NAME}.paper-issue-{key}")
    assert pictures(ui), "nothing is numbered unseen"
    await ui.tap(f"{NAME}.paper-{key}-no")
    assert pictures(ui) == [] and rig.session.hall.papers.of(entry) == {}
    await ui.tap(f"{NAME}.paper-issue-{key}")
    yes = ui.by_identifier(f"{NAME}.paper-{key}-yes")
    for _ in range(2):
        await ui.session.dispatch_event(yes._i, "click", None)
    await ui.settle()
    (paper,) = rig.session.hall.papers.of(entry).values()
    assert any(paper.number in text for text in ui.texts())
    assert not ui.has(f"{NAME}.paper-issue-{key}")
    await ui.tap(f"{NAME}.paper-pdf-{key}")
    acts = [line.act for line in rig.desk.audit.lines()]
    assert acts.count("issue-extension") == 1
    assert (acts.count("preview-extension"), acts.count("download-extension")) == (3, 1)
    assert ui.errors() == []


@screen_test
async def test_a_form_that_changed_while_its_page_was_looked_at_is_not_issued_unseen(rig):
    ui, entry = await opened(rig)
    await ask(ui)
    key = await grant(rig, ui, entry)
    await ui.tap(f"{NAME}.paper-issue-{key}")
    publish(rig, OWN_FORM)
    await ui.tap(f"{NAME}.paper-{key}-yes")
    assert rig.session.hall.papers.of(entry) == {}
    assert any("文书模板刚刚有改动" in text for text in ui.texts())
    await rig.session.hall.refresh()
    await ui.settle()
    assert f"将出具“{OWN_TITLE}”。" in ui.texts()
    await ui.tap(f"{NAME}.paper-issue-{key}")
    assert any(text.startswith(f"出具“{OWN_TITLE}”？") for text in ui.texts())
    await ui.tap(f"{NAME}.paper-{key}-yes")
    (paper,) = rig.session.hall.papers.of(entry).values()
    assert paper.title == OWN_TITLE
    assert any(OWN_TITLE in text and paper.number in text for text in ui.texts())
    assert ui.errors() == []


@screen_test
async def test_a_hand_that_taps_twice_writes_one_request_down(rig):
    ui, entry = await opened(rig)
    await ui.tap(f"{NAME}.extension-ask")
    await ui.type(f"{NAME}.extension-by", "样例负责人")
    await ui.tap(f"{NAME}.extension-finding-1")
    await ui.type(f"{NAME}.extension-until-1", "2027-03-01")
    await ui.type(f"{NAME}.extension-why-1", "等待配件")
    button = ui.by_identifier(f"{NAME}.extension-enter")
    for _ in range(2):
        await ui.session.dispatch_event(button._i, "click", None)
    await ui.settle()
    assert len(rig.session.hall.extensions.of(entry)) == 1
    assert ui.errors() == []


@screen_test
async def test_an_office_without_such_documents_decides_all_the_same(rig):
    ui, entry = await opened(rig)
    await ask(ui)
    profile = replace(FIRE, kind=IssuerKind.NON_ENFORCEMENT, review_body="", court="")
    rig.administration.set_issuer(rig.admin, profile)
    await grant(rig, ui, entry)
    assert any(text.startswith("本单位不出具延期整改审批表") for text in ui.texts())
    assert ui.errors() == []


@screen_test
async def test_an_ended_notice_keeps_its_history_and_takes_no_request(rig):
    ui, entry = await opened(rig)
    await ask(ui)
    key = key_of(rig, entry)
    Ledger(rig.desk).close(rig.admin, entry, "样例原因")
    await rig.session.hall.refresh()
    await ui.settle()
    assert "没有审批" in ui.texts()
    assert not ui.has(f"{NAME}.decide-{key}") and not ui.has(f"{NAME}.extension-ask")
