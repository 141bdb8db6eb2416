"""What became of each number, held against the plainest way of saying it: look it up in everything."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from inspector.domain.numbering import (
    CLAIMED_TOO,
    Account,
    Block,
    Fate,
    NumberFate,
    Stretch,
    Use,
    fates,
)

TOP = 14
SERIALS = st.integers(1, TOP)
DEVICES = st.sampled_from(["a", "b"])
USES = st.lists(
    st.builds(
        Use,
        number=st.sampled_from(["1号", "2号"]),
        entry=st.sampled_from(["x", "y"]),
        device=DEVICES,
        issued_on=st.just(date(2026, 11, 23)),
    ),
    min_size=1,
    max_size=2,
).map(tuple)


@st.composite
def spans(draw):
    return draw(st.tuples(SERIALS, SERIALS).map(sorted))


@st.composite
def blocks(draw):
    first, last = draw(spans())
    next = draw(st.none() | st.integers(first, last + 1))
    return Block(
        id="",
        device=draw(DEVICES),
        first=first,
        last=last,
        next=next,
        returned_from=draw(st.none() | st.integers(first, last + 1)),
        closed=draw(st.sampled_from(["", "遗失"])),
    )


@st.composite
def stretches(draw, reasons):
    first, last = draw(spans())
    return Stretch(first=first, last=last, reason=draw(st.sampled_from(reasons)))


ACCOUNTS = st.builds(
    Account,
    next=st.integers(1, TOP + 2),
    blocks=st.lists(blocks(), max_size=4).map(tuple),
    uses=st.dictionaries(SERIALS, USES, max_size=3),
    claims=st.dictionaries(SERIALS, USES, max_size=2),
    no_paper=st.dictionaries(SERIALS, DEVICES, max_size=3),
    free=st.lists(stretches([""]), max_size=3).map(tuple),
    skipped=st.lists(stretches(["甲", "乙"]), max_size=3).map(tuple),
)


def looked_up(account: Account, serial: int) -> NumberFate:
    """What became of one number, apart from papers in quarantine."""
    uses = account.uses.get(serial, ())
    if uses:
        is_twice = len(uses) > 1
        return NumberFate(
            serial=serial, fate=Fate.TWICE if is_twice else Fate.ISSUED, device=uses[0].device, uses=uses
        )
    if serial in account.no_paper:
        return NumberFate(serial=serial, fate=Fate.NO_PAPER, device=account.no_paper[serial])
    for block in reversed(account.blocks):
        if block.first <= serial <= block.end:
            if block.next is not None and serial < block.next:
                return NumberFate(serial=serial, fate=Fate.MISSING, device=block.device)
            fate = Fate.CLOSED if block.closed else Fate.HELD
            return NumberFate(serial=serial, fate=fate, device=block.device, reason=block.closed)
    if any(one.first <= serial <= one.last for one in account.free):
        return NumberFate(serial=serial, fate=Fate.RETURNED)
    for one in account.skipped:
        if one.first <= serial <= one.last:
            return NumberFate(serial=serial, fate=Fate.SKIPPED, reason=one.reason)
    return NumberFate(serial=serial, fate=Fate.UNKNOWN)


@given(ACCOUNTS)
def test_every_number_fares_as_one_finds_by_looking_it_up(account):
    last = max([account.next - 1, *account.uses])
    found = fates(account)
    assert [one.serial for one in found] == list(range(1, last + 1))
    for one in found:
        plain, claims = looked_up(account, one.serial), account.claims.get(one.serial, ())
        if claims and not plain.uses and plain.device in {claim.device for claim in claims}:
            plain = replace(plain, fate=Fate.QUARANTINED, claims=claims)
        elif claims:
            plain = replace(plain, claims=claims, reason=plain.reason or CLAIMED_TOO)
        assert one == plain


class Asked(Block):
    """A block that counts how often somebody asks where it ends."""

    count = 0

    @property
    def end(self) -> int:
        Asked.count += 1
        return super().end


def test_no_block_is_looked_at_anew_for_each_number():
    """Else a series of a million numbers takes as long as a person does not wait."""
    blocks = tuple(Asked(id="", device="a", first=first, last=first + 99) for first in range(1, 2_001, 100))
    Asked.count = 0
    found = fates(Account(next=2_001, blocks=blocks, uses={}, no_paper={}))
    assert [one.fate for one in found] == [Fate.HELD] * 2_000
    assert 0 < Asked.count <= 3 * len(blocks)
