"""`checklist compare`: a person sees our words beside the official ones, and a missing article fails."""

import json

import pytest

from inspector.__main__ import main
from tests.catalog.test_law_texts import LAWS, NEW, OLD


@pytest.fixture
def texts(tmp_path):
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "样例检查法(2020-01-01).md").write_text(OLD, encoding="utf-8")
    (folder / "样例检查法(2025-04-13).md").write_text(NEW, encoding="utf-8")
    return folder


@pytest.fixture
def compare(tmp_path, texts, capsys):
    def run(*options, laws=LAWS):
        file = tmp_path / "laws.toml"
        file.write_text(laws, encoding="utf-8")
        code = main(["checklist", "compare", str(file), "--texts", str(texts), *options])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_our_words_stand_beside_the_official_ones(compare):
    code, out, err = compare()
    assert (code, err) == (0, "")
    assert "没有用到" not in out
    lines = [line.strip() for line in out.splitlines()]
    at = lines.index("第一条第二款　[V]　found")
    assert lines[at + 1 : at + 3] == [
        "要旨　第二款",
        "原文　样例的第二款，依照别条第（一）项、第（二）项办理。",
    ]
    assert "《样例没有文本的规定》　没有文本" in lines
    assert lines[-1].startswith("共 6 条：原文在此 2 条，原文里没有 1 条，没有文本 3 条")


def test_a_text_of_no_known_version_is_named(compare, texts):
    (texts / "样例检查法(2026-01-01).md").write_text(NEW, encoding="utf-8")
    (texts / "别的法.md").write_text(NEW, encoding="utf-8")
    code, out, _ = compare()
    assert code == 0
    assert "没有用到：别的法.md、样例检查法(2026-01-01).md" in out


def test_json_says_the_same_for_programs(compare):
    code, out, _ = compare("--json")
    told = {(one["law"], one["label"]): one for one in json.loads(out)}
    assert code == 0
    assert told["new", "第一条第二款"]["state"] == "found"
    assert told["new", "第一条第二款"]["file"] == "样例检查法(2025-04-13).md"
    assert told["new", "第十条"] == {
        "law": "new",
        "title": "中华人民共和国样例检查法",
        "label": "第十条",
        "mark": "V2",
        "state": "not-found",
        "file": "样例检查法(2025-04-13).md",
        "gist": "",
        "passage": "",
    }
    assert told["unknown", "第一条"]["state"] == "no-text"


@pytest.mark.parametrize("options", [(), ("--json",), ("--report",)])
def test_a_verified_article_that_its_text_lacks_fails(compare, options):
    wrong = LAWS.replace('"第一条第二款", mark = "V", gist', '"第一条第三款", mark = "V", gist', 1)
    assert compare(*options, laws=wrong)[0] == 1


def test_an_unreadable_text_fails_and_is_told(compare, texts):
    (texts / "坏.md").write_bytes(b"\xff")
    code, out, err = compare("--json")
    assert code == 1
    assert "坏.md" in err
    assert json.loads(out)


def test_the_report_has_a_table_per_law_without_a_word_of_the_texts(compare):
    code, out, _ = compare("--report")
    assert code == 0
    assert "样例的第二款" not in out
    assert "### 《中华人民共和国样例检查法》（2020-03-01起的文本）" in out
    assert "### 《样例没有文本的规定》\n" in out
    assert "2025-06-01起；核自全文。" in out
    assert "| 第一条第二款 | V | 原文在此 | 相符：第二款 | 2026-11-24 |" in out
    assert "| 第一条第二款 | V2 | 原文在此 | 没有核对原文，只印名称 |  |" in out
    assert "| 第十条 | V2 | 原文里没有 | 原文里没有，须更正 |  |" in out
    assert "| 第一条 | V | 没有文本 | 依出处 | 2026-11-24 |" in out
    assert "2020-03-01起至2025-05-31；由《中华人民共和国样例检查法》接替。" in out


def test_laws_with_faults_and_missing_folders_are_refused_in_words(tmp_path, capsys):
    laws = tmp_path / "laws.toml"
    laws.write_text("format = 1\n", encoding="utf-8")
    assert main(["checklist", "compare", str(laws), "--texts", str(tmp_path)]) == 1
    assert "laws.toml" in capsys.readouterr().err
    laws.write_text(LAWS, encoding="utf-8")
    assert main(["checklist", "compare", str(laws), "--texts", str(tmp_path / "没有")]) == 1
    assert "没有" in capsys.readouterr().err


def test_articles_read_in_different_places_each_say_where(compare):
    other = LAWS.replace('"第十条", mark = "V2"', '"第九条", source = "转载", mark = "V"', 1)
    code, out, _ = compare("--report", laws=other)
    assert code == 0
    assert "2025-06-01起。" in out
    assert "| 第一条第二款 | V | 原文在此 | 相符：第二款 | 全文，2026-11-24 |" in out
    assert "| 第九条 | V | 原文在此 | 相符 | 转载，2026-11-24 |" in out
