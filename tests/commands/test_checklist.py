"""`inspector checklist …` as an author uses it: files in, words and an exit code out."""

import io
import shutil
import subprocess
import sys

import openpyxl
import pytest

from inspector.__main__ import main
from inspector.catalog import read_checklist
from tests.catalog.forms import SHOP, form, written
from tests.catalog.sample import CHECKLIST, LAWS, spoilt
from tests.catalog.test_layers import HEAD, changed
from tests.catalog.test_parts import PART, TAKEN

NEXT = spoilt('version = "2026.1"', 'version = "2026.2"')


@pytest.fixture
def folder(tmp_path):
    for name, text in (
        ("laws", LAWS),
        ("sample", CHECKLIST),
        ("taken", spoilt('"sample"', '"taken"', TAKEN)),
    ):
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "doors.toml").write_text(PART, encoding="utf-8")
    return tmp_path


@pytest.fixture
def said(capsys):
    """Run a command; its exit code and what it printed."""

    def run(*arguments):
        code = main(["checklist", *map(str, arguments)])
        return code, capsys.readouterr().out

    return run


def new(folder, text, name="new.toml"):
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


# --- lint ---


def test_lint_takes_folders_and_files_and_counts(folder, said):
    assert said("lint", folder)[0] == 0
    code, out = said("lint", folder / "sample.toml", folder / "taken.toml", folder / "parts" / "doors.toml")
    assert (code, out.splitlines()[-1]) == (0, "检查表 2 份，错误 0 处。")


def test_lint_tells_all_faults_with_place_rule_and_suggestion(folder, said):
    bad = new(folder, spoilt("days = 1\n", "days = 0\n", spoilt('"at-once"', '"at-onse"')), "bad.toml")
    code, out = said("lint", bad)
    assert code == 1
    assert "days：0 超出范围" in out
    assert "是否想写“at-once”" in out


def test_lint_judges_a_part_alone_with_its_lines(folder, said):
    (folder / "parts" / "doors.toml").write_text(PART.replace("days = 3", "days = 0"), encoding="utf-8")
    code, out = said("lint", folder / "parts" / "doors.toml")
    assert code == 1
    assert "doors.toml" in out
    assert "第 12 行 doors-open · days" in out


def test_lint_reads_a_workbook_too(folder, said):
    said("export", folder / "sample.toml")
    assert said("lint", folder / "sample.xlsx")[0] == 0
    code, out = said("lint", folder / "laws.toml")
    assert code == 1
    assert "整个文件夹" in out


# --- Layers on a folder ---


def laid(folder, text, id="province", level="province"):
    (folder / "layers").mkdir(exist_ok=True)
    head = HEAD.format(id=id, level=level)
    (folder / "layers" / f"{id}.toml").write_text(head + text, encoding="utf-8")
    return folder / "layers" / f"{id}.toml"


STRICTER = changed("tighten", "door-width", "  days = 10")
EASED = changed("replace", "door-width", '  days = 40\n  weakens = "样例市老楼多"')


def test_lint_lays_the_layers_on_and_tells_what_they_ease_with_its_reason(folder, said):
    laid(folder, STRICTER)
    laid(folder, EASED, "city", "city")
    code, out = said("lint", folder)
    assert code == 0
    assert "放宽 city，样例检查表 door-width：整改期限由 10 天改为 40 天。理由：样例市老楼多" in out
    assert "叠加层 2 个，放宽 1 处。" in out


@pytest.mark.parametrize("of", ["folder", "file"])
def test_lint_refuses_a_layer_that_eases_in_silence(folder, said, of):
    path = laid(folder, changed("replace", "door-width", "  days = 40"))
    code, out = said("lint", folder if of == "folder" else path)
    assert code == 1
    assert "province.toml，第 11 行 door-width：放宽了要求：整改期限由 30 天改为 40 天" in out
    assert "错误 1 处" in out


