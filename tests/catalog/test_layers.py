"""Layers over checklists: what they say, where it comes to stand; that nothing is weakened silently."""

import pytest

from inspector.catalog import read_all
from inspector.catalog.content import Content
from inspector.catalog.faults import Faults
from inspector.catalog.layer_file import Level, read_layer
from inspector.catalog.layers import catalogue_of, compare, lay_over
from inspector.catalog.tables import parse_toml
from inspector.domain.checklist import Severity
from inspector.errors import ChecklistFaultsError
from tests.catalog.sample import CHECKLIST, LAWS

HEAD = """
format = 1
id = "{id}"
title = "样例省补充要求"
level = "{level}"
version = "2026.1"
"""
ON_SAMPLE = '\n[[checklist]]\nid = "sample"\n'
NEW_ITEM = """
  [[checklist.item]]
  after = "exit-unlocked"
  id = "exit-lit"
  kind = "pass-fail"
  ask = "安全出口有照明"
  how = "逐个看"
  basis = [{ law = "fire-law" }]
  finding = ["＿＿出口没有照明。"]
  remedy = "装灯。"
  days = 5
  evidence = { photos = 1 }
"""


def base():
    trees = [parse_toml(text.encode(), Faults("样例")) for text in (LAWS, CHECKLIST)]
    return catalogue_of(Content(laws=trees[0], checklists=(trees[1],)), name="样例")


def layer(text, id="province", level="province"):
    head = HEAD.format(id=id, level=level)
    return read_layer((head + text).encode(), name=f"{id}.toml")


def laid(*texts):
    levels = list(Level)
    return lay_over(
        base(), [layer(text, f"layer-{number}", levels[number]) for number, text in enumerate(texts)]
    )


def sample(*texts):
    return laid(*texts).catalogue.get("sample")


def faults_of(act):
    with pytest.raises(ChecklistFaultsError) as caught:
        act()
    return [(fault.file, fault.place, fault.what) for fault in caught.value.faults]


def changed(kind, item, body):
    return f'{ON_SAMPLE}\n  [[checklist.{kind}]]\n  item = "{item}"\n{body}\n'


# --- What a layer does ---


def test_an_item_is_added_behind_the_one_it_names():
    found = sample(ON_SAMPLE + NEW_ITEM)
    assert [item.id for item in found.sections[0].items] == ["high-rise", "exit-unlocked", "exit-lit"]


def test_a_section_is_added_behind_the_one_it_names_or_at_the_end():
    text = """
  [[checklist.section]]
  after = "first"
  id = "between"
  title = "夹在中间"
    [[checklist.section.item]]
    id = "note"
    kind = "text"
    ask = "备注"
    required = false
"""
    assert [one.id for one in sample(ON_SAMPLE + text).sections] == ["first", "between", "second"]
    at_the_end = ON_SAMPLE + text.replace('  after = "first"\n', "")
    assert [one.id for one in sample(at_the_end).sections] == ["first", "second", "between"]


def test_tightening_sets_limits_and_joins_lists():
    body = """
  fails = { below = "0.90" }
  days = 15
  severity = "at-once"
  basis = [{ law = "fire-law", article = "第二十八条" }]
  finding = ["净宽只有{value}{unit}。"]
  evidence = { photos = 2 }
"""
    item = sample(changed("tighten", "door-width", body)).item("door-width")
    assert (item.limit.below, item.remedy.days, item.severity) == ("0.90", 15, Severity.AT_ONCE)
    assert [one.article for one in item.basis] == ["第十六条", "第二十八条"]
    assert item.findings == ("净宽为{value}{unit}。", "净宽只有{value}{unit}。")
    assert (item.evidence.photos, item.evidence.value) == (2, True)
    assert item.limit.basis is None, "the old article does not say the new figure"


