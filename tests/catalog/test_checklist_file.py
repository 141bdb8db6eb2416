"""Everything that can be wrong with a checklist is found, placed, explained, and found together."""

import hashlib
import json
import tomllib
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.catalog import read_checklist
from inspector.catalog.tables import MAX_FILE_BYTES
from inspector.domain.checklist import (
    AllOf,
    Comparison,
    ConditionTest,
    DateLimit,
    Evidence,
    ItemKind,
    Limit,
    Remedy,
    Scale,
    Severity,
)
from inspector.domain.law import Citation
from inspector.domain.working_days import DayKind
from inspector.errors import ChecklistFaultsError
from tests.catalog.sample import CHECKLIST, laws, read, spoilt


def faults_of(text):
    with pytest.raises(ChecklistFaultsError) as refused:
        read(text)
    return refused.value.faults


def test_a_good_file_becomes_the_values_that_it_states():
    checklist = read()
    assert (checklist.id, checklist.version, [section.id for section in checklist.sections]) == (
        "sample",
        "2026.1",
        ["first", "second"],
    )
    fact, door, width, systems, tested = checklist.items
    assert (fact.kind, fact.judged, fact.may_not_apply) == (ItemKind.CHOICE, False, False)
    assert (door.severity, door.remedy) == (Severity.AT_ONCE, Remedy(text="当场开锁。", days=1))
    assert door.basis == (Citation(law="fire-law", article="第二十八条"),)
    assert width.scale == Scale(unit="米", decimals=2, lowest="0", highest="20")
    assert width.limit == Limit(below="0.80", basis=Citation(law="fire-law", article="第十六条"))
    assert width.evidence == Evidence(photos=1, value=True)
    assert systems.remedy == Remedy(text="恢复运行。", days=3, day_kind=DayKind.WORKING)
    assert systems.criteria[0].applies_to == "样例经营者"
    assert systems.shows == AllOf(
        parts=(
            Comparison(item="high-rise", test=ConditionTest.IS, values=("yes",)),
            Comparison(item="exit-unlocked", test=ConditionTest.ANY_OF, values=("pass", "fail")),
        )
    )
    assert tested.date_limit == DateLimit(older_than_days=366)


