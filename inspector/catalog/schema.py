"""JSON Schemas of the files that authors write, for editors that complete and check while typing.

They say which keys and words there are; what depends on other places (conditions, laws, limits) only
`inspector checklist lint` can judge. Days are TOML days, which editors hand to a schema as text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from inspector.catalog.canonical import CRITERION_KEYS, HEAD_KEYS, ITEM_KEYS
from inspector.catalog.checklist_file import MAX_ITEMS
from inspector.catalog.item_table import (
    ASK_CAP,
    HOW_CAP,
    LABEL_CAP,
    MAX_DECIMALS,
    MAX_PHOTOS,
    WORDING_CAP,
)
from inspector.catalog.readable import KINDS
from inspector.domain.checklist import ConditionTest, Domain, Severity
from inspector.domain.kinds import EnterpriseKind
from inspector.domain.law import LawKind, VerificationMark
from inspector.domain.working_days import DAYS_CAP, DayKind

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_ID = r"^[a-z0-9]+(-[a-z0-9]+)*$"
_DAY = r"^\d{4}-\d{2}-\d{2}$"
_NUMBER = r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?$"
_VERSION = r"^20[0-9]{2}\.[1-9][0-9]{0,2}$"

Schema = dict[str, Any]


def schemas() -> dict[str, Schema]:
    """By file name, every schema."""
    return {
        "checklist.schema.json": _checklist(),
        "part.schema.json": _part(),
        "laws.schema.json": _laws(),
    }


def write_schemas(folder: Path) -> list[Path]:
    """Write every schema into a folder; the files."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, schema in schemas().items():
        path = folder / name
        path.write_text(as_file(schema), encoding="utf-8")
        paths.append(path)
    return paths


def as_file(schema: Schema) -> str:
    """The file's text."""
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


# --- The three files ----------------------------------------------------------------------------------------


def _checklist() -> Schema:
    head = {
        "format": {"const": 1, "description": "文件格式，固定为 1"},
        "id": _id("检查表的编号，永远不变"),
        "version": _text("版本：年.序号；每次改动都要换", pattern=_VERSION),
        "title": _text("标题", cap=60),
        "domain": _words("领域", Domain, {domain.value: domain.chinese for domain in Domain}),
        "applies-to": _text("给谁用", cap=200),
        "stage": _text("产业链的一段；没有就不写", cap=60),
        "fits": {
            "description": "平板为这几类单位优先列出这张表",
            "type": "array",
            "items": _words(
                "单位的类别", EnterpriseKind, {kind.value: kind.chinese for kind in EnterpriseKind}
            ),
        },
    }
    section = {
        "description": "章节，或取用的共用章节",
        "oneOf": [
            _table(
                "自己的章节", {"id": _id("章节编号"), "title": _text("章节标题", cap=60), "item": _items()}
            ),
            _table("取用 parts/ 里的共用章节", {"part": _id("共用章节的编号")}),
        ],
    }
    body = {
        "criterion": _criteria(),
        "section": {"description": "章节，按走的顺序", "type": "array", "minItems": 1, "items": section},
    }
    properties = {key: head[key] for key in HEAD_KEYS} | body
    required = ("format", "id", "version", "title", "domain", "applies-to", "section")
    return _root("检查表", properties, required)


def _part() -> Schema:
    properties = {
        "format": {"const": 1, "description": "文件格式，固定为 1"},
        "id": _id("共用章节的编号；检查表用 part = 取用"),
        "title": _text("章节标题", cap=60),
        "criterion": _criteria(),
        "item": _items(),
    }
    return _root("共用章节", properties, ("format", "id", "title", "item"))


