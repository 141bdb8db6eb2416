"""An XLSForm → the draft of a checklist, and everything of the form that the draft does not say.

A form asks; it does not judge. So every question becomes a fact, and the author adds what can fail: limits,
failing choices, basis, wording and remedy. Whatever cannot be said is listed with its row, never dropped in
silence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from inspector.catalog.checklist_file import checklist_of
from inspector.catalog.faults import Faults, refusal
from inspector.catalog.sources import bytes_of
from inspector.catalog.workbook_cells import read_sheets, sheet_names
from inspector.catalog.xlsform_conditions import add_conditions
from inspector.catalog.xlsform_questions import Ids, Question, questions_of
from inspector.catalog.xlsform_sheets import SETTINGS, SURVEY, Form, Remarks, form_of, is_xlsform
from inspector.domain.checklist import Domain
from inspector.errors import Fault

VERSION = "2026.1"
"""The draft's version where the form's own does not begin with a year."""

_YEAR = re.compile(r"(20[0-9]{2})", re.ASCII)
_ITEM = re.compile(r"section 第 (\d+) 个 · item 第 (\d+) 个( · shows)?")
_SECTION_TITLE = re.compile(r"section 第 (\d+) 个 · title")
_TITLE_CAP = 60

Table = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class XlsformDraft:
    """A checklist that can be read, and what of the form is not in it.

    Attributes:
        remarks: each with sheet and row, the reason, and what the author can do.
    """

    tree: dict[str, object]
    remarks: tuple[Fault, ...]


def reads_as_xlsform(source: Path | bytes) -> bool:
    """Whether the file is an XLSForm; False as well for what cannot be read at all."""
    faults = Faults("")
    data = bytes_of(source, faults)
    return data is not None and is_xlsform(sheet_names(data))


def draft_of_xlsform(source: Path | bytes, *, domain: Domain, name: str = "表单.xlsx") -> XlsformDraft:
    """The draft that an XLSForm gives.

    Args:
        source: the file, or its bytes.
        domain: the field of inspection, which no form names.
        name: what to call it in faults when bytes are given.

    Raises:
        ChecklistFaultsError: no spreadsheet, no survey, or not one question that a checklist can ask.
    """
    faults = Faults(source.name if isinstance(source, Path) else name)
    data = bytes_of(source, faults)
    sheets = read_sheets(data, faults) if data is not None else None
    if sheets is None or faults:
        raise refusal(faults.file, faults.as_tuple())
    if not is_xlsform(sheets):
        faults.add("整个文件", f"没有工作表“{SURVEY}”", "XLSForm 的问题写在 survey 工作表里")
        faults.refuse()
    remarks = Remarks(faults.file)
    form = form_of(sheets, remarks)
    questions = questions_of(form, remarks)
    add_conditions(questions, remarks)
    head = _head(form, domain, Path(faults.file).stem, remarks)
    tree = _Drafting(form=form, questions=questions, remarks=remarks).settled(head, faults)
    rule = "检查表按依据判断，表单没有这些"
    remarks.add(
        "整个文件", "全部项目都只作记录，不判合格与否", rule, "给要判的项目补上界限、依据、问题描述和整改措施"
    )
    return XlsformDraft(tree=tree, remarks=remarks.as_tuple())


def _head(form: Form, domain: Domain, stem: str, remarks: Remarks) -> Table:
    title = " ".join((form.settings.get("form_title") or stem).split())
    year = _YEAR.match(form.settings.get("version", ""))
    head: Table = {
        "format": 1,
        "id": Ids().of(form.settings.get("form_id", stem), "form"),
        "version": f"{year[1]}.1" if year else VERSION,
        "title": title[:_TITLE_CAP].strip(),
        "domain": domain.value,
        "applies-to": title,
    }
    what = f"版本写成 {head['version']}，适用对象写成标题，标题最多取 {_TITLE_CAP} 字"
    rule = "检查表的版本是年.序号，适用对象要写明"
    remarks.add(f"工作表“{SETTINGS}”", what, rule, "核对标题和版本，写明适用对象")
    return head


@dataclass(slots=True, kw_only=True)
class _Run:
    """Questions that stand together in one group: a section."""

    table: Table
    row: int
    name: str
    owners: list[Question] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class _Drafting:
    """Taking away what a checklist's reader would refuse, until it refuses nothing."""

    form: Form
    questions: list[Question]
    remarks: Remarks
    titles: dict[int, str] = field(default_factory=dict)

    def settled(self, head: Table, faults: Faults) -> dict[str, object]:
        """The tree that is left; each thing taken away is listed.

        Raises:
            ChecklistFaultsError: nothing is left, or the head is at fault.
        """
        while True:
            runs = self._runs()
            if not runs:
                faults.add("整个文件", "没有一个问题能成为检查项", "原因见列出的各行")
                raise refusal(faults.file, (*faults.as_tuple(), *self.remarks.as_tuple()))
            tree: dict[str, object] = {**head, "section": [run.table for run in runs]}
            found = Faults(faults.file)
            checklist_of(tree, {}, None, found)
            if not found:
                return tree
            for fault in found.as_tuple():
                self._take_away(fault, runs, faults)
            faults.refuse()

    def _runs(self) -> list[_Run]:
        """A section per run of questions in the same group."""
        ids = Ids()
        title = self.form.settings.get("form_title", "") or "问题"
        runs: list[_Run] = []
        groups: object = None
        for question in self.questions:
            if question.groups != groups or not runs:
                groups = question.groups
                group = question.groups[-1] if question.groups else None
                name, row = (group.get("name"), group.number) if group else ("questions", 0)
                label = self.titles.get(row) or ((group.get("label") or name) if group else title)
                id = ids.of(name, f"group-{row}")
                table = {"id": id, "title": " ".join(label.split()), "item": []}
                runs.append(_Run(table=table, row=row, name=id))
            runs[-1].table["item"] += question.items
            runs[-1].owners += [question] * len(question.items)
        return runs

    def _take_away(self, fault: Fault, runs: list[_Run], faults: Faults) -> None:
        """Leave out what the fault is about: a title, a condition, or the whole question."""
        section, item = _SECTION_TITLE.match(fault.place), _ITEM.match(fault.place)
        if section:
            run = runs[int(section[1]) - 1]
            self.titles[run.row] = run.name
            place = f"工作表“{SURVEY}”第 {run.row} 行"
            self.remarks.add(place, f"章节标题没有采用：{fault.what}", fault.rule, "写上标题；现在是编号")
        elif item is None:
            faults.add(f"工作表“{SETTINGS}”，{fault.place}", fault.what, fault.rule, fault.suggestion)
        elif item[3]:
            run, number = runs[int(item[1]) - 1], int(item[2]) - 1
            if run.table["item"][number].pop("shows", None) is not None:
                what = f"条件没有采用：{fault.what}"
                self.remarks.add(run.owners[number].row.place, what, fault.rule, "手工写上条件；现在一直会问")
        else:
            self._drop(runs[int(item[1]) - 1].owners[int(item[2]) - 1], fault)

    def _drop(self, question: Question, fault: Fault) -> None:
        kept = [one for one in self.questions if one is not question]
        if len(kept) < len(self.questions):
            self.questions = kept
            what = f"这一项没有采用：{fault.what}"
            self.remarks.add(question.row.place, what, fault.rule, fault.suggestion)
