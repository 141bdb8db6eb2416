"""Taking in: what waits, what is refused, what is kept as evidence, and what is acknowledged."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from inspector.console.records import InboxFilter, Records
from inspector.console.taking import RecordState
from inspector.domain.answer import PhotoId
from inspector.errors import BlobHashError, RequestUnknownError
from inspector.trust import dsse
from inspector.trust.strict_json import canonical, parse_object
from inspector.work.intake import Mark
from tests import make
from tests.console.desk_rig import DeskRig
from tests.console.sealed_records import inspected, seal, sealed, upload

PHOTO = b"\xff\xd8 the picture's bytes \xff\xd9"


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[DeskRig]:
    with DeskRig(tmp_path) as found:
        yield found


def states(rig: DeskRig) -> list[RecordState]:
    return [row.state for row in Records(rig.desk).inbox(InboxFilter())]


def test_a_genuine_record_is_taken_and_acknowledged(rig):
    tablet = rig.enrolled()
    rig.sends(tablet, [sealed(tablet).envelope])
    report = rig.desk.run()
    assert (report.taken, report.acknowledged) == (1, 1)
    assert states(rig) == [RecordState.NEW]
    assert rig.desk.alarms() == ()


def test_a_record_whose_picture_has_not_arrived_waits_and_holds_up_no_other_tablet(rig):
    slow, quick = rig.enrolled(), rig.enrolled("样例平板二号")
    first, second = sealed(slow, 1, PHOTO), sealed(slow, 2)
    rig.sends(slow, [first.envelope, second.envelope])
    rig.sends(quick, [sealed(quick, 3).envelope])
    assert rig.desk.run().taken == 1
    assert [row.device for row in Records(rig.desk).inbox(InboxFilter())] == [quick.id]
    upload(rig, slow, first)
    assert rig.desk.run().taken == 2
    assert states(rig) == [RecordState.NEW] * 3


def test_a_picture_that_holds_something_else_makes_the_record_not_genuine_and_unacknowledged(rig):
    tablet = rig.enrolled()
    done = inspected(tablet)
    id = PhotoId(sha256(PHOTO).hexdigest())
    done = done.photographed(make.photo(id, size=len(PHOTO)))
    entry = seal(tablet, done, {id: b"something else"})
    rig.sends(tablet, [entry.envelope])
    upload(rig, tablet, entry)
    report = rig.desk.run()
    assert (report.taken, report.acknowledged) == (1, 0)
    assert states(rig) == [RecordState.NOT_GENUINE]
    assert [alarm.code for alarm in rig.desk.alarms()] == ["entry.photos"]
    bad = [line.words for line in Records(rig.desk).open(entry.sha256).proof if line.mark is Mark.BAD]
    assert len(bad) == 1
    assert "照片与记录中的摘要不符" in bad[0]


class LyingSource:
    """Gives other bytes than those asked for."""

    def fetch_blob(self, blob, sink, *, offset=0) -> None:
        sink.write(bytes(blob.size))


class EmptySource:
    """Has nothing."""

    def fetch_blob(self, blob, sink, *, offset=0) -> None:
        raise RequestUnknownError(what="密封文件")


def test_a_server_that_hands_out_a_forged_file_is_alarmed_and_nothing_is_taken(rig):
    tablet = rig.enrolled()
    rig.sends(tablet, [sealed(tablet, 1, PHOTO).envelope])
    rig.desk.run()
    assert rig.desk.taking().take(EmptySource()) == 0
    assert rig.desk.alarms() == ()
    assert rig.desk.taking().take(LyingSource()) == 0
    assert [alarm.code for alarm in rig.desk.alarms()] == [BlobHashError.code]
    assert states(rig) == []


def test_a_forged_leaf_is_alarmed_and_does_not_break_the_chain_of_the_tablet(rig):
    tablet = rig.enrolled()
    first, second = sealed(tablet, 1), sealed(tablet, 2)
    rig.sends(tablet, [first.envelope])
    rig.desk.run()
    signed = dsse.peek(first.envelope)
    claim = parse_object(signed.payload) | {"seq": 2, "prev": first.sha256}
    forged = dsse.sign(canonical(claim), signed.payload_type, [rig.made.root.signing["root"]])
    copy = rig.desk.copy
    copy.append(copy.tree().size, [forged])
    assert rig.desk.taking().take(EmptySource()) == 1
    assert [alarm.entry for alarm in rig.desk.alarms()] == [sha256(forged).hexdigest()]
    copy.append(copy.tree().size, [second.envelope])
    rig.desk.taking().take(EmptySource())
    assert states(rig) == [RecordState.NEW, RecordState.NEW]


def test_a_gap_in_a_tablets_order_is_shown_and_not_acknowledged(rig):
    tablet = rig.enrolled()
    first, _, third = (sealed(tablet, n) for n in (1, 2, 3))
    rig.sends(tablet, [first.envelope])
    rig.desk.run()
    copy = rig.desk.copy
    copy.append(copy.tree().size, [third.envelope])
    rig.desk.taking().take(EmptySource())
    assert states(rig) == [RecordState.NOT_GENUINE, RecordState.NEW]
    assert [alarm.code for alarm in rig.desk.alarms()] == ["entry.order"]
    assert "缺少第 2 号" in rig.desk.alarms()[0].message
    row = rig.desk.database.row("SELECT acknowledged FROM entries WHERE sha256 = ?", third.sha256)
    assert row["acknowledged"] == 0