def _laws() -> Schema:
    article = {
        "label": _text("条的编号，按印出的样子", cap=40),
        "mark": _words("怎样核对的", VerificationMark, {}),
        "source": _text("在哪里读到的", cap=300),
        "checked-on": _day("哪天核对的"),
        "gist": _text("要旨，用自己的话；只有 V 才写", cap=300),
    }
    lapsed = {
        "since": _day("从哪天起失去强制力"),
        "by": _id("接替它的标准"),
        "clauses": {"description": "条号", "type": ["array", "string"], "items": {"type": "string"}},
    }
    law = {
        "id": _id("法律的编号"),
        "kind": _words("种类", LawKind, {}),
        "short": _text("简称", cap=80),
        "title": _text("全名，不带书名号", cap=80),
        "number": _text("文号或标准号", cap=80),
        "in-force-from": _day("施行的第一天"),
        "in-force-to": _day("施行的最后一天"),
        "cite-until": _day("引用它的最后一天"),
        "replaced-by": _id("接替它的法律"),
        "scope": _text("适用于谁，比名称窄时写", cap=300),
        "in-force-confirmed": _flag("是否证实现行有效；false 则不印条号"),
        "note": _text("已知的情况", cap=300),
        "source": _text("各条共同的出处", cap=300),
        "checked-on": _day("各条共同的核对日期"),
        "articles": _list("条", _table("一条", article, ("label", "mark"))),
        "lapsed": _list("失去强制力的条", _table("一批", lapsed, ("since", "by", "clauses"))),
    }
    required = ("id", "kind", "short", "title", "in-force-from")
    properties = {
        "format": {"const": 1, "description": "文件格式，固定为 1"},
        "law": _list("法律", _table("一部法律的一个版本", law, required), least=1),
    }
    return _root("法律", properties, ("format", "law"))


# --- Items --------------------------------------------------------------------------------------------------


def _items() -> Schema:
    fields = _asking() | _answering() | _judgement()
    item = _table("检查项", {key: fields[key] for key in ITEM_KEYS}, ("id", "kind", "ask"))
    return _list("检查项，按走的顺序", item, least=1) | {"maxItems": MAX_ITEMS}


def _asking() -> Schema:
    return {
        "id": _id("检查项的编号；永远不变，也不挪作他用"),
        "kind": _words("怎样回答；以后不能改", KINDS, {kind.value: word for kind, word in KINDS.items()}),
        "ask": _text("没有问题时为真的一句话", cap=ASK_CAP),
        "how": _text("检查方法", cap=HOW_CAP),
        "required": _flag("必答；默认 true"),
        "not-applicable": _flag("是否给出“不适用”；默认 true"),
        "shows": {"description": "什么时候才问", "$ref": "#/$defs/condition"},
        "source": _text("来源，不会印出", cap=LABEL_CAP),
    }


def _answering() -> Schema:
    choice = {
        "id": _id("选项的编号"),
        "label": _text("选项的文字", cap=LABEL_CAP),
        "fails": _flag("选它就是不合格"),
        "finding": _text("选它时的问题描述", cap=WORDING_CAP),
    }
    fails = {
        "below": _number("低于则不合格"),
        "at-or-below": _number("不超过则不合格"),
        "above": _number("高于则不合格"),
        "at-or-above": _number("达到则不合格"),
        "older-than-days": {"description": "日期距今超过这么多天则不合格", "type": "integer", "minimum": 1},
        "passed": _flag("日期已过则不合格"),
        "basis": _citation("界限的依据"),
    }
    return {
        "choices": _list("选项，至少两个", _table("选项", choice, ("id", "label")), least=2),
        "unit": _text("测量项的单位", cap=12),
        "decimals": {"description": "可填几位小数", "type": "integer", "minimum": 0, "maximum": MAX_DECIMALS},
        "lowest": _number("再小就是录错"),
        "highest": _number("再大就是录错"),
        "fails": _table("界限：什么时候不合格", fails, ()),
    }


def _judgement() -> Schema:
    clause = {
        "is": _text("声明过的判定标准", cap=48),
        "article": _text("条", cap=40),
        "text": _text("判定内容，用自己的话；只有核到原文的条才能写", cap=300),
    }
    evidence = {
        "photos": {"description": "至少几张照片", "type": "integer", "minimum": 0, "maximum": MAX_PHOTOS},
        "value": _flag("要有数值、选项或日期"),
        "note": _flag("要写说明"),
    }
    finding = {"type": "string", "minLength": 1, "maxLength": WORDING_CAP}
    return {
        "severity": _words("程度；默认 general", Severity, {one.value: one.chinese for one in Severity}),
        "basis": _list("依据，按印出的顺序", _citation("一条依据")),
        "criteria": _list("疑似重大对照的条款", _table("一款", clause, ("is",))),
        "finding": {
            "description": "问题描述，第一种是默认；待填处用＿＿",
            "anyOf": [finding, {"type": "array", "items": finding}],
        },
        "remedy": _text("整改措施", cap=WORDING_CAP),
        "days": {"description": "整改天数", "type": "integer", "minimum": 1, "maximum": DAYS_CAP},
        "day-kind": _words(
            "自然日或工作日；默认 calendar", DayKind, {"calendar": "自然日", "working": "工作日"}
        ),
        "evidence": _table("不合格时要有的证据", evidence, ()),
    }


