"""A tablet's word on its numbers: read strictly, and only as its own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inspector.domain.delivery import EntryKind
from inspector.domain.numbering import LAST, MOST
from inspector.errors import EntryDisagreesError, RecordMalformedError
from inspector.work.numbers import read_numbered, read_numbers, read_word, tell_numbers
from tests.make import DAY_MS
from tests.office import SampleOffice

OFFICE = SampleOffice()
SERIES = {"issuer": "non-enforcement", "series": "hazard-notice", "year": 2026}
WORD = {"block": "a", **SERIES, "first": 3, "last": 10, "next": 5, "returned_from": None, "no_paper": [4]}


def test_a_word_is_read_as_it_was_said():
    word = read_word(WORD)
    assert (word.first, word.next, word.last, word.returned_from, word.no_paper) == (3, 5, 10, None, (4,))
    assert read_word({**WORD, "returned_from": 5}).returned_from == 5
    assert read_word({**WORD, "void": True}).is_void
    assert read_word({**WORD, "last": 2 + MOST}).last == 2 + MOST, "the longest that a console hands out"


@pytest.mark.parametrize(
    "changes",
    [
        {"first": 0},
        {"last": LAST + 1},
        {"last": 3 + MOST},
        {"first": 11},
        {"next": 2},
        {"next": 12},
        {"returned_from": 4},
        {"returned_from": 6},
        {"returned_from": 5, "void": True},
        {"no_paper": [5]},
        {"no_paper": [2]},
        {"no_paper": [True]},
        {"no_paper": ["4"]},
        {"issuer": "nobody"},
    ],
    ids=str,
)
def test_numbers_that_do_not_belong_together_are_refused(changes):
    with pytest.raises(RecordMalformedError):
        read_word({**WORD, **changes})


def test_there_is_no_number_nought_and_none_without_end():
    for serial in (1, LAST):
        assert read_numbered({**SERIES, "serial": serial}).serial == serial
    for serial in (0, LAST + 1):
        with pytest.raises(RecordMalformedError):
            read_numbered({**SERIES, "serial": serial})


def test_a_word_counts_only_under_the_envelope_that_it_was_said_in():
    id = "0198c0de-0000-7000-8000-0000000000aa"
    delivery = tell_numbers((), seal=OFFICE.seal, box=OFFICE.box, id=id, at_ms=DAY_MS).delivery
    said = {"v": 1, "kind": EntryKind.NUMBERS.value, "id": id, "tenant": delivery.tenant}
    payload = {**said, "device": delivery.device, "blocks": [WORD], "at_ms": DAY_MS}
    assert read_numbers(payload, delivery).blocks == (read_word(WORD),)
    others = {"kind": EntryKind.RECORD.value, "id": "b", "tenant": "another", "device": "another"}
    for name, value in others.items():
        with pytest.raises(EntryDisagreesError):
            read_numbers({**payload, name: value}, delivery)
    with pytest.raises(EntryDisagreesError):
        read_numbers(payload, replace(delivery, kind=EntryKind.NOTICE))
