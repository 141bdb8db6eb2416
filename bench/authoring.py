"""A checklist of 1 000 items whose conditions go five levels deep: reading, judging and walking it.

The form is an XLSForm made here. pyxform converts it; we read the same questions, with everything added that
a checklist needs to judge, from TOML, and import the form itself. Both sides start from bytes in memory.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from io import BytesIO
from statistics import median
from time import process_time
from typing import Any, cast

from openpyxl import Workbook, load_workbook
from pyxform.xls2xform import convert

from bench import Row
from bench.tap import Measured, openings, together
from inspector.catalog import read_checklist, warnings_of
from inspector.catalog.canonical import canonical_toml
from inspector.catalog.workbook import tree_of_workbook, workbook_of
from inspector.catalog.xlsform import draft_of_xlsform
from inspector.domain.checklist import Checklist, Domain
from inspector.domain.law import Laws

SECTIONS, EACH, LEVELS, ROUNDS = 20, 50, 5, 5
COLUMNS = ("type", "name", "label", "hint", "relevant", "required")


def rows() -> Iterator[Row]:
    """Reading and importing beside pyxform, a spreadsheet's way back, and one tap."""
    form = the_form()
    text = canonical_toml(
        judging(cast("dict[str, Any]", draft_of_xlsform(form, domain=Domain.FIRE).tree))
    ).encode()
    book = workbook_of(tomllib.loads(text.decode()))
    pyxform, library = "pyxform, the same form", "openpyxl, loading it at all"
    times = _medians(
        {
            "read and lint 1 000 items, 5 levels": lambda: warnings_of(read_checklist(text), Laws()),
            "import them from an XLSForm": lambda: draft_of_xlsform(form, domain=Domain.FIRE),
            "import them, finished, from a workbook": lambda: tree_of_workbook(book),
            pyxform: lambda: convert(BytesIO(form), warnings=[]),
            library: lambda: load_workbook(BytesIO(book)),
        }
    )
    for name, peer, cap in zip(times, (pyxform, pyxform, library), (1.0, 1.0, 2.0), strict=False):
        ratio = times[name] / times[peer]
        yield Row(name, times[name], "s", peer, times[peer], ratio, f"<= {cap}x", ratio <= cap)
    checklist = read_checklist(text)
    yield _beside("one tap on the UI loop, 1 000 items, 5 levels", 1.5, *_pair(together, checklist))
    yield _beside("opening an inspection of 1 000 items", 2.0, *_pair(openings, checklist))


def the_form() -> bytes:
    """The XLSForm: the first section is always asked, every other item hangs on a chain of five."""
    book = Workbook()
    book.remove(book.worksheets[0])
    survey = book.create_sheet("survey")
    survey.append(COLUMNS)
    for section in range(1, SECTIONS + 1):
        survey.append(("begin_group", f"s{section}", f"第 {section} 节"))
        for place in range(EACH):
            name, label = f"i{section}_{place}", f"第 {section} 节第 {place} 项没有堆物、遮挡、损坏"
            survey.append(("select_one judged", name, label, "逐处看", _relevant(section, place), "yes"))
        survey.append(("end_group",))
    choices = book.create_sheet("choices")
    for row in (("list_name", "name", "label"), ("judged", "pass", "合格"), ("judged", "fail", "不合格")):
        choices.append(row)
    settings = book.create_sheet("settings")
    settings.append(("form_title", "form_id"))
    settings.append(("样例长检查表", "long"))
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _relevant(section: int, place: int) -> str:
    """Five levels: an item of the first section, then four of this one, each on top of the last."""
    if section == 1:
        return ""
    if place % LEVELS == 0:
        return f"${{i1_{(section * EACH + place) // LEVELS % EACH}}} = 'pass'"
    above = f"${{i{section}_{place - 1}}} != 'fail'"
    return f"{above} and (${{i1_0}} = 'pass' or ${{i1_{place}}} = 'fail')" if place % LEVELS == 1 else above


def judging(tree: dict[str, Any]) -> dict[str, Any]:
    """The draft as its author finishes it: every item judges, on a basis, with wording and remedy."""
    for section in tree["section"]:
        for item in section["item"]:
            del item["choices"]
            item |= {
                "kind": "pass-fail",
                "basis": [{"law": "fire-law", "article": "第二十八条"}],
                "finding": ["＿＿处堆放＿＿。", "＿＿处被＿＿遮挡。"],
                "remedy": "当场清走，恢复畅通。",
                "days": 3,
                "evidence": {"photos": 1},
            }
    return tree


def _medians(sides: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Median seconds of processor time, the sides taking turns; the first round warms up."""
    times: dict[str, list[float]] = {name: [] for name in sides}
    for turn in range(ROUNDS + 1):
        for name, run in sides.items():
            start = process_time()
            run()
            if turn:
                times[name].append(process_time() - start)
    return {name: median(taken) for name, taken in times.items()}


def _pair(
    measure: Callable[[Measured, Measured], tuple[float, float]], checklist: Checklist
) -> tuple[float, float]:
    return measure(Measured(given=checklist), Measured())


def _beside(name: str, cap: float, ours: float, short: float) -> Row:
    """A figure of the long inspection beside the same of a short one."""
    ratio = ours / short
    return Row(name, ours, "ms", "an inspection of 50 items", short, ratio, f"<= {cap}x", ratio <= cap)