def _condition() -> Schema:
    parts = {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/condition"}}
    answer = _text("pass、fail、not-applicable，或选项的编号", cap=60)
    values: Schema = {
        ConditionTest.IS.value: answer,
        ConditionTest.IS_NOT.value: answer,
        ConditionTest.ANY_OF.value: {
            "description": "其中之一",
            "anyOf": [answer, {"type": "array", "minItems": 1, "items": answer}],
        },
        ConditionTest.ABOVE.value: _number("大于"),
        ConditionTest.BELOW.value: _number("小于"),
    }
    target = _id("排在前面的检查项")
    return {
        "description": "一个比较，或用 all、any 合并的几个条件",
        "oneOf": [
            *(_table("比较", {"item": target, test.value: values[test.value]}) for test in ConditionTest),
            _table("全部成立", {"all": parts}),
            _table("任一成立", {"any": parts}),
        ],
    }


def _criteria() -> Schema:
    fields = {
        "name": _text("人们知道的全名", cap=80),
        "law": _id("laws.toml 里的编号"),
        "applies-to": _text("这个标准只能用于谁", cap=200),
        "since": _day("用于这天起的检查"),
        "until": _day("用于到这天为止的检查"),
    }
    one = _table("判定标准", {key: fields[key] for key in CRITERION_KEYS}, ("name", "law", "applies-to"))
    return {"description": "判定标准，以自己起的短名为键", "type": "object", "additionalProperties": one}


def _citation(description: str) -> Schema:
    fields = {
        "law": _id("laws.toml 里的编号"),
        "article": _text("条，与 laws.toml 登记的一字不差", cap=40),
        "since": _day("用于这天起的检查"),
        "until": _day("用于到这天为止的检查"),
    }
    return _table(description, fields, ("law",))


# --- Pieces -------------------------------------------------------------------------------------------------


def _root(title: str, properties: Schema, required: tuple[str, ...]) -> Schema:
    described = _table(f"{title}（inspector checklist lint 检查其余的规则）", properties, required)
    defined = {"$defs": {"condition": _condition()}} if title != "法律" else {}
    return {"$schema": _DRAFT, "title": title, **described, **defined}


def _table(description: str, properties: Schema, required: tuple[str, ...] | None = None) -> Schema:
    return {
        "description": description,
        "type": "object",
        "additionalProperties": False,
        "required": list(properties if required is None else required),
        "properties": properties,
    }


def _list(description: str, items: Schema, *, least: int = 0) -> Schema:
    return {"description": description, "type": "array", "minItems": least, "items": items}


def _text(description: str, *, cap: int | None = None, pattern: str | None = None) -> Schema:
    limits: Schema = {"maxLength": cap} if cap else {}
    return {"description": description, "type": "string", "minLength": 1, **limits} | (
        {"pattern": pattern} if pattern else {}
    )


def _id(description: str) -> Schema:
    return {"description": description, "type": "string", "pattern": _ID, "maxLength": 48}


def _day(description: str) -> Schema:
    return {"description": description, "type": "string", "pattern": _DAY}


def _flag(description: str) -> Schema:
    return {"description": description, "type": "boolean"}


def _number(description: str) -> Schema:
    return {
        "description": description,
        "anyOf": [{"type": "string", "pattern": _NUMBER}, {"type": "integer"}],
    }


def _words(description: str, words: type[StrEnum] | Mapping[Any, str], chinese: Mapping[str, str]) -> Schema:
    values = [str(getattr(word, "value", word)) for word in words]
    told = "；".join(f"{word} {chinese[word]}" for word in values if word in chinese)
    return {"description": f"{description}：{told}" if told else description, "enum": values}
