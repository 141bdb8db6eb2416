"""An enterprise that is added on the spot. A doubtful credit code warns and never stops."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import flet as ft

from inspector.domain.checklist import Domain
from inspector.domain.enterprise import Enterprise, domain_of
from inspector.domain.identifiers import check_entry, doubt_about_credit_code, uuid7
from inspector.domain.kinds import EnterpriseKind
from inspector.errors import InputMissingError, InspectorError, TextControlError, TextTooLongError
from inspector.tablet import routes
from inspector.tablet.frame import frame
from inspector.tablet.session import Session
from inspector.tablet.workbench import Workbench
from inspector.ui import theme
from inspector.ui.buttons import primary_button
from inspector.ui.fields import Choice, choice_chips, text_field
from inspector.ui.panels import card, error_panel, quiet_text

FIELDS = {
    "name": "单位名称",
    "credit_code": "统一社会信用代码",
    "address": "地址",
    "person": "负责人",
    "position": "职务",
    "phone": "联系电话",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is typed of an enterprise."""

    name: str = ""
    credit_code: str = ""
    address: str = ""
    person: str = ""
    position: str = ""
    phone: str = ""
    domain: Domain | None = None
    kinds: tuple[EnterpriseKind, ...] = ()


def doubt_about(field: str, text: str) -> str:
    """Why a text cannot be kept, in Chinese; empty when it can."""
    try:
        check_entry(text, field=FIELDS[field])
    except (TextTooLongError, TextControlError) as error:
        return f"{error.message}{error.next_step}"
    return ""


def enter(workbench: Workbench, entry: Entry, *, at_ms: int) -> Enterprise:
    """Keep the enterprise.

    Raises:
        InputMissingError: it has no name.
        TextTooLongError, TextControlError: a text cannot be printed as it is.
    """
    if not entry.name.strip():
        raise InputMissingError(what="请填写单位名称")
    for field, label in FIELDS.items():
        check_entry(getattr(entry, field), field=label)
    one = Enterprise(
        id=uuid7(at_ms=at_ms, random=secrets.token_bytes(10)),
        name=entry.name,
        credit_code=entry.credit_code,
        address=entry.address,
        person=entry.person,
        position=entry.position,
        phone=entry.phone,
        domain=entry.domain or (domain_of(entry.kinds[0]) if entry.kinds else None),
        kinds=entry.kinds,
    )
    workbench.office.enter_enterprise(one)
    return one


@ft.component
def NewEnterpriseScreen(session: Session) -> ft.Control:
    """Its particulars; only the name must be there."""
    begun = ft.use_memo(lambda: _begun(session), [])
    entry, change = ft.use_state(begun)
    no_error: InspectorError | None = None
    error, fail = ft.use_state(no_error)
    bench = session.workbench

    async def save() -> None:
        try:
            one = await session.act(enter, bench, entry, at_ms=session.now_ms())
        except InspectorError as refused:
            fail(refused)
        else:
            session.navigate(routes.begin(one.id))

    def choose(id: str) -> None:
        change(replace(entry, domain=None if entry.domain == id else Domain(id)))

    domains = [Choice(id=one.value, words=one.chinese) for one in Domain]
    chips = choice_chips("new-enterprise.domain", domains, [entry.domain] if entry.domain else [], choose)
    fields = [_field(name, entry, change) for name in FIELDS]
    return frame(
        session,
        "new-enterprise",
        "新增单位",
        [
            *([error_panel(error)] if error else []),
            card(fields, gap=theme.UNIT * 2),
            card([ft.Text("所属领域（可不选）"), chips, *_kinds(entry, change)]),
            quiet_text("新增的单位先保存在本机；检查记录送达办公室时会一并带去。"),
        ],
        back="/start",
        actions=[
            primary_button("new-enterprise.save", "保存并选择检查表", save, icon=ft.Icons.ARROW_FORWARD)
        ],
    )


def _begun(session: Session) -> Entry:
    """A name that was looked for in vain is there already; initials and digits are none."""
    sought, session.sought = session.sought.strip(), ""
    return Entry(name="" if sought.isascii() else sought)


def _kinds(entry: Entry, change: Callable[[Entry], None]) -> list[ft.Control]:
    """What sort of place it is, once its field is chosen."""
    if entry.domain is None and not entry.kinds:
        return []

    def choose(id: str) -> None:
        kind = EnterpriseKind(id)
        others = tuple(each for each in entry.kinds if each is not kind)
        change(replace(entry, kinds=others if kind in entry.kinds else (*others, kind)))

    offered = [kind for kind in EnterpriseKind if domain_of(kind) is entry.domain or kind in entry.kinds]
    chips = [Choice(id=kind.value, words=kind.chinese) for kind in offered]
    return [
        ft.Text("单位类型（可多选；据此列出适合的检查表）"),
        choice_chips("new-enterprise.kind", chips, entry.kinds, choose),
    ]


def _field(name: str, entry: Entry, change: Callable[[Entry], None]) -> ft.Control:
    text = getattr(entry, name)
    warn = (doubt_about_credit_code(text) or "") if name == "credit_code" else ""
    return text_field(
        f"new-enterprise.{name.replace('_', '-')}",
        f"{FIELDS[name]}（必填）" if name == "name" else FIELDS[name],
        text,
        partial(_changed, name, entry, change),
        error=doubt_about(name, text),
        warn=warn,
        keyboard=ft.KeyboardType.PHONE if name == "phone" else ft.KeyboardType.TEXT,
    )


def _changed(name: str, entry: Entry, change: Callable[[Entry], None], text: str) -> None:
    changes: dict[str, str] = {name: text}
    change(replace(entry, **changes))  # type: ignore[arg-type]
