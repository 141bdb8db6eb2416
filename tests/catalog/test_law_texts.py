"""A passage is found exactly where its label says, in the version of its day; else it is said not to be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.catalog import read_laws
from inspector.catalog.law_texts import TextState, read_texts
from inspector.catalog.tables import MAX_FILE_BYTES
from inspector.domain.clause import clause_of
from inspector.errors import ChecklistFaultsError
from tests.domain.test_clause import written

OLD = """# 样例检查法

2020年1月1日 样例会议通过

<!-- INFO END -->

## 第一章 总 则

第一条 样例的旧第一款。

样例的旧第二款。
"""

NEW = """---
title: "样例检查法"
---
目 录

第一章 总 则

第一条 样例的第一款。

样例的第二款，依照别条第（一）项、第（二）项办理。

第二条 样例单位应当：

（一）备样例一；

（二）备样例二：

1．甲；

2．乙。

前款以外的样例另行规定。

第三条之一 样例同一行：(一)行内一；(二)行内二。

**第四条** 样例有两处名单：

（一）第一款的一；

第二款也有名单：

（一）第二款的一。

第九条 最后一条。

第一条 所说的样例，照此办理。

附表：样例名单

第十条 附表里的不是条文。
"""

STANDARD = """3 样例总则
3.1 门
3.1.1 样例门的净宽不应小于样例值。
3.1.2 样例门应符合下列规定：
1 能开；
2 能关。
"""

LAWS = """
format = 1
[[law]]
id = "new"
kind = "law"
short = "样例法"
title = "中华人民共和国样例检查法"
in-force-from = 2025-06-01
source = "全文"
checked-on = 2026-11-24
articles = [
  { label = "第一条第二款", mark = "V", gist = "第二款" },
  { label = "第十条", mark = "V2" },
]
[[law]]
id = "old"
kind = "law"
short = "样例法（旧）"
title = "中华人民共和国样例检查法"
in-force-from = 2020-03-01
in-force-to = 2025-05-31
replaced-by = "new"
articles = [{ label = "第一条第二款", mark = "V2" }]
[[law]]
id = "standard"
kind = "standard"
short = "样例标准"
title = "样例门、窗标准"
number = "GB 1-2020"
in-force-from = 2020-01-01
articles = [{ label = "第3.1.2条第2项", mark = "V2" }, { label = "附录A", mark = "V2" }]
[[law]]
id = "unknown"
kind = "rule"
short = "样例规定"
title = "样例没有文本的规定"
in-force-from = 2020-01-01
source = "别处"
checked-on = 2026-11-24
articles = [{ label = "第一条", mark = "V" }]
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "样例检查法(2020-01-01).md").write_text(OLD, encoding="utf-8")
    (tmp_path / "样例检查法（2025-04-13）.txt").write_text(NEW, encoding="utf-8-sig")
    (tmp_path / "GB 1-2020 样例门、窗标准.md").write_text(STANDARD, encoding="utf-8")
    (tmp_path / "README.md").write_text("# 样例说明\n\n没有条文。", encoding="utf-8")
    (tmp_path / "图.png").write_bytes(b"\x89PNG")
    return tmp_path


def passage(folder, label, start="样例检查法（2025"):
    text = next(text for text in read_texts(folder).texts if text.file.startswith(start))
    return text.passage(clause_of(label))


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("第一条", "样例的第一款。\n样例的第二款，依照别条第（一）项、第（二）项办理。"),
        ("第一条第一款", "样例的第一款。"),
        ("第一条第二款", "样例的第二款，依照别条第（一）项、第（二）项办理。"),
        ("第一条第三款", None),
        ("第一条第（一）项", None),
        ("第一条第二款第（一）项", None),
        ("第二条第一款", "样例单位应当：（一）备样例一；（二）备样例二：1．甲；2．乙。"),
        ("第二条第（二）项", "（二）备样例二：1．甲；2．乙。"),
        ("第二条第一款第（一）项", "（一）备样例一；"),
        ("第二条第二款", "前款以外的样例另行规定。"),
        ("第二条第二款第（一）项", None),
        ("第二条第（三）项", None),
        ("第三条", None),
        ("第三条之一第（二）项", "(二)行内二。"),
        ("第四条第（一）项", None),
        ("第四条第二款第（一）项", "（一）第二款的一。"),
        ("第九条", "最后一条。\n第一条 所说的样例，照此办理。"),
        ("第十条", None),
    ],
)
def test_a_passage_is_found_where_its_label_says(folder, label, words):
    assert passage(folder, label) == words


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("第3.1.1条", "样例门的净宽不应小于样例值。"),
        ("第3.1.2条第2项", "2 能关。"),
        ("3.1.2", "样例门应符合下列规定：1 能开；2 能关。"),
        ("第3.1.3条", None),
        ("第3.1.2条第3项", None),
    ],
)
def test_a_standards_clauses_are_found_by_their_numbers(folder, label, words):
    assert passage(folder, label, "GB 1") == words


