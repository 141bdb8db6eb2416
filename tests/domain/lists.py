"""Checklists and answers of every shape, for tests of what follows from them."""

from hypothesis import strategies as st

from inspector.domain.answer import Answer, Verdict
from inspector.domain.checklist import (
    NOT_APPLICABLE,
    AllOf,
    AnyOf,
    Checklist,
    ChecklistId,
    Choice,
    Comparison,
    ConditionTest,
    DateLimit,
    Domain,
    Evidence,
    Item,
    ItemId,
    ItemKind,
    Limit,
    Remedy,
    Scale,
    Section,
    SectionId,
    Severity,
    item_key,
)
from inspector.domain.law import Citation, LawId

AT_MS = 1_795_521_600_000
"""A morning in November 2026."""

CHOICES = (
    Choice(id="fine", label="好"),
    Choice(id="bad", label="坏", fails=True),
    Choice(id="other", label="其他"),
)
FACTS = (Choice(id="yes", label="是"), Choice(id="no", label="否"))


def an_item(id="item", kind=ItemKind.PASS_FAIL, **given):
    """An item that can fail, of any kind, with valid defaults."""
    defaults = {
        "ask": "样例项",
        "basis": (Citation(law=LawId("fire-law"), article="第二十八条"),),
        "findings": ("发现＿＿。",),
        "remedy": Remedy(text="整改。", days=7),
    }
    by_kind = {
        ItemKind.CHOICE: {"choices": CHOICES},
        ItemKind.MEASURE: {
            "scale": Scale(unit="米", decimals=2, lowest="0", highest="20"),
            "limit": Limit(below="0.8"),
        },
        ItemKind.DATE: {"date_limit": DateLimit(older_than_days=365)},
    }
    return Item(id=ItemId(id), kind=kind, **{**defaults, **by_kind.get(kind, {}), **given})


def a_fact(id="fact", **given):
    """A choice that only steers."""
    return an_item(
        id,
        ItemKind.CHOICE,
        choices=FACTS,
        judged=False,
        may_not_apply=False,
        findings=(),
        remedy=None,
        **given,
    )


def a_checklist(*items, id="sample", sections=None):
    sections = sections or (Section(id=SectionId("all"), title="全部", items=items),)
    return Checklist(
        id=ChecklistId(id), version="2026.1", title="样例检查表", domain=Domain.FIRE, applies_to="样例单位",
        sections=sections, digest="0" * 64,
    )  # fmt: skip


def when(item, *values, test=ConditionTest.IS):
    return Comparison(item=ItemId(item), test=test, values=values)


def answer(key, verdict=None, value=None, **given):
    return Answer(item=key, verdict=verdict, value=value, **{"at_ms": AT_MS, "by": "inspector-1", **given})


def passed(checklist, *items):
    return {item_key(checklist, item): answer(item_key(checklist, item), Verdict.PASS) for item in items}


def words_of(item):
    match item.kind:
        case ItemKind.PASS_FAIL:
            return ["pass", "fail", NOT_APPLICABLE]
        case ItemKind.CHOICE:
            return [*(choice.id for choice in item.choices), NOT_APPLICABLE]
    return []


@st.composite
def conditions(draw, earlier, depth=0):
    if depth < 2 and draw(st.integers(0, 3)) == 0:
        parts = tuple(draw(st.lists(conditions(earlier, depth + 1), min_size=1, max_size=3)))
        return draw(st.sampled_from([AllOf, AnyOf]))(parts=parts)
    target = draw(st.sampled_from(earlier))
    if target.kind is ItemKind.MEASURE:
        test = draw(st.sampled_from([ConditionTest.ABOVE, ConditionTest.BELOW]))
        return Comparison(item=target.id, test=test, values=(draw(st.sampled_from(["0.5", "0.8", "10"])),))
    test = draw(st.sampled_from([ConditionTest.IS, ConditionTest.IS_NOT, ConditionTest.ANY_OF]))
    many = 2 if test is ConditionTest.ANY_OF else 1
    words = draw(st.lists(st.sampled_from(words_of(target)), min_size=many, max_size=many, unique=True))
    return Comparison(item=target.id, test=test, values=tuple(words))


@st.composite
def checklists(draw, id="sample", max_items=6, prefix="item"):
    items = []
    for number in range(draw(st.integers(1, max_items))):
        kind = draw(st.sampled_from(ItemKind))
        steering = [
            item for item in items if item.kind in (ItemKind.PASS_FAIL, ItemKind.CHOICE, ItemKind.MEASURE)
        ]
        shows = draw(conditions(steering)) if steering and draw(st.booleans()) else None
        build = draw(st.sampled_from([an_item, a_fact])) if kind is ItemKind.CHOICE else an_item
        more = {"kind": kind} if build is an_item else {}
        items.append(
            build(
                f"{prefix}-{number}",
                **more,
                shows=shows,
                required=draw(st.booleans()),
                severity=draw(st.sampled_from(Severity)),
                evidence=Evidence(photos=draw(st.integers(0, 1)), note=draw(st.booleans())),
            )
        )
    cut = draw(st.integers(0, len(items)))
    parts = [part for part in (items[:cut], items[cut:]) if part]
    return a_checklist(
        id=id,
        sections=tuple(
            Section(id=SectionId(f"part-{number}"), title="样例", items=tuple(part))
            for number, part in enumerate(parts)
        ),
    )


VALUES = st.none() | st.sampled_from(
    [
        "0.79",
        "0.8",
        "12",
        "1e3",
        "",
        "fine",
        "bad",
        "other",
        "yes",
        "no",
        "2026-11-01",
        "2020-01-01",
        "2026-13-01",
        "文字",
    ]
)


@st.composite
def answers_to(draw, checklist, key=None):
    """An answer as the screen could store it, sensible or not, for the given or any item."""
    key = key or item_key(checklist, draw(st.sampled_from(checklist.items)))
    return answer(
        key,
        draw(st.none() | st.sampled_from(Verdict)),
        draw(VALUES),
        photos=("a" * 64,) * draw(st.integers(0, 2)),
        note=draw(st.sampled_from(["", " ", "说明"])),
    )


@st.composite
def inspections(draw, id="sample", prefix="item"):
    """A checklist and some answers to it."""
    checklist = draw(checklists(id=id, prefix=prefix))
    given = draw(st.lists(answers_to(checklist), max_size=8))
    return checklist, {one.item: one for one in given}