def test_lint_tells_a_layer_that_cannot_be_read_beside_the_faults_of_the_checklists(folder, said):
    laid(folder, "nonsense = 1")
    new(folder, spoilt("days = 1\n", "days = 0\n", spoilt('"sample"', '"bad"')), "bad.toml")
    code, out = said("lint", folder)
    assert code == 1
    assert "province.toml" in out
    assert "不认识这个键" in out
    assert "days：0 超出范围" in out


def test_diff_of_two_folders_compares_them_with_their_layers_on(folder, said, tmp_path):
    after = tmp_path / "after"
    shutil.copytree(folder, after, ignore=shutil.ignore_patterns("after"))
    assert said("diff", folder, after) == (0, "没有不同。\n")
    laid(after, EASED)
    code, out = said("diff", folder, after)
    assert code == 0
    assert "［放宽］样例检查表 door-width：整改期限由 30 天改为 40 天" in out
    assert "理由：样例市老楼多" in out
    laid(after, changed("replace", "door-width", "  days = 41"))
    assert said("diff", folder, after)[0] == 1


# --- show and diff ---


def test_show_prints_what_a_person_needs_to_judge_it(folder, said):
    code, out = said("show", folder / "sample.toml")
    assert code == 0
    for words in (
        "样例检查表", "2.1 最窄的门净宽　[测量] door-width",
        "不合格：低于 0.80", "范围：0 到 20 米，2 位小数",
        "何时问：“是否在高层建筑内”是“是”，并且“安全出口没有上锁”是其中之一：合格、不合格",
        "依据：《样例消防法》第二十八条", "整改：恢复运行。（3 工作日内）", "证据：照片 1 张、说明",
        "判定标准：样例重大隐患判定标准第5.1条（样例经营者）", "不合格：距今超过 366 天",
    ):  # fmt: skip
        assert words in out, words


def test_show_as_toml_is_canonical_with_parts_in_their_places(folder, said):
    code, out = said("show", "--toml", folder / "taken.toml")
    assert code == 0
    again = read_checklist(out.encode())
    assert again.item("doors-open")
    assert again.digest == read_checklist(folder / "taken.toml").digest
    assert said("show", folder / "parts" / "doors.toml")[1].startswith('format = 1\nid = "doors"')


def test_show_of_a_faulty_file_tells_its_faults(folder, said):
    code, out = said("show", new(folder, "format = 2"))
    assert code == 1
    assert "超出范围" in out


def test_diff_of_the_same_says_so(folder, said):
    assert said("diff", folder / "sample.toml", folder / "sample.toml") == (0, "没有不同。\n")


def test_diff_tells_in_chinese_what_changed_per_item(folder, said):
    text = spoilt('below = "0.80"', 'below = "0.70"', NEXT)
    text = spoilt("days = 30\n", "days = 60\n", spoilt("逐门试开", "逐门推开", text))
    text = spoilt('is = "yes" }, { item = "exit-unlocked"', 'is = "no" }, { item = "exit-unlocked"', text)
    code, out = said("diff", folder / "sample.toml", new(folder, text))
    assert code == 0
    assert out.splitlines()[0] == "整张检查表"
    for words in (
        "版本由 2026.1 改为 2026.2",
        "exit-unlocked\n  检查方法改写",
        "［放宽］界限由",
        "door-width\n",
    ):
        assert words in out, words
    assert "何时问：原来 “是否在高层建筑内”是“是”" in out


def test_diff_tells_removed_added_and_moved_items(folder, said):
    first = CHECKLIST.index('  [[section.item]]\n  id = "last-test"')
    moved = NEXT.replace(CHECKLIST[first:], "").replace(
        '[[section]]\nid = "second"',
        CHECKLIST[first:].replace("last-test", "latest-test") + '\n[[section]]\nid = "second"',
    )
    code, out = said("diff", folder / "sample.toml", new(folder, moved))
    assert code == 0
    assert "［放宽］删去了“最近一次检测的日期”" in out
    assert "新增“最近一次检测的日期”" in out
    again = NEXT.replace(CHECKLIST[first:], "").replace(
        '[[section]]\nid = "second"', CHECKLIST[first:] + '\n[[section]]\nid = "second"'
    )
    out = said("diff", folder / "sample.toml", new(folder, again))[1]
    assert "从“第二部分”移到“第一部分”" in out
    assert "检查项的先后有变动" in out


