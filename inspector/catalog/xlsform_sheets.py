"""The sheets of an XLSForm as plain rows: known columns under one name each, one language, the rest listed.

The standard is that of ODK, Kobo and Survey123 (xlsform.org): `survey`, `choices`, `settings`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal

from inspector.catalog.workbook_cells import RawRow, RawSheet, Written
from inspector.errors import Fault

SURVEY, CHOICES, SETTINGS = "survey", "choices", "settings"

_ALIASES = {
    "command": "type", "tag": "name", "value": "name", "caption": "label", "relevance": "relevant",
    "list name": "list_name", "read_only": "readonly", "calculate": "calculation",
    "set_form_title": "form_title", "set_form_id": "form_id",
    "bind::relevant": "relevant", "bind::required": "required",
    "bind::constraint": "constraint", "title": "form_title", "id_string": "form_id",
}  # fmt: skip
_TRANSLATED = ("label", "hint")
_CHINESE = re.compile(r"\bzh\b|chinese|中文|汉语|简体|普通话", re.IGNORECASE)
_MANY_BLANKS = re.compile(r"\s+")


class Remarks:
    """What was not taken, or not exactly, in the order of the rows; there is no limit to them."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._told: list[Fault] = []

    def add(self, place: str, what: str, rule: str, suggestion: str = "") -> None:
        """List one thing."""
        self._told.append(Fault(file=self.file, place=place, what=what, rule=rule, suggestion=suggestion))

    def as_tuple(self) -> tuple[Fault, ...]:
        """All of them."""
        return tuple(self._told)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormRow:
    """One row with its cells as texts, under the names that the standard gives the columns."""

    sheet: str
    number: int
    cells: Mapping[str, str]

    def get(self, column: str) -> str:
        """The cell's text; empty for none."""
        return self.cells.get(column, "")

    @property
    def place(self) -> str:
        """For a person."""
        name = self.get("name")
        return f"工作表“{self.sheet}”第 {self.number} 行" + (f" {name}" if name else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form as it was written.

    Attributes:
        choices: by list, its rows in order.
        settings: by name.
    """

    survey: tuple[FormRow, ...]
    choices: Mapping[str, tuple[FormRow, ...]]
    settings: Mapping[str, str]


@dataclass(slots=True, kw_only=True)
class _Sheet:
    """What is being read: the sheet, which columns are kept, and where the rest is listed."""

    raw: RawSheet
    known: frozenset[str]
    remarks: Remarks
    language: str
    skipped: dict[str, list[int]] = field(default_factory=dict)


def is_xlsform(sheets: Iterable[str]) -> bool:
    """Whether a workbook with sheets of these names is an XLSForm and not a checklist's workbook."""
    return SURVEY in {name.strip().lower() for name in sheets}


def form_of(sheets: Mapping[str, RawSheet], remarks: Remarks) -> Form:
    """The form; columns and sheets that a checklist has no place for are listed."""
    named = {name.strip().lower(): sheet for name, sheet in sheets.items()}
    for name, sheet in named.items():
        if name not in (SURVEY, CHOICES, SETTINGS) and sheet.rows:
            remarks.add(
                f"工作表“{sheet.name}”", "没有采用", "检查表只取 survey、choices、settings 三个工作表"
            )
    settings_rows = _rows(
        named, SETTINGS, frozenset(("form_title", "form_id", "version", "default_language")), remarks, ""
    )
    settings = dict(settings_rows[0].cells) if settings_rows else {}
    default = settings.get("default_language", "")
    survey = _rows(
        named, SURVEY,
        frozenset(("type", "name", "label", "hint", "required", "relevant", "constraint", "readonly",
                   "choice_filter", "disabled", "calculation")),
        remarks, default,
    )  # fmt: skip
    choices: dict[str, list[FormRow]] = {}
    for row in _rows(named, CHOICES, frozenset(("list_name", "name", "label")), remarks, default):
        choices.setdefault(row.get("list_name"), []).append(row)
    return Form(
        survey=survey, choices={name: tuple(rows) for name, rows in choices.items()}, settings=settings
    )


def _rows(
    sheets: Mapping[str, RawSheet], name: str, known: frozenset[str], remarks: Remarks, language: str
) -> tuple[FormRow, ...]:
    raw = sheets.get(name)
    if raw is None or not raw.rows:
        return ()
    for merged in raw.merged:
        remarks.add(f"工作表“{raw.name}”", f"有合并的单元格 {merged}", "只有左上角一格有内容", "取消合并")
    sheet = _Sheet(raw=raw, known=known, remarks=remarks, language=language)
    columns = _columns(sheet)
    rows = tuple(row for one in raw.rows[1:] if (row := _row(one, columns, sheet)).cells)
    for header, numbers in sheet.skipped.items():
        place = f"工作表“{raw.name}”第 {numbers[0]} 行" + (
            f"等 {len(numbers)} 行" if len(numbers) > 1 else ""
        )
        is_language = header.partition("::")[0].strip().lower() in _TRANSLATED
        rule = "检查表只有一种语言；有中文时取中文" if is_language else "检查表没有这样的设置"
        remarks.add(place, f"“{header}”这一列没有采用", rule)
    return rows


def _columns(sheet: _Sheet) -> dict[int, tuple[str, str]]:
    """By column number: the standard's name, empty where it is not kept, and the heading as written."""
    found: dict[int, tuple[str, str]] = {}
    translated: dict[str, dict[str, int]] = {}
    for number, written in sheet.raw.rows[0].cells.items():
        header = _MANY_BLANKS.sub(" ", _text(written))
        base, _, language = header.partition("::")
        key = base.strip().lower()
        if key in _TRANSLATED or _ALIASES.get(key) in _TRANSLATED:
            translated.setdefault(_ALIASES.get(key, key), {})[language.strip()] = number
            found[number] = ("", header)
            continue
        name = _ALIASES.get(header.lower(), header.lower())
        found[number] = (name if name in sheet.known else "", header)
    for name, languages in translated.items():
        if name in sheet.known:
            number = languages[_chosen(list(languages), sheet.language)]
            found[number] = (name, found[number][1])
    return found


def _chosen(languages: list[str], default: str) -> str:
    """Chinese where there is any, else the form's default language, else the plain column, else the first."""
    chinese = [language for language in languages if _CHINESE.search(language)]
    wanted = [*chinese, *(one for one in (default, "") if one in languages), *languages]
    return wanted[0]


def _row(raw: RawRow, columns: Mapping[int, tuple[str, str]], sheet: _Sheet) -> FormRow:
    cells: dict[str, str] = {}
    for place, written in raw.cells.items():
        name, header = columns.get(place, ("", f"第 {place} 列"))
        if written.is_formula:
            at = f"工作表“{sheet.raw.name}”第 {raw.number} 行“{header}”"
            sheet.remarks.add(at, "是公式，没有采用", "公式的结果不读，写成值", "复制后“选择性粘贴”为“值”")
        elif name:
            cells[name] = _text(written)
        else:
            sheet.skipped.setdefault(header, []).append(raw.number)
    return FormRow(sheet=sheet.raw.name, number=raw.number, cells=cells)


def _text(written: Written) -> str:
    """A cell as text: numbers without a superfluous point, days as days."""
    value = written.value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f").removesuffix(".0")
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date | time) else str(value)
