"""The ledger on the screen, and a notice with its replies: shown, ended with a reason and a question."""

from __future__ import annotations

from hashlib import sha256

import flet as ft
import httpx
import pytest

from inspector.console.ledger import Ledger, LedgerTab
from inspector.trust.radix import base64_url_text
from inspector.work.registration import PublicState
from tests.console.desk_rig import DeskRig
from tests.console.issued_notices import Handed, hand_over
from tests.console.sealed_replies import content, proof, sealed
from tests.photos.pictures import corners, encoded
from tests.ui_harness import screen_test

JPEG = encoded(corners(320, 240))


@pytest.fixture
def rig(tmp_path):
    with DeskRig(tmp_path) as found:
        yield found


def answer(rig: DeskRig, handed: Handed, body: bytes, *, reply: str = "ab" * 16) -> None:
    url = f"http://127.0.0.1:{rig.real.port}/api/v1/notices/{handed.notice.public_id}/replies"
    headers = {"Inspector-Reply": reply, "Inspector-Proof": base64_url_text(proof(handed))}
    assert httpx.post(url, content=body, headers=headers).status_code == 200
    rig.desk.run()


@screen_test
async def test_without_notices_the_ledger_says_what_to_do(rig):
    ui = await rig.window("/notices")
    assert "还没有文书" in ui.texts()
    assert ui.errors() == []


@screen_test
async def test_the_ledger_is_narrowed_and_searched(rig):
    tablet = rig.enrolled()
    first, second = hand_over(rig, tablet, 1), hand_over(rig, tablet, 2, is_public=False)
    rig.desk.run()
    answer(rig, first, sealed(rig, content(first)))
    ui = await rig.window("/notices")
    assert ui.has(f"console.notices.row.{first.entry[:12]}")
    assert "1 份未读" in ui.texts()
    assert "没有公开地址" in ui.texts()
    await ui.tap("console.notices.tab-unread")
    assert not ui.has(f"console.notices.row.{second.entry[:12]}")
    await ui.tap("console.notices.tab-ended")
    assert "没有符合条件的文书" in ui.texts()
    await ui.tap("console.notices.clear")
    await ui.type("console.notices.text", "〔2026〕2号")
    await ui.tap("console.notices.find")
    assert not ui.has(f"console.notices.row.{first.entry[:12]}")
    await ui.tap(f"console.notices.row.{second.entry[:12]}")
    assert ui.has("console.notice.standing")
    assert ui.errors() == []


@screen_test
async def test_a_draft_is_called_one_and_neither_in_force_nor_overdue(rig):
    tablet = rig.enrolled()
    draft = hand_over(rig, tablet, 1, number=None, is_public=False)
    numbered = hand_over(rig, tablet, 2)
    rig.desk.run()
    rig.clock.pass_(90 * 24 * 3600)
    ledger = Ledger(rig.desk)
    for tab in (LedgerTab.OPEN, LedgerTab.OVERDUE):
        assert [row.entry for row in ledger.rows(tab)] == [numbered.entry]
        assert ledger.counts()[tab] == 1
    assert not ledger.row(draft.entry).is_overdue
    ui = await rig.window("/notices")
    assert [ui.texts().count(word) for word in ("草稿", "已逾期", "有效")] == [1, 1, 0]
    await ui.tap(f"console.notices.row.{draft.entry[:12]}")
    assert "草稿" in ui.texts()
    assert not {"有效", "已逾期", "应复查"} & set(ui.texts())
    assert not any("已逾期" in text for text in ui.texts())
    assert not ui.has("console.notice.extension"), "nobody can ask for more time on it"
    assert ui.errors() == []


@screen_test
async def test_a_reply_is_shown_as_a_claim_and_its_photos_come_decoded(rig):
    handed = hand_over(rig, rig.enrolled(), 1)
    rig.desk.run()
    answer(rig, handed, sealed(rig, content(handed, JPEG, b"\xff\xd8 no picture")))
    ui = await rig.window(f"/notices/{handed.entry}")
    for words in ("样例：堵塞物已清除。", "单位称已整改", "样例回复人　000-0000002"):
        assert words in ui.texts()
    assert any("没有核实身份" in text for text in ui.texts())
    assert any(text.startswith("照片 ") for text in ui.texts())
    (number,) = [one.number for one in Ledger(rig.desk).look_at(rig.admin, handed.entry).replies]
    await ui.tap(f"console.notice.photos-{number}-1-1")
    assert ui.has("console.photo-close")
    assert "照片" in ui.texts() and "文件" not in ui.texts(), "nobody of ours chose it from files"
    shown = [image.src for image in ui.all(ft.Image) if isinstance(image.src, bytes)]
    assert len(shown) == 2, "small, and whole"
    assert all(one.startswith(b"\xff\xd8") and one != JPEG for one in shown), "encoded anew, elsewhere"
    assert ui.errors() == []


@screen_test
async def test_what_looks_like_a_page_in_a_reply_is_text(rig):
    handed = hand_over(rig, rig.enrolled(), 1)
    rig.desk.run()
    script = "<script>alert(1)</script>[样例](http://127.0.0.1/)"
    said = [{"ordinal": 1, "done": True, "text": script, "photos": []}]
    answer(rig, handed, sealed(rig, content(handed, name=script[:60], phone="<b>0</b>", findings=said)))
    ui = await rig.window(f"/notices/{handed.entry}")
    assert f"{script[:60]}　<b>0</b>" in ui.texts()
    assert script in ui.texts()
    assert not ui.all(ft.Markdown)
    assert ui.errors() == []