SPOILT = {
    "a misspelt key": ('severity = "at-once"', 'severty = "at-once"', "severty", "不认识这个键", "severity"),
    "an unknown key at the top": (
        'domain = "fire"',
        'domain = "fire"\ncolour = "red"',
        "colour",
        "不认识",
        "",
    ),
    "a misspelt word": ('"pass-fail"', '"pass-fial"', "kind", "没有“pass-fial”", "pass-fail"),
    "a missing title": ('title = "样例检查表"\n', "", "title", "没有写", ""),
    "a number for a text": ('ask = "安全出口没有上锁"', "ask = 5", "ask", "写法不对", ""),
    "a truth for a number": ("days = 1\n", "days = true\n", "days", "写法不对", ""),
    "a moment for a day": (
        'law = "major-criteria"',
        'law = "major-criteria"\nsince = 2026-01-01T00:00:00',
        "since",
        "写法不对",
        "",
    ),
    "an unquoted number": ('below = "0.80"', "below = 0.80", "below", "写法不对", '"0.80"'),
    "a number with an exponent": ('below = "0.80"', 'below = "8e-1"', "below", "不是普通数字", ""),
    "a newer format": ("format = 1", "format = 2", "format", "超出范围", ""),
    "a version without a year": ('"2026.1"', '"1.0"', "version", "不是版本号", ""),
    "an id in capitals": ('id = "exit-unlocked"', 'id = "Exit"', "id", "不能作编号", ""),
    "an id used twice": ('id = "last-test"', 'id = "door-width"', "id", "重复", ""),
    "a section's id used twice": ('id = "second"', 'id = "first"', "section", "重复", ""),
    "a condition on a later item": (
        'item = "high-rise", is',
        'item = "last-test", is',
        "item",
        "排在后面",
        "",
    ),
    "a condition on itself": ('item = "high-rise", is', 'item = "systems-running", is', "item", "它自己", ""),
    "a condition on nothing": (
        'item = "high-rise", is',
        'item = "high-rice", is',
        "item",
        "没有“high-rice”",
        "high-rise",
    ),
    "a condition on an unknown answer": ('is = "yes"', 'is = "yse"', "is", "没有“yse”", "yes"),
    "a condition with two comparisons": ('is = "yes"', 'is = "yes", is-not = "no"', "shows", "2 种比较", ""),
    "a number compared with a choice": ('is = "yes"', 'above = "1"', "above", "不是测量项", "is"),
    "a word compared with a measure": (
        'item = "high-rise", is = "yes"',
        'item = "door-width", is = "1"',
        "is",
        "是测量项",
        "",
    ),
    "a condition on none of the answers": (
        'any-of = ["pass", "fail"]',
        "any-of = []",
        "any-of",
        "没有写一个答案",
        "",
    ),
    "a comparison beyond what can be": (
        'item = "high-rise", is = "yes"',
        'item = "door-width", above = "21"',
        "above",
        "不在",
        "",
    ),
    "a 不适用 that is not offered": ('is = "yes"', 'is = "not-applicable"', "is", "没有“not-applicable”", ""),
    "a condition that is never true": (
        'item = "exit-unlocked", any-of = ["pass", "fail"]',
        'item = "high-rise", is = "no"',
        "shows",
        "永远不成立",
        "",
    ),
    "a condition that is always true": (
        'is = "yes" }, { item = "exit-unlocked", any-of = ["pass", "fail"] }',
        'any-of = ["yes", "no"] }',
        "shows",
        "永远成立",
        "",
    ),
    "a measure's condition that is never true": (
        'item = "high-rise", is = "yes"',
        'item = "door-width", above = "20"',
        "shows",
        "永远不成立",
        "",
    ),
    "a limit beyond what can be": ('below = "0.80"', 'below = "25"', "below", "不在可能范围", ""),
    "a limit finer than the reading": ('below = "0.80"', 'below = "0.805"', "below", "小数位数", "decimals"),
    "limits that nothing can keep to": (
        'below = "0.80"',
        'below = "5", above = "2"',
        "fails",
        "任何数值都不合格",
        "",
    ),
    "two limits on one side": ('below = "0.80"', 'below = "1", at-or-below = "2"', "fails", "同一侧", ""),
    "no limit in fails": (
        "fails = { older-than-days = 366 }",
        "fails = { passed = false }",
        "fails",
        "没有写界限",
        "",
    ),
    "lowest above highest": ('lowest = "0"', 'lowest = "30"', "lowest", "不小于", ""),
    "a failure without wording": ('  finding = ["＿＿出口上锁。"]\n', "", "finding", "没有问题描述", ""),
    "a failure without basis": (
        '  basis = [{ law = "fire-law", article = "第二十八条" }]\n',
        "",
        "basis",
        "没有依据",
        "law",
    ),
    "a failure without a remedy": ('  remedy = "当场开锁。"\n', "", "remedy", "没有整改措施", ""),
    "a remedy without days": ("  days = 1\n", "", "days", "没有写", ""),
    "no day at all": ("days = 1\n", "days = 0\n", "days", "超出范围", ""),
    "an unknown law": (
        'law = "fire-law", article = "第二十八条"',
        'law = "fire-lav"',
        "law",
        "没有“fire-lav”",
        "fire-law",
    ),
    "an article that nobody registered": (
        '"第二十八条"',
        '"第二十九条"',
        "article",
        "没有“第二十九条”",
        "第二十八条",
    ),
    "a citation for no day": (
        'law = "fire-law", article = "第二十八条"',
        'law = "fire-law", article = "第二十八条", until = 2020-01-01',
        "since",
        "没有一天",
        "",
    ),
    "a clause that lost its binding force": (
        'law = "fire-law", article = "第二十八条"',
        'law = "older-standard", article = "第3.1条"',
        "article",
        "不再是强制性条文",
        "样例 1-2025",
    ),
    "a clause cited one day too long": (
        'law = "fire-law", article = "第二十八条"',
        'law = "older-standard", article = "第3.2条第1款", until = 2025-11-01',
        "article",
        "自 2025-11-01 起",
        "until",
    ),
    "疑似重大 without a criterion": (
        '  criteria = [{ is = "major", article = "第5.1条", text = "设施停用" }]\n',
        "",
        "criteria",
        "没有判定标准",
        "",
    ),
    "a criterion for nobody": ('applies-to = "样例经营者"', "", "applies-to", "没有写", ""),
    "an undeclared criterion": ('is = "major"', 'is = "mayor"', "is", "没有声明", "major"),
    "a criterion's text that nobody read": ("第5.1条", "第5.2条", "text", "没有核到原文", "text"),
    "重大 in the program's wording": (
        '["＿＿停用。"]',
        '["构成重大隐患。"]',
        "finding",
        "没有“疑似”",
        "疑似重大",
    ),
    "a bidi control": ("逐门试开", "逐门\u202e试开", "how", "U+202E", ""),
    "an invisible character": ("逐门试开", "逐门\u200b试开", "how", "U+200B", ""),
    "an endless text": ("逐门试开", "长" * 301, "how", "301 个字", ""),
    "an empty text": ('how = "逐门试开"', 'how = " "', "how", "内容是空的", ""),
    "an unknown placeholder": ("{value}{unit}", "{value}{meters}", "finding", "不认识的占位", "＿＿"),
    "a placeholder without a reading": ("＿＿出口上锁", "{value}出口上锁", "finding", "不认识的占位", ""),
    "a lone brace": ("＿＿出口上锁", "出口上锁}", "finding", "不认识的占位", ""),
    "a unit on a pass-fail": ("days = 1\n", 'days = 1\nunit = "米"\n', "unit", "没有意义", ""),
    "a value as evidence of a pass-fail": ("{ photos = 1 }", "{ value = true }", "value", "没有意义", ""),
    "a remedy on a fact": ('how = "看图纸"', 'how = "看图纸"\nremedy = "改。"', "remedy", "没有意义", ""),
    "a choice alone": ('    { id = "no", label = "否" },\n', "", "choices", "只有一个选项", ""),
    "a choice twice": ('{ id = "no"', '{ id = "yes"', "choices", "重复", ""),
    "a reserved choice": ('{ id = "no"', '{ id = "not-applicable"', "choices", "not-applicable", ""),
    "a finding on a good choice": (
        'label = "是" }',
        'label = "是", finding = "是。" }',
        "finding",
        "合格的选项",
        "",
    ),
    "no sections": (CHECKLIST[CHECKLIST.index("[[section]]") :], "", "section", "没有写", ""),
    "a table where a list belongs": ('basis = [{ law = "fire-law" }]', "basis = [1]", "basis", "不是表", ""),
}


