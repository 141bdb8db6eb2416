"""A small checklist file and laws file with nothing wrong, to be spoilt one place at a time."""

from inspector.catalog import read_checklist, read_laws

LAWS = """
format = 1

[[law]]
id = "fire-law"
kind = "law"
short = "样例消防法"
title = "样例消防法"
in-force-from = 2021-04-29
source = "全文"
checked-on = 2026-11-23
articles = [
  { label = "第二十八条", mark = "V", gist = "通道畅通" },
  { label = "第十六条", mark = "V2" },
]

[[law]]
id = "old-rules"
kind = "rule"
short = "旧办法"
title = "旧办法"
number = "样例令第1号"
in-force-from = 2010-01-01
in-force-to = 2020-12-31
replaced-by = "fire-law"

[[law]]
id = "major-criteria"
kind = "standard"
short = "判定标准"
title = "样例重大隐患判定标准"
number = "样例 1-2025"
in-force-from = 2025-11-01
source = "全文"
checked-on = 2026-11-23
articles = [
  { label = "第5.1条", mark = "V" },
  { label = "第5.2条", mark = "V2" },
]

[[law]]
id = "older-standard"
kind = "standard"
short = "旧规范"
title = "样例旧规范"
number = "样例 2-2010"
in-force-from = 2010-01-01
articles = [
  { label = "第3.1条", mark = "V2" },
  { label = "第3.2条第1款", mark = "V2" },
  { label = "第3.2条第2款", mark = "V2" },
]
lapsed = [{ since = 2025-11-01, by = "major-criteria", clauses = ["3.1", "3.2（1、3）"] }]
"""

CHECKLIST = """
format = 1
id = "sample"
version = "2026.1"
title = "样例检查表"
domain = "fire"
applies-to = "样例单位"
fits = ["fire-mall", "fire-small-place"]

[criterion.major]
name = "样例重大隐患判定标准"
law = "major-criteria"
applies-to = "样例经营者"

[[section]]
id = "first"
title = "第一部分"

  [[section.item]]
  id = "high-rise"
  kind = "choice"
  ask = "是否在高层建筑内"
  how = "看图纸"
  not-applicable = false
  choices = [
    { id = "yes", label = "是" },
    { id = "no", label = "否" },
  ]

  [[section.item]]
  id = "exit-unlocked"
  kind = "pass-fail"
  ask = "安全出口没有上锁"
  how = "逐门试开"
  severity = "at-once"
  basis = [{ law = "fire-law", article = "第二十八条" }]
  finding = ["＿＿出口上锁。"]
  remedy = "当场开锁。"
  days = 1
  evidence = { photos = 1 }

[[section]]
id = "second"
title = "第二部分"

  [[section.item]]
  id = "door-width"
  kind = "measure"
  ask = "最窄的门净宽"
  how = "用尺量"
  unit = "米"
  decimals = 2
  lowest = "0"
  highest = 20
  fails = { below = "0.80", basis = { law = "fire-law", article = "第十六条" } }
  basis = [{ law = "fire-law", article = "第十六条" }]
  finding = ["净宽为{value}{unit}。"]
  remedy = "恢复净宽。"
  days = 30
  evidence = { photos = 1, value = true }

  [[section.item]]
  id = "systems-running"
  kind = "pass-fail"
  ask = "设施没有停用"
  how = "看主机"
  severity = "suspected-major"
  basis = [{ law = "fire-law" }]
  criteria = [{ is = "major", article = "第5.1条", text = "设施停用" }]
  finding = ["＿＿停用。"]
  remedy = "恢复运行。"
  days = 3
  day-kind = "working"
  evidence = { photos = 1, note = true }
  shows = { all = [
    { item = "high-rise", is = "yes" }, { item = "exit-unlocked", any-of = ["pass", "fail"] }
  ] }

  [[section.item]]
  id = "last-test"
  kind = "date"
  ask = "最近一次检测的日期"
  how = "看报告"
  fails = { older-than-days = 366 }
  basis = [{ law = "fire-law" }]
  finding = ["最近一次检测为{value}。"]
  remedy = "检测。"
  days = 30
  evidence = { value = true }
"""


def laws():
    return read_laws(LAWS.encode())


def read(text=CHECKLIST, **given):
    return read_checklist(text.encode(), **{"laws": laws(), "name": "样例.toml", **given})


def spoilt(old, new, text=CHECKLIST):
    """The sample with one place changed; the place must exist."""
    assert old in text, old
    return text.replace(old, new, 1)
