"""Who issues: what stands under every document of this office."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

import flet as ft

from inspector.console.accounts import Right
from inspector.console.administration import Administration
from inspector.console.session import Session, use_loaded
from inspector.domain.issuer import IssuerKind, NoticeKind, kinds_of
from inspector.domain.notice_parts import Contact
from inspector.domain.profile import IssuerProfile, Term
from inspector.domain.working_days import DayKind
from inspector.errors import IllegalMoveError, InspectorError
from inspector.ui import theme
from inspector.ui.buttons import primary_button
from inspector.ui.fields import Choice, choice_chips, text_field
from inspector.ui.panels import busy, card, error_panel, quiet_text, section_title

NAME = "console.office"
_FIELDS = {
    "name": ("机关全称", "印在文书落款处"),
    "region": ("地区简称", "印在文书号里，例如：样"),
    "review_body": ("复议机关", "申请行政复议的机关全称"),
    "court": ("管辖法院", "提起行政诉讼的法院全称"),
    "contact": ("联系人", "单位申请复查时找谁；可不填"),
    "phone": ("联系电话", "可不填"),
    "public_address": (
        "公开地址",
        "单位扫码查文书的网址，形如 https://office.example；不填则二维码只含文书码",
    ),
    "reinspection": ("期限届满后几天内复查", "按本单位的规定填写；不填则不提示"),
}
_DIGITS = 6
_KINDS = tuple(Choice(id=kind.value, words=kind.word) for kind in DayKind)
_APPEAL = ("review_body", "court")
_SUGGESTED = {
    IssuerKind.GAS: "一般是本级人民政府，请填全称，如：样例市样例区人民政府",
    IssuerKind.PUBLIC_SECURITY: "一般是本级人民政府，请填全称，如：样例市样例区人民政府",
    IssuerKind.POSTAL: "法律没有明文；可先请示上一级邮政管理机构，确认后填全称",
    IssuerKind.FIRE_RESCUE: "法律没有明文，各地不一；请法制人员确认后填全称",
}
"""What may be suggested for the reviewing body; it is never filled in by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What is typed."""

    kind: IssuerKind = IssuerKind.EMERGENCY_MANAGEMENT
    name: str = ""
    region: str = ""
    review_body: str = ""
    court: str = ""
    contact: str = ""
    phone: str = ""
    public_address: str = ""
    reinspection: str = ""
    reinspection_kind: DayKind = DayKind.WORKING

    @classmethod
    def of(cls, profile: IssuerProfile | None) -> Form:
        """The form as the office last kept it."""
        if profile is None:
            return cls()
        contact, term = profile.contact, profile.reinspection
        return cls(
            kind=profile.kind,
            name=profile.name,
            region=profile.region,
            review_body=profile.review_body,
            court=profile.court,
            contact=contact.name if contact else "",
            phone=contact.phone if contact else "",
            public_address=profile.public_address,
            reinspection=str(term.days) if term else "",
            reinspection_kind=term.kind if term else DayKind.WORKING,
        )

    def profile(self) -> IssuerProfile:
        """The profile, with nothing that its kind must not print.

        Raises:
            AccessMalformedError: the public address is none.
            IllegalMoveError: the days are no number; DaysOutOfRangeError: no sensible one.
        """
        appeals = self.kind.enforces
        contact = Contact(name=self.contact, phone=self.phone) if self.contact or self.phone else None
        return IssuerProfile(
            kind=self.kind,
            name=self.name,
            region=self.region,
            review_body=self.review_body if appeals else "",
            court=self.court if appeals else "",
            contact=contact,
            public_address=self.public_address.strip().rstrip("/"),
            reinspection=self._term(),
        )

    def _term(self) -> Term | None:
        days = self.reinspection.strip()
        if not days:
            return None
        if not (days.isascii() and days.isdigit() and len(days) < _DIGITS):
            raise IllegalMoveError(reason="复查天数请填整数")
        return Term(days=int(days), kind=self.reinspection_kind)


@ft.component
def Issuer(session: Session) -> ft.Control:
    """Who issues, as the office last kept it."""
    loaded = use_loaded(session, lambda: Form.of(session.desk.issuer()))
    if loaded.error is not None:
        return error_panel(loaded.error, on_retry=loaded.again)
    return busy("正在读取签发机关……") if loaded.value is None else IssuerForm(session, loaded.value)


@ft.component
def IssuerForm(session: Session, kept: Form) -> ft.Control:
    """The form; an administrator may change it."""
    form, change = ft.use_state(kept)
    no_error: InspectorError | None = None
    error, fail = ft.use_state(no_error)
    mine = session.may(Right.MANAGE)

    async def save() -> None:
        try:
            await session.told(Administration(session.desk).set_issuer, session.me, form.profile())
        except InspectorError as refused:
            fail(refused)
            return
        fail(None)
        session.snack("签发机关已更新，会发给每台平板")

    unconfirmed = session.hall.unconfirmed.get(form.kind, ())
    documents = "、".join(kind.word for kind in sorted(kinds_of(form.kind), key=tuple(NoticeKind).index))
    shown = [name for name in _FIELDS if form.kind.enforces or name not in _APPEAL]
    button = primary_button(
        f"{NAME}.save-issuer", "保存并发给平板", save, disabled=not session.desk.is_unlocked
    )
    return card(
        [
            section_title("签发机关"),
            *([error_panel(error)] if error else []),
            _kind_chips(form, change, disabled=not mine),
            quiet_text(f"可以签发：{documents}"),
            *([quiet_text(_about_forms(unconfirmed))] if unconfirmed else []),
            *(_field(name, form, change, read_only=not mine) for name in shown),
            choice_chips(
                f"{NAME}.issuer-reinspection-kind",
                _KINDS,
                [form.reinspection_kind.value],
                lambda id: change(replace(form, reinspection_kind=DayKind(id))),
                disabled=not mine,
            ),
            quiet_text("".join(_ABOUT_REINSPECTION)),
            quiet_text(_about_appeal(form.kind)),
            *([ft.Row(controls=[button], alignment=ft.MainAxisAlignment.END)] if mine else []),
        ],
        gap=theme.UNIT * 2,
    )


def _kind_chips(form: Form, change: Callable[[Form], None], *, disabled: bool) -> ft.Control:
    return choice_chips(
        f"{NAME}.kind",
        [Choice(id=kind.value, words=kind.word) for kind in IssuerKind],
        [form.kind],
        lambda id: change(replace(form, kind=IssuerKind(id))),
        disabled=disabled,
    )


_ABOUT_REINSPECTION = (
    "审核台据此提示每份文书的应复查日期，从最后期限的次日起算；",
    "它只是本单位自己的安排，不作为法定期限印在文书上。",
)


def _about_forms(unconfirmed: Collection[NoticeKind]) -> str:
    listed = "、".join(kind.word for kind in unconfirmed)
    return f"式样待确认：{listed}。没有找到官方式样，用的是通用式样，请法制人员确认。"


def _about_appeal(kind: IssuerKind) -> str:
    if not kind.enforces:
        return "非执法主体只出具隐患整改通知书和隐患告知单，不印责令、复议和诉讼条款。"
    if kind.names_appeal:
        return "复议机关和管辖法院必须填写经法制人员确认的全称；填好之前，平板和审核台不打印任何文书。"
    return "复议机关、法院不填时，文书印“本级人民政府”“有管辖权的人民法院”。"


def _field(name: str, form: Form, change: Callable[[Form], None], *, read_only: bool) -> ft.Control:
    def typed(text: str) -> None:
        changes: dict[str, str] = {name: text}
        change(replace(form, **changes))  # type: ignore[arg-type]

    label, hint = _FIELDS[name]
    if name == "review_body":
        hint = _SUGGESTED.get(form.kind, hint)
    return text_field(
        f"{NAME}.issuer-{name.replace('_', '-')}",
        label,
        getattr(form, name),
        typed,
        hint=hint,
        read_only=read_only,
    )
