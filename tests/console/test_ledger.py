"""The ledger: what is registered of a notice, what ends it, and what enterprises answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.console.ledger import Ledger, LedgerTab
from inspector.console.office_copies import OfficeCopies
from inspector.console.publishing import change
from inspector.domain.issuer import IssuerKind
from inspector.errors import (
    IllegalMoveError,
    InspectorError,
    NotForSealingError,
    NotPermittedError,
    OfficeKeyLockedError,
    RecordUnknownError,
    ReplyMalformedError,
    TextTooLongError,
)
from inspector.trust import dsse
from inspector.trust.radix import base64_bytes, base64_url_text
from inspector.trust.registration import BOX_BYTES, open_registration
from inspector.work.registration import REGISTRATION_TYPE, PublicState
from inspector.work.reply import MAGIC, PHOTO_BYTES, Reply, read_reply
from tests.console.desk_rig import DeskRig
from tests.console.issued_notices import NAMES, REAL, Handed, hand_over
from tests.console.sealed_replies import content, proof, sealed
from tests.notices import samples

JPEG = b"\xff\xd8\xff sample"


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[DeskRig]:
    with DeskRig(tmp_path) as found:
        yield found


def box(rig: DeskRig, handed: Handed) -> bytes:
    """What anybody is given."""
    url = f"http://127.0.0.1:{rig.real.port}/api/v1/notices/{handed.notice.public_id}"
    answer = httpx.get(url)
    assert answer.status_code == 200, answer.text
    return base64_bytes(answer.json()["box"])


def registered(rig: DeskRig, handed: Handed) -> dict[str, object]:
    """What whoever has the paper reads."""
    key = handed.access.key
    outside = json.loads(open_registration(box(rig, handed), key=key, public_id=handed.notice.public_id))
    signed = dsse.verify(outside["registration"].encode(), REGISTRATION_TYPE, [rig.desk.statement.feed])
    return json.loads(signed.payload)


def answer(rig: DeskRig, handed: Handed, body: bytes, *, reply: str = "ab" * 16) -> httpx.Response:
    url = f"http://127.0.0.1:{rig.real.port}/api/v1/notices/{handed.notice.public_id}/replies"
    headers = {"Inspector-Reply": reply, "Inspector-Proof": base64_url_text(proof(handed))}
    return httpx.post(url, content=body, headers=headers)


def test_a_notice_that_cannot_be_registered_is_told_once_and_holds_no_other_up(rig):
    tablet = rig.enrolled()
    bad, good = hand_over(rig, tablet, 1), hand_over(rig, tablet, 2)
    rig.desk.run()
    ledger, database = Ledger(rig.desk), rig.desk.database
    for handed in (bad, good):
        ledger.withdraw(rig.admin, handed.entry, "样例原因")
    (kept,) = database.rows("SELECT inner_sha256 FROM entries WHERE sha256 = ?", bad.entry)
    database.do("UPDATE entries SET inner_sha256 = '' WHERE sha256 = ?", bad.entry)
    rig.desk.run()
    assert [registered(rig, one)["state"] for one in (bad, good)] == ["in-force", "withdrawn"]
    (alarm,) = rig.desk.alarms()
    assert (alarm.code, alarm.entry) == ("desk.notice-unpublished", bad.entry)
    assert f"文书“{bad.notice.number}”的状态没有登记到服务器：" in alarm.message
    rig.desk.put_away(rig.admin, alarm)
    rig.desk.run()
    assert not rig.desk.alarms(), "a person has seen it"
    database.do("UPDATE entries SET inner_sha256 = ? WHERE sha256 = ?", kept["inner_sha256"], bad.entry)
    rig.desk.run()
    assert registered(rig, bad)["state"] == "withdrawn"


def test_a_notice_is_registered_when_it_is_taken_in(rig):
    handed = hand_over(rig, rig.enrolled(), 1)
    rig.desk.run()
    said = registered(rig, handed)
    assert (said["state"], said["version"]) == ("in-force", 1)
    assert said["number"] == handed.notice.number
    assert said["pdf_sha256"] == sha256(handed.issued.pdf).hexdigest()
    assert [one[1] for one in said["findings"]] == [one.facts for one in handed.notice.findings]
    (row,) = Ledger(rig.desk).rows(LedgerTab.ALL)
    assert (row.entry, row.is_public, row.is_published) == (handed.entry, True, True)


def test_a_notice_is_called_as_it_is_printed_wherever_it_is_named(rig):
    """The same kind of document has other names with other issuers."""
    record = samples.RECORD
    said = {"kind": record.kind, "appeal": None, "situation": record.situation, "tally": record.tally}
    handed = hand_over(rig, rig.enrolled(), 1, issuer=IssuerKind.FIRE_RESCUE, press=REAL, **said)
    rig.desk.run()
    title = "消防监督检查记录"
    assert REAL.title(handed.notice) == title != handed.notice.kind.word
    assert registered(rig, handed)["title"] == title
    assert Ledger(rig.desk).row(handed.entry).title == title
    copies = OfficeCopies(rig.desk)
    copies.fail(handed.entry, NotForSealingError(reason="样例"))
    assert [one.title for one in copies.faults()] == [title]


def test_a_notice_without_a_public_address_is_in_the_ledger_and_nowhere_else(rig):
    handed = hand_over(rig, rig.enrolled(), 1, is_public=False)
    rig.desk.run()
    (row,) = Ledger(rig.desk).rows(LedgerTab.ALL)
    assert not row.is_public
    url = f"http://127.0.0.1:{rig.real.port}/api/v1/notices/{handed.notice.public_id}"
    assert httpx.get(url).status_code == 404


@pytest.mark.parametrize("act", ["withdraw", "close"])
def test_an_end_reaches_the_public_page_with_its_reason(rig, act):
    handed = hand_over(rig, rig.enrolled(), 1)
    rig.desk.run()
    ledger, supervisor = Ledger(rig.desk), rig.log_in("supervisor")
    getattr(ledger, act)(supervisor, handed.entry, "样例原因")
    rig.desk.run()
    said = registered(rig, handed)
    assert said["version"] == 2
    assert said["reason"] == "样例原因"
    assert said["state"] == {"withdraw": "withdrawn", "close": "closed"}[act]
    assert rig.desk.audit.lines()[0].act == f"{act}-notice"
    with pytest.raises(IllegalMoveError):
        ledger.withdraw(supervisor, handed.entry, "再来一次")
    assert answer(rig, handed, sealed(rig, content(handed))).json()["code"] == "reply.closed"


def test_a_replaced_notice_names_the_one_in_its_place(rig):
    tablet = rig.enrolled()
    first, second = hand_over(rig, tablet, 1), hand_over(rig, tablet, 2)
    rig.desk.run()
    ledger = Ledger(rig.desk)
    for by in ("", "没有这个号", first.notice.number):
        with pytest.raises(IllegalMoveError):
            ledger.replace(rig.admin, first.entry, "样例原因", by=by)
    ledger.replace(rig.admin, first.entry, "样例原因", by=second.notice.number)
    rig.desk.run()
    said = registered(rig, first)
    assert (said["state"], said["replaced_by"]) == ("replaced", second.notice.number)


def test_a_notice_that_says_what_it_replaces_replaces_it(rig):
    tablet = rig.enrolled()
    first = hand_over(rig, tablet, 1)
    rig.desk.run()
    why = "复议机关写错"
    second = hand_over(rig, tablet, 2, replaces=first.notice.number, replaces_reason=why)
    rig.desk.run()
    said = registered(rig, first)
    assert (said["state"], said["replaced_by"]) == ("replaced", second.notice.number)
    assert said["reason"] == why
    row = Ledger(rig.desk).row(first.entry)
    assert (row.state.word, row.replaced_by, row.reason) == ("已被替代", second.notice.number, why)


def test_a_document_to_another_enterprise_is_never_replaced(rig):
    tablet = rig.enrolled()
    first = hand_over(rig, tablet, 1)
    rig.desk.run()
    elsewhere = replace(first.notice.enterprise, name="另一家样例单位")
    hand_over(rig, tablet, 2, replaces=first.notice.number, replaces_reason="写错文号", enterprise=elsewhere)
    rig.desk.run()
    assert Ledger(rig.desk).row(first.entry).state is PublicState.IN_FORCE


def test_an_end_wants_a_reason_and_leave(rig):
    handed = hand_over(rig, rig.enrolled(), 1)
    rig.desk.run()
    ledger = Ledger(rig.desk)
    with pytest.raises(NotPermittedError):
        ledger.close(rig.log_in("viewer"), handed.entry, "样例原因")
    with pytest.raises(IllegalMoveError):
        ledger.close(rig.admin, handed.entry, "  ")
    with pytest.raises(TextTooLongError):
        ledger.close(rig.admin, handed.entry, "长" * 201)
    with pytest.raises(RecordUnknownError):
        ledger.close(rig.admin, "0" * 64, "样例原因")
    assert ledger.row(handed.entry).state is PublicState.IN_FORCE


def test_the_offices_own_copy_is_registered_too(rig):
    handed = hand_over(rig, rig.enrolled(), 1)
    rig.desk.run()
    change(rig.desk.database, handed.entry, office_copy_sha256="cd" * 32)
    rig.desk.run()
    assert registered(rig, handed)["office_copy_sha256"] == "cd" * 32


def test_a_console_put_back_from_a_backup_counts_on(rig):
    handed = hand_over(rig, rig.enrolled(), 1)
    rig.desk.run()
    Ledger(rig.desk).close(rig.admin, handed.entry, "样例原因")
    rig.desk.run()
    rig.desk.database.do("UPDATE registrations SET version = 1, published = 0, state = 'in-force'")
    rig.desk.run()
    assert registered(rig, handed)["version"] == 3
    assert Ledger(rig.desk).row(handed.entry).is_published


def test_every_registration_is_as_long_as_any_other(rig):
    tablet = rig.enrolled()
    long = hand_over(rig, tablet, 2, findings=many(hand_over(rig, tablet, 1), 500))
    rig.desk.run()
    assert len(box(rig, long)) == BOX_BYTES
    said = registered(rig, long)
    assert len(said["findings"]) == 500
    assert said["findings"][0][1].endswith("…")


def many(handed: Handed, count: int):
    one = handed.notice.findings[0]
    return tuple(replace(one, ordinal=n, facts="样例" * 200) for n in range(1, count + 1))


def test_a_reply_is_fetched_opened_and_counts_as_unread_until_seen(rig):
    handed = hand_over(rig, rig.enrolled(), 1)
    rig.desk.run()
    receipt = answer(rig, handed, sealed(rig, content(handed, JPEG, JPEG))).json()
    again = answer(rig, handed, sealed(rig, content(handed)), reply="cd" * 16).json()
    assert (receipt["ordinal"], again["ordinal"]) == (1, 2)
    rig.desk.run()
    rig.desk.run()
    ledger = Ledger(rig.desk)
    (row,) = ledger.rows(LedgerTab.UNREAD)
    assert (row.replies, row.unread) == (2, 2)
    opened = ledger.look_at(rig.admin, handed.entry)
    first = opened.replies[-1]
    assert first.reply is not None
    assert (first.reply.name, len(first.reply.photos)) == ("样例回复人", 2)
    assert first.reply.photos[0].data == JPEG
    assert ledger.rows(LedgerTab.UNREAD) == ()
    assert ledger.row(handed.entry).state is PublicState.IN_FORCE


def test_a_reply_that_cannot_be_read_is_shown_as_such(rig):
    handed = hand_over(rig, rig.enrolled(), 1)
    rig.desk.run()
    answer(rig, handed, b"age-encryption.org/v1\nnonsense")
    answer(rig, handed, sealed(rig, b"nonsense"), reply="cd" * 16)
    rig.desk.run()
    replies = Ledger(rig.desk).look_at(rig.admin, handed.entry).replies
    assert [one.reply for one in replies] == [None, None]
    assert all(one.problem for one in replies)


def test_the_tabs_hold_what_they_say(rig):
    tablet = rig.enrolled()
    first, second = hand_over(rig, tablet, 1), hand_over(rig, tablet, 2)
    rig.desk.run()
    ledger = Ledger(rig.desk)
    assert dict(ledger.counts()) == {
        LedgerTab.ALL: 2,
        LedgerTab.OPEN: 2,
        LedgerTab.OVERDUE: 0,
        LedgerTab.UNREAD: 0,
        LedgerTab.ASKED: 0,
        LedgerTab.ENDED: 0,
    }
    ledger.close(rig.admin, first.entry, "样例原因")
    rig.clock.pass_(100 * 24 * 3600)
    assert [row.entry for row in ledger.rows(LedgerTab.OVERDUE)] == [second.entry]
    assert [row.entry for row in ledger.rows(LedgerTab.ENDED)] == [first.entry]
    assert [row.entry for row in ledger.rows(LedgerTab.ALL, text="〔2026〕2号")] == [second.entry]
    assert ledger.count(LedgerTab.ALL, text=first.notice.enterprise.name) == 2


def test_looking_needs_no_keys_and_opening_does(rig):
    handed = hand_over(rig, rig.enrolled(), 1)
    rig.desk.run()
    with pytest.raises(NotPermittedError):
        Ledger(rig.desk).look_at(rig.log_in("viewer"), handed.entry)
    rig.desk.lock(rig.admin)
    assert Ledger(rig.desk).count(LedgerTab.ALL) == 1
    with pytest.raises(OfficeKeyLockedError):
        Ledger(rig.desk).look_at(rig.admin, handed.entry)


def test_the_server_holds_no_name_and_no_word_of_a_notice_or_a_reply(rig, caplog):
    caplog.set_level("DEBUG")
    handed = hand_over(rig, rig.enrolled(), 1)
    rig.desk.run()
    answer(rig, handed, sealed(rig, content(handed, JPEG)))
    answer(rig, handed, sealed(rig, content(handed))[:-1] + b"x", reply="wrong")
    rig.desk.run()
    known = (*NAMES, "样例回复人", "堵塞物已清除", "000-0000002", handed.notice.number)
    secrets = [word.encode() for word in (*known, handed.access.reply_code)] + [
        handed.access.key,
        JPEG,
        proof(handed),
    ]
    files = [path for path in (rig.folder / "office").rglob("*") if path.is_file()]
    assert any("replies" in str(path) for path in files)
    held = b"".join(path.read_bytes() for path in files) + caplog.text.encode()
    assert [secret for secret in secrets if secret in held] == []


# --- What a stranger may write ---


class _Anything:
    notice = type("N", (), {"public_id": "ab" * 16})


@given(st.binary(max_size=200))
def test_no_bytes_but_a_reply_are_read_as_one(data):
    with pytest.raises(ReplyMalformedError):
        read_reply(data, public_id="ab" * 16)


@settings(max_examples=60)
@given(st.data())
def test_a_cut_or_changed_reply_is_refused_or_harmless(data):
    good = content(_Anything, JPEG)  # type: ignore[arg-type]
    place = data.draw(st.integers(0, len(good) - 1))
    changed = good[:place] + bytes([good[place] ^ data.draw(st.integers(1, 255))]) + good[place + 1 :]
    for bad in (good[:place], changed):
        try:
            assert len(read_reply(bad, public_id="ab" * 16).findings) <= 1
        except InspectorError as error:
            assert isinstance(error, ReplyMalformedError)


@pytest.mark.parametrize(
    "changes",
    [
        {"public_id": "cd" * 16},
        {"v": 2},
        {"name": "样\u202e例"},
        {"name": "长" * 61},
        {"name": "样例\n回复人"},
        {"phone": "000\u200b0000002"},
        {"phone": "0" * 41},
        {"findings": [{"ordinal": 1, "done": True, "text": "样\u202e例", "photos": []}]},
        {"findings": [{"ordinal": 501, "done": True, "text": "", "photos": []}]},
        {"surplus": 1},
        {"findings": [{"ordinal": 1, "done": True, "text": "长" * 1001, "photos": []}]},
        {"findings": [{"ordinal": 1, "done": True, "text": "", "photos": []}] * 2},
        {"findings": [{"ordinal": 1, "done": True, "text": "", "photos": [{"size": 9, "sha256": "0" * 64}]}]},
        {"findings": [{"ordinal": 1, "done": "yes", "text": "", "photos": []}]},
    ],
)
def test_a_reply_of_another_shape_is_refused(changes):
    with pytest.raises(ReplyMalformedError):
        read_reply(content(_Anything, **changes), public_id="ab" * 16)  # type: ignore[arg-type]


def photos_of(*counts: int) -> dict[str, object]:
    """Findings that list the same photo so many times each."""
    listed = {"size": len(JPEG), "sha256": sha256(JPEG).hexdigest()}
    said = enumerate(counts, start=1)
    return {"findings": [{"ordinal": n, "done": True, "text": "", "photos": [listed] * k} for n, k in said]}


def read_content(*photos: bytes, behind: bytes = b"", **changes: object) -> Reply:
    data = content(_Anything, *photos, **changes)  # type: ignore[arg-type]
    return read_reply(data + behind, public_id="ab" * 16)


def test_a_reply_with_more_photos_than_allowed_is_refused():
    assert len(read_content(*[JPEG] * 12).photos) == 12
    assert len(read_content(behind=JPEG * 12, **photos_of(6, 6)).photos) == 12
    for behind, counts in ((JPEG * 13, (13,)), (JPEG * 13, (6, 7)), (JPEG + b"x", (1,))):
        with pytest.raises(ReplyMalformedError):
            read_content(behind=behind, **photos_of(*counts))


def test_a_photo_that_is_too_large_another_or_cut_is_refused():
    large = bytes(PHOTO_BYTES)
    assert len(read_content(large).photos) == 1
    for photos in ((large + b"\0",), (large,) * 4):  # one above its own limit, four above that of a reply
        with pytest.raises(ReplyMalformedError):
            read_content(*photos)
    for behind in (JPEG[:-1] + b"x", JPEG[:-1], JPEG + JPEG):
        with pytest.raises(ReplyMalformedError):
            read_content(behind=behind, **photos_of(1))
    said = photos_of(1)
    said["findings"][0]["photos"][0]["size"] += 1  # type: ignore[index]
    with pytest.raises(ReplyMalformedError):
        read_content(behind=JPEG, **said)


def test_a_length_that_is_not_that_of_the_words_is_refused():
    good = content(_Anything, JPEG)  # type: ignore[arg-type]
    bare = content(_Anything)  # type: ignore[arg-type]
    place = len(MAGIC)
    for data, more in ((good, 1), (good, -1), (bare, 1), (bare, 1 << 31)):
        length = int.from_bytes(data[place : place + 4], "big") + more
        with pytest.raises(ReplyMalformedError):
            read_reply(data[:place] + length.to_bytes(4, "big") + data[place + 4 :], public_id="ab" * 16)