@pytest.mark.parametrize("what", SPOILT)
def test_a_checklist_is_refused_for(what):
    old, new, key, says, suggests = SPOILT[what]
    faults = faults_of(spoilt(old, new))
    fitting = [fault for fault in faults if key in fault.place and says in fault.what]
    assert fitting, [str(fault) for fault in faults]
    assert suggests in fitting[0].suggestion
    assert all(fault.file == "样例.toml" and fault.rule for fault in faults)


def test_all_faults_come_together_and_in_order():
    text = spoilt('severity = "at-once"', 'severty = "at-once"')
    text = spoilt('below = "0.80"', "below = 0.80", spoilt("days = 3\n", "days = 0\n", text))
    places = [fault.place.split(" · ", 1)[1] for fault in faults_of(text)]
    assert places == ["severty", "fails · below", "fails", "days"]


def test_a_fault_names_the_line_where_its_item_starts():
    fault = faults_of(spoilt('severity = "at-once"', 'severty = "at-once"'))[0]
    line = CHECKLIST.splitlines().index('  id = "exit-unlocked"') + 1
    assert fault.place == f"第 {line} 行 exit-unlocked · severty"


def test_the_error_counts_its_faults_and_tells_the_first():
    with pytest.raises(ChecklistFaultsError) as refused:
        read(spoilt("days = 1\n", "days = 0\n"))
    assert "“样例.toml”有 1 处问题" in refused.value.message
    assert "days" in refused.value.message


@pytest.mark.parametrize(
    ("data", "place", "says"),
    [
        (b"format = 1\nid = = 2\n", "第 2 行第 6 列", "格式读不懂"),
        (b'a = "', "文件末尾", "格式读不懂"),
        (CHECKLIST.encode("gb18030"), "第 5 行", "UTF-8"),
        (b"\xff\xfe\x00", "第 1 行", "UTF-8"),
        (b"a = " + b"[" * 100_000, "整个文件", "嵌套"),
        (b"#" * (MAX_FILE_BYTES + 1), "整个文件", "太大"),
        (b"a = 1" + b"0" * 5000, "文件末尾", "格式读不懂"),
        (b"", "format", "没有写"),
    ],
)
def test_bytes_that_are_no_checklist_are_refused_with_their_place(data, place, says):
    with pytest.raises(ChecklistFaultsError) as refused:
        read_checklist(data, laws=laws())
    assert any(place in fault.place and says in fault.what for fault in refused.value.faults)


