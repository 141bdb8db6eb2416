"""The replies to a notice: whose word it is, what is said of each finding, photos decoded where no key is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import flet as ft

from inspector.console.ledger import LedgerRow, OpenedNotice
from inspector.console.reply_box import OpenedReply
from inspector.console.screens.record_findings import fact
from inspector.console.session import Session, use_loaded
from inspector.errors import InspectorError
from inspector.ui import theme, words
from inspector.ui.panels import busy, card, quiet_text, section_title
from inspector.ui.photo_strip import Thumbnail, photo_strip, photo_viewer
from inspector.ui.states import Mark, state_chip
from inspector.ui.theme import Tone
from inspector.work.registration import PublicState
from inspector.work.reply import FindingReply, ReplyPhoto

NAME = "console.notice"
EDGE, WHOLE_EDGE = 320, 1600
"""Longest sides of a thumbnail and of a picture over the whole screen, in pixels."""

_DONE = Mark(shape=ft.Icons.CHECK, word="单位称已整改", tone=Tone.PRIMARY)
_OPEN = Mark(shape=ft.Icons.RADIO_BUTTON_UNCHECKED, word="未称已整改", tone=Tone.IDLE)
_NEW = Mark(shape=ft.Icons.MARK_EMAIL_UNREAD_OUTLINED, word="新回复", tone=Tone.PRIMARY)
NO_PHOTO: Thumbnail | None = None


def replies_card(session: Session, opened: OpenedNotice, row: LedgerRow) -> ft.Control:
    """All replies, the newest first.

    Args:
        row: the notice as it stands now.
    """
    if not opened.replies:
        return card([section_title("单位的回复"), quiet_text(_none(row))])
    claim = "回复是持有文书的人写的，没有核实身份；是否整改到位，以复查为准。"
    facts = {one.ordinal: one.facts for one in opened.notice.findings}
    shown = [_reply(session, one, facts) for one in opened.replies]
    return card([section_title(f"单位的回复（{len(shown)} 份）"), quiet_text(claim), *shown])


def _none(row: LedgerRow) -> str:
    if not row.is_public:
        return "这份文书出具时没有公开地址，单位不能在网上回复。"
    if row.state is not PublicState.IN_FORCE:
        return "没有回复；文书结束后不再接收。"
    return "还没有回复。单位可以用文书上印的网址和回复码回复。"


def _reply(session: Session, one: OpenedReply, facts: Mapping[int, str]) -> ft.Control:
    at = words.moment(one.received_ms, now_ms=session.now_ms())
    head = ft.Row(
        controls=[
            ft.Text(
                f"回执号 {one.number}　{at} 收到", theme_style=ft.TextThemeStyle.TITLE_SMALL, expand=True
            ),
            *([] if one.is_seen else [state_chip(_NEW)]),
        ]
    )
    if one.reply is None:
        lines: list[ft.Control] = [
            ft.Text(f"这份回复打不开：{one.problem}", color=Tone.BAD.ink),
            quiet_text("它没有改变任何状态；可请单位重新提交。"),
        ]
    else:
        said = [finding for finding in one.reply.findings if _says(finding)]
        lines = [
            fact("填写人", f"{one.reply.name}　{one.reply.phone}"),
            *(_finding(session, one.number, finding, facts.get(finding.ordinal, "")) for finding in said),
        ]
    foot = quiet_text(f"回执摘要 {one.sha256}")
    panel = card([head, *lines, foot], tone=Tone.PRIMARY if one.reply else Tone.BAD)
    return ft.Semantics(identifier=f"{NAME}.reply-{one.number}", content=panel, container=True)


def _says(finding: FindingReply) -> bool:
    return finding.is_done or bool(finding.text.strip()) or bool(finding.photos)


def _finding(session: Session, number: str, finding: FindingReply, facts: str) -> ft.Control:
    mark = _DONE if finding.is_done else _OPEN
    head = ft.Row(
        controls=[ft.Text(f"第 {finding.ordinal} 项：{facts}", expand=True), state_chip(mark)],
        spacing=theme.UNIT,
    )
    parts: list[ft.Control] = [head]
    if finding.text.strip():
        parts.append(fact("单位答复", finding.text))
    if finding.photos:
        parts.append(ReplyPhotos(session, finding.photos, f"{NAME}.photos-{number}-{finding.ordinal}"))
    return ft.Column(controls=parts, spacing=theme.UNIT, tight=True)


@ft.component
def ReplyPhotos(session: Session, photos: tuple[ReplyPhoto, ...], identifier: str) -> ft.Control:
    """The pictures of one finding; nothing of a stranger is shown but what another process encoded anew."""
    opened, show = ft.use_state(NO_PHOTO)
    loaded = use_loaded(session, partial(_thumbnails, session, photos))
    ft.use_dialog(photo_viewer("console.photo", opened, on_close=lambda: show(None)) if opened else None)

    async def look(id: str) -> None:
        photo = next(one for one in photos if one.sha256 == id)
        whole = await session.beside(session.hall.decoder.thumbnail, photo.data, WHOLE_EDGE)
        show(Thumbnail(id=id, picture=whole, source=None, caption=""))

    if loaded.value is None:
        return busy(f"正在解码 {len(photos)} 张照片……")
    thumbnails, failures = loaded.value
    broken = [ft.Text(text, color=Tone.BAD.ink) for text in failures]
    strip = photo_strip(identifier, thumbnails, on_add=None, on_open=look)
    return ft.Column(controls=[strip, *broken], spacing=theme.UNIT, tight=True)


def _thumbnails(
    session: Session, photos: Sequence[ReplyPhoto]
) -> tuple[tuple[Thumbnail, ...], tuple[str, ...]]:
    shown, failures = [], []
    for photo in photos:
        try:
            small = session.hall.decoder.thumbnail(photo.data, EDGE)
        except InspectorError as error:
            failures.append(f"照片 {photo.sha256[:12]}：{error.message}")
            continue
        shown.append(Thumbnail(id=photo.sha256, picture=small, source=None))
    return tuple(shown), tuple(failures)
