"""Replies at the server: held until the console has them and a while longer; their receipts stay."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection

from inspector.errors import EntryDisagreesError, OfficeBusyError, SignatureInvalidError, SignerUnknownError
from inspector.server.archive import Archive
from inspector.server.cli import add_commands
from inspector.server.replies import KEPT_AFTER_TAKING_MS, HandedIn, Replies
from inspector.server.sweep import sweep
from inspector.sync import notice_messages as wire
from inspector.trust.checkpoints import LogVerifier
from inspector.trust.keys import SigningKey
from inspector.trust.strict_json import canonical
from inspector.work.reply_receipt import verify_reply_receipt
from tests.server.cast import Answer, Cast, sealed
from tests.server.test_notices import KEYS, PUBLIC_ID, REPLY_ID, register, send

FIRST, SECOND = sealed("one", 600), sealed("two", 700)
MB = 1024 * 1024


@pytest.fixture
def cast(tmp_path: Path) -> Iterator[Cast]:
    made = Cast(tmp_path / "office")
    register(made)
    assert send(made, FIRST).status == 200
    assert send(made, SECOND, reply="cd" * 16).status == 200
    yield made
    made.close()


def listed(cast: Cast, *, waiting: bool = False) -> wire.ReplyPage:
    answer = cast.console.ask("GET", wire.replies_path(0, 100, waiting=waiting))
    return wire.ReplyPage.from_payload(answer.json)


def take(cast: Cast, *replies: wire.WaitingReply) -> Answer:
    return cast.console.ask("POST", wire.REPLIES_TAKEN, canonical(wire.taken_payload(replies)))


def contents(cast: Cast) -> int:
    """Sealed files on the disk."""
    return len([path for path in cast.folder.rglob("*") if "replies" in path.parts and path.is_file()])


def test_a_reply_is_dropped_ninety_days_after_the_console_has_taken_it_and_its_receipt_stays(cast):
    first = listed(cast).replies[0]
    receipt = send(cast, FIRST).json
    assert take(cast, first).status == 200
    assert [one.number for one in listed(cast, waiting=True).replies] == [2]
    cast.clock.now_ms += KEPT_AFTER_TAKING_MS - 1
    sweep(cast.server.office, cast.clock.now_ms)
    assert cast.console.ask("GET", wire.reply_path(1)).body == FIRST
    cast.clock.now_ms += 1
    sweep(cast.server.office, cast.clock.now_ms)
    assert contents(cast) == 1
    assert cast.console.ask("GET", wire.reply_path(1)).code == "request.unknown"
    assert [(one.is_taken, one.is_held) for one in listed(cast).replies] == [(True, False), (False, True)]
    assert send(cast, FIRST).json == receipt
    assert contents(cast) == 1
    assert send(cast, sealed("other")).code == "reply.changed"


def test_what_the_console_has_not_taken_is_never_dropped(cast):
    cast.clock.now_ms += 100 * KEPT_AFTER_TAKING_MS
    sweep(cast.server.office, cast.clock.now_ms)
    assert contents(cast) == 2
    assert len(listed(cast, waiting=True).replies) == 2


def test_only_the_console_takes_and_only_what_it_names_by_its_hash(cast):
    first, second = listed(cast).replies
    body = canonical(wire.taken_payload([first]))
    assert cast.server.send("POST", wire.REPLIES_TAKEN, body).code == "request.statement"
    assert cast.tablet.ask("POST", wire.REPLIES_TAKEN, body).code == "request.forbidden"
    wrong = canonical({"replies": [{"number": first.number, "sha256": second.sha256}]})
    assert cast.console.ask("POST", wire.REPLIES_TAKEN, wrong).status == 200
    nonsense = canonical({"replies": [{"number": 0, "sha256": "x"}]})
    assert cast.console.ask("POST", wire.REPLIES_TAKEN, nonsense).code == "message.malformed"
    assert len(listed(cast, waiting=True).replies) == 2


def test_the_keeping_time_runs_from_the_first_word(cast):
    (first, _) = listed(cast).replies
    take(cast, first)
    cast.clock.now_ms += KEPT_AFTER_TAKING_MS
    take(cast, first)
    sweep(cast.server.office, cast.clock.now_ms)
    assert contents(cast) == 1


def command(cast: Cast, capsys: pytest.CaptureFixture[str], *options: str) -> str:
    parser = argparse.ArgumentParser()
    add_commands(parser, clock=cast.clock)
    args = parser.parse_args(["replies", "--data", str(cast.folder), *options])
    assert args.run(args) == 0
    return capsys.readouterr().out


def test_a_full_server_takes_replies_again_once_an_administrator_has_made_room(cast, capsys):
    cast.server.office.replies.allow(len(FIRST) + len(SECOND))
    assert send(cast, sealed("three"), reply="ef" * 16).code == "reply.server-full"
    assert "已用 100%" in command(cast, capsys)
    assert "已清除 0 份" in command(cast, capsys, "--drop-taken")
    assert contents(cast) == 2, "nobody has taken them"
    take(cast, *listed(cast).replies)
    said = command(cast, capsys, "--drop-taken")
    assert "已清除 2 份" in said
    assert "内容已清除、编号和回执还在：2 份" in said
    assert contents(cast) == 0
    assert send(cast, sealed("three"), reply="ef" * 16).status == 200


def test_the_quota_is_kept_and_counts_at_once(cast, capsys):
    said = command(cast, capsys)
    assert "审核台还没取走：2 份" in said
    assert "限额 4096 MB，已用 0%" in said
    assert "限额 1 MB" in command(cast, capsys, "--quota-mb", "1")
    assert send(cast, sealed("three", MB), reply="ef" * 16).code == "reply.server-full"
    assert listed(cast).room == wire.ReplyRoom(held=len(FIRST) + len(SECOND), quota=MB)
    cast.restart()
    assert listed(cast).room.quota == MB


@pytest.mark.parametrize("wrong", ["0", "-1", "一", "1000001", "1.5"])
def test_a_quota_that_is_none_is_refused(cast, capsys, wrong):
    parser = argparse.ArgumentParser()
    add_commands(parser, clock=cast.clock)
    with pytest.raises(SystemExit):
        parser.parse_args(["replies", "--data", str(cast.folder), f"--quota-mb={wrong}"])
    assert "整数" in capsys.readouterr().err


# --- A line that breaks while a reply is written ---


class BreakingArchive:
    """An archive that is lost at the end of the next writing transaction: before its commit, or after it."""

    def __init__(self, inner: Archive, *, is_kept: bool, comes_back: bool = True) -> None:
        self._inner, self._is_kept, self._comes_back = inner, is_kept, comes_back
        self.tenant, self.read, self._is_lost = inner.tenant, inner.read, False

    @contextmanager
    def write(self) -> Iterator[Connection]:
        if self._is_lost:
            if not self._comes_back:
                raise OfficeBusyError(retry_after_s=1)
            with self._inner.write() as connection:
                yield connection
            return
        self._is_lost = True
        with self._inner.write() as connection:
            yield connection
            if not self._is_kept:
                raise OfficeBusyError(retry_after_s=1)
        raise OfficeBusyError(retry_after_s=1)


@pytest.mark.parametrize(
    ("is_kept", "comes_back", "files"),
    [(True, True, 3), (False, True, 2), (True, False, 3), (False, False, 3)],
    ids=["kept", "not kept", "kept and not to be asked", "not kept and not to be asked"],
)
def test_a_reply_whose_row_is_kept_keeps_its_content_when_the_line_breaks(cast, is_kept, comes_back, files):
    office, third = cast.server.office, sealed("three", 800)
    archive = BreakingArchive(office.archive, is_kept=is_kept, comes_back=comes_back)
    breaking = Replies(archive, office.blobs, office.registrations, quota_bytes=MB)
    handed = HandedIn(name=PUBLIC_ID, reply="ef" * 16, proof=KEYS.proof, content=third)
    with pytest.raises(OfficeBusyError):
        breaking.take(handed, cast.clock.now_ms)
    assert contents(cast) == files, "what cannot be asked about stays"
    again = office.replies.take(handed, cast.clock.now_ms)
    assert again.is_held
    assert office.replies.content(again.number) == third


# --- Receipts ---


def test_a_receipt_is_signed_by_the_key_that_the_offices_root_names_for_the_log(cast):
    answer = send(cast, FIRST).json
    log = cast.server.office.log.verifier
    receipt = verify_reply_receipt(answer["signed"].encode(), log)
    assert receipt.to_payload() == {name: answer[name] for name in answer if name != "signed"}
    assert (receipt.reply, receipt.size, receipt.ordinal) == (REPLY_ID, len(FIRST), 1)
    assert receipt.number.endswith("-1")


def test_a_receipt_by_another_key_changed_or_of_another_log_is_refused(cast):
    signed = send(cast, FIRST).json["signed"]
    log = cast.server.office.log.verifier
    other = SigningKey(b"\x05" * 32).public
    with pytest.raises(SignerUnknownError):
        verify_reply_receipt(signed.encode(), LogVerifier(name=log.name, key=other))
    with pytest.raises(EntryDisagreesError):
        verify_reply_receipt(signed.encode(), LogVerifier(name="another/log", key=log.key))
    envelope = json.loads(signed)
    envelope["payload"] = ("A" if envelope["payload"][20] != "A" else "B").join(
        (envelope["payload"][:20], envelope["payload"][21:])
    )
    with pytest.raises(SignatureInvalidError):
        verify_reply_receipt(json.dumps(envelope).encode(), log)