def test_a_file_that_is_not_there_is_a_fault_like_any_other(tmp_path):
    with pytest.raises(ChecklistFaultsError) as refused:
        read_checklist(tmp_path / "没有.toml")
    assert "读不出来" in refused.value.faults[0].what
    with pytest.raises(ChecklistFaultsError):
        read_checklist(tmp_path)


@pytest.mark.parametrize("rewrite", [lambda text: "\ufeff" + text, lambda text: text.replace("\n", "\r\n")])
def test_what_a_windows_editor_saves_can_be_read(rewrite):
    assert read(rewrite(CHECKLIST)).digest == read().digest


def test_names_of_laws_and_the_technical_term_may_say_major():
    text = spoilt("看主机", "对照《样例重大隐患判定标准》看重大危险源主机，疑似重大的拍照")
    assert read(text).items[3].how.startswith("对照")


def test_without_laws_citations_are_taken_as_written():
    text = spoilt('law = "fire-law", article = "第二十八条"', 'law = "unknown", article = "第一条"')
    assert read(text, laws=None).items[1].basis == (Citation(law="unknown", article="第一条"),)


# --- The digest ---------------------------------------------------------------------------------------


def test_comments_spacing_quotes_and_the_order_of_keys_do_not_change_the_digest():
    text = spoilt(
        'title = "样例检查表"\ndomain = "fire"\n', "domain = 'fire' # 消防\n\ntitle   =  '样例检查表'\n"
    )
    assert read(text).digest == read().digest


@pytest.mark.parametrize(
    ("old", "new"),
    [("逐门试开", "逐门试推"), ("days = 30", "days = 31"), ('version = "2026.1"', 'version = "2026.2"')],
)
def test_every_word_and_number_changes_the_digest(old, new):
    assert read(spoilt(old, new)).digest != read().digest


def test_the_order_of_items_changes_the_digest():
    first = CHECKLIST.index('  [[section.item]]\n  id = "last-test"')
    second = CHECKLIST.index('  [[section.item]]\n  id = "door-width"')
    moved = CHECKLIST[:second] + CHECKLIST[first:] + "\n" + CHECKLIST[second:first]
    assert sorted(item.id for item in read(moved).items) == sorted(item.id for item in read().items)
    assert read(moved).digest != read().digest


def test_the_digest_can_be_recomputed_by_anybody():
    tree = tomllib.loads(CHECKLIST)
    text = json.dumps(tree, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=date.isoformat)
    assert read().digest == hashlib.sha256(text.encode()).hexdigest()


# --- Bad input of any shape -----------------------------------------------------------------------------


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_a_checklist_or_a_list_of_faults(data):
    with pytest.raises(ChecklistFaultsError) as refused:
        read_checklist(data, laws=laws())
    assert refused.value.faults


LINES = CHECKLIST.splitlines()
SCRAPS = [
    "0",
    "true",
    '"x"',
    "[]",
    "{}",
    "[{}]",
    "1979-05-27",
    "0.5",
    "[1, 'a']",
    "{ a = 1 }",
    "-1",
    "''",
    '["", ""]',
]


@settings(max_examples=150)
@given(st.data())
def test_a_spoilt_checklist_is_read_or_refused_but_never_breaks_the_reader(data):
    lines = list(LINES)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        key, equals, _ = lines[at].partition("=")
        how = data.draw(st.sampled_from(["drop", "double", "replace", "swap"]))
        if how == "drop":
            del lines[at]
        elif how == "double":
            lines.insert(at, lines[at])
        elif how == "replace" and equals:
            lines[at] = f"{key}= {data.draw(st.sampled_from(SCRAPS))}"
        else:
            other = data.draw(st.integers(0, len(lines) - 1))
            lines[at], lines[other] = lines[other], lines[at]
    try:
        checklist = read("\n".join(lines))
    except ChecklistFaultsError as refused:
        assert refused.faults
    else:
        assert all(item.basis and item.remedy for item in checklist.items if item.judged)


@pytest.mark.parametrize("article", ['"第3.1条", until = 2025-10-31', '"第3.2条第2款"'])
def test_a_clause_may_be_cited_while_it_binds(article):
    basis = f'basis = [{{ law = "older-standard", article = {article} }}]'
    assert read(spoilt('basis = [{ law = "fire-law" }]', basis)).items
