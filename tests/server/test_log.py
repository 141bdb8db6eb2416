"""The log: its proofs hold at every size, two servers never tear it, an old backup is refilled to it."""

import shutil
import threading
from collections.abc import Iterator
from itertools import combinations_with_replacement
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine

from inspector.server import tree
from inspector.server.schema import metadata
from inspector.sync import protocol
from inspector.trust.ledger import (
    LogVerifier,
    Receipt,
    Tree,
    leaf_hash,
    verify_checkpoint,
    verify_consistency,
    verify_inclusion,
    verify_receipt,
)
from tests.server.cast import Asker, Cast, Console, Tablet, b64, key, name, sealed


@pytest.fixture
def cast(tmp_path: Path) -> Iterator[Cast]:
    made = Cast(tmp_path / "office")
    yield made
    made.close()


def checkpoint(cast: Cast):
    note = cast.server.send("GET", protocol.LOG_CHECKPOINT).body
    verifier = LogVerifier.from_text(cast.log)
    return verify_checkpoint(note, verifier.name, verifier.key, origin=verifier.name)


def refill(console: Console, start: int, leaves: list[bytes], **more: bool):
    return console.post(
        protocol.LOG_REFILL, {"start": start, "entries": [b64(leaf) for leaf in leaves]} | more
    )


@given(batches=st.lists(st.integers(1, 9), min_size=1, max_size=8))
@settings(max_examples=40)
def test_stored_subtrees_prove_what_the_whole_tree_proves(batches: list[int]):
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        metadata.create_all(connection)
        whole, size = Tree(), 0
        for batch in batches:
            leaves = [f"leaf {size + number}".encode() for number in range(batch)]
            tree.append(connection, "t", size, leaves)
            for leaf in leaves:
                whole.append(leaf_hash(leaf))
            size += batch
        for at in range(size + 1):
            assert tree.root(connection, "t", at) == whole.root_at(at)
        for position in range(size):
            proof = tree.hashes(connection, "t", tree.inclusion_spans(position, size))
            assert tuple(proof) == whole.inclusion_proof(position, size)
            verify_inclusion(whole.leaf(position), position, size, proof, whole.root_at(size))
        for first in range(1, size):
            proof = tree.hashes(connection, "t", tree.consistency_spans(first, size))
            assert tuple(proof) == whole.consistency_proof(first, size)
    engine.dispose()


def test_checkpoints_of_all_sizes_continue_each_other(cast: Cast):
    seen = [checkpoint(cast)]
    for _ in range(6):
        cast.tablet.statuses(cast.tablet.next())
        seen.append(checkpoint(cast))
    assert [one.size - seen[0].size for one in seen] == list(range(7))
    for older, newer in combinations_with_replacement(seen, 2):
        path = protocol.consistency_path(older.size, newer.size)
        proof = [bytes.fromhex(node) for node in cast.server.send("GET", path).json["proof"]]
        verify_consistency(older.size, older.root, newer.size, newer.root, proof)


@pytest.mark.parametrize(("first", "second"), [(2, 1), (0, 99), (98, 99)])
def test_there_is_no_proof_for_a_log_that_never_was(cast: Cast, first: int, second: int):
    answer = cast.server.send("GET", protocol.consistency_path(first, second))
    assert (answer.status, answer.code) == (404, "request.unknown")


def test_receipts_of_one_answer_stand_under_one_checkpoint(cast: Cast):
    envelopes = [cast.tablet.next() for _ in range(7)]
    cast.tablet.statuses(*envelopes)
    given_receipts = cast.tablet.receipts(*envelopes)
    notes = set()
    for envelope in envelopes:
        receipt = Receipt.from_bytes(given_receipts[name(envelope)])
        verify_receipt(receipt, envelope, LogVerifier.from_text(cast.log))
        notes.add(receipt.checkpoint)
    assert len(notes) == 1


def test_a_receipt_is_given_for_nothing_that_is_not_in_the_log(cast: Cast):
    assert cast.tablet.receipts(cast.tablet.next()) == {}


def test_the_console_mirrors_the_log_page_by_page(cast: Cast):
    for _ in range(8):
        cast.tablet.statuses(*(cast.tablet.next(body=sealed("x", 190_000)) for _ in range(3)))
    page = cast.console.ask("GET", protocol.log_entries_path(0, 200))
    assert len(page.body) <= protocol.MAX_ANSWER_BYTES
    assert 0 < len(page.json["entries"]) < 25 == page.json["size"]
    whole = Tree(leaf_hash(leaf) for leaf in cast.console.leaves())
    assert (whole.size, whole.root_at(whole.size)) == (checkpoint(cast).size, checkpoint(cast).root)


