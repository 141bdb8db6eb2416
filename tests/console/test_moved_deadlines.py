"""A record's own findings after more time was granted: one deadline holds, the sealed one is told below."""

from __future__ import annotations

from datetime import timedelta

import pytest

from inspector.console.ledger import Ledger
from inspector.domain.answer import Verdict as Judged
from inspector.domain.inspection import Inspection
from inspector.domain.working_days import china_date
from inspector.ui import words
from inspector.work import conduct
from inspector.work.seal import SealedEntry
from tests import make
from tests.console.desk_rig import ATablet, DeskRig
from tests.console.issued_notices import findings_of, hand_over
from tests.console.sealed_records import inspected, sealed
from tests.console.test_extended_deadlines import granted, last_of
from tests.ui_harness import screen_test


@pytest.fixture
def rig(tmp_path):
    with DeskRig(tmp_path) as found:
        yield found


def a_record(rig: DeskRig, tablet: ATablet) -> tuple[SealedEntry, Inspection]:
    """Two findings, one of them with a deadline of a week."""
    found, reference = inspected(tablet, 1), make.reference()
    for item, days in ((make.EXTRA, 7), (make.WIDTH, 15)):
        id = f"0198c0de-0000-7000-8000-0000000f00{days:02}"
        if item is make.WIDTH:
            found = conduct.enter_value(
                found,
                make.key(item),
                "0.60",
                reference=reference,
                by=make.ADA.id,
                at_ms=rig.clock.ms,
                finding_id=id,
            )
        else:
            found = conduct.judge(
                found,
                make.key(item),
                Judged.FAIL,
                reference=reference,
                by=make.ADA.id,
                at_ms=rig.clock.ms,
                finding_id=id,
            )
    entry = sealed(tablet, 1, inspection=found)
    rig.sends(tablet, [entry.envelope])
    return entry, found


def handed_over(rig: DeskRig, **changes: object):
    """A record with two findings, and the document that says the same of them."""
    tablet = rig.enrolled()
    record, done = a_record(rig, tablet)
    told = {"record_id": record.delivery.record, "record_sha256": record.inner_sha256}
    handed = hand_over(rig, tablet, 2, findings=findings_of(done), **told, **changes)
    rig.desk.run()
    return record.sha256, handed


@screen_test
async def test_what_was_granted_holds_on_the_record_too(rig):
    record, handed = handed_over(rig)
    ordinal, old = last_of(handed)
    new = old + timedelta(days=20)
    granted(rig, handed, new)
    ui = await rig.window(f"/record/{record}")
    kept = next(one.deadline for one in handed.notice.findings if one.ordinal != ordinal)
    now, today = rig.clock.ms, china_date(rig.clock.ms)
    assert new > today
    shown = ui.texts()
    assert ui.has(f"console.record.due-{handed.entry[:12]}")
    assert [shown.count(words.deadline(day, now)) for day in (new, kept.date, old)] == [1, 1, 0]
    assert shown.count("原期限") == 1
    assert any(text.endswith("前，已同意延期") for text in shown)


@screen_test
async def test_a_document_that_was_withdrawn_moves_nothing(rig):
    record, handed = handed_over(rig)
    _, old = last_of(handed)
    granted(rig, handed, old + timedelta(days=20))
    Ledger(rig.desk).withdraw(rig.admin, handed.entry, "样例原因")
    ui = await rig.window(f"/record/{record}")
    assert "原期限" not in ui.texts()
    assert words.deadline(old, rig.clock.ms) in ui.texts()
    await ui.tap(f"console.record.open.{handed.entry[:12]}")
    assert ui.has("console.notice.standing")


@screen_test
async def test_a_record_counts_no_days_to_the_deadline_of_a_draft(rig):
    record, handed = handed_over(rig, number=None, is_public=False)
    ui = await rig.window(f"/record/{record}")
    assert ui.has(f"console.record.open.{handed.entry[:12]}")
    assert not ui.has(f"console.record.due-{handed.entry[:12]}")
