"""How an item is checked and what it rests on, in words: a citation never says more than may be printed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import flet as ft

from inspector.domain.checklist import Item, Limit
from inspector.domain.law import Citation, Law, Laws, VerificationMark
from inspector.ui import theme
from inspector.ui.panels import quiet_text
from inspector.ui.states import Mark, state_chip
from inspector.ui.theme import Tone

IN_FORCE = Mark(shape=ft.Icons.CHECK, word="现行", tone=Tone.GOOD)
UNVERIFIED = Mark(shape=ft.Icons.HELP_OUTLINE, word="未核验", tone=Tone.CARE)
REPLACED = Mark(shape=ft.Icons.HISTORY, word="已被替代", tone=Tone.IDLE)
ENDED = Mark(shape=ft.Icons.HISTORY, word="已失效", tone=Tone.IDLE)
NOT_YET = Mark(shape=ft.Icons.UPDATE, word="尚未施行", tone=Tone.IDLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class BasisLine:
    """One citation as the screen shows it.

    Attributes:
        text: name, number, and the article where it may be printed that day.
        why: what its state means here; empty where the word says it all.
        gist: what the article says, in our own words; empty where it was not read.
    """

    text: str
    state: Mark
    why: str = ""
    gist: str = ""


def basis_lines(item: Item, laws: Laws, *, on: date) -> tuple[BasisLine, ...]:
    """What an item rests on, for an inspection of that day; citations for other days are left out."""
    return tuple(
        _line(citation, law, laws, on)
        for citation in item.basis
        if (law := laws.get(citation.law)) and citation.is_for(on)
    )


def limit_words(item: Item, laws: Laws, *, on: date) -> str:
    """What a measure or a date must keep to; figures only where they may be printed that day."""
    if item.limit is not None:
        unit = item.scale.unit if item.scale else ""
        if laws.may_print_figure(item.limit.basis, on=on):
            return f"判定：{_bounds(item.limit, unit)}为不合格"
        return "判定：按检查表内置限值自动判定（限值出处未核验，不显示、不印出）"
    if item.date_limit is not None:
        limit = item.date_limit
        if limit.passed:
            return "判定：已过期为不合格"
        if laws.may_print_figure(limit.basis, on=on):
            return f"判定：距今超过 {limit.older_than_days} 天为不合格"
        return "判定：按检查表内置期限自动判定（期限出处未核验，不显示、不印出）"
    return ""


def basis_panel(item: Item, laws: Laws, *, on: date) -> ft.Control:
    """The citations, each with its state in words."""
    lines = basis_lines(item, laws, on=on)
    if not lines:
        return quiet_text("这一项没有列出法律依据，只作情况记录。")
    return ft.Column(controls=[_row(line) for line in lines], spacing=theme.UNIT, tight=True)


def _row(line: BasisLine) -> ft.Control:
    below = [quiet_text(text) for text in (line.why, line.gist) if text]
    head = ft.Row(
        controls=[ft.Text(line.text, expand=True), state_chip(line.state)],
        spacing=theme.UNIT,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    return ft.Column(controls=[head, *below], spacing=2, tight=True)


def _line(citation: Citation, law: Law, laws: Laws, on: date) -> BasisLine:
    state, why = _state(citation, law, laws, on)
    printed = laws.printable(citation, on=on)
    article = law.article(citation.article) if printed and printed.article and citation.article else None
    number = f"，{law.number}" if law.number and law.number not in law.printed_name else ""
    return BasisLine(
        text=f"{law.printed_name}{number}" + (f"　{article.label}" if article else ""),
        state=state,
        why=why,
        gist=article.gist if article else "",
    )


def _state(citation: Citation, law: Law, laws: Laws, on: date) -> tuple[Mark, str]:
    if on < law.in_force_from:
        return NOT_YET, f"自 {law.in_force_from.isoformat()} 起施行，这次检查不引用"
    if not law.may_be_cited(on):
        newer = laws.get(law.replaced_by) if law.replaced_by else None
        if newer is not None:
            return REPLACED, f"已由{newer.printed_name}替代，这次检查不引用"
        return ENDED, "检查当日已不施行，不引用"
    if not law.in_force_confirmed:
        return UNVERIFIED, "是否仍然有效没有核实，文书只引用名称"
    article = law.article(citation.article) if citation.article else None
    if citation.article and (article is None or article.mark is not VerificationMark.READ):
        return UNVERIFIED, "条款号没有核对原文，文书只引用名称"
    return IN_FORCE, ""


def _bounds(limit: Limit, unit: str) -> str:
    bounds = (
        (limit.below, "小于"),
        (limit.at_or_below, "不大于"),
        (limit.above, "大于"),
        (limit.at_or_above, "不小于"),
    )
    return "或".join(f"{words} {figure} {unit}" for figure, words in bounds if figure is not None)