def test_a_choice_can_be_made_to_fail():
    body = """
  failing-choices = ["yes"]
  finding = ["在高层建筑内。"]
  basis = [{ law = "fire-law" }]
"""
    text = changed("replace", "high-rise", '  remedy = "搬出。"\n  days = 1\n')
    text += f'\n  [[checklist.tighten]]\n  item = "high-rise"\n{body}'
    assert [one.fails for one in sample(text).item("high-rise").choices] == [True, False]


def test_a_citation_takes_the_place_of_another_where_as_much_may_be_printed():
    body = '  old = { law = "fire-law", article = "第十六条" }\n'
    body += '  new = { law = "fire-law", article = "第二十八条" }'
    item = sample(changed("citation", "door-width", body)).item("door-width")
    assert [one.article for one in item.basis] == ["第二十八条"]


def test_a_layer_brings_laws_and_articles_of_its_own():
    text = """
[[law]]
id = "province-rules"
kind = "regulation"
short = "样例省条例"
title = "样例省消防条例"
in-force-from = 2024-01-01
source = "全文"
checked-on = 2026-11-23
articles = [{ label = "第三条", mark = "V" }]

[[article]]
law = "fire-law"
label = "第十六条"
mark = "V"
source = "全文"
checked-on = 2026-11-23
"""
    text += changed("tighten", "door-width", '  basis = [{ law = "province-rules", article = "第三条" }]')
    found = laid(text)
    assert found.catalogue.laws.get("province-rules").articles[0].label == "第三条"
    assert found.catalogue.laws.get("fire-law").article("第十六条").source == "全文"
    assert found.catalogue.get("sample").item("door-width").basis[-1].law == "province-rules"


def test_levels_lie_on_each_other_whatever_order_they_are_given_in():
    city = changed("tighten", "exit-lit", "  days = 3")
    province = ON_SAMPLE + NEW_ITEM
    layers = [layer(city, "city", "city"), layer(province)]
    found = lay_over(base(), layers).catalogue.get("sample")
    assert found.item("exit-lit").remedy.days == 3
    assert found.version == "2026.1+province.2026.1+city.2026.1"


def test_a_layered_checklist_has_a_digest_of_its_own_and_others_keep_theirs():
    plain = base()
    assert sample(ON_SAMPLE + NEW_ITEM).digest != plain.get("sample").digest
    assert lay_over(base(), []).catalogue.get("sample") == plain.get("sample")
    assert lay_over(base(), []).content == base().content


def test_over_a_folder_the_layered_checklist_takes_the_place_of_the_plain_one(tmp_path):
    (tmp_path / "laws.toml").write_text(LAWS, encoding="utf-8")
    (tmp_path / "any-name.toml").write_text(CHECKLIST, encoding="utf-8")
    found = lay_over(read_all(tmp_path), [layer(ON_SAMPLE + NEW_ITEM)]).catalogue
    assert [one.version for one in found.checklists] == ["2026.1+province.2026.1"]


def test_content_comes_back_from_json_as_it_was():
    content = laid(ON_SAMPLE + NEW_ITEM).content
    json = content.to_json()
    assert Content.from_json(json["laws"], json["checklists"]) == content


# --- What a layer may not do silently ---