@screen_test
async def test_a_reply_that_does_not_open_says_so(rig):
    handed = hand_over(rig, rig.enrolled(), 1)
    rig.desk.run()
    answer(rig, handed, sealed(rig, b"nonsense"))
    ui = await rig.window(f"/notices/{handed.entry}")
    assert any(text.startswith("这份回复打不开") for text in ui.texts())


@screen_test
async def test_a_reply_with_more_photos_than_are_read_says_so(rig):
    handed = hand_over(rig, rig.enrolled(), 1)
    rig.desk.run()
    listed = [{"size": 1, "sha256": sha256(b"x").hexdigest()}]
    said = [{"ordinal": n, "done": True, "text": "", "photos": listed} for n in range(1, 14)]
    answer(rig, handed, sealed(rig, content(handed, findings=said) + 13 * b"x"))
    ui = await rig.window(f"/notices/{handed.entry}")
    assert any(text.startswith("这份回复打不开") and "照片超过 12 张" in text for text in ui.texts())
    assert any("可请单位重新提交" in text for text in ui.texts())


@screen_test
@pytest.mark.parametrize("way", ["closed", "withdrawn"])
async def test_a_notice_is_ended_with_a_reason_and_a_question(rig, way):
    handed = hand_over(rig, rig.enrolled(), 1)
    rig.desk.run()
    ui = await rig.window(f"/notices/{handed.entry}")
    await ui.tap(f"console.notice.way-{way}")
    with pytest.raises(AssertionError, match="disabled"):
        await ui.tap("console.notice.end")
    await ui.type("console.notice.reason", "样例原因")
    await ui.tap("console.notice.end")
    assert Ledger(rig.desk).row(handed.entry).state is PublicState.IN_FORCE
    await ui.tap("console.notice.end-ask-yes")
    assert Ledger(rig.desk).row(handed.entry).state is PublicState(way)
    assert "样例原因" in ui.texts()
    assert not ui.has("console.notice.end")
    assert ui.errors() == []


@screen_test
async def test_a_notice_is_replaced_by_another_of_the_ledger_only(rig):
    tablet = rig.enrolled()
    first, second = hand_over(rig, tablet, 1), hand_over(rig, tablet, 2)
    rig.desk.run()
    ui = await rig.window(f"/notices/{first.entry}")
    await ui.tap("console.notice.way-replaced")
    await ui.type("console.notice.by", "没有这个号")
    await ui.type("console.notice.reason", "样例原因")
    await ui.tap("console.notice.end")
    await ui.tap("console.notice.end-ask-yes")
    assert any("台账里没有这个文号" in text for text in ui.texts())
    await ui.type("console.notice.by", second.notice.number)
    await ui.tap("console.notice.end")
    await ui.tap("console.notice.end-ask-yes")
    assert Ledger(rig.desk).row(first.entry).replaced_by == second.notice.number


@screen_test
async def test_a_viewer_sees_the_ledger_and_opens_nothing(rig):
    handed = hand_over(rig, rig.enrolled(), 1)
    rig.desk.run()
    ui = await rig.window("/notices", rig.log_in("viewer"))
    await ui.tap(f"console.notices.row.{handed.entry[:12]}")
    assert any("查看员只能看列表" in text for text in ui.texts())
    assert not ui.has("console.notice.standing")


@screen_test
async def test_a_public_address_is_kept_and_a_wrong_one_refused(rig):
    ui = await rig.window("/office")
    await ui.type("console.office.issuer-public-address", "office.example")
    await ui.tap("console.office.save-issuer")
    assert any("公开地址" in text and "形如" in text for text in ui.texts())
    assert rig.desk.issuer().public_address == ""
    await ui.type("console.office.issuer-public-address", "https://office.example/")
    await ui.tap("console.office.save-issuer")
    assert rig.desk.issuer().public_address == "https://office.example"


@screen_test
async def test_who_comes_back_from_a_notice_finds_the_same_list(rig):
    handed = hand_over(rig, rig.enrolled(), 1)
    rig.desk.run()
    ui = await rig.window("/notices")
    await ui.tap("console.notices.tab-open")
    await ui.type("console.notices.text", "〔2026〕1号")
    await ui.tap("console.notices.find")
    await ui.tap(f"console.notices.row.{handed.entry[:12]}")
    await ui.tap("console.notice.back")
    assert ui.page.route == "/notices?tab=open"
    assert "第 1–1 份，共 1 份；期限早的在前" in ui.texts()
    await ui.tap("console.notices.drop-text")
    assert not ui.has("console.notices.drop-text")
    assert ui.errors() == []


@screen_test
async def test_a_reply_stands_beside_what_was_found_and_the_ways_onward_are_there(rig):
    handed = hand_over(rig, rig.enrolled(), 1)
    rig.desk.run()
    answer(rig, handed, sealed(rig, content(handed)))
    ui = await rig.window(f"/notices/{handed.entry}")
    facts = handed.notice.findings[0].facts
    assert f"第 1 项：{facts}" in ui.texts()
    assert not ui.has("console.notice.copy"), "no copy was signed"
    assert not ui.has("console.notice.record"), "its record has not arrived"


@screen_test
async def test_a_notice_that_ended_offers_no_reply_and_no_request(rig):
    handed = hand_over(rig, rig.enrolled(), 1)
    rig.desk.run()
    Ledger(rig.desk).withdraw(rig.admin, handed.entry, "样例原因")
    ui = await rig.window(f"/notices/{handed.entry}")
    assert "没有回复；文书结束后不再接收。" in ui.texts()
    assert not ui.has("console.notice.extension")
    assert "应复查" not in ui.texts()
