"""Strict reading of TOML: known keys only, exact kinds, every fault with its place.

A reader asks a `Table` for each key that may occur and closes it; what was never asked for is a misspelt or
unknown key. A wrong value is recorded as a fault and answered with an empty value of the right kind, so that
reading goes on and finds the rest.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from inspector.catalog.faults import Faults, nearest
from inspector.domain.decimals import decimal_of
from inspector.domain.identifiers import check_entry
from inspector.errors import NumberMalformedError, TextControlError, TextTooLongError

MAX_FILE_BYTES = 4 * 1024 * 1024
"""Size of a file: room for more items than `MAX_ITEMS` in full wording."""

_ID_FORM = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
_ID_CAP = 48
_AT_LINE = re.compile(r"\(at line (\d+), column (\d+)\)")
_MAJOR = re.compile(r"《[^》]*》|疑似重大|重大危险源|(重大)")

Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class WrittenFloat:
    """A number with a point that the author forgot to quote: refused, but quoted back exactly."""

    text: str


def parse_toml(data: bytes, faults: Faults) -> dict[str, object] | None:
    """The document's tree, or None with a fault when the bytes are no TOML in UTF-8 of a sensible size."""
    if len(data) > MAX_FILE_BYTES:
        faults.add("整个文件", "文件太大", f"一个文件最多 {MAX_FILE_BYTES // 1024} KiB", "拆成几张检查表")
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        faults.add(f"第 {line} 行", "不是 UTF-8 编码", "文件须以 UTF-8 保存", "在编辑器中另存为 UTF-8 编码")
        return None
    return _parsed(text, faults)


def _parsed(text: str, faults: Faults) -> dict[str, object] | None:
    rule = "文件须是 TOML 1.0 格式"
    try:
        return tomllib.loads(text, parse_float=WrittenFloat)
    except RecursionError:
        faults.add("整个文件", "嵌套层数太多", rule)
    except ValueError as error:
        found = _AT_LINE.search(str(error))
        place = f"第 {found[1]} 行第 {found[2]} 列" if found else "文件末尾"
        reason = _AT_LINE.sub("", str(error)).replace("(at end of document)", "").strip()
        faults.add(
            place, f"格式读不懂（{reason[:120]}）", rule, "检查这一行及上一行的引号、括号、逗号是否成对"
        )
    return None