WEAKENED = {
    "a looser limit": ("door-width", '  fails = { below = "0.70", basis = { law = "fire-law" } }', "界限"),
    "a limit that lets its own figure pass": ("door-width", '  fails = { above = "0.80" }', "界限"),
    "no limit any more": ("door-width", '  drop = ["fails"]', "删去了界限"),
    "a lower severity": ("exit-unlocked", '  severity = "general"', "严重程度"),
    "no list for a major hazard": (
        "systems-running",
        '  severity = "at-once"\n  drop = ["criteria"]',
        "判定标准",
    ),
    "more days": ("door-width", "  days = 31", "整改期限"),
    "working days for days": ("door-width", '  days = 5\n  day-kind = "working"', "整改期限"),
    "fewer photos": ("door-width", "  evidence = { value = true }", "照片"),
    "no value": ("door-width", "  evidence = { photos = 1 }", "数值"),
    "no note": ("systems-running", "  evidence = { photos = 1 }", "说明"),
    "a finding gone": ("exit-unlocked", '  finding = ["出口锁着。"]', "问题描述"),
    "a basis gone": ("exit-unlocked", '  basis = [{ law = "fire-law" }]', "依据"),
    "a basis for fewer days": (
        "exit-unlocked",
        '  basis = [{ law = "fire-law", article = "第二十八条", since = 2026-01-01 }]',
        "依据",
    ),
    "a narrower condition": (
        "systems-running",
        '  shows = { all = [{ item = "high-rise", is = "yes" }, { item = "exit-unlocked", is = "fail" }] }',
        "显示条件",
    ),
    "a condition where there was none": (
        "door-width",
        '  shows = { item = "high-rise", is = "yes" }',
        "显示条件",
    ),
    "one more way to answer": (
        "high-rise",
        '  choices = [{ id = "yes", label = "是" }, { id = "no", label = "否" }, { id = "c", label = "半" }]',
        "选项",
    ),
    "not applicable": ("high-rise", "  not-applicable = true", "不适用"),
    "no answer needed": ("exit-unlocked", "  required = false", "必答"),
    "an older test": ("last-test", "  fails = { older-than-days = 400 }", "距今天数"),
    "a narrower scale": ("door-width", '  lowest = "0.5"', "可填范围"),
    "another unit": ("door-width", '  unit = "厘米"', "可填范围"),
}


@pytest.mark.parametrize("case", WEAKENED.values(), ids=WEAKENED.keys())
def test_weakening_without_a_reason_is_a_fault_with_its_line(case):
    item, body, words = case
    text = changed("replace", item, body)
    line = (HEAD + text).split("\n").index("  [[checklist.replace]]") + 1
    told = [(file, place) for file, place, what in faults_of(lambda: laid(text)) if words in what]
    assert told == [("layer-0.toml", f"第 {line} 行 {item}")]


@pytest.mark.parametrize("case", WEAKENED.values(), ids=WEAKENED.keys())
def test_weakening_with_a_reason_is_made_and_listed(case):
    item, body, words = case
    found = laid(changed("replace", item, body + '\n  weakens = "样例理由"'))
    assert {(one.item, one.reason) for one in found.weakenings} == {(item, "样例理由")}
    assert any(words in one.words for one in found.weakenings)


def test_a_removed_item_needs_a_reason():
    text = changed("remove", "last-test", "")
    assert [what for _, _, what in faults_of(lambda: laid(text))] == [
        "放宽了要求：删去了“最近一次检测的日期”"
    ]
    found = laid(changed("remove", "last-test", '  weakens = "样例理由"'))
    assert found.catalogue.get("sample").item("last-test") is None
    assert [one.words for one in found.weakenings] == ["删去了“最近一次检测的日期”"]


def test_tightening_takes_no_reason_and_never_weakens():
    told = faults_of(lambda: layer(changed("tighten", "door-width", '  days = 60\n  weakens = "理由"')))
    assert [what for _, _, what in told] == ["在这里没有意义"]
    told = faults_of(lambda: laid(changed("tighten", "door-width", "  days = 60")))
    assert [what for _, _, what in told] == ["放宽了要求：整改期限由 30 天改为 60 天"]


def test_a_citation_that_prints_less_needs_a_reason():
    body = '  old = { law = "fire-law", article = "第二十八条" }\n'
    body += '  new = { law = "fire-law", article = "第十六条" }'
    assert "可印的内容变少" in faults_of(lambda: laid(changed("citation", "exit-unlocked", body)))[0][2]
    found = laid(changed("citation", "exit-unlocked", body + '\n  weakens = "样例理由"'))
    assert len(found.weakenings) == 1


