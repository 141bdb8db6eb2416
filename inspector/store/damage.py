"""What is wrong with a journal, named: which frames, which documents, what was saved nevertheless."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from inspector.store.state import EVERYTHING, Name

_TABLES = {
    "inspection": "检查概况",
    "answers": "检查项",
    "findings": "问题",
    "photos": "照片",
    "entries": "待送条目",
    "sealed": "已封存的记录",
    "receipts": "回执",
    "feed": "办公室消息",
    "facts": "本机设置",
    "alarms": "提醒",
    "decisions": "审核意见",
    "answered": "已答复的任务",
    "enterprises": "单位",
    "inspectors": "检查人员",
    "numbers": "文书号段",
    "notices": "文书",
    "standings": "签字进度",
    "places": "检查到哪一项",
    "chosen": "常用检查表",
    "packs": "检查表包",
    "began": "检查所用的检查表",
}
_OTHER_TABLE, _ANYTHING = "其他内容", "多处内容"
_LONGEST_HEX = 12


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
        named = "、".join(dict.fromkeys(_in_words(name) for name in self.affected[: self._shown]))
        more = f" 等 {len(self.affected)} 项" if len(self.affected) > self._shown else ""
        about = f"，受影响的条目：{named}{more}" if named else ""
        unknown = "，另有无法确定的条目" if self.uncertain else ""
        return f"{lost} 处读不出{about}{unknown}"


def _in_words(name: Name) -> str:
    """What a person calls a document; its key only where it tells one from another."""
    if name == EVERYTHING:
        return _ANYTHING
    table = _TABLES.get(name.table, _OTHER_TABLE)
    key = name.document if name.table not in {"inspection", "facts"} else ""
    is_hash = len(key) > _LONGEST_HEX and all(letter in "0123456789abcdef" for letter in key)
    short = key[:_LONGEST_HEX] if is_hash else key
    return f"{table} {short}".rstrip()
