"""Looking at an earlier document's findings again: one tap per finding, a remark, pictures of this visit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import flet as ft

from inspector.domain.answer import PhotoId
from inspector.domain.inspection import Inspection
from inspector.domain.notice_details import MovedDeadline, Rectification
from inspector.domain.notice_parts import NoticeFinding
from inspector.tablet.filling import ReinspectionForm, SeenFinding, toggled
from inspector.tablet.frame import keyed
from inspector.tablet.issuing import NoticeRow
from inspector.tablet.pictures import Pictures
from inspector.tablet.screens.opened import use_view
from inspector.tablet.screens.photos import thumbnails
from inspector.tablet.walk import Walk
from inspector.ui import theme
from inspector.ui.fields import Choice, choice_chips, text_field
from inspector.ui.panels import card, progress_bar, quiet_text, section_title
from inspector.ui.photo_strip import Thumbnail, choosable_photos
from inspector.ui.theme import Tone

Change = Callable[[Callable[[ReinspectionForm], ReinspectionForm]], Awaitable[None]]

RESULTS = [Choice(id=one.value, words=one.word) for one in Rectification]
_TONES = {
    Rectification.DONE: Tone.GOOD,
    Rectification.PARTLY: Tone.CARE,
    Rectification.NOT_DONE: Tone.BAD,
    Rectification.UNREACHABLE: Tone.IDLE,
}


@ft.component
def ReinspectionBody(
    walk: Walk, pictures: Pictures, original: NoticeRow | None, form: ReinspectionForm, change: Change
) -> ft.Control:
    """The findings of the original, each with its result."""
    photos = use_view(walk, lambda view: thumbnails(view, every_photo(view.inspection)))
    ids = tuple(PhotoId(one.id) for one in photos)
    ft.use_effect(lambda: walk.session.run(lambda: pictures.read(ids)), dependencies=[ids])
    if original is None:
        return quiet_text("没有找到原文书。")
    told = sum(1 for one in form.seen.values() if one.result is not None)
    cards = [
        keyed(
            FindingAgain,
            str(finding.ordinal),
            finding,
            original.moved.get(finding.ordinal),
            form.seen.get(finding.ordinal, SeenFinding()),
            photos,
            change,
        )
        for finding in original.notice.findings
    ]
    return ft.Column(
        controls=[
            section_title(f"复查 {original.notice.number}"),
            progress_bar(told, len(original.notice.findings), text="已选择复查结果"),
            *cards,
        ],
        spacing=theme.UNIT * 2,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


@ft.component
def FindingAgain(
    finding: NoticeFinding,
    moved: MovedDeadline | None,
    seen: SeenFinding,
    photos: tuple[Thumbnail, ...],
    change: Change,
) -> ft.Control:
    """One finding of the original, with the deadline that holds.

    Args:
        moved: what was granted for it since, if anything.
    """
    name, ordinal = f"fill.finding-{finding.ordinal}", finding.ordinal

    async def put(alter: Callable[[SeenFinding], SeenFinding]) -> None:
        await change(lambda form: form.saw(ordinal, alter(form.seen.get(ordinal, SeenFinding()))))

    async def choose(result: str) -> None:
        await put(lambda one: replace(one, result=Rectification(result)))

    async def remark(text: str) -> None:
        await put(lambda one: replace(one, remark=text))

    async def toggle(id: str) -> None:
        await put(lambda one: replace(one, photos=toggled(one.photos, id)))

    needs = seen.result is not None and seen.result is not Rectification.DONE
    label = "复查情况（必填）" if needs else "复查情况"
    where = f"{finding.place}：" if finding.place else ""
    shown: list[ft.Control] = []
    if photos:
        shown = [
            quiet_text("点照片选作附件；照片取自本次检查。"),
            choosable_photos(f"{name}-photo", photos, seen.photos, toggle),
        ]
    return card(
        [
            ft.Text(f"{ordinal}．{where}{finding.facts}", theme_style=ft.TextThemeStyle.TITLE_MEDIUM),
            *([quiet_text(f"要求：{finding.requirement}")] if finding.requirement else []),
            *_until(finding, moved),
            choice_chips(f"{name}-result", RESULTS, [seen.result.value] if seen.result else [], choose),
            text_field(f"{name}-remark", label, seen.remark, remark, lines=2),
            *shown,
        ],
        tone=_TONES[seen.result] if seen.result else None,
    )


def _until(finding: NoticeFinding, moved: MovedDeadline | None) -> list[ft.Control]:
    if moved is not None:
        return [ft.Text(f"期限：{moved.words}")]
    return [quiet_text(f"期限：{finding.deadline.full}")] if finding.deadline else []


def every_photo(inspection: Inspection) -> tuple[PhotoId, ...]:
    """The pictures of a visit, as they were taken."""
    return tuple(one.id for one in sorted(inspection.photos.values(), key=lambda one: (one.at_ms, one.id)))
