"""Signing by hand for what was shown, and refusing to sign."""

import pytest

from inspector.domain.answer import Verdict
from inspector.domain.inspection import Role
from inspector.tablet import routes
from inspector.work.seal import statement_sha256
from tests.tablet.rig import SECOND
from tests.tablet.walking import Walking, draw
from tests.ui_harness import Harness, screen_test


async def finishing(rig: Walking, **verdicts: Verdict) -> Harness:
    return await rig.open(lambda: rig.answered(rig.draft(), **verdicts), routes.finish)


@screen_test
async def test_what_is_signed_is_readable_and_the_hand_binds_it(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await finishing(rig, exit_unlocked=Verdict.FAIL)
        await ui.tap("finish.sign")
        texts = ui.texts()
        for words in ("样例商场（样例）", "合格 3 项，不合格 1 项", "发现问题 1 项", "1．安全出口上锁"):
            assert any(words in text for text in texts)
        assert any("整改要求：立即打开安全出口" in text for text in texts)
        assert not any("{" in text for text in texts), "not the record as data"
        await draw(ui)
        found = rig.on_disk
        hand = found.handwriting_of(Role.RESPONSIBLE)
        assert (hand.name, hand.width) == ("样例负责人", 1000)
        tenant = rig.bench.crew.seal().tenant
        assert hand.shown == statement_sha256(found, tenant=tenant)
        assert any("已于" in text and "签名" in text for text in ui.texts())


@screen_test
async def test_the_inspector_without_a_key_signs_by_hand(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await finishing(rig)
        second = rig.person(SECOND).id
        rig.bench.crew.lock(second)
        ui = await rig.again(routes.finish)
        await ui.tap(f"finish.sign-{second}")
        await draw(ui)
        assert rig.on_disk.handwriting_of(Role.INSPECTOR, second).name == SECOND
        await ui.tap("finish.sign")
        await draw(ui)
        await ui.tap("finish.seal")
        assert rig.on_disk.is_sealed


@screen_test
async def test_leaving_the_pad_signs_nothing(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await finishing(rig)
        await ui.tap("finish.sign")
        await ui.tap("signing.back")
        assert rig.on_disk.witnesses == ()
        assert ui.has("finish.sign")


@screen_test
async def test_any_change_after_a_signature_takes_it_away_and_says_so(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await finishing(rig)
        await ui.tap("finish.sign")
        await draw(ui)
        await ui.type("finish.place", "别处")
        assert rig.on_disk.witnesses == ()
        assert any("签名已作废" in text for text in ui.texts())
        assert ui.by_identifier("finish.seal").disabled


@screen_test
async def test_refusing_needs_a_reason_and_is_recorded_with_the_witness(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await finishing(rig)
        await ui.tap("finish.refuse")
        assert ui.by_identifier("refusal.record").disabled
        await ui.type("refusal.reason", "对结论有异议")
        await ui.type("refusal.witness", "样例见证人")
        await ui.tap("refusal.record")
        refusal = rig.on_disk.refusal
        assert (refusal.reason, refusal.witness) == ("对结论有异议", "样例见证人")
        await ui.tap("finish.witness")
        await draw(ui)
        assert rig.on_disk.handwriting_of(Role.WITNESS).name == "样例见证人"
        await ui.tap("finish.seal")
        assert rig.on_disk.is_sealed


@screen_test
async def test_a_refusal_is_taken_back(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await finishing(rig)
        await ui.tap("finish.refuse")
        await ui.type("refusal.reason", "负责人不在")
        await ui.tap("refusal.record")
        await ui.tap("finish.take-back")
        assert rig.on_disk.refusal is None
        assert ui.has("finish.sign")


@pytest.mark.parametrize("reason", ["理由‮倒写", "长" * 10_000])
@screen_test
async def test_a_reason_that_cannot_be_printed_is_refused_and_stays_on_the_screen(tmp_path, reason):
    async with Walking(tmp_path) as rig:
        ui = await finishing(rig)
        await ui.tap("finish.refuse")
        await ui.type("refusal.reason", reason)
        await ui.tap("refusal.record")
        assert rig.on_disk.refusal is None
        assert ui.has("error.close")
        assert ui.by_identifier("refusal.reason").value == reason
