"""Whatever a layer says without `weakens`: what failed goes on failing, what was open stays open."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.catalog.content import Content
from inspector.catalog.faults import Faults
from inspector.catalog.layer_file import Act, Amended, Amendment, Layer, Level
from inspector.catalog.layers import catalogue_of, lay_over
from inspector.catalog.strictness import GRAVITY
from inspector.catalog.tables import parse_toml
from inspector.domain.answer import Answer, PhotoId, Verdict
from inspector.domain.checklist import ItemKind, item_key
from inspector.domain.rules import failed_items, open_items
from inspector.errors import ChecklistFaultsError
from tests.catalog.sample import CHECKLIST, LAWS
from tests.make import ADA, DAY_MS

MORE = """
  [[section.item]]
  id = "roof"
  kind = "choice"
  ask = "屋面情况"
  choices = [
    { id = "good", label = "好" },
    { id = "leaks", label = "漏", fails = true, finding = "漏水。" },
    { id = "gone", label = "没有", fails = true },
  ]
  basis = [{ law = "fire-law" }]
  finding = ["屋面破损。"]
  remedy = "修好。"
  days = 10
  evidence = { photos = 2 }
  shows = { any = [{ item = "door-width", above = "1.00" }, { item = "high-rise", is-not = "yes" }] }

  [[section.item]]
  id = "workers"
  kind = "measure"
  ask = "人数"
  unit = "人"
  decimals = 0
  lowest = 0
  highest = 100
  required = false

  [[section.item]]
  id = "drill"
  kind = "pass-fail"
  ask = "有演练"
  basis = [{ law = "fire-law" }]
  finding = ["没有演练。"]
  remedy = "演练。"
  days = 20
  shows = { any = [{ item = "door-width", above = "0.90" }, { item = "exit-unlocked", is = "fail" }] }
