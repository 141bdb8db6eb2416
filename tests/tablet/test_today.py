"""Today on the screen: what to go on with, what came back, what waits, what must be known."""

import re
from dataclasses import replace
from pathlib import Path

from inspector.domain.answer import Verdict
from inspector.domain.delivery import EntryKind
from inspector.errors import Fault, FeedSilentError
from inspector.tablet import routes
from inspector.tablet.amending import supervisor_notes
from inspector.tablet.office import DECISIONS
from inspector.work.ports import Alarm, FeedPosition
from tests import make
from tests.simulator import DAY_MS
from tests.tablet.rig import Rig
from tests.ui_harness import screen_test


def returned(rig: Rig, record: str, *items: tuple[str, str], note: str = "请补充") -> None:
    """What the feed leaves behind when the supervisor returns a record."""
    sealed = rig.bench.memory.sealed_as(record)
    row = {
        "outcome": "returned",
        "sha256": sealed[1] if sealed else "0" * 64,
        "note": note,
        "items": [{"item": item, "note": text} for item, text in items],
        "by": "样例审核员",
        "at_ms": rig.clock.now(),
        "envelope": "",
        "certificate": "",
    }
    rig.bench.memory.put_rows(DECISIONS, {record: row})


@screen_test
async def test_a_draft_is_offered_with_its_time_and_opens_its_checklist(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.enrolled()
        draft = rig.draft()
        rig.bench.inspections.judge(draft, make.key(make.EXIT), Verdict.FAIL)
        await ui.go("/settings")
        await ui.go("/")
        assert "恢复 11月18日 19:06 的草稿" in ui.texts()
        assert "样例商场（样例）" in ui.texts()
        assert "样例检查表 · 问题 1" in ui.texts()
        await ui.tap(f"today.draft.{draft.id}")
        assert ui.page.route == routes.inspection(draft.id)


@screen_test
async def test_a_sealed_inspection_is_no_draft_and_waits_until_the_office_has_it(tmp_path):
    async with Rig(tmp_path, script="drop " * 40) as rig:
        ui = await rig.enrolled()
        rig.sealed()
        await ui.go("/settings")
        await ui.go("/")
        assert any("2 条尚未送达办公室" in text for text in ui.texts())
        assert any("没有未完成的检查" in text for text in ui.texts())


@screen_test
async def test_a_returned_record_shows_the_supervisors_words_and_is_answered_by_a_new_one(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.enrolled()
        old = rig.sealed(rig.answered(rig.draft(), signs=Verdict.FAIL))
        returned(
            rig,
            old.id,
            (str(make.key(make.EXTRA)), "照片看不清"),
            (str(make.key(make.EXIT)), "请确认是否上锁"),
            note="请补充后重报",
        )
        await ui.go("/settings")
        await ui.go("/")
        said = ui.texts()
        assert "请补充后重报" in said and "· 疏散指示标志完好：照片看不清" in said
        await ui.tap(f"today.task.{old.id}")
        await ui.tap("task.answer")
        [row], _ = rig.bench.lists.unfinished()
        assert row.amends == old.id
        assert ui.page.route == routes.inspection(row.id)
        new = rig.bench.inspections.open(row.id)
        assert new.answers[make.key(make.EXTRA)].verdict is Verdict.FAIL, "a failure stays with its finding"
        assert new.findings[make.key(make.EXTRA)].facts == old.findings[make.key(make.EXTRA)].facts
        assert make.key(make.EXIT) not in new.answers, "what was noted and passed is looked at again"
        assert new.answers[make.key(make.MAJOR)] == old.answers[make.key(make.MAJOR)]
        assert new.position is None and new.witnesses == ()
        assert new.amends is not None and new.amends.sha256 == rig.bench.memory.sealed_as(old.id)[1]
        assert dict(supervisor_notes(rig.bench, new))[make.key(make.EXIT)] == "请确认是否上锁"
        assert rig.bench.office.tasks() == (), "it is in hand now"


@screen_test
async def test_the_answer_to_a_returned_record_is_sealed_as_an_amendment(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.enrolled()
        old = rig.sealed()
        returned(rig, old.id, (str(make.key(make.EXIT)), "请复核"))
        await ui.go(routes.task(old.id))
        await ui.tap("task.answer")
        [row], _ = rig.bench.lists.unfinished()
        rig.sealed(rig.answered(rig.bench.inspections.open(row.id)))
        entry, _ = rig.bench.memory.sealed_as(row.id)
        assert rig.bench.memory.kind_of(entry) is EntryKind.AMEND


@screen_test
async def test_a_returned_record_that_is_not_here_says_so_and_begins_nothing(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.enrolled()
        returned(rig, "0198c0de-0000-7000-8000-0000000000ff")
        await ui.go(routes.task("0198c0de-0000-7000-8000-0000000000ff"))
        assert "不在本机的记录" in ui.texts()
        assert ui.by_identifier("task.answer").disabled
        assert rig.bench.drafts.ids() == ()


@screen_test
async def test_a_damaged_draft_is_restored_on_a_persons_word_only_and_the_original_is_kept(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.enrolled()
        draft = rig.answered(rig.draft())
        whole = rig.draft()
        await rig.tablet.lock()
        journal = rig.store / "inspections" / draft.id / "answers.journal"
        raw = bytearray(journal.read_bytes())
        raw[-200] ^= 0xFF
        journal.write_bytes(raw)
        await rig.tablet.enter(rig.tablet.gate.unlock, rig.person().id, "135790")
        await ui.settle()
        assert ui.has(f"today.draft.{whole.id}"), "one damaged draft hides no other"
        assert not ui.has(f"today.draft.{draft.id}")
        await ui.tap(f"today.restore.{draft.id}")
        assert journal.read_bytes() == bytes(raw), "asked first"
        await ui.tap(f"today.restore.{draft.id}-ask-yes")
        kept = list(journal.parent.glob("*.damaged-*"))
        assert [path.read_bytes() for path in kept] == [bytes(raw)]
        assert any("已恢复" in text for text in ui.texts())
        assert ui.has(f"today.draft.{draft.id}")


@screen_test
async def test_the_devices_own_damaged_journal_is_restored_from_the_lock_screen(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.enrolled()
        rig.sealed()
        await rig.tablet.lock()
        await ui.settle()
        journal = rig.store / "device.journal"
        raw = bytearray(journal.read_bytes())
        raw[len(raw) // 2] ^= 0xFF
        journal.write_bytes(raw)
        await ui.type("lock-pin", "135790")
        await ui.tap("lock-done")
        assert ui.has("lock.restore"), ui.texts()
        (said,) = [text for text in ui.texts() if "处读不出" in text]
        assert not re.search("[g-z]{3}", said), said
        await ui.tap("lock.restore")
        await ui.type("lock-pin", "135790")
        await ui.tap("lock-done")
        assert ui.has("today.start")
        assert [path.read_bytes() for path in rig.store.glob("device.journal.damaged-*")] == [bytes(raw)]


@screen_test
async def test_a_clock_behind_the_offices_signed_time_is_said(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.enrolled()
        rig.bench.memory.advance(FeedPosition(n=1, head="0" * 64, at_ms=rig.clock.now()))
        for back_s, words in ((3600, "早 1 小时"), (10 * 365 * 86_400, "早 3650 天")):
            rig.clock.set_back(back_s)
            await ui.go("/settings")
            await ui.go("/")
            assert any(words in text for text in ui.texts()), ui.texts()
            rig.clock.set_back(-back_s)
        await ui.go("/settings")
        await ui.go("/")
        assert not ui.has("today.clock")
        assert "办公室消息截至 11月18日 19:06" in ui.texts()


@screen_test
async def test_an_alarm_stands_on_top_in_words_until_it_is_put_away(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.enrolled()
        error = FeedSilentError(days=8)
        rig.bench.memory.raise_alarm(Alarm.of(error, rig.clock.now() - DAY_MS))
        await ui.go("/settings")
        await ui.go("/")
        assert any(error.message in text for text in ui.texts())
        await ui.tap("today.alarm.0.away")
        assert not ui.has("today.alarm.0")
        assert rig.bench.office.alarms() == ()


@screen_test
async def test_an_address_that_leads_nowhere_leads_home(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.enrolled("/nowhere")
        assert "没有这个页面" in ui.texts()
        await ui.tap("lost.home")
        assert ui.has("today.start")


@screen_test
async def test_after_unlocking_the_same_address_is_open_again(tmp_path):
    async with Rig(tmp_path) as rig:
        ui = await rig.enrolled("/transfer")
        await rig.tablet.lock()
        await ui.settle()
        await ui.type("lock-pin", "135790")
        await ui.tap("lock-done")
        assert ui.has("transfer.now")


@screen_test
async def test_a_checklist_with_faults_is_named_with_its_first_fault_and_the_others_serve(tmp_path):
    async with Rig(tmp_path) as rig:
        fault = Fault(
            file="gas-bad.toml",
            place="第 12 行",
            what="检查项没有写 ask",
            rule="每个检查项都要有 ask",
            suggestion="写上要检查什么",
        )
        good = rig.catalogue.files
        rig.tablet.catalogue = replace(rig.catalogue, files={**good, Path("gas-bad.toml"): (fault, fault)})
        ui = await rig.enrolled()
        draft = rig.draft()
        await ui.go("/settings")
        await ui.go("/")
        words = " ".join(ui.texts())
        assert "检查表文件有 2 处问题，没有采用（gas-bad.toml）" in words
        assert str(fault) in words and "请把这条告诉管理员" in words
        assert ui.has(f"today.draft.{draft.id}")
        await ui.tap(f"today.draft.{draft.id}")
        assert ui.has("checklist.item.fire-sample.exit-unlocked-pass")