class Table:
    """One table of the document and where it stands."""

    def __init__(self, raw: dict[str, object], place: str, faults: Faults) -> None:
        self._raw = raw
        self._asked: set[str] = set()
        self.place = place
        self.faults = faults

    def fault(self, key: str, what: str, rule: str, suggestion: str = "") -> None:
        """Record a fault of the value under `key`."""
        self.faults.add(self._place_of(key), what, rule, suggestion)

    def has(self, key: str) -> bool:
        """Whether the key is written."""
        return key in self._raw

    def text(self, key: str, *, cap: int, required: bool = False) -> str:
        """A text without line breaks or invisible characters, of at most `cap` characters."""
        value = self._take(key, str, "文字", required)
        return self.checked_text(key, value, cap) if isinstance(value, str) else ""

    def texts(self, key: str, *, cap: int) -> tuple[str, ...]:
        """A list of texts; one text alone will do."""
        raw = self._raw.get(key)
        if isinstance(raw, str):
            return (self.text(key, cap=cap),)
        values = self._take(key, list, "文字列表", False) or []
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            self.fault(key, "列表里有不是文字的内容", "应是文字列表", '写成 ["……", "……"]')
            return ()
        return tuple(self.checked_text(key, value, cap) for value in values)

    def checked_text(self, key: str, text: str, cap: int, *, is_name: bool = False) -> str:
        """`text` itself after the checks that every text of a file must stand.

        Names of documents may say 重大; the program's own wording may not without 疑似 (guarantee 7).
        """
        if not text.strip():
            self.fault(key, "内容是空的", "写了这个键就要有内容", "删去这一行或补上内容")
        try:
            check_entry(text, field=key, cap=cap)
        except TextTooLongError:
            self.fault(key, f"有 {len(text)} 个字", f"最多 {cap} 个字", "写短些，细节放到 how")
        except TextControlError as error:
            self.fault(
                key,
                f"含有看不见的控制字符（{error.facts['code_point']}）",
                "文字里不得有控制字符、双向控制符",
                "删掉重新输入",
            )
        if not is_name and any(match[1] for match in _MAJOR.finditer(text)):
            self.fault(
                key,
                "写有“重大”而没有“疑似”",
                "程序的措辞只能说“疑似重大”，是否重大由人判定",
                "改为“疑似重大”，或只写事实",
            )
        return text

    def name(self, key: str, *, cap: int, required: bool = False) -> str:
        """As `text`, for the name of a document or a remark about it."""
        value = self._take(key, str, "文字", required)
        return self.checked_text(key, value, cap, is_name=True) if isinstance(value, str) else ""

    def identifier(self, key: str, *, required: bool = True) -> str:
        """A speaking id of small letters, digits and hyphens."""
        value = self._take(key, str, "文字", required)
        if not isinstance(value, str):
            return ""
        if len(value) > _ID_CAP or not _ID_FORM.fullmatch(value):
            self.fault(
                key,
                f"“{value[:60]}”不能作编号",
                f"编号用小写字母、数字和连字符，最多 {_ID_CAP} 个字符",
                "例如 exit-unlocked",
            )
        return value

    def integer(
        self, key: str, *, lowest: int, highest: int, required: bool = False, default: int = 0
    ) -> int:
        """A whole number within bounds."""
        value = self._take(key, int, "整数", required)
        if not isinstance(value, int):
            return default
        if not lowest <= value <= highest:
            self.fault(key, f"{value} 超出范围", f"应在 {lowest} 到 {highest} 之间")
        return value

    def boolean(self, key: str, *, default: bool) -> bool:
        """`true` or `false`."""
        value = self._take(key, bool, "true 或 false", False)
        return value if isinstance(value, bool) else default

    def day(self, key: str, *, required: bool = False) -> date | None:
        """A calendar day."""
        value = self._take(key, date, "日期", required)
        return value if isinstance(value, date) else None

    def decimal(self, key: str, *, required: bool = False) -> str | None:
        """A decimal string; a whole number may stand without quotes."""
        raw = self._raw.get(key)
        if isinstance(raw, int) and not isinstance(raw, bool):
            self._asked.add(key)
            return str(raw)
        value = self._take(key, str, "加引号的数字", required)
        if not isinstance(value, str):
            return None
        try:
            decimal_of(value)
        except NumberMalformedError:
            self.fault(key, f"“{value[:20]}”不是普通数字", "数字写成十进制，不带单位和指数", '例如 "0.80"')
            return None
        return value

    def one_of(self, key: str, words: type[Word], *, default: Word | None = None) -> Word:
        """One word of a closed set; without a default it must be written."""
        fallback = default or next(iter(words))
        value = self._take(key, str, "文字", default is None)
        if not isinstance(value, str):
            return fallback
        if value in {word.value for word in words}:
            return words(value)
        listed = "、".join(word.value for word in words)
        self.fault(key, f"没有“{value[:40]}”这个词", f"只能是 {listed}", nearest(value, [*words]))
        return fallback

    def words(self, key: str, words: type[Word]) -> tuple[Word, ...]:
        """A list of words of a closed set, each once; one word alone will do."""
        known = {word.value: word for word in words}
        found = self.texts(key, cap=_ID_CAP)
        for text in found:
            if text not in known:
                listed = "、".join(known)
                self.fault(key, f"没有“{text[:40]}”这个词", f"只能是 {listed}", nearest(text, [*known]))
        if len(set(found)) != len(found):
            self.fault(key, "同一个词写了两次", "每个词只写一次")
        return tuple(known[text] for text in found if text in known)

    def table(self, key: str, *, required: bool = False) -> Table | None:
        """A table within this one."""
        value = self._take(key, dict, "表", required)
        return Table(value, self._place_of(key), self.faults) if isinstance(value, dict) else None

    def tables(self, key: str, *, required: bool = False) -> tuple[Table, ...]:
        """A list of tables."""
        values = self._take(key, list, "列表", required)
        if not isinstance(values, list):
            return ()
        if required and not values:
            self.fault(key, "列表是空的", "至少要有一个")
        if not all(isinstance(value, dict) for value in values):
            self.fault(key, "列表里有不是表的内容", "列表的每一个都应写在 { } 里")
        place = self._place_of(key)
        return tuple(
            Table(value, f"{place} 第 {number} 个", self.faults)
            for number, value in enumerate(values, 1)
            if isinstance(value, dict)
        )

    def named_tables(self, key: str) -> tuple[tuple[str, Table], ...]:
        """The tables under `key`, with their names."""
        parent = self.table(key)
        if parent is None:
            return ()
        pairs = [(name, parent.table(name)) for name in parent._raw]
        return tuple((name, table) for name, table in pairs if table)

    def others(self) -> dict[str, object]:
        """The keys that nobody asked for, as they stand: they are judged elsewhere."""
        found = {key: value for key, value in self._raw.items() if key not in self._asked}
        self._asked.update(found)
        return found

    def only_where(self, allowed: bool, keys: tuple[str, ...], where: str) -> None:
        """Refuse keys that have no meaning here; where they have, they are still to be asked for."""
        if allowed:
            return
        for key in keys:
            self._asked.add(key)
            if key in self._raw:
                self.fault(key, "在这里没有意义", f"“{key}”只用于{where}", "删去这个键")

    def close(self) -> None:
        """Refuse every key that nobody asked for."""
        for key in [key for key in self._raw if key not in self._asked]:
            listed = "、".join(sorted(self._asked))
            self.fault(key[:60], "不认识这个键", f"这里只能有：{listed}", nearest(key, self._asked))

    def _place_of(self, key: str) -> str:
        return " · ".join(part for part in (self.place, key) if part)

    def _take(self, key: str, kind: type, kind_name: str, required: bool) -> object:
        """The value under `key` if it is of that very kind; None, with a fault where due, otherwise."""
        self._asked.add(key)
        if key not in self._raw:
            if required:
                self.fault(key, "没有写", f"必须写“{key}”（{kind_name}）")
            return None
        value = self._raw[key]
        # A boolean is an int and a moment is a day to Python; to an author they are not.
        if (
            isinstance(value, kind)
            and (kind is bool or not isinstance(value, bool))
            and not isinstance(value, datetime)
        ):
            return value
        hint = f'写成 "{value.text}"' if isinstance(value, WrittenFloat) and kind is str else ""
        self.fault(key, "写法不对", f"“{key}”应是{kind_name}", hint)
        return None
