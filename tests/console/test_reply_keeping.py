"""Replies between server and console: taken over, confirmed, dropped, and none lost by a restored backup."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

import pytest

from inspector.console.ledger import Ledger
from inspector.console.reply_box import ReplyBox
from inspector.errors import OfficeUnreachableError
from inspector.server.replies import KEPT_AFTER_TAKING_MS
from inspector.sync.notice_messages import ReplyPage, ReplyRoom, WaitingReply
from tests.console.desk_rig import PASSPHRASE, DeskRig
from tests.console.issued_notices import Handed, hand_over
from tests.console.sealed_replies import content, sealed
from tests.console.test_ledger import answer

FAR_MS = 10**15


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[DeskRig]:
    with DeskRig(tmp_path) as found:
        yield found


@pytest.fixture
def handed(rig: DeskRig) -> Handed:
    """A notice with one reply that the console has taken over."""
    made = hand_over(rig, rig.enrolled(), 1)
    rig.desk.run()
    replied(rig, made, "ab" * 16)
    rig.desk.run()
    return made


def replied(rig: DeskRig, handed: Handed, reply: str) -> str:
    """An enterprise answers; the sealed file's hash."""
    body = sealed(rig, content(handed))
    assert answer(rig, handed, body, reply=reply).status_code == 200
    return sha256(body).hexdigest()


def at_server(rig: DeskRig) -> tuple[WaitingReply, ...]:
    return rig.real._office.replies.page(0, 100).replies


def alarms(rig: DeskRig) -> set[str]:
    return {alarm.code for alarm in rig.desk.alarms()}


def forget(rig: DeskRig, digest: str, *, file: bool = True) -> None:
    """The console is put back to a backup without this reply, and opened."""
    rig.desk.database.do("DELETE FROM replies WHERE sha256 = ?", digest)
    if file:
        (rig.folder / "console" / "blobs" / f"{digest}.age").unlink()
    rig.desk.unlock(rig.admin, PASSPHRASE)


def drop(rig: DeskRig) -> None:
    assert rig.real._office.replies.drop_taken(FAR_MS) > 0


def opened(rig: DeskRig, handed: Handed) -> list[object]:
    return [one.reply for one in Ledger(rig.desk).look_at(rig.admin, handed.entry).replies]


def test_what_the_console_holds_is_confirmed_and_nothing_else(rig, handed):
    assert [one.is_taken for one in at_server(rig)] == [True]
    replied(rig, handed, "cd" * 16)
    assert [one.is_taken for one in at_server(rig)] == [True, False]
    rig.desk.run()
    assert [one.is_taken for one in at_server(rig)] == [True, True]
    assert Ledger(rig.desk).row(handed.entry).replies == 2


def test_a_restored_console_fetches_again_what_the_server_still_holds(rig, handed):
    (known,) = at_server(rig)
    forget(rig, known.sha256)
    assert Ledger(rig.desk).row(handed.entry).replies == 0
    rig.desk.run()
    assert opened(rig, handed) != [None]
    assert Ledger(rig.desk).row(handed.entry).replies == 1
    assert alarms(rig) == set()


def test_a_reply_that_a_restored_console_lacks_and_the_server_dropped_is_named(rig, handed):
    (known,) = at_server(rig)
    kept = (rig.folder / "console" / "blobs" / f"{known.sha256}.age").read_bytes()
    drop(rig)
    forget(rig, known.sha256)
    rig.desk.run()
    rig.desk.run()
    assert alarms(rig) == {"reply.dropped"}
    assert known.sha256 in rig.desk.alarms()[0].hint
    (shown,) = Ledger(rig.desk).look_at(rig.admin, handed.entry).replies
    assert shown.reply is None
    assert "不在本机" in shown.problem
    (rig.folder / "console" / "blobs" / f"{known.sha256}.age").write_bytes(kept)
    assert opened(rig, handed) != [None], "the file of a later backup is put beside it"


def test_a_restored_database_beside_the_newer_files_loses_nothing(rig, handed):
    (known,) = at_server(rig)
    drop(rig)
    forget(rig, known.sha256, file=False)
    rig.desk.run()
    assert opened(rig, handed) != [None]
    assert alarms(rig) == set()


