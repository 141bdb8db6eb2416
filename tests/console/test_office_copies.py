"""The office's copies: which notices get one, once, by whom; many in a batch that can be stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from inspector.commands.verify import PressPapers
from inspector.console.accounts import LoggedIn
from inspector.console.hall import Hall
from inspector.console.keys import DOCUMENT_CHAIN, DOCUMENT_KEY
from inspector.console.office_copies import OfficeCopies, SignedCopy
from inspector.console.records import Records
from inspector.console.sealing_batch import SealingBatch
from inspector.errors import (
    AddressRefusedError,
    DocumentKeyMissingError,
    IllegalMoveError,
    NotForSealingError,
    NotPermittedError,
    OfficeKeyLockedError,
    SealOnceError,
    TimestampUnreachableError,
)
from inspector.work.intake import Examiner
from inspector.work.verify import Trust, Verdict, verify_file
from tests.console.desk_rig import PASSPHRASE, DeskRig
from tests.console.sealed_notices import arrived, hand_in, issued, notice_of
from tests.notices import samples, sealing
from tests.ui_harness import screen_test


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[DeskRig]:
    with DeskRig(tmp_path) as found:
        yield found


def trusting(rig: DeskRig) -> Trust:
    return Trust(roots=(rig.desk.statement.fingerprint,))


def acts(rig: DeskRig) -> list[str]:
    return [line.act for line in rig.desk.audit.lines()]


def sign_and_keep(copies: OfficeCopies, who: LoggedIn, entry: str) -> None:
    """One copy, as a batch makes it."""
    copies.keep(who, copies.sign(entry, copies._desk.examiner()))


# --- One --------------------------------------------------------------------------------------------


def test_a_received_notice_gets_its_copy_which_verifies_from_the_file_alone(rig):
    _, (entry,) = arrived(rig, rig.enrolled(), 1)
    copies = OfficeCopies(rig.desk)
    sign_and_keep(copies, rig.admin, entry)
    content, pdf = copies.pdf(rig.admin, entry)
    _, original = Records(rig.desk).pdf(rig.admin, entry)
    assert pdf.startswith(original) and len(pdf) > len(original)
    found = verify_file(pdf, trusting(rig), papers=PressPapers())
    assert found.verdict is Verdict.GENUINE, found.lines
    assert found.what == "文书的办公室副本"
    assert ("文号", content.notice.number) in found.paper
    assert acts(rig)[:3] == ["download-notice", "download-copy", "seal-copy"]


def test_a_notice_is_signed_once(rig):
    _, (entry,) = arrived(rig, rig.enrolled(), 1)
    copies = OfficeCopies(rig.desk)
    sign_and_keep(copies, rig.admin, entry)
    with pytest.raises(SealOnceError):
        sign_and_keep(copies, rig.admin, entry)
    assert copies.tally().due == 0
    assert [row.entry for row in copies.signed()] == [entry]


def test_two_who_sign_at_once_leave_one_copy(rig):
    _, (entry,) = arrived(rig, rig.enrolled(), 1)
    copies = OfficeCopies(rig.desk)
    first, second = (copies.sign(entry, rig.desk.examiner()) for _ in range(2))
    copies.keep(rig.admin, first)
    with pytest.raises(SealOnceError):
        copies.keep(rig.admin, second)
    assert acts(rig).count("seal-copy") == 1


def test_a_draft_and_a_returned_records_notice_are_not_signed(rig):
    tablet = rig.enrolled()
    record, (entry,) = arrived(rig, tablet, 1)
    draft = issued(rig, tablet, notice_of(record, 7, number=None), 7)
    hand_in(rig, tablet, draft.entry)
    rig.desk.run()
    copies = OfficeCopies(rig.desk)
    assert copies.due() == (entry,)
    assert copies.due(only_accepted=True) == ()
    with pytest.raises(NotForSealingError):
        sign_and_keep(copies, rig.admin, draft.entry.sha256)
    Records(rig.desk).give_back(rig.admin, record.sha256, "请补充", [])
    assert copies.due() == ()
    with pytest.raises(NotForSealingError):
        sign_and_keep(copies, rig.admin, entry)


def test_a_record_given_back_after_the_signature_leaves_no_copy(rig):
    record, (entry,) = arrived(rig, rig.enrolled(), 1)
    copies = OfficeCopies(rig.desk)
    copy = copies.sign(entry, rig.desk.examiner())
    Records(rig.desk).give_back(rig.admin, record.sha256, "请补充", [])
    with pytest.raises(NotForSealingError):
        copies.keep(rig.admin, copy)
    assert not copies.has(entry)
    assert "seal-copy" not in acts(rig)


def test_only_who_may_decide_signs_and_only_who_may_open_fetches(rig):
    _, (entry,) = arrived(rig, rig.enrolled(), 1)
    copies = OfficeCopies(rig.desk)
    viewer = rig.log_in("viewer")
    with pytest.raises(NotPermittedError):
        sign_and_keep(copies, viewer, entry)
    sign_and_keep(copies, rig.log_in("supervisor"), entry)
    with pytest.raises(NotPermittedError):
        copies.pdf(viewer, entry)
    with pytest.raises(NotPermittedError):
        copies.set_timestamp(rig.log_in("supervisor"), "http://127.0.0.1:1/")


def test_locked_keys_sign_nothing(rig):
    _, (entry,) = arrived(rig, rig.enrolled(), 1)
    copies = OfficeCopies(rig.desk)
    rig.desk.lock(rig.admin)
    with pytest.raises(OfficeKeyLockedError):
        sign_and_keep(copies, rig.admin, entry)


def without_document_key(rig: DeskRig) -> None:
    """The keys are from before there were keys for copies."""
    named = {DOCUMENT_KEY, DOCUMENT_CHAIN}
    others = {name: value for name, value in rig.desk.keys.others.items() if name not in named}
    rig.desk._keys = replace(rig.desk.keys, others=others)


def test_keys_older_than_document_keys_say_what_to_do(rig):
    _, (entry,) = arrived(rig, rig.enrolled(), 1)
    without_document_key(rig)
    with pytest.raises(DocumentKeyMissingError) as raised:
        sign_and_keep(OfficeCopies(rig.desk), rig.admin, entry)
    assert "inspector keys document" in raised.value.next_step


def test_a_copy_whose_kept_signature_was_altered_is_not_handed_out(rig):
    _, (entry,) = arrived(rig, rig.enrolled(), 1)
    copies = OfficeCopies(rig.desk)
    sign_and_keep(copies, rig.admin, entry)
    row = rig.desk.database.row("SELECT * FROM office_copies WHERE entry = ?", entry)
    rig.desk.database.put("office_copies", {**row, "appendix": bytes(row["appendix"]) + b"\0"})
    with pytest.raises(NotForSealingError):
        copies.pdf(rig.admin, entry)


# --- Time stamps ------------------------------------------------------------------------------------


def test_a_configured_authority_stamps_each_copy(rig):
    _, (entry,) = arrived(rig, rig.enrolled(), 1)
    copies = OfficeCopies(rig.desk)
    with sealing.TimestampServer() as authority:
        copies.set_timestamp(rig.admin, authority.url)
        sign_and_keep(copies, rig.admin, entry)
        _, pdf = copies.pdf(rig.admin, entry)
        trust = replace(trusting(rig), authorities=(authority.anchor,))
    found = verify_file(pdf, trust, papers=PressPapers())
    assert found.verdict is Verdict.GENUINE, found.lines
    assert any("时间戳机构" in line.words and "在信任之列" in line.words for line in found.lines)
    assert copies.signed()[0].is_stamped


def test_an_authority_that_does_not_answer_leaves_the_notice_due(rig):
    _, (entry,) = arrived(rig, rig.enrolled(), 1)
    copies = OfficeCopies(rig.desk)
    with sealing.TimestampServer() as authority:
        authority.down = True
        copies.set_timestamp(rig.admin, authority.url)
        with pytest.raises(TimestampUnreachableError):
            sign_and_keep(copies, rig.admin, entry)
    assert copies.due() == (entry,)
    copies.set_timestamp(rig.admin, "")
    sign_and_keep(copies, rig.admin, entry)
    assert not copies.signed()[0].is_stamped


@pytest.mark.parametrize(
    "url", ["ftp://tsa.invalid/", "tsa.invalid", "http://name:pw@tsa.invalid/", "http://["]
)
def test_an_address_that_is_none_is_refused(rig, url):
    copies = OfficeCopies(rig.desk)
    with pytest.raises(AddressRefusedError):
        copies.set_timestamp(rig.admin, url)
    assert copies.timestamp_url() == ""


# --- Many -------------------------------------------------------------------------------------------


async def ended(hall: Hall) -> None:
    assert hall.sealing._task is not None
    await hall.sealing._task


@screen_test
async def test_a_batch_signs_all_that_is_due_and_notes_each(tmp_path: Path):
    with DeskRig(tmp_path) as rig:
        _, entries = arrived(rig, rig.enrolled(), 5)
        hall = rig.hall()
        await hall.sealing.start(rig.admin, only_accepted=False)
        with pytest.raises(IllegalMoveError):
            await hall.sealing.start(rig.admin, only_accepted=False)
        await ended(hall)
        progress = hall.sealing.progress
        assert (progress.total, progress.done, progress.failed, progress.ended_by) == (5, 5, 0, None)
        assert all(hall.copies.has(entry) for entry in entries)
        assert acts(rig).count("seal-copy") == 5
        assert acts(rig).count("begin-sealing") == 1
        with pytest.raises(IllegalMoveError, match="没有待签署"):
            await hall.sealing.start(rig.admin, only_accepted=False)
        assert not hall.sealing.is_running


@screen_test
async def test_a_stopped_batch_goes_on_with_what_is_left(tmp_path: Path):
    with DeskRig(tmp_path) as rig:
        arrived(rig, rig.enrolled(), 6)
        hall = rig.hall()
        await hall.sealing.start(rig.admin, only_accepted=False)
        while hall.sealing.progress.done < 2:
            await asyncio.sleep(0)
        await hall.sealing.stop(rig.admin)
        done = hall.sealing.progress.done
        assert 2 <= done < 6
        assert "stop-sealing" in acts(rig)
        assert len(hall.copies.due()) == 6 - done
        await hall.sealing.start(rig.admin, only_accepted=False)
        await ended(hall)
        assert hall.sealing.progress.total == 6 - done
        assert hall.copies.tally().signed == 6
        assert acts(rig).count("seal-copy") == 6


@screen_test
async def test_what_cannot_be_signed_is_listed_and_holds_up_no_other(tmp_path: Path):
    with DeskRig(tmp_path) as rig:
        _, entries = arrived(rig, rig.enrolled(), 3)
        hall = rig.hall()
        blob = next((rig.folder / "console" / "blobs").glob("*.age"))
        kept = blob.read_bytes()
        blob.write_bytes(b"damaged")
        await hall.sealing.start(rig.admin, only_accepted=False)
        await ended(hall)
        progress = hall.sealing.progress
        assert (progress.done, progress.failed) == (2, 1)
        (fault,) = hall.copies.faults()
        assert fault.entry in entries and "密封文件与其编号不符" in fault.fault
        blob.write_bytes(kept)
        await hall.sealing.start(rig.admin, only_accepted=False)
        await ended(hall)
        assert hall.copies.tally().failed == 0
        assert hall.copies.tally().signed == 3


class GivenBack(OfficeCopies):
    """Somebody gives a record back while its notice's copy is being signed."""

    def __init__(self, rig: DeskRig, record: str, notice: str) -> None:
        super().__init__(rig.desk)
        self.rig, self.record, self.notice = rig, record, notice

    def sign(self, entry: str, examiner: Examiner) -> SignedCopy:
        copy = super().sign(entry, examiner)
        if entry == self.notice:
            Records(self.rig.desk).give_back(self.rig.admin, self.record, "请补充", [])
        return copy


