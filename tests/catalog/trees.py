"""Trees of checklists and parts as an author could write them, odd texts included."""

from datetime import date

from hypothesis import strategies as st

LETTERS = "安全出口没有上锁，。（）《》“”＿＿AZaz09 .-/'\"\\=+@#_x{}[]<>&;　🔥䶮𠅤ａ１"
SCRAPS = ["=1+1", "_x0041_", "#N/A", "0.80", "2026-11-24", "是", "TRUE", "不适用", "'", '"""', "a=b # c"]
IDS = ["one", "two", "three-3", "pass", "fail", "yes", "no", "e1"]


def text(max_size=12):
    made = st.text(LETTERS, min_size=1, max_size=max_size).map(str.strip).filter(bool)
    return made | st.sampled_from(SCRAPS)


def number():
    decimals = st.decimals(-999, 999, places=2, allow_nan=False).map(lambda value: format(value, "f"))
    return decimals | st.integers(-50, 50) | st.sampled_from(["0.80", "0", "100000"])


def table(fixed=None, /, **optional):
    return st.fixed_dictionaries(
        fixed or {}, optional={key.replace("_", "-"): value for key, value in optional.items()}
    )


def citation(**more):
    return table(
        {"law": st.sampled_from(["fire-law", "gb-1"])}, article=text(), since=days(), until=days(), **more
    )


def days():
    return st.dates(date(1000, 1, 1), date(9999, 12, 31)) | st.dates(date(1899, 12, 1), date(1901, 3, 1))


def choice():
    return table(
        {"id": st.sampled_from(IDS), "label": text() | st.sampled_from(["合格", "不适用"])},
        fails=st.booleans(),
        finding=text(),
    )


def limits():
    figures = {key: number() for key in ("below", "at-or-below", "above", "at-or-above")}
    return table(
        **figures, older_than_days=st.integers(1, 999), passed=st.booleans(), basis=citation()
    ).filter(bool)


@st.composite
def comparison(draw, items):
    target = draw(st.sampled_from([*items, {"id": "elsewhere"}]))
    test = draw(st.sampled_from(["is", "is-not", "any-of", "above", "below"]))
    words = [choice["id"] for choice in target.get("choices", [])] if target.get("kind") == "choice" else []
    words += (
        ["not-applicable"] if target.get("kind") == "choice" else ["pass", "fail", "not-applicable", "yes"]
    )
    answers = st.sampled_from(words)
    values = {"any-of": st.lists(answers, min_size=1, max_size=3), "above": number(), "below": number()}
    return {"item": target["id"], test: draw(values.get(test, answers))}


def condition(items, depth=1):
    one = comparison(items)
    if depth == 4:
        return one
    parts = st.lists(st.deferred(lambda: condition(items, depth + 1)), min_size=1, max_size=2)
    return one | st.builds(lambda key, value: {key: value}, st.sampled_from(["all", "any"]), parts)


@st.composite
def item(draw, id, earlier):
    kind = draw(st.sampled_from(["pass-fail", "choice", "measure", "date", "text", "photo"]))
    made = draw(
        table(
            {"ask": text()},
            how=text(40),
            required=st.booleans(),
            not_applicable=st.booleans(),
            unit=text(4),
            decimals=st.integers(0, 6),
            lowest=number(),
            highest=number(),
            fails=limits(),
            severity=st.sampled_from(["general", "at-once", "suspected-major"]),
            basis=st.lists(citation(), min_size=1, max_size=2),
            criteria=st.lists(table({"is": text()}, article=text(), text=text()), min_size=1, max_size=2),
            finding=st.lists(text(), min_size=1, max_size=3),
            remedy=text(),
            days=st.integers(1, 1000),
            day_kind=st.sampled_from(["calendar", "working"]),
            evidence=table(photos=st.integers(0, 20), value=st.booleans(), note=st.booleans()).filter(bool),
            source=text(),
        )
    )
    made |= {"id": id, "kind": kind}
    if kind == "choice":
        made["choices"] = draw(st.lists(choice(), min_size=1, max_size=3, unique_by=lambda one: one["id"]))
    if draw(st.booleans()):
        made["shows"] = draw(condition(earlier))
    return made


@st.composite
def items(draw, first=0):
    made = []
    for place in range(draw(st.integers(1, 3))):
        made.append(draw(item(f"item-{first + place}", tuple(made))))
    return made


def criteria():
    declared = table(
        {"name": text(), "law": st.just("gb-1"), "applies-to": text()}, since=days(), until=days()
    )
    return st.dictionaries(text(6), declared, min_size=1, max_size=2)


@st.composite
def checklists(draw):
    """The tree of a checklist; nothing in it need make sense, but every value is of its kind."""
    tree = draw(
        table(
            {
                "format": st.just(1),
                "id": st.just("sample"),
                "version": st.sampled_from(["2026.1", "2026.10"]),
                "title": text(),
                "domain": st.sampled_from(["fire", "gas", "courier", "hazmat"]),
                "applies-to": text(),
            },
            stage=text(),
            fits=st.lists(st.sampled_from(["fire-mall", "hazmat-laboratory"]), min_size=1, unique=True),
            criterion=criteria(),
        )
    )
    sections = []
    for place in range(draw(st.integers(1, 3))):
        if draw(st.integers(0, 3)) == 0:
            sections.append({"part": f"part-{place}"})
        else:
            held = draw(items(first=place * 10))
            sections.append({"id": f"section-{place}", "title": draw(text()), "item": held})
    return {**tree, "section": sections}


@st.composite
def parts(draw):
    """The tree of a part."""
    tree = {"format": 1, "id": "sample-part", "title": draw(text()), "item": draw(items())}
    return tree | (draw(table(criterion=criteria())))