"""
BASE = catalogue_of(
    Content(
        laws=parse_toml(LAWS.encode(), Faults("样例")),
        checklists=(parse_toml((CHECKLIST + MORE).encode(), Faults("样例")),),
    ),
    name="样例",
)
PLAIN = BASE.get("sample")

NUMBERS = st.sampled_from(["0", "0.50", "0.79", "0.80", "0.90", "1.00", "15", "20"])
CONDITIONS = st.sampled_from(
    [
        {"item": "high-rise", "is": "yes"},
        {"item": "high-rise", "is-not": "yes"},
        {"item": "exit-unlocked", "any-of": ["pass", "fail", "not-applicable"]},
        {"item": "exit-unlocked", "is": "fail"},
        {"item": "door-width", "above": "0.90"},
        {"item": "door-width", "above": "1.00"},
        {"item": "door-width", "below": "1.00"},
    ]
)
JOINED = st.recursive(
    CONDITIONS,
    lambda inner: st.builds(
        lambda word, parts: {word: parts},
        st.sampled_from(["all", "any"]),
        st.lists(inner, min_size=1, max_size=2),
    ),
    max_leaves=3,
)
IDS = {
    "high-rise": ["yes", "no", "other"],
    "roof": ["good", "leaks", "gone", "other"],
}
SEVERITIES = st.sampled_from(
    [
        {"severity": "general"},
        {"severity": "at-once"},
        {
            "severity": "suspected-major",
            "criteria": [{"is": "major", "article": "第5.1条", "text": "设施停用"}],
        },
    ]
)
EVIDENCE = st.fixed_dictionaries(
    {}, optional={"photos": st.integers(0, 3), "value": st.booleans(), "note": st.booleans()}
)
BOUNDS = st.one_of(
    st.builds(lambda word, number: {word: number}, st.sampled_from(["below", "at-or-below"]), NUMBERS),
    st.builds(lambda word, number: {word: number}, st.sampled_from(["above", "at-or-above"]), NUMBERS),
    st.builds(lambda low, high: {"below": low, "above": high}, NUMBERS, NUMBERS),
)
AGES = st.builds(
    lambda days, passed: {"older-than-days": days, **passed},
    st.integers(300, 400),
    st.sampled_from([{}, {"passed": True}]),
)


def under(key, values):
    return st.builds(lambda value: {key: value}, values)


def choices_of(id):
    one = st.builds(
        lambda id, fails: {"id": id, "label": id, "fails": fails}, st.sampled_from(IDS[id]), st.booleans()
    )
    return st.lists(one, min_size=2, max_size=4, unique_by=lambda each: each["id"])


def settings_of(item):
    """What a layer could say of an item: now stricter, now looser."""
    found = [under("required", st.booleans()), under("not-applicable", st.booleans())]
    if item.id in ("drill", "systems-running"):
        found += [under("shows", JOINED)] * 2
    if item.judged:
        evidence = EVIDENCE.map(
            lambda asked: {k: v for k, v in asked.items() if k != "value" or item.choices}
        )
        found += [SEVERITIES, under("evidence", evidence)]
        found += [
            under("days", st.integers(1, 40)),
            under("day-kind", st.sampled_from(["calendar", "working"])),
        ]
    if item.kind is ItemKind.MEASURE:
        found.append(under("lowest", st.sampled_from(["0", "0.5", "-1"])))
        found.append(under("highest", st.sampled_from(["15", "20", "200"])))
        if item.judged:
            found += [under("fails", BOUNDS)] * 3
    if item.kind is ItemKind.DATE:
        found += [under("fails", AGES)] * 2
    if item.kind is ItemKind.CHOICE:
        found.append(under("choices", choices_of(item.id)))
    return st.one_of(found)


@st.composite
def amendments(draw):
    item = draw(st.sampled_from(PLAIN.items))
    act = draw(st.sampled_from([Act.REPLACE] * 18 + [Act.REMOVE, Act.CITATION]))
    table, drop = {}, ()
    if act is Act.CITATION:
        table = {"old": {"law": "fire-law"}, "new": {"law": "fire-law", "article": "第二十八条"}}
    elif act is Act.REPLACE:
        for _ in range(draw(st.integers(1, 2))):
            table |= draw(settings_of(item))
        if draw(st.integers(0, 9)) == 0:
            drop = (draw(st.sampled_from(["shows", "fails", "evidence"])),)
        elif table.keys() <= {"severity", "criteria", "days", "evidence", "fails", "required"}:
            act = draw(st.sampled_from([Act.TIGHTEN, Act.REPLACE]))
    return Amendment(act=act, item=str(item.id), table=table, drop=drop, place="样例")


def laid(made):
    """The checklist with these amendments, or None where they are refused."""
    amended = Amended(checklist="sample", criteria={}, amendments=tuple(made), place="样例")
    layer = Layer(
        id="any",
        title="样例",
        level=Level.CITY,
        version="2026.1",
        file="样例",
        amended=(amended,),
        laws=(),
        articles=(),
        places={},
        sha256="0" * 64,
    )
    try:
        return lay_over(BASE, [layer]).catalogue.get("sample")
    except ChecklistFaultsError:
        return None


VALUES = {
    ItemKind.MEASURE: ("0", "0.50", "0.79", "0.80", "0.85", "0.90", "1.00", "1.01", "12", "15", "20"),
    ItemKind.CHOICE: ("yes", "no", "good", "leaks", "gone"),
    ItemKind.DATE: ("2026-11-20", "2026-01-10", "2025-12-20", "2025-11-20", "2025-10-01", "2027-01-01"),
}


def answer_set(random):
    """Some answer to most items: one that an inspector could give, or an odd one."""
    found = {}
    verdicts = random.choice([(None,), (Verdict.PASS,), (None, *Verdict)])
    for item in PLAIN.items:
        if random.random() < 0.15:
            continue
        key = item_key(PLAIN, item)
        own = (Verdict.PASS, Verdict.FAIL) if item.kind is ItemKind.PASS_FAIL else verdicts
        found[key] = Answer(
            item=key,
            verdict=random.choice(own),
            value=random.choice(VALUES[item.kind]) if item.kind in VALUES else None,
            note=random.choice(["", "说明"]),
            photos=tuple(PhotoId(f"{n:064x}") for n in range(random.choice([0, 1, 2, 3, 3]))),
            at_ms=DAY_MS,
            by=ADA.id,
        )
    return found


def must_be_no_weaker(after, answers):
    failed = {key for key, _ in failed_items([PLAIN], answers)}
    assert failed <= {key for key, _ in failed_items([after], answers)}
    if not open_items([after], answers):
        assert not open_items([PLAIN], answers)


def must_ask_no_less(after):
    for before in PLAIN.items:
        now = after.item(before.id)
        assert GRAVITY.index(now.severity) >= GRAVITY.index(before.severity)
        assert now.evidence.photos >= before.evidence.photos
        assert now.evidence.value >= before.evidence.value
        assert now.evidence.note >= before.evidence.note
        assert len(before.basis) <= len(now.basis)
        assert set(before.findings) <= set(now.findings)
        assert set(before.criteria) <= set(now.criteria)
        if before.remedy:
            assert now.remedy.days <= before.remedy.days


def test_a_layer_without_a_reason_lets_nothing_pass_that_did_not():
    accepted = []

    @settings(max_examples=300)
    @given(
        made=st.lists(amendments(), min_size=1, max_size=2),
        seed=st.integers(0, 2**32),
    )
    def run(made, seed):
        after = laid(made)
        if after is None:
            return
        accepted.append(after.digest)
        must_ask_no_less(after)
        random = Random(seed)
        for _ in range(60):
            must_be_no_weaker(after, answer_set(random))

    run()
    assert len(set(accepted)) > 25, "too few layers were accepted to say anything"