def test_a_dropped_reply_stays_readable_here(rig, handed):
    drop(rig)
    rig.desk.unlock(rig.admin, PASSPHRASE)
    rig.desk.run()
    assert opened(rig, handed) != [None]
    assert alarms(rig) == set()
    assert KEPT_AFTER_TAKING_MS == 90 * 24 * 3600 * 1000, "as the sentences of the alarms say"


def test_a_server_that_fills_up_is_told_once_until_it_has_room_again(rig, handed):
    office = rig.real._office
    held = office.replies.room().held
    office.replies.allow(held * 100 // 79)
    rig.desk.run()
    assert alarms(rig) == set()
    office.replies.allow(held * 100 // 85)
    rig.desk.run()
    (alarm,) = rig.desk.alarms()
    assert alarm.code == "reply.server-filling"
    assert "已用 85%" in alarm.message
    assert "office replies" in alarm.hint
    rig.desk.put_away(rig.admin, alarm)
    rig.desk.run()
    assert alarms(rig) == set()
    drop(rig)
    rig.desk.run()
    replied(rig, handed, "cd" * 16)
    office.replies.allow(office.replies.room().held)
    rig.desk.run()
    assert alarms(rig) == {"reply.server-filling"}


# --- Lines that break, servers that lie ---


@dataclass
class Source:
    """A server with some replies; `breaks` names calls that find no line."""

    contents: list[bytes]
    breaks: set[str] = field(default_factory=set)
    taken: set[int] = field(default_factory=set)
    gives: dict[int, bytes] = field(default_factory=dict)

    def replies(self, after: int, *, only_waiting: bool) -> ReplyPage:
        listed = [
            WaitingReply(
                number=n,
                public_id="ab" * 16,
                ordinal=n,
                reply=f"{n:032x}",
                sha256=sha256(data).hexdigest(),
                size=len(data),
                received_ms=n,
                is_taken=n in self.taken,
            )
            for n, data in enumerate(self.contents, 1)
            if n > after and not (only_waiting and n in self.taken)
        ]
        return ReplyPage(replies=tuple(listed[:2]), room=ReplyRoom(held=0, quota=1))

    def fetch_reply(self, number: int, sink: BinaryIO) -> None:
        if f"fetch {number}" in self.breaks:
            raise OfficeUnreachableError()
        sink.write(self.gives.get(number, self.contents[number - 1]))

    def replies_taken(self, held: Sequence[WaitingReply]) -> None:
        if "taken" in self.breaks:
            raise OfficeUnreachableError()
        self.taken |= {one.number for one in held}


def fetch(box: ReplyBox, source: Source, *, whole: bool = False) -> int:
    return box.fetch(source, whole=whole, at_ms=0)


def test_a_line_that_breaks_before_the_confirmation_confirms_the_next_time(rig):
    box, source = rig.desk.reply_box, Source([b"one", b"two", b"three"], breaks={"taken"})
    with pytest.raises(OfficeUnreachableError):
        fetch(box, source)
    assert source.taken == set()
    source.breaks.clear()
    assert fetch(box, source) == 1, "two were here already"
    assert source.taken == {1, 2, 3}


def test_a_reply_that_could_not_be_fetched_is_not_confirmed(rig):
    box, source = rig.desk.reply_box, Source([b"one", b"two"], breaks={"fetch 2"})
    with pytest.raises(OfficeUnreachableError):
        fetch(box, source)
    source.breaks.clear()
    assert fetch(box, source) == 1
    assert source.taken == {1, 2}


def test_a_reply_given_in_other_bytes_is_named_never_confirmed_and_asked_for_again(rig):
    box, source = rig.desk.reply_box, Source([b"one", b"two"], gives={1: b"something else"})
    assert fetch(box, source) == 2
    assert source.taken == {2}
    assert alarms(rig) == {"blob.hash"}
    source.gives.clear()
    fetch(box, source)
    assert source.taken == {2}, "not at every pass"
    fetch(box, source, whole=True)
    assert source.taken == {1, 2}
