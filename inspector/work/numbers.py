"""A tablet's word on its document numbers: an entry of its chain, which only the office can open.

* It says of each block how far the numbers are taken and from where on they are given back; and which numbers
  were taken without a paper coming of it.
* It stands behind the papers that it speaks of in the chain: whoever has the whole chain up to it knows that
  what it gives back is on none of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from inspector.domain.delivery import Delivery, EntryKind
from inspector.domain.fields import Fields
from inspector.domain.issuer import IssuerKind
from inspector.domain.numbering import LAST, MOST, Numbered, Series
from inspector.errors import EntryDisagreesError, RecordMalformedError
from inspector.trust import dsse
from inspector.trust.strict_json import canonical
from inspector.work.seal import Beside, DeviceSeal, EntryBox, SealedEntry, enter, nothing_beside

NUMBERS_TYPE = "application/vnd.inspector.numbers.v1+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockWord:
    """What a tablet says of one block.

    Attributes:
        block: its id.
        first, last: as the tablet was given it.
        next: the first number that it has not taken.
        returned_from: from here on it gives the numbers back and never uses them; None while it keeps them.
        no_paper: numbers that it took without a paper coming of it.
        is_void: its store was put back or moved. It does not know which numbers from `next` on are on papers
            already, and takes none of them any more.
    """

    block: str
    series: Series
    first: int
    last: int
    next: int
    returned_from: int | None
    no_paper: tuple[int, ...] = ()
    is_void: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NumbersWord:
    """What a tablet says of its numbers; of blocks that it does not name, it said all that there is."""

    id: str
    blocks: tuple[BlockWord, ...]
    at_ms: int


def tell_numbers(
    blocks: tuple[BlockWord, ...],
    *,
    seal: DeviceSeal,
    box: EntryBox,
    id: str,
    at_ms: int,
    beside: Beside = nothing_beside,
) -> SealedEntry:
    """Enter into the chain what this tablet has to say of its numbers.

    Args:
        beside: rows that change with the entry, in the same durable write.
    """
    payload = {
        "v": 1,
        "kind": EntryKind.NUMBERS.value,
        "id": id,
        "tenant": seal.tenant,
        "device": seal.device,
        "blocks": [word_json(one) for one in blocks],
        "at_ms": at_ms,
    }
    inner = dsse.sign(canonical(payload), NUMBERS_TYPE, [seal.key])
    return enter(
        inner, kind=EntryKind.NUMBERS, record=id, blobs=(), seal=seal, box=box, at_ms=at_ms, beside=beside
    )


def read_numbers(payload: object, delivery: Delivery) -> NumbersWord:
    """What such an entry says.

    Raises:
        RecordMalformedError: another shape.
        EntryDisagreesError: the envelope is about something else.
    """
    with Fields(payload, "numbers") as field:
        field.version(1)
        said = (field.text("kind"), field.text("id"), field.text("tenant"), field.text("device"))
        word = NumbersWord(
            id=said[1], blocks=field.listing("blocks", read_word), at_ms=field.integer("at_ms")
        )
    if said != (delivery.kind.value, delivery.record, delivery.tenant, delivery.device):
        raise EntryDisagreesError(reason="信封与内容不是同一份记录")
    return word


def series_json(series: Series) -> dict[str, object]:
    """A series as it stands beside other fields."""
    return {"issuer": series.issuer.value, "series": series.document, "year": series.year}


def read_series(field: Fields) -> Series:
    """The reverse of `series_json`."""
    return Series(
        issuer=field.one_of("issuer", IssuerKind),
        document=field.text("series"),
        year=field.integer("year"),
    )


def numbered_json(value: Numbered) -> dict[str, object]:
    """Which number a paper carries, as its entry says it."""
    return {**series_json(value.series), "serial": value.serial}


def read_numbered(json: object) -> Numbered:
    """The reverse of `numbered_json`.

    Raises:
        RecordMalformedError: another shape, or no number.
    """
    with Fields(json, "number") as field:
        found = Numbered(series=read_series(field), serial=field.integer("serial"))
    if not 1 <= found.serial <= LAST:
        raise RecordMalformedError(reason=f"文书号应在 1 至 {LAST} 之间")
    return found


def word_json(word: BlockWord) -> Mapping[str, object]:
    """One block's line."""
    void = {"void": True} if word.is_void else {}
    return {
        "block": word.block,
        **series_json(word.series),
        "first": word.first,
        "last": word.last,
        "next": word.next,
        "returned_from": word.returned_from,
        "no_paper": list(word.no_paper),
        **void,
    }


def read_word(json: object) -> BlockWord:
    """The reverse of `word_json`.

    Raises:
        RecordMalformedError: another shape, or numbers that do not belong together.
    """
    with Fields(json, "block") as field:
        word = BlockWord(
            block=field.text("block"),
            series=read_series(field),
            first=field.integer("first"),
            last=field.integer("last"),
            next=field.integer("next"),
            returned_from=field.optional_integer("returned_from"),
            no_paper=field.listing("no_paper", _serial),
            is_void=field.later("void") is True,
        )
    is_right = 1 <= word.first <= word.last <= LAST and word.first <= word.next <= word.last + 1
    is_right = is_right and word.last - word.first < MOST
    if word.returned_from is not None:
        is_right = is_right and word.returned_from == word.next
    is_right = is_right and not (word.is_void and word.returned_from is not None)
    if not is_right or not all(word.first <= serial < word.next for serial in word.no_paper):
        raise RecordMalformedError(reason="文书号段的起止不对")
    return word


def _serial(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise RecordMalformedError(reason="文书号应为整数")
