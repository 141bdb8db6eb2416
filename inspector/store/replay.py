"""From a journal's bytes to the state that they prove, and to the damage that they show.

* A clean journal is read in one pass: header, frames, header, frames.
* A *torn tail* is what a power cut leaves of the one write that was not acknowledged: cut short, or with
  sectors that never reached the disk (zeros). It is no damage; the state before it stands.
  A write is one frame: where the unreadable end shows links between frames, it was several, and is damage.
* Anything else that does not verify is damage. Reading goes on at the next bytes that do, so that one flipped
  bit costs one frame at most, and nothing valid is thrown away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from inspector.errors import FrameInvalidError, StoreKeyWrongError
from inspector.store.damage import Damage, Fault, Flaw
from inspector.store.state import EVERYTHING, Change, Kind, Name, State, from_body, touched
from inspector.trust import frames

SECTOR = 512
"""Bytes that a disk writes all or not at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Where a journal stands. A head that was seen once must be reached again: otherwise frames are missing.

    Attributes:
        segment: salt of the current segment; empty before the first.
        sequence: of the last frame; it only grows, through compactions too. 0 before the first.
        tag: of the last frame.
    """

    segment: bytes = b""
    sequence: int = 0
    tag: bytes = frames.NO_LINK


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What the bytes say.

    Attributes:
        state: all changes that verified, applied in order.
        head: the last frame that verified.
        names: what the last frame touched; the next frame repeats them.
        torn: bytes of an unfinished last write.
        damage: None for a journal in good order.
    """

    state: State
    head: Head
    names: tuple[Name, ...]
    torn: int
    damage: Damage | None


def replay(raw: bytes, key: bytes, name: str) -> Replay:
    """Read a whole journal.

    Raises:
        StoreKeyWrongError: the key or the name is another.
        StoreTooNewError: it was written by a later format.
        RecordMalformedError: a frame verified but does not hold changes.
        ValueError: the key has not 32 bytes.
    """
    reading = _Reading(raw, key, name)
    reading.run()
    return reading.result()


@dataclass(slots=True)
class _Losses:
    """Which documents lost frames touched, as far as later frames tell."""

    waiting: dict[int, int] = field(default_factory=dict)  # sequence of a lost frame to its flaw
    names: dict[int, list[Name]] = field(default_factory=dict)  # by flaw
    affected: dict[Name, None] = field(default_factory=dict)

    def told(self, sequence: int, before: tuple[Name, ...], changes: tuple[Change, ...]) -> None:
        """A readable frame came: it names what its predecessor touched, and sets documents anew."""
        flaw = None if EVERYTHING in before else self.waiting.pop(sequence - 1, None)
        if flaw is not None:
            self.names[flaw] += before
            self.affected |= dict.fromkeys(before)
        for change in changes:
            self.affected.pop(Name(change.table, change.document), None)
            if change.kind in {Kind.MAKE, Kind.DROP, Kind.VALUE}:
                self.affected = {n: None for n in self.affected if n.table != change.table}