@pytest.mark.parametrize(
    ("old", "changed", "says"),
    [
        ("days = 30\n", "days = 31\n", "内容变了，版本号没有变"),
        ('version = "2026.1"', 'version = "2025.9"', "版本号从 2026.1 退到了 2025.9"),
        ('id = "sample"', 'id = "other"', "编号从 sample 改成了 other"),
    ],
)
def test_diff_lists_broken_promises_and_says_so_in_its_exit_code(folder, said, old, changed, says):
    code, out = said("diff", folder / "sample.toml", new(folder, spoilt(old, changed)))
    assert code == 1
    assert says in out


def test_diff_tells_a_changed_kind_and_an_id_that_seems_reused(folder, said):
    text = spoilt('id = "last-test"\n  kind = "date"', 'id = "last-test"\n  kind = "text"', NEXT)
    text = spoilt("  fails = { older-than-days = 366 }\n", "", text).replace(
        "最近一次检测为{value}。", "没有检测。"
    )
    code, out = said("diff", folder / "sample.toml", new(folder, text))
    assert (code, "类型从 date 改成了 text" in out) == (1, True)
    code, out = said(
        "diff", folder / "sample.toml", new(folder, spoilt("安全出口没有上锁", "灭火器在有效期内", NEXT))
    )
    assert (code, "编号不能挪作他用" in out) == (0, True)


def test_diff_of_parts_points_to_the_checklists(folder, said):
    assert said("diff", folder / "parts" / "doors.toml", folder / "parts" / "doors.toml")[0] == 1


# --- export and import ---


@pytest.mark.parametrize("name", ["sample.toml", "taken.toml", "parts/doors.toml"])
def test_out_and_in_again_gives_the_same_file(folder, said, name):
    source = folder / name
    assert said("export", source)[0] == 0
    assert (
        said(
            "import",
            source.with_suffix(".xlsx"),
            folder / "once.toml" if "/" not in name else source.with_name("once.toml"),
        )[0]
        == 0
    )
    once = (source.with_name("once.toml")).read_bytes()
    assert said("export", source.with_name("once.toml"), folder / "second.xlsx")[0] == 0
    assert said("import", folder / "second.xlsx", source.with_name("once.toml"))[0] == 0
    assert source.with_name("once.toml").read_bytes() == once
    if "/" not in name:
        assert read_checklist(source.with_name("once.toml")) == read_checklist(source)


def test_a_faulty_workbook_changes_nothing(folder, said):
    said("export", folder / "sample.toml")
    book = openpyxl.load_workbook(folder / "sample.xlsx")
    book["检查项"]["Y3"] = "=1+1"
    book["依据"]["B2"] = "fire-lav"
    book.save(folder / "sample.xlsx")
    before = (folder / "sample.toml").read_bytes()
    code, out = said("import", folder / "sample.xlsx", "--replace")
    assert code == 1
    assert "工作表“检查项”第 3 行“天数”（Y 列）：是公式" in out
    assert "工作表“依据”第 2 行“法律”（B 列）：没有“fire-lav”这部法律" in out
    assert (folder / "sample.toml").read_bytes() == before


def edited(folder, said, **cells):
    said("export", folder / "sample.toml")
    book = openpyxl.load_workbook(folder / "sample.xlsx")
    for name, value in cells.items():
        sheet, cell = {"version": ("检查表", "B4"), "how": ("检查项", "E3")}[name]
        book[sheet][cell] = value
    book.save(folder / "sample.xlsx")


