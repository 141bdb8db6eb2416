"""A pack on the tablet outlives full disks, cuts and damage; a draft keeps the one it began with."""

import pytest

from inspector.catalog.layers import catalogue_of
from inspector.domain.answer import ItemKey, Verdict
from inspector.domain.inspection import Amends
from inspector.errors import StoreFullError
from inspector.store.files import REAL_FILES
from inspector.store.packs import PackBox
from inspector.tablet.amending import answer_task
from inspector.tablet.office import Task
from inspector.trust.keyring import Keyring
from inspector.trust.ledger import GENESIS
from inspector.work.intake import Examiner
from inspector.work.packs import PART_BYTES
from tests.simulator import NOW_MS
from tests.tablet.packing import alarms, current, exchange, packing, restarted, send, take

# --- What survives ---


class Failing:
    """A file layer on which every write from the nth on fails."""

    def __init__(self, after):
        self.left = after

    def __getattr__(self, name):
        return getattr(REAL_FILES, name)

    def create(self, path):
        self.left -= 1
        if self.left < 0:
            raise StoreFullError()
        return REAL_FILES.create(path)


@packing
async def test_a_full_disk_at_any_write_leaves_the_old_pack_until_there_is_room(rig, publisher):
    box = rig.bench.shelf._box
    for version, room in enumerate(range(5), 1):
        parts = publisher.pack(30 - version, f"2026.{version}", filler=2 * PART_BYTES)
        send(rig, *parts)
        rig.bench.shelf._box = PackBox(box._folder, box._key, files=Failing(room))
        report = exchange(rig)
        is_full = isinstance(report.stopped, StoreFullError)
        assert is_full == (room < len(parts) + 1), "each part, and the whole"
        assert current(rig) == (31 - version if is_full else 30 - version)
        rig.bench.shelf._box = box
        exchange(rig)
        assert current(rig) == 30 - version
        assert alarms(rig) == set()


class KilledError(Exception):
    """The program ends here."""


class Killing:
    """A lock at which the program is killed: between storing the pack and making it the current one."""

    def __enter__(self):
        raise KilledError

    def __exit__(self, *_):
        return None


@packing
async def test_a_cut_between_storing_and_switching_leaves_the_old_one_until_it_comes_again(rig, publisher):
    parts = publisher.pack(20)
    with pytest.raises(KilledError):
        rig.bench.shelf.take(parts[0], Killing())
    assert rig.bench.shelf._box.names() != ()
    await restarted(rig)
    assert current(rig) == 30
    take(rig, *parts)
    assert current(rig) == 20


@packing
async def test_a_damaged_pack_falls_back_to_the_programs_own_and_says_so(rig, publisher):
    send(rig, *publisher.pack(20))
    exchange(rig)
    (path,) = (rig.store / "packs").iterdir()
    path.write_bytes(path.read_bytes()[:-1])
    await restarted(rig)
    assert current(rig) == 30
    assert rig.bench.shelf.in_use().version == ""
    assert "pack.missing" in alarms(rig)


# --- A draft keeps what it began with ---


@packing
async def test_a_draft_keeps_the_checklists_and_laws_that_it_began_with(rig, publisher):
    draft = rig.draft()
    assert days_of_draft(rig, draft) == 30
    take(rig, *publisher.pack(20, filler=300))
    assert days_of_draft(rig, draft) == 30
    assert rig.bench.inspections.reference(draft).laws.get("n0") is None
    later = rig.draft()
    assert days_of_draft(rig, later) == 20
    assert rig.bench.inspections.reference(later).laws.get("n0") is not None
    take(rig, *publisher.pack(10, "2026.2"))
    await restarted(rig)
    assert [days_of_draft(rig, rig.bench.inspections.open(one.id)) for one in (draft, later)] == [30, 20]
    assert days_of_draft(rig, rig.draft()) == 10
    found = rig.bench.inspections.judge(
        rig.bench.inspections.open(draft.id), ItemKey("sample/exit-unlocked"), Verdict.FAIL
    )
    assert found.findings


def days_of_draft(rig, draft):
    return rig.bench.inspections.reference(draft).checklists[0].item("door-width").remedy.days


@packing
async def test_a_draft_outlives_the_program_that_brought_its_checklists(rig, publisher):
    draft = rig.draft()
    rig.catalogue = catalogue_of(publisher.content(5), name="下一版程序")
    await restarted(rig)
    assert current(rig) == 5
    assert days_of_draft(rig, rig.bench.inspections.open(draft.id)) == 30
    assert rig.bench.lists.row(draft.id).total > 0


@packing
async def test_a_correction_is_held_against_what_the_returned_record_began_with(rig, publisher):
    draft = rig.draft()
    take(rig, *publisher.pack(20))
    task = Task(record=draft.id, sha256="0" * 64, note="补拍", items=(), by="样例审核员", at_ms=NOW_MS)
    begun = answer_task(rig.bench, task, at_ms=rig.clock.now())
    assert begun.amends == Amends(record=draft.id, sha256="0" * 64)
    assert days_of_draft(rig, begun) == 30
    await restarted(rig)
    assert days_of_draft(rig, rig.bench.inspections.open(begun.id)) == 30


@packing
async def test_packs_that_nothing_needs_go_and_those_in_use_stay(rig, publisher):
    draft = rig.draft()
    take(rig, *publisher.pack(20))
    take(rig, *publisher.pack(15, "2026.2"))
    take(rig, *publisher.pack(10, "2026.3"))
    names = rig.bench.shelf._box.names()
    assert len(names) == 2, "the program's own, for the draft, and the newest"
    assert days_of_draft(rig, draft) == 30


@packing
async def test_the_opening_of_an_inspection_names_its_pack(rig, publisher):
    take(rig, *publisher.pack(20))
    rig.draft()
    name = publisher.signed(publisher.content(20))[0].manifest.content
    entry = rig.bench.memory.entries()[-1]
    keyring = Keyring.from_envelopes(rig.cast.statement, [rig.cast.certificate_envelope], [])
    examiner = Examiner(
        keyring=keyring,
        identities=(rig.cast.office_identity,),
        root_at=lambda _size: None,
        blob=lambda _name: None,
    )
    envelope = rig.bench.memory.envelope(entry.sha256)
    opened = examiner.open_entry(envelope, head=GENESIS, index=0, arrived_ms=NOW_MS)
    assert (opened.content.pack.version, opened.content.pack.sha256) == ("2026.1", name)