def test_a_city_cannot_silently_take_back_what_its_province_asks():
    province = changed("tighten", "door-width", '  fails = { below = "0.90" }')
    city = changed("replace", "door-width", '  fails = { below = "0.85" }')
    assert [file for file, _, _ in faults_of(lambda: laid(province, city))] == ["layer-1.toml"]
    assert laid(province, city.replace("0.85", "0.95")).weakenings == ()


def test_taking_not_applicable_away_may_not_hide_what_it_used_to_show():
    shows = '  shows = { item = "high-rise", is-not = "yes" }\n  weakens = "样例理由"'
    province = changed("replace", "high-rise", '  not-applicable = true\n  weakens = "样例理由"')
    province += f'\n  [[checklist.replace]]\n  item = "door-width"\n{shows}'
    city = changed("replace", "high-rise", "  not-applicable = false")
    assert laid(province, city).weakenings[-1].layer == "layer-0"
    may_stay_open = city + "  required = false"
    assert "不再有“不适用”" in str(faults_of(lambda: laid(province, may_stay_open)))


ROOF = """
  [[checklist.item]]
  section = "second"
  id = "roof"
  kind = "choice"
  ask = "屋面"
  choices = [
    { id = "good", label = "好" },
    { id = "leaks", label = "漏", fails = true, finding = "漏水。" },
    { id = "gone", label = "没有", fails = true },
  ]
  basis = [{ law = "fire-law" }]
  finding = ["屋面破损。"]
  remedy = "修好。"
  days = 10
"""
GOOD, LEAKS, GONE = (
    '{ id = "good", label = "好" }',
    '{ id = "leaks", label = "漏", fails = true, finding = "漏水。" }',
    '{ id = "gone", label = "没有", fails = true }',
)


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        ((GOOD, LEAKS, GONE.replace(", fails = true", "")), "选项“没有”不再判不合格"),
        ((GOOD, LEAKS), "删去了选项“没有”"),
        ((GOOD, LEAKS, GONE, '{ id = "fair", label = "尚可" }'), "增加了选项“尚可”"),
        ((GOOD, LEAKS.replace("漏水", "渗水"), GONE), "删去了问题描述“漏水。”"),
    ],
)
def test_what_can_be_chosen_is_not_eased(choices, words):
    city = changed("replace", "roof", f"  choices = [{', '.join(choices)}]")
    told = faults_of(lambda: laid(ON_SAMPLE + ROOF, city))
    assert [what for _, _, what in told] == [f"放宽了要求：{words}"]


def test_one_more_choice_that_fails_eases_nothing():
    worse = '{ id = "burnt", label = "烧毁", fails = true }'
    city = changed("replace", "roof", f"  choices = [{', '.join((GOOD, LEAKS, GONE, worse))}]")
    assert laid(ON_SAMPLE + ROOF, city).weakenings == ()


@pytest.mark.parametrize(
    ("province", "city"),
    [
        ('{ at-or-below = "0.80" }', '{ below = "0.80" }'),
        ('{ below = "0.80", above = "15" }', '{ below = "0.90", above = "15.01" }'),
        ('{ below = "0.80", at-or-above = "15" }', '{ below = "0.80", above = "15" }'),
        ('{ below = "0.80", above = "15" }', '{ below = "0.80" }'),
    ],
)
def test_each_side_of_a_limit_and_its_own_figure_count(province, city):
    first = changed("tighten", "door-width", f"  fails = {province}")
    assert faults_of(lambda: laid(first, changed("replace", "door-width", f"  fails = {city}")))
    assert laid(first, changed("replace", "door-width", f"  fails = {province}")).weakenings == ()


def test_an_article_that_was_read_cannot_become_one_that_was_not():
    text = '\n[[article]]\nlaw = "fire-law"\nlabel = "第二十八条"\nmark = "M"\n'
    assert "可印的内容变少" in faults_of(lambda: laid(text))[0][2]