@screen_test
async def test_a_record_given_back_meanwhile_is_left_out_with_the_reason(tmp_path: Path):
    with DeskRig(tmp_path) as rig:
        tablet = rig.enrolled()
        record, (first,) = arrived(rig, tablet, 1)
        _, (second,) = arrived(rig, tablet, 1, first=2)
        hall = rig.hall()
        copies = GivenBack(rig, record.sha256, first)
        batch = SealingBatch(rig.desk, copies, act=hall.act, changed=hall.changed)
        await batch.start(rig.admin, only_accepted=False)
        assert batch._task is not None
        await batch._task
        assert (batch.progress.total, batch.progress.done, batch.progress.failed) == (2, 1, 1)
        assert batch.progress.ended_by is None
        assert (copies.has(first), copies.has(second)) == (False, True)
        (fault,) = copies.faults()
        assert fault.entry == first
        assert "已被退回" in fault.fault


@screen_test
async def test_locked_keys_end_a_batch_with_the_reason(tmp_path: Path):
    with DeskRig(tmp_path) as rig:
        arrived(rig, rig.enrolled(), 4)
        hall = rig.hall()
        await hall.sealing.start(rig.admin, only_accepted=False)
        await hall.lock_keys(rig.admin)
        await ended(hall)
        progress = hall.sealing.progress
        assert isinstance(progress.ended_by, OfficeKeyLockedError)
        assert progress.failed == 0
        rig.desk.unlock(rig.admin, PASSPHRASE)
        await hall.sealing.start(rig.admin, only_accepted=False)
        await ended(hall)
        assert hall.copies.tally().due == 0


