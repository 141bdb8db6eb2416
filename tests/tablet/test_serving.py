"""A receipt of service on which documents are served together, or one of them in a way of its own."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import flet as ft
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.domain.issuer import NoticeKind
from inspector.domain.notice_parts import DrawnSignature, NoticeReference
from inspector.domain.service import ServiceWay
from inspector.tablet import routes
from inspector.tablet.filled_details import receipt_words
from inspector.tablet.filling import from_row, to_row
from inspector.tablet.follow_ups import FILLED
from inspector.tablet.serving import TOGETHER, ServiceForm, Serving
from inspector.tablet.writing import Matter
from tests.tablet.second_visit import issue, issued, order_of, with_an_order
from tests.tablet.walking import Walking, draw
from tests.ui_harness import Harness, screen_test

RECEIPT = NoticeKind.SERVICE_RECEIPT
LEFT, POST = ServiceWay.LEFT, ServiceWay.POST
SIGNATURE = DrawnSignature(
    strokes=(((1, 2), (30, 40)),), width=1000, height=300, shown_sha256="3b" * 32, at_ms=1
)
TWO = ServiceForm(documents=("a", "b"), together=Serving(place="办公室", received_by="样例收件人"))
IDS = ("a", "b", "c")
DOCUMENTS = {
    id: NoticeReference(title="样例文书", number=f"{id}号", issued_on=date(2026, 11, 24)) for id in IDS
}

# --- The form ---


@pytest.mark.parametrize("change", [{"documents": ("b",)}, {"recipient": "别人"}, {"remark": "样例"}])
def test_a_signature_goes_when_the_whole_receipt_changes(change):
    signed = TWO.served(TOGETHER, signature=SIGNATURE)
    assert signed.changed(**change).together.signature is None
    assert signed.changed(recipient=TWO.recipient) == signed, "nothing changed"


@pytest.mark.parametrize("change", [{"place": "别处"}, {"way": POST}, {"received_by": "别人"}])
def test_a_signature_goes_when_the_way_that_was_shown_changes(change):
    signed = TWO.served(TOGETHER, signature=SIGNATURE)
    assert signed.served(TOGETHER, **change).together.signature is None
    assert signed.served(TOGETHER, place="办公室").together.signature == SIGNATURE, "nothing changed"


@pytest.mark.parametrize("change", [{"recipient": "别人"}, {"remark": "样例"}])
def test_the_signatures_of_all_ways_go_when_the_whole_receipt_changes(change):
    signed = TWO.parted("b").served(TOGETHER, signature=SIGNATURE).served("b", signature=SIGNATURE)
    after = signed.changed(**change)
    assert (after.together.signature, after.serving("b").signature) == (None, None)


def test_what_is_written_for_a_document_apart_leaves_the_others_signature():
    signed = TWO.parted("b").served(TOGETHER, signature=SIGNATURE)
    after = signed.served("b", way=LEFT, refusal="拒绝签收").served("b", witness="样例见证人")
    assert after.together == signed.together
    assert signed.joined("b").together.signature is None, "nobody was shown the other document"
    assert signed.changed(has_consent=True).together.signature == SIGNATURE, "nobody was shown the consent"


def test_a_document_apart_begins_from_the_same_place_and_person_and_nothing_that_was_only_the_others():
    others = replace(
        TWO.together,
        particulars="邮件1",
        refusal="拒收",
        witness="样例",
        is_recorded=True,
        signature=SIGNATURE,
    )
    assert replace(TWO, together=others).parted("b").serving("b") == TWO.together


def test_a_slip_is_taken_back_by_one_tap_and_what_was_written_is_there_again():
    apart = TWO.parted("b").served("b", way=LEFT, refusal="拒绝签收")
    assert apart.joined("b").serving("b") == TWO.together
    assert apart.joined("b").parted("b") == apart
    without = apart.changed(documents=("a",))
    assert without.groups == (TOGETHER,)
    assert without.changed(documents=("a", "b")) == apart


def test_where_every_document_went_apart_nothing_is_asked_of_the_rest():
    apart = TWO.parted("b")
    assert apart.groups == ("b", TOGETHER)
    assert apart.changed(documents=("b",)).groups == ("b",)
    assert apart.changed(documents=()).groups == (TOGETHER,)


def test_the_consent_is_needed_only_by_what_is_served():
    apart = TWO.parted("b").served("b", way=ServiceWay.ELECTRONIC)
    assert apart.is_electronic
    assert not apart.changed(documents=("a",)).is_electronic
    assert not apart.joined("b").is_electronic


def _steps() -> st.SearchStrategy[tuple[str, str, str]]:
    moves = st.sampled_from(["sign", "part", "join", "toggle", "place", "recipient", "remark", "consent"])
    return st.tuples(moves, st.sampled_from(IDS), st.sampled_from(["甲", "乙"]))


def _shown(form: ServiceForm, of: str) -> tuple[str, ...]:
    """What whoever signs for that way reads above the pad."""
    return receipt_words(form, form.serving(of), tuple(DOCUMENTS[id] for id in form.group(of)))


def _stepped(form: ServiceForm, step: tuple[str, str, str], at_ms: int) -> ServiceForm:
    move, id, text = step
    of = id if id in form.apart else TOGETHER
    match move:
        case "sign":
            return form.served(of, signature=replace(SIGNATURE, at_ms=at_ms))
        case "part":
            return form.parted(id)
        case "join":
            return form.joined(id)
        case "toggle":
            chosen = set(form.documents) ^ {id}
            return form.changed(documents=tuple(one for one in IDS if one in chosen))
        case "place":
            return form.served(of, place=text)
        case "consent":
            return form.changed(consent_by=text)
        case _:
            return form.changed(**{move: text})


@given(steps=st.lists(_steps(), max_size=12))
def test_a_signature_stands_under_what_was_shown_and_goes_with_nothing_else(steps):
    form, agreed = TWO.parted("b"), {}
    for at_ms, step in enumerate(steps, start=1):
        before, form = form, _stepped(form, step, at_ms)
        ways = (TOGETHER, *form.apart)
        for of in ways:
            signature = form.serving(of).signature
            if signature is not None and signature.at_ms == at_ms:
                agreed[at_ms] = _shown(form, of)
        for of in ways:
            signature = form.serving(of).signature
            assert signature is None or agreed[signature.at_ms] == _shown(form, of)
            was_way = of == TOGETHER or of in before.apart
            if was_way and step[0] != "sign" and _shown(before, of) == _shown(form, of):
                assert signature == before.serving(of).signature, "what was signed for is as it was"


def test_a_draft_of_the_time_when_there_was_one_way_for_all_is_read():
    row = {
        "documents": ["a"],
        "recipient": "样例单位",
        "way": "left",
        "place": "门口",
        "particulars": "",
        "received_by": "样例收件人",
        "relation": "",
        "received_on": "2026-11-24",
        "signature": {
            "strokes": [[[1, 2], [30, 40]]],
            "width": 1000,
            "height": 300,
            "shown_sha256": "3b" * 32,
            "at_ms": 1,
        },
        "refusal": "拒绝签收",
        "witness": "样例见证人",
        "is_recorded": True,
        "has_consent": False,
        "consent_by": "",
        "consent_on": "",
        "consent_to": "",
        "remark": "样例备注",
    }
    form = from_row(RECEIPT, row)
    assert form == ServiceForm(
        documents=("a",),
        recipient="样例单位",
        together=Serving(
            way=LEFT,
            place="门口",
            received_by="样例收件人",
            received_on="2026-11-24",
            signature=SIGNATURE,
            refusal="拒绝签收",
            witness="样例见证人",
            is_recorded=True,
        ),
        remark="样例备注",
    )
    assert from_row(RECEIPT, json.loads(json.dumps(to_row(form)))) == form


# --- The screen ---


def kept(rig: Walking) -> ServiceForm:
    form = rig.bench.follow_ups.form(rig.on_disk, Matter(kind=RECEIPT))
    assert isinstance(form, ServiceForm)
    return form


async def one_apart(rig: Walking, way: ServiceWay) -> tuple[Harness, str]:
    """A receipt of a record and an order; the order is served that way. Gives the prefix of its controls."""
    ui = await with_an_order(rig)
    await ui.tap("notices.fill.service-receipt")
    await ui.type("fill.place", "样例单位办公室")
    await ui.type("fill.received-by", "样例收件人")
    await ui.tap(f"fill.part-{order_of(rig).id}")
    apart = f"fill.apart-{order_of(rig).id}"
    await ui.tap(f"{apart}.way-{way.value}")
    return ui, apart


@screen_test
async def test_one_receipt_serves_its_documents_in_different_ways(tmp_path):
    async with Walking(tmp_path) as rig:
        ui, apart = await one_apart(rig, LEFT)
        await ui.type(f"{apart}.place", "样例单位门口")
        await ui.type(f"{apart}.refusal", "拒绝签收")
        await ui.type(f"{apart}.witness", "样例见证人")
        record, order = (row.notice.number for row in rig.bench.paper.issued(rig.draft_id))
        await ui.tap("fill.sign")
        assert any(record in text for text in ui.texts())
        assert not any(order in text for text in ui.texts()), "it is not handed over"
        await draw(ui, "receiving")
        await ui.tap("fill.check")
        lines = {
            "送达方式：直接",
            "收件人：样例收件人，已在屏幕上签名",
            "送达方式：留置",
            "拒收原因：拒绝签收",
        }
        assert lines <= set(ui.texts())
        await ui.tap("fill.edit")
        await issue(ui)
        (row,) = issued(rig, RECEIPT)
        handed, left = row.notice.details.documents
        assert (handed.document.number, handed.way, handed.place) == (
            record,
            ServiceWay.DIRECT,
            "样例单位办公室",
        )
        assert handed.signature is not None and handed.refusal == ""
        assert (left.document.number, left.way, left.place) == (order, LEFT, "样例单位门口")
        assert (left.refusal, left.witness, left.received_by) == ("拒绝签收", "样例见证人", "")
        assert left.signature is None


@screen_test
async def test_each_receiver_signs_for_what_was_handed_to_them(tmp_path):
    async with Walking(tmp_path) as rig:
        ui, apart = await one_apart(rig, ServiceWay.ENTRUSTED)
        await ui.type(f"{apart}.particulars", "样例街道办事处")
        await ui.type(f"{apart}.received-by", "样例代收人")
        await ui.type("fill.remark", "样例备注")
        await ui.tap("fill.sign")
        assert "备注：样例备注" in ui.texts()
        await draw(ui, "receiving")
        await ui.tap(f"{apart}.sign")
        assert "送达方式：委托（样例街道办事处）" in ui.texts()
        assert "收件人：样例代收人" in ui.texts()
        assert len([text for text in ui.texts() if text.startswith("送达文书：")]) == 1
        await draw(ui, "receiving")
        first, second = kept(rig).together.signature, kept(rig).own[order_of(rig).id].signature
        assert first is not None and second is not None
        assert first.shown_sha256 != second.shown_sha256
        await ui.type(f"{apart}.place", "别处")
        assert kept(rig).together.signature == first
        assert kept(rig).own[order_of(rig).id].signature is None


@screen_test
async def test_what_is_missing_is_told_of_the_document_that_lacks_it(tmp_path):
    async with Walking(tmp_path) as rig:
        ui, apart = await one_apart(rig, POST)
        number = order_of(rig).notice.number
        await ui.tap("fill.check")
        assert any(f"{number}没有写明邮件号" in text for text in ui.texts())
        await ui.tap("fill.edit")
        await ui.type(f"{apart}.particulars", "样例邮件1")
        await ui.type(f"{apart}.received-on", "十一月")
        await ui.tap("fill.check")
        assert any(f"{number}的送达日期请按" in text for text in ui.texts())
        await ui.tap("fill.edit")
        await ui.type(f"{apart}.received-on", "")
        await ui.tap(f"{apart}.way-electronic")
        await ui.tap("fill.check")
        assert any("电子送达须有当事人签署的确认书" in text for text in ui.texts())


@screen_test
async def test_a_document_goes_with_the_others_again_by_one_tap_and_back_with_all_that_was_written(tmp_path):
    async with Walking(tmp_path) as rig:
        ui, apart = await one_apart(rig, LEFT)
        part, join = (f"fill.{what}-{order_of(rig).id}" for what in ("part", "join"))
        await ui.type(f"{apart}.refusal", "拒绝签收")
        assert not ui.has(part)
        await ui.tap(join)
        assert not ui.has(f"{apart}.refusal") and not ui.has(join)
        await ui.tap(part)
        assert ui.by_identifier(f"{apart}.refusal").value == "拒绝签收"


@screen_test
async def test_what_was_filled_in_by_half_outlives_the_window(tmp_path):
    async with Walking(tmp_path) as rig:
        ui, apart = await one_apart(rig, LEFT)
        await ui.type(f"{apart}.refusal", "拒绝签")
        ui = await rig.again(lambda id: routes.fill(id, RECEIPT.value))
        assert ui.by_identifier(f"{apart}.refusal").value == "拒绝签"
        assert ui.by_identifier("fill.received-by").value == "样例收件人"
        chosen = {one.identifier for one in ui.walk() if isinstance(one, ft.Semantics) and one.selected}
        assert {"fill.way-direct", f"{apart}.way-left"} <= chosen


@screen_test
async def test_a_draft_of_the_time_before_opens_and_is_issued(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await with_an_order(rig)
        row = dict(to_row(ServiceForm(documents=(order_of(rig).id,), recipient="样例单位")))
        old = {name: row[name] for name in row if name not in ("together", "apart", "own")}
        old |= row["together"] | {"place": "样例门口", "way": "post", "particulars": "样例邮件1"}
        key = Matter(kind=RECEIPT).key(rig.on_disk)
        rig.bench.memory.put_rows(FILLED, {key: old})
        await ui.tap("notices.fill.service-receipt")
        assert ui.by_identifier("fill.particulars").value == "样例邮件1"
        await issue(ui)
        (receipt,) = issued(rig, RECEIPT)
        (one,) = receipt.notice.details.documents
        assert (one.way, one.place) == (POST, "样例门口")


@screen_test
async def test_with_one_document_there_is_nothing_to_serve_differently(tmp_path):
    async with Walking(tmp_path) as rig:
        ui = await with_an_order(rig)
        await ui.tap("notices.fill.service-receipt")
        parts = [f"fill.part-{row.id}" for row in rig.bench.paper.issued(rig.draft_id)]
        assert [ui.has(one) for one in parts] == [True, True]
        await ui.tap(f"fill.document-{order_of(rig).id}")
        assert [ui.has(one) for one in parts] == [False, False]