def test_an_existing_file_is_replaced_only_when_asked_and_without_a_broken_promise(folder, said):
    edited(folder, said, how="逐门推开")
    before = (folder / "sample.toml").read_bytes()
    assert said("import", folder / "sample.xlsx")[0] == 1
    code, out = said("import", folder / "sample.xlsx", "--replace")
    assert (code, "内容变了，版本号没有变" in out) == (1, True)
    assert (folder / "sample.toml").read_bytes() == before
    edited(folder, said, how="逐门推开", version="2026.2")
    code, out = said("import", folder / "sample.xlsx", "--replace")
    assert (code, "检查方法改写" in out) == (0, True)
    assert read_checklist(folder / "sample.toml").version == "2026.2"


def test_comments_and_freedoms_that_a_workbook_cannot_keep_are_told(folder, said):
    (folder / "sample.toml").write_text(
        "# 说明\n" + spoilt('["＿＿出口上锁。"]', '"＿＿出口上锁。"'), encoding="utf-8"
    )
    assert "导入后摘要会变" in said("export", folder / "sample.toml")[1]
    edited(folder, said, version="2026.2")
    assert "注释" in said("import", folder / "sample.xlsx", "--replace")[1]


def test_a_broken_file_can_be_replaced(folder, said):
    said("export", folder / "sample.toml")
    (folder / "sample.toml").write_text("format = 9", encoding="utf-8")
    code, out = said("import", folder / "sample.xlsx", "--replace")
    assert (code, "没有比较" in out) == (0, True)


def test_an_xlsform_becomes_a_draft_with_everything_listed(folder, said):
    (folder / "form.xlsx").write_bytes(written(SHOP))
    code, out = said("import", folder / "form.xlsx", "--domain", "gas")
    assert code == 0
    assert "工作表“survey”第 12 行 thanks：“note”没有采用" in out
    assert "这是草稿" in out
    assert said("lint", folder / "form.toml")[0] == 0
    assert read_checklist(folder / "form.toml").domain == "gas"
    (folder / "none.xlsx").write_bytes(written(form([["note", "x", "说明"]])))
    assert said("import", folder / "none.xlsx")[0] == 1


def test_a_template_is_a_workbook_to_begin_with(folder, said):
    assert said("template", folder / "new.xlsx", "--laws", folder / "laws.toml")[0] == 0
    book = openpyxl.load_workbook(folder / "new.xlsx")
    assert [row[0].value for row in book["法律"].rows][1] == "fire-law"
    code, out = said("import", folder / "new.xlsx")
    assert (code, "没有写" in out) == (1, True)


def test_a_place_that_cannot_be_written_is_told(folder, capsys):
    assert main(["checklist", "export", str(folder / "sample.toml"), str(folder / "gone" / "a.xlsx")]) == 1
    assert "没有写出来" in capsys.readouterr().err


def test_schemas_are_written(folder, said):
    assert said("schema", folder / "schema")[0] == 0
    assert (folder / "schema" / "part.schema.json").exists()


def test_without_the_library_the_rest_works_and_the_lack_is_told(folder):
    program = (
        "import sys; sys.modules['openpyxl'] = None\n"
        "from inspector.__main__ import main\n"
        f"assert main(['checklist', 'lint', {str(folder)!r}]) == 0\n"
        f"sys.exit(main(['checklist', 'export', {str(folder / 'sample.toml')!r}]))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "没有安装所需的组件 openpyxl" in done.stderr


def test_what_the_tablet_imports_never_reaches_the_library():
    program = "import sys, inspector.catalog, inspector.tablet.app; sys.exit('openpyxl' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_the_bytes_of_a_workbook_are_a_zip(folder, said):
    said("export", folder / "sample.toml", folder / "out.xlsx")
    assert io.BytesIO((folder / "out.xlsx").read_bytes()).read(2) == b"PK"
