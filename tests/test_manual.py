"""The authors' manual: its examples work as written, and it explains every message and no other."""

import io
import re
import tomllib
from pathlib import Path

import openpyxl
import pytest

from inspector.__main__ import main
from inspector.catalog import read_checklist, warnings_of
from inspector.catalog.canonical import canonical_toml
from inspector.catalog.layer_file import Level, read_layer
from inspector.catalog.layers import lay_over
from inspector.catalog.parts import read_parts
from inspector.catalog.workbook import blank_workbook, tree_of_workbook, workbook_of
from inspector.domain.checklist import ItemKind
from tests.catalog import messages
from tests.catalog.forms import written
from tests.shipped import CATALOGUE, FOLDER

ROOT = Path(__file__).resolve().parents[1]
MANUAL = (ROOT / "docs" / "authoring.zh.md").read_text(encoding="utf-8")
PARTS = read_parts(FOLDER)
LAYERS = [text.split("```")[0] for text in MANUAL.split("```toml\n")[1:]]
EXPLAINED = MANUAL.split("## 六 ")[1]


def table(name):
    """The rows of the table under a bold name."""
    lines = MANUAL.split(f"\n**{name}**")[1].split("\n\n")[1].splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [rows[0], *rows[2:]]


def filled_workbook():
    book = openpyxl.load_workbook(io.BytesIO(blank_workbook(laws=CATALOGUE.laws)))
    put(book["检查表"], table("检查表"), by_line=True)
    items = [list(row) for row in zip(*table("检查项"), strict=True)]
    put(book["检查项"], [[cell.replace("／", "\n") for cell in row] for row in items])
    for name in ("章节", "选项", "条件", "依据"):
        put(book[name], table(name))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def put(sheet, rows, *, by_line=False):
    """Fill rows in as a person does: by the heading of the column, or by the name of the line."""
    if by_line:
        places = {sheet.cell(row, 1).value: row for row in range(1, sheet.max_row + 1)}
        for name, content in rows[1:]:
            sheet.cell(places[name], 2).value = content
        return
    columns = {cell.value: cell.column for cell in sheet[1]}
    for number, row in enumerate(rows[1:], 2):
        for heading, content in zip(rows[0], row, strict=True):
            sheet.cell(number, columns[heading]).value = content or None


def test_the_example_of_a_workbook_is_a_checklist_without_a_fault_or_a_warning():
    tree = tree_of_workbook(filled_workbook(), laws=CATALOGUE.laws, parts=PARTS)
    found = read_checklist(canonical_toml(tree).encode(), laws=CATALOGUE.laws, parts=PARTS)
    assert warnings_of(found, CATALOGUE.laws) == ()
    assert {item.kind for item in found.items} >= {ItemKind.CHOICE, ItemKind.MEASURE, ItemKind.DATE}
    assert found.item("exit-unlocked").findings[1].endswith("遮挡。")
    assert [section.id for section in found.sections] == ["site", "ways", "fire-electric"]
    assert tree_of_workbook(workbook_of(tree), laws=CATALOGUE.laws, parts=PARTS) == tree


def test_the_example_of_an_xlsform_gives_a_draft_and_the_list_that_is_printed(tmp_path, capsys):
    sheets = {
        name: [[cell or None for cell in row] for row in table(name)]
        for name in ("survey", "choices", "settings")
    }
    (tmp_path / "form.xlsx").write_bytes(written(sheets))
    assert main(["checklist", "import", str(tmp_path / "form.xlsx"), "--domain", "fire"]) == 0
    listed = [
        line.split("，", 1)[1] for line in capsys.readouterr().out.splitlines() if line.startswith("提醒")
    ]
    assert listed == MANUAL.split("导入时列出：\n\n```\n")[1].split("\n```")[0].splitlines()
    found = read_checklist(tmp_path / "form.toml")
    assert found.item("width").shows is not None


def test_the_examples_of_layers_lie_on_the_checklists_that_ship(tmp_path):
    layers = [read_layer(text.encode()) for text in LAYERS]
    assert [layer.level for layer in layers] == list(Level)
    laid = lay_over(CATALOGUE, layers)
    places = laid.catalogue.get("fire-small-places")
    assert places.item("sample-masks").remedy.days == 3
    assert places.item("signs-lights").evidence.photos == 2
    (eased,) = laid.weakenings
    told = f"放宽 {eased.layer}，{eased.title} {eased.item}：{eased.words}。理由：{eased.reason}"
    assert told in MANUAL


def test_every_key_that_tightens_and_every_act_is_in_the_table_of_layers():
    acts = MANUAL.split("## 四 ")[1].split("## 五 ")[0]
    for word in ("section", "item", "tighten", "replace", "citation", "remove"):
        assert f"`[[checklist.{word}]]`" in acts


def explained():
    rows = [line for line in EXPLAINED.splitlines() if line.startswith("| `")]
    return [text for row in rows for text in re.findall(r"`([^`]+)`", row.split(" | ")[0])]


def test_every_message_is_explained_once_and_nothing_else_is():
    assert sorted(messages.messages() - set(explained())) == []
    assert sorted(set(explained()) - messages.messages()) == []
    assert len(explained()) == len(set(explained()))


def test_every_place_that_says_something_was_understood():
    assert messages.not_understood() == []


def test_every_explanation_says_what_to_do():
    rows = [line for line in EXPLAINED.splitlines() if line.startswith("| `")]
    assert [row for row in rows if len(row.split(" | ")[1].strip("| ")) < 4] == []


@pytest.mark.parametrize("name", re.findall(r"inspector checklist ([a-z]+)", MANUAL))
def test_every_command_of_the_manual_exists(name, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["checklist", name, "--help"])
    assert ended.value.code == 0


def test_the_word_of_every_section_is_toml():
    assert [tomllib.loads(text)["format"] for text in LAYERS] == [1, 1, 1]
