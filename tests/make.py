"""Valid values with defaults: a test names only what it is about."""

from __future__ import annotations

from datetime import date

from inspector.domain.answer import Answer, ItemKey, PhotoId, Verdict
from inspector.domain.checklist import (
    Checklist,
    ChecklistId,
    Criterion,
    Domain,
    Item,
    ItemId,
    ItemKind,
    Limit,
    Remedy,
    Scale,
    Section,
    SectionId,
    Severity,
)
from inspector.domain.enterprise import Enterprise
from inspector.domain.inspection import (
    Handwriting,
    Inspection,
    Inspector,
    NoPosition,
    Photo,
    PhotoSource,
    Role,
)
from inspector.domain.law import Article, Citation, Law, LawId, LawKind, Laws, VerificationMark
from inspector.domain.working_days import WorkingCalendar
from inspector.work.conduct import Reference, begin

DAY_MS = 1_795_510_800_000
"""2026-11-24 09:00 in +08:00."""

ADA = Inspector(id="0198c0de-0000-7000-8000-00000000000a", name="样例检查员甲", number="样例-001")
BEN = Inspector(id="0198c0de-0000-7000-8000-00000000000b", name="样例检查员乙", number="样例-002")
INSPECTION_ID = "0198c0de-0000-7000-8000-000000000001"
DEVICE_ID = "0198c0de-0000-7000-8000-0000000000d0"

FIRE_LAW = LawId("fire-law")
LAWS = Laws(
    (
        Law(
            id=FIRE_LAW,
            kind=LawKind.LAW,
            short="消防法",
            title="中华人民共和国消防法",
            in_force_from=date(2021, 4, 29),
            articles=(
                Article(label="第二十八条", mark=VerificationMark.READ),
                Article(label="第十六条", mark=VerificationMark.MEMORY),
            ),
        ),
    )
)

EXIT = ItemId("exit-unlocked")
WIDTH = ItemId("door-width")
EXTRA = ItemId("signs")
MAJOR = ItemId("water-cut")


def key(item: ItemId) -> ItemKey:
    return ItemKey(f"fire-sample/{item}")


def checklist() -> Checklist:
    exit_item = Item(
        id=EXIT,
        kind=ItemKind.PASS_FAIL,
        ask="安全出口没有上锁",
        severity=Severity.AT_ONCE,
        basis=(
            Citation(law=FIRE_LAW, article="第二十八条"),
            Citation(law=FIRE_LAW, article="第十六条"),
        ),
        findings=("安全出口上锁",),
        remedy=Remedy(text="立即打开安全出口", days=1),
    )
    width = Item(
        id=WIDTH,
        kind=ItemKind.MEASURE,
        ask="疏散门净宽",
        basis=(Citation(law=FIRE_LAW),),
        findings=("疏散门净宽 {value} {unit}",),
        remedy=Remedy(text="拓宽疏散门", days=15),
        scale=Scale(unit="米", decimals=2, lowest="0", highest="10"),
        limit=Limit(below="0.80"),
    )
    signs = Item(
        id=EXTRA,
        kind=ItemKind.PASS_FAIL,
        ask="疏散指示标志完好",
        basis=(Citation(law=FIRE_LAW),),
        findings=("疏散指示标志损坏",),
        remedy=Remedy(text="修复标志", days=7),
    )
    water = Item(
        id=MAJOR,
        kind=ItemKind.PASS_FAIL,
        ask="消防水源没有被切断",
        severity=Severity.SUSPECTED_MAJOR,
        basis=(Citation(law=FIRE_LAW),),
        criteria=(Criterion(name="样例判定标准", law=FIRE_LAW, applies_to="样例单位"),),
        findings=("消防水源被切断",),
        remedy=Remedy(text="恢复供水", days=3),
    )
    sections = (
        Section(id=SectionId("ways"), title="疏散", items=(exit_item, width)),
        Section(id=SectionId("rest"), title="设施", items=(signs, water)),
    )
    return Checklist(
        id=ChecklistId("fire-sample"),
        version="2026.1",
        title="样例检查表",
        domain=Domain.FIRE,
        applies_to="样例",
        sections=sections,
        digest="c" * 64,
    )


def reference() -> Reference:
    return Reference(checklists=(checklist(),), laws=LAWS, calendar=WorkingCalendar())


def enterprise(**changes: object) -> Enterprise:
    values = {"id": "sample-1", "name": "样例商场（样例）", "address": "样例路 1 号", "person": "样例负责人"}
    return Enterprise(**{**values, **changes})


def inspection(**changes: object) -> Inspection:
    values = {
        "id": INSPECTION_ID,
        "device": DEVICE_ID,
        "enterprise": enterprise(),
        "checklists": [checklist()],
        "inspectors": [ADA, BEN],
        "at_ms": DAY_MS,
    }
    return begin(**{**values, **changes})


def answer(item: ItemId, verdict: Verdict | None = Verdict.PASS, **changes: object) -> Answer:
    return Answer(**{"item": key(item), "verdict": verdict, "at_ms": DAY_MS, "by": ADA.id, **changes})


def passed(found: Inspection | None = None) -> Inspection:
    """An inspection with every item 合格 and a reason for having no position."""
    after = found or inspection()
    for item in (EXIT, EXTRA, MAJOR):
        after = after.answered(answer(item))
    after = after.answered(answer(WIDTH, value="0.90"))
    return after.located(NoPosition(reason="地下室没有信号"))


def photo(id: str = "a" * 64, item: ItemId = EXIT, **changes: object) -> Photo:
    values = {
        "id": PhotoId(id),
        "original_sha256": "b" * 64,
        "size": 3,
        "width": 10,
        "height": 8,
        "source": PhotoSource.CAMERA,
        "item": key(item),
        "at_ms": DAY_MS,
    }
    return Photo(**{**values, **changes})


def handwriting(shown: str, role: Role = Role.RESPONSIBLE, **changes: object) -> Handwriting:
    values = {
        "role": role,
        "name": "样例负责人",
        "position": "经理",
        "strokes": (((10, 10), (500, 200), (900, 40)),),
        "width": 1000,
        "height": 300,
        "shown": shown,
        "at_ms": DAY_MS + 1,
    }
    return Handwriting(**{**values, **changes})
