"""What the office's copies are signed with: certificate and time stamps."""

from __future__ import annotations

from dataclasses import dataclass

import flet as ft

from inspector.console.accounts import Right
from inspector.console.session import Session
from inspector.domain.working_days import china_time, chinese_date
from inspector.errors import DocumentKeyMissingError, InspectorError
from inspector.trust.document_chain import CertificateFacts
from inspector.ui import theme
from inspector.ui.buttons import secondary_button
from inspector.ui.fields import text_field
from inspector.ui.panels import card, error_panel, quiet_text, section_title

NAME = "console.copies"


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningFacts:
    """As of the last look; `certificate` is None while the keys are locked or have none."""

    certificate: CertificateFacts | None
    is_missing: bool
    url: str


def read_facts(session: Session) -> SigningFacts:
    """What signs now."""
    copies = session.hall.copies
    certificate, is_missing = None, False
    if session.desk.is_unlocked:
        try:
            certificate = copies.certificate()
        except DocumentKeyMissingError:
            is_missing = True
    return SigningFacts(certificate=certificate, is_missing=is_missing, url=copies.timestamp_url())


def why_not(facts: SigningFacts) -> list[ft.Control]:
    """Why nothing can be signed now, and what to do about it; empty where it can."""
    if facts.is_missing:
        return [error_panel(DocumentKeyMissingError())]
    if facts.certificate is None:
        return [quiet_text("解锁办公室密钥后才能签署。")]
    return []


def signing_card(session: Session, facts: SigningFacts) -> ft.Control:
    """Certificate and time stamps."""
    parts: list[ft.Control] = [section_title("文书证书与时间戳"), *_certificate(facts)]
    if session.may(Right.MANAGE):
        # The key makes another field of it when another address is kept.
        parts.append(ft.Container(content=Timestamp(session, facts.url), key=f"timestamp {facts.url}"))
    else:
        parts.append(_fact("时间戳", facts.url or "没有启用"))
    return card(parts)


def _certificate(facts: SigningFacts) -> list[ft.Control]:
    if facts.certificate is None:
        return [quiet_text("还没有文书密钥。" if facts.is_missing else "解锁办公室密钥后显示文书证书。")]
    shown = facts.certificate
    return [
        _fact("证书", shown.subject),
        _fact("签发者", shown.issuer),
        _fact("有效到", chinese_date(china_time(shown.until_ms).date())),
        _fact("指纹", shown.sha256),
    ]


@ft.component
def Timestamp(session: Session, kept: str) -> ft.Control:
    """Where time stamps are asked for."""
    url, typed = ft.use_state(kept)
    nothing: InspectorError | None = None
    error, fail = ft.use_state(nothing)

    async def keep() -> None:
        try:
            await session.told(session.hall.copies.set_timestamp, session.me, url)
        except InspectorError as refused:
            fail(refused)
            return
        fail(None)
        session.snack("已保存，从下一份副本起生效" if url.strip() else "已停用时间戳")

    field = text_field(
        f"{NAME}.timestamp",
        "时间戳机构的地址（留空则不加时间戳）",
        url,
        typed,
        hint="https://",
        keyboard=ft.KeyboardType.URL,
    )
    save = secondary_button(f"{NAME}.save-timestamp", "保存", keep, disabled=url.strip() == kept)
    return ft.Column(
        controls=[
            *([error_panel(error)] if error else []),
            field,
            quiet_text("每签一份副本向它发送一个摘要；文书内容不会发出。"),
            ft.Row(controls=[save], alignment=ft.MainAxisAlignment.END),
        ],
        spacing=theme.UNIT,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _fact(name: str, words: str) -> ft.Control:
    return ft.Row(
        controls=[
            ft.Container(content=quiet_text(name), width=100),
            ft.Text(words, expand=True, selectable=True),
        ],
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
