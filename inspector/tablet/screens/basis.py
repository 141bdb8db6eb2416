"""How an item is checked and what it rests on, in words: a citation never says more than may be printed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import flet as ft

from inspector.domain.checklist import Item, Limit
from inspector.domain.law import Citation, Law, Laws, LawStanding, VerificationMark
from inspector.ui import theme
from inspector.ui.panels import quiet_text
from inspector.ui.states import Mark, state_chip
from inspector.ui.theme import Tone

_SHAPES = {
    LawStanding.NOT_YET: (ft.Icons.UPDATE, Tone.IDLE),
    LawStanding.IN_FORCE: (ft.Icons.CHECK, Tone.GOOD),
    LawStanding.UNCONFIRMED: (ft.Icons.HELP_OUTLINE, Tone.CARE),
    LawStanding.YIELDED: (ft.Icons.HISTORY, Tone.IDLE),
    LawStanding.REPLACED: (ft.Icons.HISTORY, Tone.IDLE),
    LawStanding.REPEALED: (ft.Icons.HISTORY, Tone.IDLE),
}
_UNREAD = {
    VerificationMark.READ: "",
    VerificationMark.SECOND_HAND: "条款号依据二手资料，没有核对原文",
    VerificationMark.INFERRED: "条款号是推断的，没有核对原文",
    VerificationMark.MEMORY: "条款号凭记忆列出，没有核对原文",
    VerificationMark.NONE: "条款号没有核对",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BasisLine:
    """One citation as the screen shows it.

    Attributes:
        text: name, number, and the article where it may be printed that day.
        state: how the law stands on the day of the inspection.
        checked: how the article was checked; empty where the law is cited as a whole, or not at all that day.
        why: what the state means for this inspection; empty where its word says it all.
        scope: whom the law applies to, where that is narrower than its title.
        gist: what the article says, in our own words; empty where it was not read.
    """

    text: str
    state: Mark
    checked: str = ""
    why: str = ""
    scope: str = ""
    gist: str = ""


def basis_lines(item: Item, laws: Laws, *, on: date) -> tuple[BasisLine, ...]:
    """What an item rests on, for an inspection of that day; citations for other days are left out."""
    return tuple(
        _line(citation, law, laws, on)
        for citation in item.basis
        if (law := laws.get(citation.law)) and citation.is_for(on)
    )


_NOT_SHOWN = "这个数字还没有与条文原文核对过，所以不在这里显示，也不印进文书。"


def limit_words(item: Item, laws: Laws, *, on: date) -> str:
    """What a measure or a date must keep to; figures only where they may be printed that day."""
    if item.limit is not None:
        unit = item.scale.unit if item.scale else ""
        if laws.may_print_figure(item.limit.basis, on=on):
            return f"判定：{_bounds(item.limit, unit)}为不合格"
        return f"判定：填入实测值后，与检查表预设的限值比较，自动判为合格或不合格。{_NOT_SHOWN}"
    if item.date_limit is not None:
        limit = item.date_limit
        if limit.passed:
            return "判定：已过期为不合格"
        if laws.may_print_figure(limit.basis, on=on):
            return f"判定：距今超过 {limit.older_than_days} 天为不合格"
        return f"判定：填入日期后，与检查表预设的期限比较，自动判为合格或不合格。{_NOT_SHOWN}"
    return ""


def basis_panel(item: Item, laws: Laws, *, on: date) -> ft.Control:
    """The citations, each with its state in words."""
    lines = basis_lines(item, laws, on=on)
    if not lines:
        return quiet_text("这一项没有列出法律依据，只作情况记录。")
    return ft.Column(controls=[_row(line) for line in lines], spacing=theme.UNIT, tight=True)


def _row(line: BasisLine) -> ft.Control:
    scope = f"适用范围：{line.scope}" if line.scope else ""
    gist = f"要旨：{line.gist}" if line.gist else ""
    below = [quiet_text(text) for text in (line.why, line.checked, scope, gist) if text]
    head = ft.Row(
        controls=[ft.Text(line.text, expand=True), state_chip(line.state)],
        spacing=theme.UNIT,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    return ft.Column(controls=[head, *below], spacing=2, tight=True)


def _line(citation: Citation, law: Law, laws: Laws, on: date) -> BasisLine:
    standing = law.standing(on)
    shape, tone = _SHAPES[standing]
    printed = laws.printable(citation, on=on)
    article = law.article(citation.article) if printed and printed.article and citation.article else None
    number = f"，{law.number}" if law.number and law.number not in law.printed_name else ""
    return BasisLine(
        text=f"{law.printed_name}{number}" + (f"　{article.label}" if article else ""),
        state=Mark(shape=shape, word=standing.value, tone=tone),
        checked=_checked(citation, law, laws, on) if printed else "",
        why=_why(law, laws, on),
        scope=law.scope,
        gist=article.gist if article else "",
    )


def _why(law: Law, laws: Laws, on: date) -> str:
    standing = law.standing(on)
    if standing is LawStanding.IN_FORCE:
        return ""
    if standing is LawStanding.NOT_YET:
        return f"自 {law.in_force_from.isoformat()} 起施行，这次检查不引用"
    if standing is LawStanding.UNCONFIRMED:
        return "是否仍然有效没有核实，文书只引用名称"
    words = laws.standing_words(law, on=on)
    return f"{words}，这次检查不引用" if words != LawStanding.YIELDED.value else "这次检查不引用"


def _checked(citation: Citation, law: Law, laws: Laws, on: date) -> str:
    """How the cited article was checked, and what follows for the paper."""
    if citation.article is None:
        return ""
    lapse = law.lapse_of(citation.article, on=on)
    if lapse is not None:
        newer = laws.get(lapse.by)
        by = f"，由{newer.printed_name}代替" if newer else ""
        return f"这一条自 {lapse.since.isoformat()} 起不再是强制性条文{by}；文书只引用名称"
    article = law.article(citation.article)
    mark = article.mark if article else VerificationMark.NONE
    if article is None or _UNREAD[mark]:
        return f"{_UNREAD[mark]}，文书只引用名称"
    day = f"（{article.checked_on.isoformat()}）" if article.checked_on else ""
    return f"条文已核对原文{day}"


def _bounds(limit: Limit, unit: str) -> str:
    bounds = (
        (limit.below, "小于"),
        (limit.at_or_below, "不大于"),
        (limit.above, "大于"),
        (limit.at_or_above, "不小于"),
    )
    return "或".join(f"{words} {figure} {unit}" for figure, words in bounds if figure is not None)
