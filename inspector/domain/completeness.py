"""What keeps an inspection from being sealed: each gap with the place to go to.

* Content comes first: items, findings, inspectors, position. Signatures come last, for every change to the
  content takes them away.
* An enforcement body sends at least two inspectors (行政处罚法 第42条); one without an unlocked key signs by
  hand.
* The enterprise's person signs, or refuses with a reason (安全生产法 第68条).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from inspector.domain.answer import ItemKey
from inspector.domain.checklist import Checklist
from inspector.domain.finding import Finding
from inspector.domain.inspection import Inspection, Role
from inspector.domain.rules import Lack, OpenItem, failed_items, open_items
from inspector.errors import InspectionIncompleteError

ENFORCEMENT_INSPECTORS = 2


class GapPlace(StrEnum):
    """Where a gap is closed."""

    ITEM = "item"
    FINDING = "finding"
    INSPECTORS = "inspectors"
    POSITION = "position"
    SIGNATURES = "signatures"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One thing that is missing.

    Attributes:
        item: the item to jump to, for ITEM and FINDING.
        what: what is missing, in Chinese, for the person to read.
    """

    place: GapPlace
    item: ItemKey | None = None
    what: str


_LACKS = {Lack.ANSWER: "未检", Lack.VALUE: "缺实测值", Lack.PHOTOS: "缺照片", Lack.NOTE: "缺说明"}


def content_gaps(
    inspection: Inspection, checklists: Sequence[Checklist], *, is_enforcement: bool
) -> tuple[Gap, ...]:
    """What is missing before anybody can sign."""
    return (
        *_item_gaps(inspection, checklists),
        *_finding_gaps(inspection, checklists),
        *_people_gaps(inspection, is_enforcement=is_enforcement),
        *_position_gaps(inspection),
    )


def signature_gaps(inspection: Inspection, *, with_key: Collection[str]) -> tuple[Gap, ...]:
    """Which signatures are missing.

    Args:
        with_key: ids of the inspectors whose signing key is unlocked and will sign.
    """
    missing = [
        f"检查人员 {one.name} 尚未签名"
        for one in inspection.inspectors
        if one.id not in with_key and inspection.handwriting_of(Role.INSPECTOR, one.id) is None
    ]
    if inspection.refusal is None and inspection.handwriting_of(Role.RESPONSIBLE) is None:
        missing.append("被检查单位负责人尚未签名（或记录拒签）")
    return tuple(Gap(place=GapPlace.SIGNATURES, what=what) for what in missing)


def must_be_complete(gaps: Sequence[Gap]) -> None:
    """Refuse when anything is missing.

    Raises:
        InspectionIncompleteError: with the number of gaps.
    """
    if gaps:
        raise InspectionIncompleteError(count=len(gaps))


def _item_gaps(inspection: Inspection, checklists: Sequence[Checklist]) -> tuple[Gap, ...]:
    return tuple(_item_gap(one) for one in open_items(checklists, inspection.answers))


def _item_gap(open_item: OpenItem) -> Gap:
    what = "、".join(_LACKS[lack] for lack in open_item.lacks)
    return Gap(place=GapPlace.ITEM, item=open_item.key, what=f"{open_item.item.ask}：{what}")


def _finding_gaps(inspection: Inspection, checklists: Sequence[Checklist]) -> tuple[Gap, ...]:
    gaps = []
    for key, item in failed_items(checklists, inspection.answers):
        finding = inspection.findings.get(key)
        lacking = _lacking(finding) if finding else ("问题尚未记录",)
        if lacking:
            gaps.append(Gap(place=GapPlace.FINDING, item=key, what=f"{item.ask}：{'、'.join(lacking)}"))
    return tuple(gaps)


def _lacking(finding: Finding) -> tuple[str, ...]:
    checks = (
        ("缺事实描述", not finding.facts.strip() or "＿＿" in finding.facts),
        ("缺整改要求", finding.is_open and not finding.requirement.strip()),
        ("缺整改期限", finding.is_open and finding.deadline is None),
        ("缺改正后照片", finding.corrected is not None and not finding.corrected.photos),
        ("疑似重大隐患待人工判断", finding.awaits_decision),
    )
    return tuple(what for what, missing in checks if missing)


def _people_gaps(inspection: Inspection, *, is_enforcement: bool) -> tuple[Gap, ...]:
    gaps = []
    if is_enforcement and len(inspection.inspectors) < ENFORCEMENT_INSPECTORS:
        gaps.append("执法检查不得少于两名检查人员")
    if is_enforcement:
        gaps += [f"检查人员 {one.name} 缺执法证号" for one in inspection.inspectors if not one.number.strip()]
    if not inspection.enterprise.person.strip():
        gaps.append("缺被检查单位现场负责人姓名")
    return tuple(Gap(place=GapPlace.INSPECTORS, what=what) for what in gaps)


def _position_gaps(inspection: Inspection) -> tuple[Gap, ...]:
    if inspection.position is not None:
        return ()
    return (Gap(place=GapPlace.POSITION, what="尚未记录位置，也没有说明原因"),)
