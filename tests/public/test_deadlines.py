"""Deadlines on the public page: what was granted, what waits for holidays, what earlier versions sealed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from inspector.console.extensions import Extensions
from inspector.domain.extension import Verdict
from inspector.domain.profile import Term
from inspector.domain.working_days import DayKind, Deadline, china_date, china_noon_ms
from inspector.server.schema import registrations
from inspector.trust import dsse
from inspector.trust.registration import open_registration, seal_registration
from inspector.trust.strict_json import canonical
from inspector.work.registration import REGISTRATION_TYPE
from tests.console.issued_notices import Handed
from tests.console.test_extended_deadlines import SHIPPED, extensions_of, last_of
from tests.notices.samples import FINDINGS
from tests.public.scene import Scene, answered, picture

pytestmark = pytest.mark.browser

WAITS = "（2027年节假日待国务院公布）"


def grant(scene: Scene, handed: Handed, new: dict[int, Deadline]) -> None:
    """The enterprise asks for more time for some findings and gets it; the page says so."""
    rig = scene.rig
    extensions: Extensions = extensions_of(rig)
    today = china_date(rig.clock.ms)
    request = extensions.ask(
        rig.admin,
        handed.entry,
        asked_by="样例负责人",
        asked_on=today,
        wishes=[(ordinal, due.date, "等待配件") for ordinal, due in new.items()],
    )
    verdicts = {ordinal: Verdict(new=due) for ordinal, due in new.items()}
    extensions.decide(rig.admin, request.id, verdicts, by="样例审批人")
    rig.desk.run()


def enter(page, handed: Handed) -> None:
    page.fill("#code", handed.access.reply_code)
    page.click("#open")


def test_a_granted_extension_is_said_over_all_and_for_its_finding(scene):
    handed = scene.handed()
    ordinal, old = last_of(handed)
    new = Term(days=20, kind=DayKind.WORKING).after(old, SHIPPED)
    grant(scene, handed, {ordinal: new})
    day = f"{new.date.year}年{new.date.month}月{new.date.day}日"
    said = f"已准予延期至{day}（原期限2027年1月6日；2027年节假日待国务院公布）"
    with scene.phone() as page:
        scene.scan(page, handed)
        answered(page, "真实")
        expect(page.locator("#reason")).to_contain_text(f"最后期限{said}，当天仍算在内。")
        expect(page.locator("#facts")).to_contain_text(f"第{ordinal}项{said}")
        expect(page.locator("#facts dd").nth(6)).to_have_text(f"2027年1月6日{WAITS}")
        enter(page, handed)
        findings = page.locator(".finding")
        expect(findings.nth(ordinal - 1)).to_contain_text(f"期限：{said}")
        others = [text for n, text in enumerate(findings.all_inner_texts(), 1) if n != ordinal]
        assert len(others) == 3
        assert not any("准予" in text for text in others)
        picture(page, "extended")
    late = china_noon_ms(new.date + timedelta(days=3))
    with scene.phone(now_ms=late) as page:
        scene.scan(page, handed)
        answered(page, "已逾期")
        expect(page.locator("#reason")).to_contain_text(f"最后期限{said}，已过 3 天")
        picture(page, "extended-overdue")


def test_an_extension_of_an_earlier_finding_leaves_the_last_deadline(scene):
    handed = scene.handed()
    first = handed.notice.findings[0]
    new = replace(first.deadline, date=first.deadline.date + timedelta(days=5))
    grant(scene, handed, {first.ordinal: new})
    with scene.phone() as page:
        scene.scan(page, handed)
        answered(page, "真实")
        expect(page.locator("#reason")).to_contain_text(f"最后期限2027年1月6日{WAITS}，当天仍算在内。")
        expect(page.locator("#facts")).to_contain_text(
            "第1项已准予延期至2026年12月13日（原期限2026年12月8日）"
        )


def test_findings_that_moved_alike_are_said_in_one_sentence(scene):
    due = FINDINGS[0].deadline
    alike = tuple(replace(FINDINGS[0], ordinal=n, photos=(), deadline=due) for n in (1, 2, 3))
    handed = scene.handed(findings=alike)
    later = replace(due, date=due.date + timedelta(days=9))
    grant(scene, handed, {1: later, 3: later})
    with scene.phone() as page:
        scene.scan(page, handed)
        expect(page.locator("#facts")).to_contain_text(
            "第1、3项已准予延期至2026年12月17日（原期限2026年12月8日）"
        )


@pytest.mark.parametrize("waits", [1, 2])
def test_of_two_deadlines_on_one_day_the_one_that_waits_for_holidays_is_said(scene, waits):
    due = FINDINGS[1].deadline
    assert due.provisional
    both = tuple(
        replace(FINDINGS[0], ordinal=n, photos=(), deadline=replace(due, provisional=n == waits))
        for n in (1, 2)
    )
    handed = scene.handed(findings=both)
    with scene.phone() as page:
        scene.scan(page, handed)
        answered(page, "真实")
        expect(page.locator("#reason")).to_contain_text(f"最后期限2027年1月6日{WAITS}，当天仍算在内。")
        expect(page.locator("#facts dd").nth(6)).to_have_text(f"2027年1月6日{WAITS}")


def test_who_typed_the_address_reads_the_printed_deadline_and_the_granted_one(scene):
    handed = scene.handed()
    ordinal, old = last_of(handed)
    grant(
        scene,
        handed,
        {ordinal: Verdict.until(old + timedelta(days=9), on=china_date(scene.rig.clock.ms)).new},
    )
    with scene.phone() as page:
        scene.scan(page, handed, handed.typed)
        enter(page, handed)
        answered(page, "真实")
        expect(page.locator("#facts dd").nth(6)).to_have_text(f"2027年1月6日{WAITS}")
        expect(page.locator("#reason")).to_contain_text("已准予延期至2027年1月15日（原期限2027年1月6日")


def test_a_registration_of_an_earlier_version_is_still_read(scene):
    """Its findings end after the deadline."""
    handed = scene.handed()
    archive = scene.rig.real._office.archive
    mine = registrations.c.public_id == handed.notice.public_id
    with archive.read() as connection:
        box = connection.execute(registrations.select().where(mine)).one().box
    key, public_id = handed.access.key, handed.notice.public_id
    outside = json.loads(open_registration(bytes(box), key=key, public_id=public_id))
    said = json.loads(dsse.peek(outside["registration"].encode()).payload)
    assert {len(one) for one in said["findings"]} == {7}
    said["findings"] = [one[:4] for one in said["findings"]]
    signed = dsse.sign(canonical(said), REGISTRATION_TYPE, [scene.rig.made.office.signing["feed"]])
    old = seal_registration(
        canonical({**outside, "registration": signed.decode()}), key=key, public_id=public_id
    )
    with archive.write() as connection:
        connection.execute(registrations.update().where(mine).values(box=old))
    with scene.phone() as page:
        scene.scan(page, handed)
        answered(page, "真实")
        expect(page.locator("#reason")).to_contain_text("最后期限2027年1月6日，当天仍算在内。")
        enter(page, handed)
        expect(page.locator(".finding").first).to_contain_text("期限：2026年12月8日")
