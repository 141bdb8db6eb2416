"""What is wrong with a journal, named: which frames, which documents, what was saved nevertheless."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from inspector.store.state import Name


class Fault(StrEnum):
    """How a stretch of a journal is damaged."""

    FRAME = "frame"
    """Frames that do not verify or are gone: their changes are lost."""
    FIELDS = "fields"
    """A frame whose fields were hit; its body verified with the fields that its neighbours imply."""
    HEADER = "header"
    """One copy of a segment's header is hit; the other one serves."""
    SEGMENT = "segment"
    """Both copies of a header are hit: none of that segment's frames can be read."""
    FOREIGN = "foreign"
    """Bytes that belong to no frame, between frames that follow each other without a gap."""
    LINK = "link"
    """Frames that verify but continue another past than the one before them: two journals were mixed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """One damaged stretch.

    Attributes:
        fault: what kind.
        offset: first byte, in the file.
        size: bytes; 0 where whole frames were cut out.
        first, last: sequences of the frames concerned; `last` is below `first` when none is, and -1 when the
            journal does not say how many there were.
        documents: what the lost frames touched; None when no readable frame says so.
    """

    fault: Fault
    offset: int
    size: int
    first: int
    last: int
    documents: tuple[Name, ...] | None = ()

    @property
    def is_loss(self) -> bool:
        """Whether changes were lost."""
        return self.fault in {Fault.FRAME, Fault.SEGMENT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """All flaws of a journal, and what they mean for what was stored.

    Attributes:
        flaws: in the order of the file.
        affected: documents (or tables, with an empty document) that a lost frame touched and no later frame
            set anew: what the recovered state says about them may be old or missing.
        uncertain: lost frames touched documents that nobody can name: any document may be old or missing.
    """

    flaws: tuple[Flaw, ...]
    affected: tuple[Name, ...] = ()
    uncertain: bool = False
    _shown: int = field(default=8, repr=False)

    def __str__(self) -> str:
        """One line in Chinese, for error sentences."""
        lost = sum(1 for flaw in self.flaws if flaw.is_loss)
        if not lost:
            return f"{len(self.flaws)} 处，内容均已核实，没有丢失"
        named = "、".join("/".join(name).rstrip("/") for name in self.affected[: self._shown])
        more = f" 等 {len(self.affected)} 项" if len(self.affected) > self._shown else ""
        about = f"，受影响的条目：{named}{more}" if named else ""
        unknown = "，另有无法确定的条目" if self.uncertain else ""
        return f"{lost} 处读不出{about}{unknown}"