def test_each_version_is_compared_with_its_own_text(folder):
    laws = read_laws(LAWS.encode())
    compared = {(one.law.id, one.article.label): one for one in read_texts(folder).compare(laws)}
    assert compared["new", "第一条第二款"].passage.startswith("样例的第二款")
    assert compared["old", "第一条第二款"].passage == "样例的旧第二款。"
    assert {key: one.state for key, one in compared.items()} == {
        ("new", "第一条第二款"): TextState.FOUND,
        ("new", "第十条"): TextState.NOT_FOUND,
        ("old", "第一条第二款"): TextState.FOUND,
        ("standard", "第3.1.2条第2项"): TextState.FOUND,
        ("standard", "附录A"): TextState.NOT_FOUND,
        ("unknown", "第一条"): TextState.NO_TEXT,
    }


@pytest.mark.parametrize(
    ("name", "law"),
    [
        ("样例检查法(2025-06-02).md", None),
        ("样例检查法(2020).md", "old"),
        ("样例检查法(2020-13-01).md", None),
        ("样例检查法.md", None),
        ("GB1-2020.md", "standard"),
        ("样例门窗标准.md", "standard"),
        ("样例没有文本的规定（2019-12-01公布）.md", "unknown"),
        ("样例法(2020-01-01).md", None),
    ],
)
def test_a_text_belongs_to_the_first_version_in_force_on_its_date_or_later(tmp_path, name, law):
    (tmp_path / name).write_text(NEW, encoding="utf-8")
    found = read_texts(tmp_path).by_law(read_laws(LAWS.encode()))
    assert list(found) == ([law] if law else [])


def test_of_two_texts_of_one_version_the_later_is_taken(tmp_path):
    for day in ("2019-01-01", "2020-02-01"):
        (tmp_path / f"样例检查法({day}).md").write_text(OLD, encoding="utf-8")
    found = read_texts(tmp_path).by_law(read_laws(LAWS.encode()))
    assert found["old"].file == "样例检查法(2020-02-01).md"


@pytest.mark.parametrize("data", [b"\xff\xfe", b"x" * (MAX_FILE_BYTES + 1)], ids=["not UTF-8", "too large"])
def test_a_text_that_cannot_be_read_is_told_and_the_rest_is_used(folder, data):
    (folder / "坏文件.md").write_bytes(data)
    (folder / "文件夹.md").mkdir()
    collection = read_texts(folder)
    assert len(collection.texts) == 3
    assert {fault.file for fault in collection.faults} == {"坏文件.md", "文件夹.md"}


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ChecklistFaultsError):
        read_texts(tmp_path / "没有")


@given(st.lists(st.lists(st.integers(0, 4), min_size=1, max_size=4), min_size=1, max_size=30))
def test_every_article_paragraph_and_item_is_found_again(tmp_path_factory, shape):
    folder = tmp_path_factory.mktemp("texts")
    lines = []
    for article, paragraphs in enumerate(shape, 1):
        lines.append(f"第{written(article)}条 样例{article}之1。")
        for number, items in enumerate(paragraphs, 1):
            lines += [f"样例{article}之{number}。"] if number > 1 else []
            lines += [f"（{written(item)}）样例{article}之{number}之{item}；" for item in range(1, items + 1)]
    (folder / "样例.md").write_text("\n\n".join(lines), encoding="utf-8")
    (text,) = read_texts(folder).texts
    for article, paragraphs in enumerate(shape, 1):
        for number, items in enumerate(paragraphs, 1):
            place = f"第{written(article)}条第{written(number)}款"
            assert text.passage(clause_of(place)).startswith(f"样例{article}之{number}。")
            for item in range(1, items + 1):
                found = text.passage(clause_of(f"{place}第（{written(item)}）项"))
                assert found == f"（{written(item)}）样例{article}之{number}之{item}；"
            assert text.passage(clause_of(f"{place}第（{written(items + 1)}）项")) is None
        assert text.passage(clause_of(f"第{written(article)}条第{written(len(paragraphs) + 1)}款")) is None
    assert text.passage(clause_of(f"第{written(len(shape) + 1)}条")) is None