@screen_test
async def test_an_authority_that_falls_silent_ends_a_batch_once(tmp_path: Path):
    with DeskRig(tmp_path) as rig, sealing.TimestampServer() as authority:
        arrived(rig, rig.enrolled(), 3)
        hall = rig.hall()
        hall.copies.set_timestamp(rig.admin, authority.url)
        authority.down = True
        await hall.sealing.start(rig.admin, only_accepted=False)
        await ended(hall)
        assert isinstance(hall.sealing.progress.ended_by, TimestampUnreachableError)
        assert authority.answered == 1
        assert hall.copies.tally().failed == 0


@screen_test
async def test_a_batch_ends_when_the_account_that_began_it_is_closed(tmp_path: Path):
    with DeskRig(tmp_path) as rig:
        arrived(rig, rig.enrolled(), 4)
        hall = rig.hall()
        supervisor = rig.log_in("supervisor")
        await hall.sealing.start(supervisor, only_accepted=False)
        rig.administration.close_account(rig.admin, supervisor.account)
        await ended(hall)
        assert hall.sealing.progress.ended_by is not None
        assert hall.copies.tally().due > 0


# --- The screen -------------------------------------------------------------------------------------


@screen_test
async def test_the_screen_signs_what_is_due_and_hands_out_a_copy(tmp_path: Path):
    with DeskRig(tmp_path) as rig:
        record, _ = arrived(rig, rig.enrolled(), 2)
        ui = await rig.window("/copies", width=1440, height=900)
        assert "待签署 2 份（其中记录已确认 0 份），已签署 0 份" in ui.texts()
        Records(rig.desk).accept(rig.admin, record.sha256)
        await rig.session.hall.refresh()
        await ui.settle()
        await ui.tap("console.copies.start")
        await ended(rig.session.hall)
        await ui.settle()
        assert "上一批：签署 2 份。" in ui.texts()
        assert "待签署 0 份（其中记录已确认 0 份），已签署 2 份" in ui.texts()
        await ui.tap("console.copies.download-0")
        _, args = next(call for call in ui.client.calls if call[0] == "save_file")
        assert args["file_name"].endswith("（办公室副本）.pdf")
        assert ui.errors() == []