def test_two_servers_over_one_archive_append_without_a_gap(cast: Cast):
    second = cast.start()
    tablets = [cast.tablet, cast.another(), cast.another(), cast.another()]
    chains = [[tablet.next() for _ in range(12)] for tablet in tablets]
    offices = [cast.server.office, second.office]
    failures: list[BaseException] = []

    def push(tablet: Tablet, chain: list[bytes], office) -> None:
        try:
            for start in range(0, 12, 3):
                outcomes = office.entries.receive(tablet.id, chain[start : start + 3], (), 1)
                assert [outcome.status for outcome in outcomes] == ["accepted"] * 3
        except BaseException as error:
            failures.append(error)
            raise

    threads = [
        threading.Thread(target=push, args=(tablet, chain, offices[number % 2]))
        for number, (tablet, chain) in enumerate(zip(tablets, chains, strict=True))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    leaves = cast.console.leaves()
    assert len(leaves) == 4 + 48
    whole = Tree(leaf_hash(leaf) for leaf in leaves)
    assert whole.root_at(52) == checkpoint(cast).root
    for chain in chains:
        assert [leaf for leaf in leaves if leaf in chain] == chain
    second.close()


class Restored:
    """An office whose server was put back from an old copy, while console and tablet remember more."""

    def __init__(self, folder: Path) -> None:
        self.cast = Cast(folder / "office")
        self.photo = sealed("photo", 400)
        self.envelopes = [self.cast.tablet.next(text="before")]
        self.cast.tablet.statuses(*self.envelopes)
        self.cast.server.close()
        shutil.copytree(folder / "office", folder / "backup")
        self._go_on()
        self.envelopes += [self.cast.tablet.next(self.photo), self.cast.tablet.next(text="after")]
        self.cast.tablet.statuses(*self.envelopes)
        self.cast.tablet.put(self.photo)
        self.newcomer = self.cast.another()
        self.theirs = self.newcomer.next()
        self.newcomer.statuses(self.theirs)
        self.mirror = self.cast.console.leaves()
        self.note = self.cast.server.send("GET", protocol.LOG_CHECKPOINT).body
        self.root = checkpoint(self.cast).root
        self.cast.server.close()
        shutil.rmtree(folder / "office")
        shutil.copytree(folder / "backup", folder / "office")
        self._go_on()

    def _go_on(self) -> None:
        self.cast.server = self.cast.start()
        self.cast.console.server = self.cast.tablet.server = self.cast.server


@pytest.fixture
def restored(tmp_path: Path) -> Iterator[Restored]:
    made = Restored(tmp_path)
    yield made
    made.cast.close()


def test_an_old_backup_is_refilled_to_the_same_root(restored: Restored):
    cast = restored.cast
    size = checkpoint(cast).size
    assert size == 2
    assert refill(cast.console, size, restored.mirror[size:4]).json == {"size": 4}
    assert refill(cast.console, 4, restored.mirror[4:]).json == {"size": 6}
    assert checkpoint(cast).root == restored.root
    assert cast.console.put(restored.photo).status == 201
    assert list(cast.tablet.receipts(*restored.envelopes)) == [name(each) for each in restored.envelopes]
    assert cast.tablet.statuses(cast.tablet.next()) == ["accepted"]
    restored.newcomer.server = cast.server
    assert restored.newcomer.statuses(restored.theirs, restored.newcomer.next()) == ["duplicate", "accepted"]


def test_a_server_that_was_shown_what_it_had_signed_waits_for_it(restored: Restored):
    cast = restored.cast
    for _ in range(2):
        assert cast.server.send("POST", protocol.LOG_CHECKPOINT, restored.note).status == 200
    for asker in (cast.tablet, cast.console):
        answer = asker.post(protocol.ENTRIES, {"entries": [b64(restored.envelopes[1])]})
        assert (answer.status, answer.code, answer.headers["retry-after"]) == (503, "log.behind", "60")
    cast.restart()
    assert cast.tablet.post(protocol.ENTRIES, {"entries": []}).code == "log.behind"
    refill(cast.console, 2, restored.mirror[2:])
    assert checkpoint(cast).root == restored.root
    assert cast.tablet.statuses(cast.tablet.next()) == ["accepted"]


def test_another_log_cannot_be_put_in_the_place_of_the_one_that_was_lost(restored: Restored):
    cast = restored.cast
    cast.server.send("POST", protocol.LOG_CHECKPOINT, restored.note)
    swapped = [*restored.mirror[4:], *restored.mirror[2:4]]
    before = cast.server.rows()
    answer = refill(cast.console, 2, swapped)
    assert (answer.status, answer.code) == (409, "log.conflict")
    assert cast.server.rows() == before


def test_what_nobody_has_any_more_is_given_up_by_word_of_the_console_alone(restored: Restored):
    cast = restored.cast
    cast.server.send("POST", protocol.LOG_CHECKPOINT, restored.note)
    assert refill(cast.console, 2, restored.mirror[2:3], last=True).json == {"size": 3}
    assert cast.tablet.statuses(*restored.envelopes[2:]) == ["accepted"]
    cast.server.send("POST", protocol.LOG_CHECKPOINT, restored.note)
    assert cast.tablet.statuses(cast.tablet.next()) == ["accepted"]


def test_a_refill_that_does_not_continue_the_log_changes_nothing(restored: Restored):
    cast = restored.cast
    before = cast.server.rows()
    for start, leaves in ((1, restored.mirror[1:]), (3, restored.mirror[3:]), (2, restored.mirror[1:])):
        answer = refill(cast.console, start, leaves)
        assert (answer.status, answer.code) == (409, "log.conflict")
    forged = restored.mirror[2].replace(b'"sig":"', b'"sig":"AAAA', 1)
    assert refill(cast.console, 2, [restored.mirror[2], forged]).status == 401
    assert cast.server.rows() == before
    assert cast.server.codes() == ["log.conflict", "log.conflict", "log.conflict", "signature.invalid"]


def test_only_a_checkpoint_of_our_own_makes_the_server_wait(cast: Cast, tmp_path: Path):
    other = Cast(tmp_path / "other")
    for number in range(5):
        other.tablet.statuses(other.tablet.next(text=str(number)))
    note = other.server.send("GET", protocol.LOG_CHECKPOINT).body
    other.close()
    for false in (note, b"", b"yangli/log\n99\nAAAA\n\n", note.replace(b"\n6\n", b"\n7\n")):
        answer = cast.server.send("POST", protocol.LOG_CHECKPOINT, false)
        assert (answer.status, answer.code) == (422, "log.checkpoint-invalid")
    own = cast.server.send("GET", protocol.LOG_CHECKPOINT).body
    cast.server.send("POST", protocol.LOG_CHECKPOINT, own)
    assert cast.tablet.statuses(cast.tablet.next()) == ["accepted"]


def test_a_fresh_server_is_refilled_from_nothing_with_the_certificates_of_their_time(tmp_path: Path):
    cast = Cast(tmp_path / "office")
    cast.tablet.statuses(cast.tablet.next())
    old = cast.keys.issuing
    cast.keys.issuing = key("second issuing")
    cast.server.office.adopt(cast.keys.statement(cast.log, version=2))
    newcomer = cast.another()
    newcomer.statuses(newcomer.next())
    mirror, root = cast.console.leaves(), checkpoint(cast).root
    cast.server.close()
    for lost in (tmp_path / "office").glob("archive.db*"):
        lost.unlink()
    cast.server = cast.start()
    cast.console.server = cast.server
    second, cast.keys.issuing = cast.keys.issuing, old
    cast.server.office.adopt(cast.keys.statement(cast.log))
    cast.keys.issuing = second
    cast.server.office.adopt(cast.keys.statement(cast.log, version=2))
    assert refill(cast.console, 0, mirror).json == {"size": 4}
    assert checkpoint(cast).root == root
    assert [result["problem"]["code"] for result in cast.console.entries(
        Tablet(cast.server, 9).certificate(type(cast.keys)(issuing=old)))] == ["signer.unknown"]  # fmt: skip
    cast.close()


def test_a_gap_that_was_declared_once_is_refilled_without_a_declaration(cast: Cast, tmp_path: Path):
    first, _lost, third, fourth = (cast.tablet.next() for _ in range(4))
    cast.tablet.statuses(first)
    cast.tablet.statuses(third, fourth, gaps=((2, name(_lost)),))
    mirror = cast.console.leaves()
    cast.server.close()
    for lost in (tmp_path / "office").glob("archive.db*"):
        lost.unlink()
    cast.server = cast.start()
    cast.console.server = cast.tablet.server = cast.server
    cast.server.office.adopt(cast.keys.statement(cast.log))
    assert refill(cast.console, 0, mirror).status == 200
    cast.tablet.seq, cast.tablet.prev = 1, name(first)
    assert cast.tablet.statuses(cast.tablet.sign(cast.tablet.delivery(text="another"))) == ["fork"]
    assert cast.tablet.statuses(_lost) == ["accepted"]


def test_a_tablet_cannot_refill(cast: Cast):
    assert (
        Asker(cast.server, cast.tablet.key).post(protocol.LOG_REFILL, {"start": 0, "entries": []}).status
        == 403
    )
