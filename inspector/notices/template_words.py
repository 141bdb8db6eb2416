"""How faults of a template speak: in Chinese, and in brackets what its author has to type in the file."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Mapping

from inspector.domain.identifiers import NAME_CAP
from inspector.domain.issuer import IssuerKind, NoticeKind

_KEYS = {
    "format": "格式",
    "issuer": "签发主体",
    "seal": "盖章处",
    "kind": "文书种类",
    "title": "标题",
    "number": "文号",
    "salutation": "抬头",
    "before": "表前的句子",
    "after": "表后的句子",
    "columns": "表头",
    "officer": "签发一方的称呼",
    "receiver": "对方的称呼",
    "copies": "联次",
    "status": "状态",
    "sign_pages": "续页签名",
    "instead": "代替自带文书",
}


def key_word(key: str) -> str:
    """`文号（number）`; a key that nobody knows as it is."""
    return f"{_KEYS[key]}（{key}）" if key in _KEYS else f"“{key}”"


def listed_keys(keys: Iterable[str]) -> str:
    """Keys one after another."""
    return "、".join(map(key_word, keys))


def listed_kinds(kinds: Iterable[NoticeKind]) -> str:
    """`责令限期整改指令书（rectify-order）、…`, in the order in which they are met in a case."""
    order = tuple(NoticeKind)
    return "、".join(f"{kind.word}（{kind.value}）" for kind in sorted(kinds, key=order.index))


def listed_issuers() -> str:
    """Every kind of issuer."""
    return "、".join(f"{kind.word}（{kind.value}）" for kind in IssuerKind)


class Places:
    """Where a fault is: a document is called by its title, or by its id where it has no title of its own.

    Args:
        tables: the documents' tables as they were read, by their ids.
    """

    def __init__(self, tables: Mapping[str, object]) -> None:
        shipped = {kind.value: kind.word for kind in NoticeKind}
        titles = {id: _title_of(table) or shipped.get(id, "") for id, table in tables.items()}
        said = Counter(titles.values())
        self._names = {
            id: f"“{title}”" if title and said[title] == 1 else f"[{id}]" for id, title in titles.items()
        }

    def __call__(self, id: str, key: str = "", sentence: int = 0) -> str:
        """`“责令限期整改指令书”的表后的句子（after）第 4 句`."""
        part = f"的{key_word(key)}" if key else ""
        return f"{self._names[id]}{part}{f'第 {sentence} 句' if sentence else ''}"


def _title_of(table: object) -> str:
    title = table.get("title") if isinstance(table, dict) else None
    # A title that is itself a fault names nothing.
    is_fit = isinstance(title, str) and title.isprintable() and len(title) <= NAME_CAP
    return str(title).strip() if is_fit else ""


def nearest(word: object, known: Iterable[str]) -> str:
    """What its author may have meant to write, or nothing."""
    close = difflib.get_close_matches(str(word), sorted(known), n=1, cutoff=0.6)
    return f"是否想写 {close[0]}" if close else ""