@screen_test
async def test_thousands_of_copies_are_shown_a_page_at_a_time_with_whom_they_are_for(tmp_path: Path):
    with DeskRig(tmp_path) as rig:
        _, (entry,) = arrived(rig, rig.enrolled(), 1)
        await asyncio.to_thread(sign_and_keep, OfficeCopies(rig.desk), rig.admin, entry)
        copied_many(rig, entry, 5_000)
        ui = await rig.window("/copies", width=1440, height=900)
        assert "已签署（5000 份，新的在前）" in ui.texts()
        assert "第 1–50 份" in ui.texts()
        assert sum(name.startswith("console.copies.download-") for name in ui.identifiers()) == 50
        assert any(text.startswith(samples.ENTERPRISE.name) for text in ui.texts())
        with pytest.raises(AssertionError, match="disabled"):
            await ui.tap("console.copies.before")
        await ui.tap("console.copies.after")
        assert "第 51–100 份" in ui.texts()
        assert not any("2026〕1号" in text for text in ui.texts()), "the oldest is on the last page"
        assert ui.errors() == []


def copied_many(rig: DeskRig, entry: str, count: int) -> None:
    """As many copies more, each of a notice of its own, as the database would hold them."""
    database = rig.desk.database
    kept = {
        name: dict(database.row(f"SELECT * FROM {name} WHERE {key} = ?", entry))
        for name, key in (
            ("entries", "sha256"),
            ("notices", "entry"),
            ("registrations", "entry"),
            ("office_copies", "entry"),
        )
    }
    with database.at_once():
        for n in range(2, count + 1):
            name = f"{n:064x}"
            number = f"（样）消限改〔2026〕{n}号"
            database.put("entries", {**kept["entries"], "sha256": name, "idx": 1_000 + n, "seq": 1_000 + n})
            database.put("notices", {**kept["notices"], "entry": name, "number": number})
            database.put("registrations", {**kept["registrations"], "entry": name, "public_id": f"{n:032x}"})
            late = kept["office_copies"]["at_ms"] + n
            database.put("office_copies", {**kept["office_copies"], "entry": name, "at_ms": late})


