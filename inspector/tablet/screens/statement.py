"""What a person reads before signing: the whole inspection in words, never its record as data."""

from __future__ import annotations

from collections.abc import Sequence

import flet as ft

from inspector.domain.answer import Verdict
from inspector.domain.checklist import Checklist
from inspector.domain.finding import Finding
from inspector.domain.inspection import Inspection, NoPosition, Position
from inspector.domain.rules import judged_items
from inspector.ui import theme, words
from inspector.ui.panels import card, quiet_text
from inspector.ui.states import severity_mark, state_chip


def statement_panel(inspection: Inspection, checklists: Sequence[Checklist], now_ms: int) -> ft.Control:
    """Enterprise, place, time, people, counts, and every finding in full."""
    lines = [_line(label, text) for label, text in particulars(inspection, checklists, now_ms) if text]
    findings = findings_in_order(inspection)
    heading = f"发现问题 {len(findings)} 项" if findings else "没有发现问题"
    return ft.Column(
        controls=[
            card(lines, gap=4),
            ft.Text(heading, theme_style=ft.TextThemeStyle.TITLE_MEDIUM),
            *(card(_finding(number, one), gap=4) for number, one in enumerate(findings, start=1)),
            quiet_text(
                "签名会印在文书上；检查记录有多页的，可能每页都印。签名之后内容如有改动，签名即作废，需要重新签名。"
            ),
        ],
        spacing=theme.UNIT,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def particulars(
    inspection: Inspection, checklists: Sequence[Checklist], now_ms: int
) -> tuple[tuple[str, str], ...]:
    """The statement's head, as pairs of label and text."""
    enterprise = inspection.enterprise
    person = " ".join(part for part in (enterprise.person, enterprise.position, enterprise.phone) if part)
    return (
        ("被检查单位", enterprise.name),
        ("检查场所", inspection.place),
        ("现场负责人", person),
        ("检查时间", f"{words.moment(inspection.started_ms)} 至 {words.moment(now_ms)}"),
        ("检查人员", "、".join(_named(one.name, one.number) for one in inspection.inspectors)),
        ("检查表", "、".join(f"{ref.title}（{ref.version}）" for ref in inspection.checklists)),
        ("检查结果", count_words(inspection, checklists)),
        ("位置", position_words(inspection.position)),
    )


def count_words(inspection: Inspection, checklists: Sequence[Checklist]) -> str:
    """`合格 30 项，不合格 2 项，不适用 3 项`; what is 未检 is counted apart."""
    verdicts = [verdict for _, verdict in judged_items(checklists, inspection.answers)]
    counted = (
        ("合格", Verdict.PASS),
        ("不合格", Verdict.FAIL),
        ("不适用", Verdict.NOT_APPLICABLE),
        ("未检", None),
    )
    parts = [f"{word} {verdicts.count(verdict)} 项" for word, verdict in counted if verdicts.count(verdict)]
    return "，".join(parts) or "没有判定项目"


def position_words(position: Position | NoPosition | None) -> str:
    """The position with its accuracy, or why there is none."""
    match position:
        case Position():
            return (
                f"北纬 {position.latitude}，东经 {position.longitude}，精度约 {position.accuracy_m} 米"
                f"（{words.moment(position.at_ms)}）"
            )
        case NoPosition():
            return f"没有记录位置：{position.reason}"
    return ""


def findings_in_order(inspection: Inspection) -> tuple[Finding, ...]:
    """The findings in the order in which they were made."""
    return tuple(sorted(inspection.findings.values(), key=lambda one: (one.at_ms, one.id)))


def _finding(number: int, finding: Finding) -> list[ft.Control]:
    head = ft.Row(
        controls=[
            ft.Text(f"{number}．{finding.facts}", theme_style=ft.TextThemeStyle.TITLE_SMALL, expand=True),
            state_chip(severity_mark(finding.severity)),
        ],
        spacing=theme.UNIT,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    lines: list[ft.Control] = [head, quiet_text(f"{finding.section} · {finding.ask}")]
    if finding.basis:
        lines.append(quiet_text("依据：" + "；".join(basis.text for basis in finding.basis)))
    decision = finding.decision
    if decision is not None:
        said = "检查人员确认疑似重大事故隐患" if decision.upheld else "检查人员认为不构成重大事故隐患"
        lines.append(ft.Text(f"对照“{decision.criterion}”，{said}：{decision.reason}"))
    if finding.corrected is not None:
        lines.append(ft.Text(f"已当场改正（{words.moment(finding.corrected.at_ms)}）"))
    else:
        last = f"（{finding.deadline.short}完成）" if finding.deadline else ""
        lines.append(ft.Text(f"整改要求：{finding.requirement}{last}"))
    if finding.all_photos:
        lines.append(quiet_text(f"照片 {len(finding.all_photos)} 张"))
    return lines


def _line(label: str, text: str) -> ft.Control:
    return ft.Row(
        controls=[ft.Container(content=quiet_text(label), width=110), ft.Text(text, expand=True)],
        spacing=theme.UNIT,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )


def _named(name: str, number: str) -> str:
    return f"{name}（{number}）" if number else name