# --- Faults ---


def test_every_fault_of_a_layer_is_told_at_once_with_its_place():
    text = ON_SAMPLE + NEW_ITEM.replace("days = 5", "days = 0")
    text += '\n  [[checklist.tighten]]\n  item = "door-widht"\n  days = 3\n'
    text += '\n  [[checklist.replace]]\n  item = "exit-unlocked"\n  ask = ""\n'
    lines = text.split("\n")

    def line(words):
        return HEAD.count("\n") + next(n for n, one in enumerate(lines, 1) if words in one)

    told = faults_of(lambda: laid(text))
    assert [(place, what) for _, place, what in told] == [
        (f"第 {line('tighten')} 行 door-widht · item", "没有“door-widht”这一项"),
        (f"第 {line('replace')} 行 exit-unlocked · ask", "内容是空的"),
        (f"第 {line('exit-lit')} 行 exit-lit · days", "0 超出范围"),
    ]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("\ntypo = 1\n", "不认识这个键"),
        ('\n[[checklist]]\nid = "sample"\n[[checklist]]\nid = "sample"\n', "检查表“sample”写了两次"),
        ("", "没有任何改动"),
        (changed("replace", "door-width", '  kind = "text"'), "不能改"),
        (changed("replace", "door-width", '  drop = ["id"]'), "不能改"),
        (changed("item", "door-width", ""), "没有写清放在哪里"),
    ],
)
def test_a_layer_that_is_no_layer_is_refused(text, what):
    assert what in [each for _, _, each in faults_of(lambda: layer(text))]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('\n[[checklist]]\nid = "smaple"\n', "没有“smaple”这张检查表"),
        (changed("tighten", "door-width", "  colour = 1"), "不认识这个键"),
        (changed("tighten", "high-rise", '  failing-choices = ["maybe"]'), "没有“maybe”这个选项"),
        (changed("replace", "door-width", '  drop = ["shows"]'), "这一项没有“shows”"),
        (
            changed("citation", "door-width", "  old = { law = 'x' }\n  new = { law = 'y' }"),
            "这一项没有这条依据",
        ),
        (ON_SAMPLE + NEW_ITEM.replace('after = "exit-unlocked"', 'section = "third"'), "没有“third”"),
        (ON_SAMPLE + NEW_ITEM.replace('"exit-lit"', '"door-width"'), "编号“door-width”重复"),
        ('\n[[article]]\nlaw = "no-law"\nlabel = "第一条"\nmark = "M"\n', "没有“no-law”这部法律"),
        (
            ON_SAMPLE + '[checklist.criterion.major]\nname = "另一个"\nlaw = "fire-law"\napplies-to = "甲"\n',
            "判定标准",
        ),
    ],
)
def test_a_layer_that_does_not_fit_is_refused(text, what):
    assert any(what in each for _, _, each in faults_of(lambda: laid(text)))


def test_two_layers_of_one_id_are_refused():
    twins = [layer(ON_SAMPLE + NEW_ITEM), layer(changed("tighten", "door-width", "  days = 3"))]
    assert "编号“province”与另一层相同" in [what for _, _, what in faults_of(lambda: lay_over(base(), twins))]


# --- Comparing catalogues ---


def test_comparing_two_catalogues_tells_every_difference_and_marks_what_weakens():
    plain, strict = (
        base(),
        laid(
            ON_SAMPLE + NEW_ITEM + '\n  [[checklist.tighten]]\n  item = "door-width"\n  days = 10\n'
        ).catalogue,
    )
    there = [(change.item, change.weakens) for change in compare(plain, strict)]
    assert there == [("", False), ("door-width", False), ("exit-lit", False)]
    back = [(change.item, change.weakens) for change in compare(strict, plain)]
    assert back == [("", False), ("exit-lit", True), ("door-width", True)]
    assert compare(plain, plain) == ()