class _Reading:
    """One pass over a journal's bytes."""

    def __init__(self, raw: bytes, key: bytes, name: str) -> None:
        self._raw, self._key, self._name = raw, key, name
        self._at = 0
        self._segment: frames.Segment | None = None
        self._bare_header: tuple[int, int] | None = None  # offset and intact copies, until its first frame
        self._state = State()
        self._sequence = 0
        self._tag: bytes | None = frames.NO_LINK  # None after a loss: the link is not known
        self._last: tuple[Change, ...] = ()
        self._snapshot_end = 0
        self._torn = 0
        self._flaws: list[Flaw] = []
        self._losses = _Losses()

    def run(self) -> None:
        while self._at < len(self._raw):
            if not self._take_frame() and not self._take_header():
                self._cross_damage()
        if self._sequence < self._snapshot_end:
            self._lose(Fault.FRAME, min(self._at, len(self._raw)), 0, self._snapshot_end)
        if self._bare_header is not None and self._bare_header[0] > 0:
            self._torn = len(self._raw) - self._bare_header[0]

    def result(self) -> Replay:
        salt = self._segment.header.salt if self._segment else b""
        return Replay(
            state=self._state,
            head=Head(segment=salt, sequence=self._sequence, tag=self._tag or frames.NO_LINK),
            names=touched(self._last),
            torn=self._torn,
            damage=self._damage(),
        )

    def _damage(self) -> Damage | None:
        if not self._flaws:
            return None
        losses = self._losses
        unnamed = set(losses.waiting.values())
        flaws = tuple(
            replace(
                flaw, documents=None if number in unnamed or flaw.last < 0 else tuple(losses.names[number])
            )
            if flaw.is_loss
            else flaw
            for number, flaw in enumerate(self._flaws)
        )
        uncertain = any(flaw.documents is None for flaw in flaws)
        return Damage(flaws=flaws, affected=tuple(losses.affected), uncertain=uncertain)

    # --- what verifies

    def _take_frame(self) -> bool:
        if self._segment is None:
            return False
        try:
            frame = self._segment.unseal(self._raw, self._at)
        except FrameInvalidError:
            return False
        if frame.sequence <= self._sequence:
            return False  # an old frame, copied here: reading it again would undo what came after it
        if frame.sequence > self._sequence + 1:
            self._lose(Fault.FRAME, self._at, 0, frame.sequence - 1)
        elif self._tag not in {None, frame.previous}:
            self._flaw(Fault.LINK, self._at, 0)
        self._apply(frame)
        return True

    def _apply(self, frame: frames.Frame) -> None:
        if self._bare_header is not None:
            offset, copies = self._bare_header
            if copies < 2 and offset > 0 and not self._is_half_torn(offset, frame.end):
                self._flaw(Fault.HEADER, offset, frames.HEADER_SIZE)
            self._bare_header = None
        before, changes = from_body(frame.body)
        if self._losses.waiting or self._losses.affected:
            self._losses.told(frame.sequence, before, changes)
        self._state.apply(changes)
        self._sequence, self._tag, self._at = frame.sequence, frame.tag, frame.end
        self._last = changes

    def _take_header(self) -> bool:
        opened = self._open(self._at)
        if opened is None:
            return False
        header = opened.segment.header
        if header.first > self._sequence + 1 and not header.snapshot:
            self._lose(Fault.FRAME, self._at, 0, header.first - 1)
        elif not header.snapshot and self._tag not in {None, header.link}:
            self._flaw(Fault.LINK, self._at, 0)
        if opened.copies < 2 and self._at == 0:
            self._flaw(Fault.HEADER, 0, frames.HEADER_SIZE)
        self._segment, self._bare_header = opened.segment, (self._at, opened.copies)
        self._sequence, self._tag = header.first - 1, header.link
        self._snapshot_end = max(self._snapshot_end, self._sequence + header.snapshot)
        self._at += frames.HEADER_SIZE
        return True

    def _open(self, at: int) -> frames.Opened | None:
        """The segment at `at`, if it is ours and not older than what was read."""
        try:
            opened = frames.open_segment(self._raw, at, self._key, self._name)
        except StoreKeyWrongError:
            if self._segment is None:
                raise
            return None  # somebody else's journal in the middle of ours is foreign bytes
        return opened if opened is not None and opened.segment.header.first > self._sequence else None

    # --- what does not

    def _cross_damage(self) -> None:
        """Get over bytes that are no header and no frame: to the next that are, or to the end."""
        start, following = self._at, self._next_valid()
        if self._repair(start, following):
            return
        at_end = following == len(self._raw)
        self._at = following
        if at_end and self._is_torn(start):
            self._torn = following - start
            return
        last = self._last_lost(start, following)
        if self._segment is None:
            self._lose(Fault.SEGMENT, start, following - start, last)
        elif at_end or last > self._sequence:
            self._lose(Fault.FRAME, start, following - start, last)
        else:
            self._flaw(Fault.FOREIGN, start, following - start)

    def _last_lost(self, start: int, following: int) -> int:
        """The sequence of the last frame that stood from `start` to `following`; -1 when nothing tells."""
        if following < len(self._raw):
            opened = self._open(following)
            if opened is not None:
                return opened.segment.header.first - 1
            said = frames.fields_at(self._raw, following)
            return said[1] - 1 if said else -1
        said = frames.fields_at(self._raw, start)
        is_one_frame = said == (following, self._sequence + 1)
        return self._sequence + 1 if is_one_frame else -1

    def _repair(self, start: int, following: int) -> bool:
        """Read a frame whose fields are damaged with the fields that its place implies."""
        if self._segment is None or self._tag is None:
            return False
        said = frames.fields_at(self._raw, start)
        for end in dict.fromkeys((following, said[0] if said else following)):
            try:
                frame = self._segment.unseal(
                    self._raw, start, end=end, sequence=self._sequence + 1, previous=self._tag
                )
            except FrameInvalidError:
                continue
            if not self._is_half_torn(start, end):
                self._flaw(Fault.FIELDS, start, end - start)
            self._apply(frame)
            return True
        return False

    def _next_valid(self) -> int:
        """Offset of the next frame or header that verifies and is newer than what was read; else the end."""
        header = self._next_header(self._at + 1)
        if self._segment is None:
            return header
        for at in self._candidates(self._at + 1, header):
            try:
                self._segment.unseal(self._raw, at)
            except FrameInvalidError:
                continue
            return at
        return header

    def _candidates(self, start: int, end: int) -> Iterator[int]:
        """Offsets where a frame may begin: one ahead of us cannot be numbered beyond the bytes between."""
        most = self._sequence + len(self._raw)
        high = range(self._sequence + 1 >> 16, (most >> 16) + 1)
        numbers = re.compile(b"(?=" + b"|".join(re.escape(part.to_bytes(6, "big")) for part in high) + b")")
        for found in numbers.finditer(self._raw, start + frames.LENGTH_SIZE):
            at = found.start() - frames.LENGTH_SIZE
            said = frames.fields_at(self._raw, at)
            if at >= end or said is None:
                return
            if said[0] <= len(self._raw) and self._sequence < said[1] <= most:
                yield at

    def _next_header(self, start: int) -> int:
        while (at := frames.find_header(self._raw, start)) >= 0:
            if self._open(at) is not None:
                return at
            start = at + 1
        return len(self._raw)

    def _is_torn(self, start: int) -> bool:
        """Whether the bytes from `start` to the end can be what a power cut left of one unfinished write."""
        if self._segment is None or self._sequence < self._snapshot_end:
            return False  # the first header and its snapshot are durable before the file gets its name
        if self._has_linked_frames(start):
            return False  # more than one write, so all but the last of them were acknowledged
        raw, size = self._raw, len(self._raw)
        expected = frames.expected_fields(self._sequence + 1, self._tag or frames.NO_LINK)
        present = raw[start + frames.LENGTH_SIZE : start + frames.FIELDS_SIZE]
        if expected.startswith(present):
            said = frames.fields_at(raw, start)
            if said is None or said[0] > size or self._has_hole(start, start + frames.LENGTH_SIZE):
                return True
            return said[0] == size and self._has_hole(start)
        if (
            frames.MAGIC.startswith(raw[start : start + len(frames.MAGIC)])
            and size - start < frames.HEADER_SIZE
        ):
            return True
        return self._has_hole(start)

    def _has_linked_frames(self, start: int) -> bool:
        """Whether a frame behind `start` repeats the tag that stands before it: that shows without a key."""
        raw, tag = self._raw, frames.TAG_SIZE
        return any(
            at - tag >= start
            and raw[at - tag : at] == raw[at + frames.FIELDS_SIZE - tag : at + frames.FIELDS_SIZE]
            for at in self._candidates(start + 1, len(raw))
        )

    def _is_half_torn(self, start: int, end: int) -> bool:
        """Whether the last write lost sectors, but none that its frame cannot be read without."""
        if end < len(self._raw) or self._sequence < self._snapshot_end or not self._has_hole(start):
            return False
        self._torn = end - start
        return True

    def _has_hole(self, start: int, end: int | None = None) -> bool:
        """Whether a sector that begins before `end` holds only zeros, as far as it lies behind `start`."""
        first = start - start % SECTOR
        return any(
            not any(self._raw[max(sector, start) : sector + SECTOR])
            for sector in range(first, end or len(self._raw), SECTOR)
        )

    def _flaw(self, fault: Fault, offset: int, size: int) -> None:
        """Note damage that lost nothing."""
        first = self._sequence + 1
        last = first if fault == Fault.FIELDS else first - 1
        self._flaws.append(Flaw(fault=fault, offset=offset, size=size, first=first, last=last))

    def _lose(self, fault: Fault, offset: int, size: int, last: int) -> None:
        """Note that the frames after the last one read, up to `last` (-1: nobody knows), are gone."""
        number, first = len(self._flaws), self._sequence + 1
        self._flaws.append(Flaw(fault=fault, offset=offset, size=size, first=first, last=last))
        self._losses.names[number] = []
        self._losses.waiting |= dict.fromkeys(range(first, last + 1), number)
        self._sequence, self._tag = max(self._sequence, last), None
