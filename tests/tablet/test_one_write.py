"""A chain entry and what the tablet knows of it: both are there, or neither, whatever the disk does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from inspector.domain.delivery import EntryKind
from inspector.domain.issuer import NoticeKind
from inspector.errors import NoticeIssuedError
from inspector.tablet.filling import TransferForm
from inspector.tablet.follow_ups import FILLED
from inspector.tablet.issuing import REPLACING
from inspector.tablet.numbers import PUT_BACK, TAKEN
from inspector.tablet.shelf import PACK, TOLD
from inspector.tablet.writing import Matter
from inspector.trust import age, dsse
from inspector.trust.strict_json import parse_object
from inspector.work.numbers import read_numbers
from tests.make import ADA
from tests.store.simulated import Died, Disk, Image, copied
from tests.tablet.stored import (
    OFFICE,
    Act,
    StoredTablet,
    cut_anywhere,
    refused_anywhere,
)

ORDER, TRANSFER = NoticeKind.RECTIFY_ORDER, NoticeKind.TRANSFER


def troubled(before: Image, act: Act) -> Iterator[StoredTablet]:
    """The tablet after every cut and every refusal."""
    yield from cut_anywhere(before, act)
    yield from refused_anywhere(before, act)


def issue(tablet: StoredTablet) -> None:
    tablet.paper.issue(tablet.inspection, ORDER)


@pytest.fixture(scope="module")
def sealed() -> Image:
    tablet = StoredTablet(Disk()).enrolled().given(ORDER)
    tablet.seal(tablet.complete())
    return tablet.disk.image()


@pytest.fixture(scope="module")
def with_an_order(sealed: Image) -> Image:
    tablet = StoredTablet(Disk(sealed))
    issue(tablet)
    tablet.follow_ups.begin_replacing(tablet.inspection, tablet.paper.issued()[0], "期限写错")
    return tablet.disk.image()


def known(tablet: StoredTablet) -> list[str]:
    """What goes to the office of documents, and what the tablet says that it issued: the same."""
    entries = tablet.entries(EntryKind.NOTICE)
    assert [row.entry for row in tablet.paper.issued()] == entries
    return entries


# --- Documents ---


def test_whatever_the_disk_does_while_an_order_is_issued_there_is_one_order(sealed):
    outcomes = set()
    for tablet in troubled(sealed, issue):
        before = len(known(tablet))
        outcomes.add(before)
        if before:
            with pytest.raises(NoticeIssuedError):
                issue(tablet)
        else:
            issue(tablet)
        (entry,) = known(tablet)
        again = StoredTablet(Disk(tablet.disk.image()))
        assert known(again) == [entry]
        (row,) = again.paper.issued()
        assert row.notice.number is not None
        assert again.paper.pdf(row).startswith(b"%PDF")
    assert outcomes == {0, 1}


def test_whatever_the_disk_does_an_order_is_replaced_once(with_an_order):
    outcomes = set()
    for tablet in troubled(with_an_order, issue):
        is_done = len(known(tablet)) == 2
        outcomes.add(is_done)
        assert (tablet.memory.rows(REPLACING) == {}) is is_done, (
            "what it is to replace is not forgotten before"
        )
        if is_done:
            with pytest.raises(NoticeIssuedError):
                issue(tablet)
        else:
            issue(tablet)
        known(tablet)
        first, second = tablet.paper.issued()
        assert second.notice.replaces == first.notice.number != second.notice.number
    assert outcomes == {False, True}


def test_what_was_filled_in_goes_to_the_document_with_its_entry(sealed):
    tablet = StoredTablet(Disk(sealed)).given(TRANSFER)
    form = TransferForm(receiver="样例公安局", subject="样例事项", facts="样例事实", basis="样例依据")
    matter = Matter(kind=TRANSFER)
    tablet.follow_ups.keep(tablet.inspection, matter, form)
    key = matter.key(tablet.inspection)

    def transfer(tablet: StoredTablet) -> None:
        tablet.follow_ups.issue(tablet.inspection, matter)

    outcomes = set()
    for found in troubled(tablet.disk.image(), transfer):
        rows, filled = found.paper.issued(), found.memory.rows(FILLED)
        assert len(known(found)) == len(rows)
        assert set(filled) == ({row.id for row in rows} or {key})
        outcomes.add(len(rows))
    assert outcomes == {0, 1}


# --- Records ---


@pytest.fixture(scope="module")
def complete() -> Image:
    tablet = StoredTablet(Disk()).enrolled()
    tablet.complete()
    return tablet.disk.image()


def test_whatever_the_disk_does_while_a_record_is_sealed_it_goes_out_once_with_who_signed(complete):
    outcomes = set()
    draft = StoredTablet(Disk(complete)).inspection

    def seal(tablet: StoredTablet) -> None:
        tablet.seal(draft)

    for tablet in troubled(complete, seal):
        is_done = bool(tablet.entries(EntryKind.RECORD))
        outcomes.add(is_done)
        # The screen that was told of a failure has the draft still.
        assert tablet.seal(draft).is_sealed
        (entry,) = tablet.entries(EntryKind.RECORD)
        again = StoredTablet(Disk(tablet.disk.image()))
        assert again.entries(EntryKind.RECORD) == [entry]
        assert again.inspection.is_sealed
        assert again.paper.sealed(again.inspection).with_key == {ADA.id}
    assert outcomes == {False, True}


# --- What the tablet says of itself ---


def said_of_numbers(tablet: StoredTablet) -> list[object]:
    """Every word on numbers that goes to the office."""
    words = []
    for name in tablet.entries(EntryKind.NUMBERS):
        delivery = tablet.memory.delivery(name)
        inner = age.decrypt(delivery.body, [OFFICE.identity])
        words.append(read_numbers(parse_object(dsse.peek(inner).payload), delivery))
    return words


def test_whatever_the_disk_does_the_office_is_told_once_of_numbers_without_a_paper(sealed):
    tablet = StoredTablet(Disk(sealed))
    tablet.paper.numbers.take(ORDER.value, entry="no paper came of it")

    def tell(tablet: StoredTablet) -> None:
        tablet.paper.numbers.tell_the_office(tablet.crew.seal)

    for found in troubled(tablet.disk.image(), tell):
        tell(found)
        assert [one.no_paper for word in said_of_numbers(found) for one in word.blocks] == [(1,)]
        assert found.memory.rows(TAKEN) == {}


def test_wherever_the_power_goes_while_a_copy_is_noticed_it_is_told_here_and_to_the_office(sealed):
    counted = Disk(copied(sealed))
    StoredTablet(counted)
    cuts = 0
    for call in range(1, counted.calls + 1):
        disk = Disk(copied(sealed), die_at=call)
        with pytest.raises(Died):
            StoredTablet(disk)
        for image in disk.images(6):
            tablet = StoredTablet(Disk(image))
            assert [alarm.code for alarm in tablet.memory.alarms()] == ["device.store-put-back"]
            assert tablet.memory.fact(PUT_BACK) == {"entry": ""}
            cuts += 1
    assert cuts > 10


def test_whatever_the_disk_does_the_office_is_told_once_of_a_pack(sealed):
    tablet = StoredTablet(Disk(sealed))
    pack = {"version": "2026.1", "sha256": "c" * 64}
    tablet.memory.put_fact(PACK, pack)

    def tell(tablet: StoredTablet) -> None:
        tablet.shelf.tell_the_office()

    for found in troubled(tablet.disk.image(), tell):
        tell(found)
        assert len(found.entries(EntryKind.ADOPT)) == 1
        assert found.memory.fact(TOLD) == pack
