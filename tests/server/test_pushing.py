"""Tablets that push in any order, twice, half, over restarts: each entry is in the log once, in its place."""

import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from inspector.sync import protocol
from inspector.trust.ledger import LogVerifier, Tree, leaf_hash, verify_checkpoint
from tests.server.cast import Cast, Tablet, name, sealed


class Pushing(RuleBasedStateMachine):
    """Two tablets, one of which may fork; the model knows what each chain may hold."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.cast = Cast(self.folder / "office")
        self.tablets: list[Tablet] = [self.cast.tablet, self.cast.another()]
        self.made: list[list[bytes]] = [[], []]
        self.taken = [0, 0]
        self.photos: list[bytes] = []
        self.brought: set[str] = set()
        self.names: dict[str, str] = {}

    def teardown(self) -> None:
        self.every_entry_is_in_the_log_once_and_in_order()
        self.receipts_are_given_for_whole_entries_and_no_others()
        self.cast.close()
        shutil.rmtree(self.folder)

    @rule(who=st.integers(0, 1), with_photo=st.booleans())
    def make(self, who: int, with_photo: bool) -> None:
        photo = sealed(f"photo {len(self.photos)}")
        self.made[who].append(self.tablets[who].next(*([photo] if with_photo else [])))
        if with_photo:
            self.photos.append(photo)
            self.names[name(self.made[who][-1])] = name(photo)

    @rule(who=st.integers(0, 1), data=st.data())
    def push(self, who: int, data: st.DataObject) -> None:
        places = data.draw(st.lists(st.integers(0, max(0, len(self.made[who]) - 1)), max_size=6))
        chosen = [self.made[who][at] for at in places if self.made[who]]
        results = {result["sha256"]: result for result in self.tablets[who].entries(*chosen)}
        before, reached = self.taken[who], self.taken[who]
        for at in sorted({at for at in places if self.made[who]}):
            reached += at == reached
        self.taken[who] = reached
        for at in {at for at in places if self.made[who]}:
            status = results[name(self.made[who][at])]["status"]
            if at >= reached:
                assert status == "rejected"
            else:
                assert status in {"accepted", "awaiting-blobs", "duplicate"}
                assert at >= before or status == "duplicate"

    @rule(who=st.integers(0, 1), data=st.data())
    def bring(self, who: int, data: st.DataObject) -> None:
        if self.photos:
            photo = data.draw(st.sampled_from(self.photos))
            answer = self.tablets[who].put(photo)
            if answer.status in (200, 201):
                self.brought.add(name(photo))
            else:
                assert answer.code == "blob.undeclared"

    @rule(who=st.integers(0, 1))
    def fork(self, who: int) -> None:
        if self.taken[who]:
            at = self.taken[who]
            prev = name(self.made[who][at - 2]) if at > 1 else "0" * 64
            other = self.tablets[who].sign(self.tablets[who].delivery(seq=at, prev=prev, text="forked"))
            assert self.tablets[who].statuses(other) == ["fork"]

    @rule()
    def restart(self) -> None:
        self.cast.restart()
        for tablet in self.tablets:
            tablet.server = self.cast.server

    @rule()
    def every_entry_is_in_the_log_once_and_in_order(self) -> None:
        leaves = self.cast.console.leaves()
        for made, taken in zip(self.made, self.taken, strict=True):
            assert [leaf for leaf in leaves if leaf in set(made)] == made[:taken]
        assert len(leaves) == 2 + sum(self.taken)
        verifier = LogVerifier.from_text(self.cast.log)
        note = self.cast.server.send("GET", protocol.LOG_CHECKPOINT).body
        seen = verify_checkpoint(note, verifier.name, verifier.key)
        whole = Tree(leaf_hash(leaf) for leaf in leaves)
        assert (seen.size, seen.root) == (whole.size, whole.root_at(whole.size))

    @rule()
    def receipts_are_given_for_whole_entries_and_no_others(self) -> None:
        for tablet, made, taken in zip(self.tablets, self.made, self.taken, strict=True):
            whole = {
                name(entry)
                for entry in made[:taken]
                if name(entry) not in self.names or self.names[name(entry)] in self.brought
            }
            assert set(tablet.receipts(*made)) == whole


TestPushing = Pushing.TestCase
TestPushing.settings = settings(max_examples=20, stateful_step_count=16)