@screen_test
async def test_the_screen_takes_all_received_ones_when_told_so(tmp_path: Path):
    with DeskRig(tmp_path) as rig:
        arrived(rig, rig.enrolled(), 1)
        ui = await rig.window("/copies", width=1024, height=768)
        assert ui._is_disabled(ui.by_identifier("console.copies.start"))
        await ui.tap("console.copies.scope-received")
        await ui.tap("console.copies.start")
        await ended(rig.session.hall)
        await ui.settle()
        assert rig.session.hall.copies.tally().signed == 1


@screen_test
async def test_the_screen_shows_the_certificate_and_keeps_the_authoritys_address(tmp_path: Path):
    with DeskRig(tmp_path) as rig:
        ui = await rig.window("/copies", width=1440, height=900)
        assert any("样例办公室（样例） 文书" in text for text in ui.texts())
        await ui.type("console.copies.timestamp", "ftp://nowhere")
        await ui.tap("console.copies.save-timestamp")
        assert any("不能使用这个服务器地址" in text for text in ui.texts())
        await ui.type("console.copies.timestamp", "http://127.0.0.1:9/tsa")
        await ui.tap("console.copies.save-timestamp")
        assert rig.session.hall.copies.timestamp_url() == "http://127.0.0.1:9/tsa"


@screen_test
async def test_the_screen_says_why_nothing_can_be_signed_and_does_not_let_it_begin(tmp_path: Path):
    with DeskRig(tmp_path) as rig:
        arrived(rig, rig.enrolled(), 1)
        without_document_key(rig)
        ui = await rig.window("/copies", width=1440, height=900)
        await ui.tap("console.copies.scope-received")
        assert "签署 1 份" in ui.texts()
        assert ui._is_disabled(ui.by_identifier("console.copies.start"))
        assert DocumentKeyMissingError().next_step in ui.texts()
        rig.desk.lock(rig.admin)
        ui = await rig.window("/copies", width=1440, height=900)
        await ui.tap("console.copies.scope-received")
        assert ui._is_disabled(ui.by_identifier("console.copies.start"))
        assert "解锁办公室密钥后才能签署。" in ui.texts()


@screen_test
async def test_a_viewer_sees_the_counts_and_can_sign_nothing(tmp_path: Path):
    with DeskRig(tmp_path) as rig:
        arrived(rig, rig.enrolled(), 1)
        ui = await rig.window("/copies", who=rig.log_in("viewer"), width=1440, height=900)
        assert any("待签署 1 份" in text for text in ui.texts())
        assert "console.copies.start" not in ui.identifiers()


@screen_test
async def test_a_record_offers_the_copies_of_its_documents(tmp_path: Path):
    with DeskRig(tmp_path) as rig:
        record, (entry,) = arrived(rig, rig.enrolled(), 1)
        await asyncio.to_thread(sign_and_keep, OfficeCopies(rig.desk), rig.admin, entry)
        ui = await rig.window(f"/record/{record.sha256}", width=1440, height=900)
        await ui.tap(f"console.record.copy.{entry[:12]}")
        assert "download-copy" in acts(rig)
