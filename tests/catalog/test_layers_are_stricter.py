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

CONDITIONS = (
    {"item": "high-rise", "is": "yes"},
    {"item": "high-rise", "is-not": "yes"},
    {"item": "exit-unlocked", "any-of": ["pass", "fail"]},
    {"item": "exit-unlocked", "any-of": ["pass", "fail", "not-applicable"]},
    {"item": "exit-unlocked", "is": "fail"},
    {"item": "door-width", "above": "0.90"},
    {"item": "door-width", "above": "1.00"},
    {"item": "door-width", "below": "1.00"},
)
IDS = {"high-rise": ["yes", "no", "other"], "roof": ["good", "leaks", "gone", "other"]}
NUMBERS = ("0.50", "0.79", "0.80", "0.90", "1.00")
GREAT = ("12", "15", "20")
LISTS = {"suspected-major": {"criteria": [{"is": "major"}]}}


def condition(random):
    one, other = random.choice(CONDITIONS), random.choice(CONDITIONS)
    return random.choice([one, {"all": [one, other]}, {"any": [one, other]}])


def bounds(random):
    low = {random.choice(["below", "at-or-below"]): random.choice(NUMBERS)}
    high = {random.choice(["above", "at-or-above"]): random.choice(GREAT)}
    return random.choice([low, low, {**low, **high}, {**low, **high}, high])


def choices(random, item):
    """The choices as they are, but for one that fails or does not, is gone, or is new."""
    found = [{"id": one.id, "label": one.label, "fails": one.fails} for one in item.choices]
    match random.randrange(4):
        case 0:
            found.pop(random.randrange(len(found)))
        case 1:
            found.append({"id": "other", "label": "其他", "fails": random.random() < 0.5})
        case _:
            one = random.choice(found)
            one["fails"] = not one["fails"]
    return found


def setting(random, item):
    """What a layer could say of an item: now stricter, now looser."""
    ways = [
        lambda: {"required": random.random() < 0.5},
        lambda: {"not-applicable": random.random() < 0.5},
    ]
    if item.judged:
        word = random.choice([one.value for one in GRAVITY])
        asked = {"photos": random.randrange(4), "note": random.random() < 0.5}
        if item.kind is not ItemKind.PASS_FAIL:
            asked["value"] = random.random() < 0.5
        ways += [lambda: {"severity": word, **LISTS.get(word, {})}, lambda: {"evidence": asked}]
        ways += [lambda: {"days": random.randrange(1, 40)}]
        ways += [lambda: {"day-kind": random.choice(["calendar", "working"])}]
    if item.id in ("drill", "systems-running", "roof"):
        ways += [lambda: {"shows": condition(random)}] * 3
    if item.kind is ItemKind.MEASURE:
        ways.append(lambda: {"lowest": random.choice(["0", "0.5", "-1"])})
        ways += [lambda: {"fails": bounds(random)}] * 5
    if item.kind is ItemKind.DATE:
        ways += [lambda: {"fails": {"older-than-days": random.randrange(300, 400)}}] * 3
    if item.kind is ItemKind.CHOICE:
        ways += [lambda: {"choices": choices(random, item)}] * 4
    return random.choice(ways)()


def amendment(random):
    item = random.choice(PLAIN.items)
    act = random.choice([Act.REPLACE] * 18 + [Act.REMOVE, Act.CITATION])
    table, drop = {}, ()
    if act is Act.CITATION:
        table = {"old": {"law": "fire-law"}, "new": {"law": "fire-law", "article": "第二十八条"}}
    elif act is Act.REPLACE:
        table = setting(random, item)
        if random.random() < 0.08:
            drop = (random.choice(["shows", "fails", "evidence"]),)
        elif table.keys() <= {"severity", "criteria", "days", "evidence", "fails", "required"}:
            act = random.choice([Act.TIGHTEN, Act.REPLACE])
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
    accepted = set()

    @settings(max_examples=400)
    @given(seed=st.integers(0, 2**32))
    def run(seed):
        random = Random(seed)
        after = laid([amendment(random) for _ in range(random.choice([1, 1, 2]))])
        if after is None:
            return
        accepted.add(after.digest)
        must_ask_no_less(after)
        for _ in range(50):
            must_be_no_weaker(after, answer_set(random))

    run()
    assert len(accepted) > 50, "too few layers were accepted to say anything"
