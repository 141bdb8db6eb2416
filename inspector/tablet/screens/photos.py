"""The pictures of an item: the strip, one picture over the whole screen, the camera over everything."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import flet as ft

from inspector.domain.answer import ItemKey, PhotoId
from inspector.domain.inspection import Inspection
from inspector.errors import InspectorError
from inspector.tablet.pictures import Pictures
from inspector.tablet.screens.opened import use_view
from inspector.tablet.screens.written import written
from inspector.tablet.walk import Job, View, Walk
from inspector.tablet.workbench import Workbench
from inspector.ui import theme
from inspector.ui.buttons import secondary_button
from inspector.ui.panels import busy, error_panel, quiet_text
from inspector.ui.photo_source import Taken, photo_taker
from inspector.ui.photo_strip import Thumbnail, photo_strip, photo_viewer
from inspector.ui.states import Saving, saved_mark
from inspector.ui.taps import Act


def thumbnails(view: View, ids: tuple[PhotoId, ...]) -> tuple[Thumbnail, ...]:
    """The pictures of an item as the strip shows them; one that is not read yet has no bytes."""
    photos = view.inspection.photos
    return tuple(
        Thumbnail(
            id=id, picture=view.thumbs.get(id, b""), source=photos[id].source, caption=photos[id].caption
        )
        for id in ids
        if id in photos
    )


@ft.component
def item_photos(
    walk: Walk,
    pictures: Pictures,
    name: str,
    key: ItemKey,
    photos: tuple[Thumbnail, ...],
    jobs: tuple[Job, ...],
    *,
    after: bool = False,
    needed: int = 0,
    read_only: bool = False,
) -> ft.Control:
    """A strip of pictures with what becomes of those on their way.

    Args:
        name: prefix of the controls' names.
        after: they show the state after correction.
        needed: how many the checklist asks for.
    """
    nobody: Thumbnail | None = None
    opened, open_photo = ft.use_state(nobody)

    async def look(id: str) -> None:
        small = next(photo for photo in photos if photo.id == id)
        open_photo(small)
        large = await pictures.large(PhotoId(id))
        found = Thumbnail(id=id, picture=large, source=small.source, caption=small.caption)
        open_photo(lambda now: found if now is small else now)

    def away() -> None:
        open_photo(nobody)

    async def drop(id: str) -> None:
        away()
        await pictures.drop(key, PhotoId(id))

    ft.use_effect(lambda: _read(walk, pictures, photos), dependencies=[tuple(one.id for one in photos)])
    ft.use_dialog(_viewer(walk, name, opened, away, None if read_only else drop) if opened else None)
    strip = photo_strip(
        name,
        photos,
        on_add=None if read_only else lambda: walk.tell(taking=(key, after)),
        on_open=look,
        on_delete=None if read_only else drop,
    )
    return ft.Column(
        controls=[strip, *_states(pictures, name, photos, jobs, needed)], spacing=theme.UNIT, tight=True
    )


@ft.component
def TakerOverlay(walk: Walk, pictures: Pictures) -> ft.Control:
    """The camera over everything, while pictures are being taken."""
    taking, jobs, kept = use_view(
        walk, lambda view: (view.taking, view.jobs if view.taking else (), _kept(view))
    )
    if taking is None:
        return ft.Container(visible=False)
    key, after = taking

    def took(taken: Taken) -> None:
        pictures.take(key, taken, after_correction=after)

    failed = [error_panel(job.error) for job in jobs if job.error and job.item == key]
    camera = photo_taker("photo", on_taken=took, on_close=lambda: walk.tell(taking=None))
    coming = sum(job.error is None and job.item == key for job in jobs)
    return ft.Container(
        content=ft.Column(controls=[*failed, camera, _count(kept, coming)], spacing=0, expand=True),
        bgcolor=theme.PAGE,
        expand=True,
    )


def _kept(view: View) -> int:
    """How many pictures of what is being photographed are on the disk."""
    if view.taking is None:
        return 0
    key, after = view.taking
    answer, finding = view.inspection.answers.get(key), view.inspection.findings.get(key)
    if after:
        return len(finding.corrected.photos) if finding and finding.corrected else 0
    return len(finding.photos if finding else answer.photos if answer else ())


def _count(kept: int, coming: int) -> ft.Control:
    """What became of the pictures that were taken or picked, said while the camera covers the strip."""
    said: list[ft.Control] = [busy(f"正在保存 {coming} 张照片…")] if coming else []
    if kept and not coming:
        said = [saved_mark(Saving.SAVED), ft.Text(f"已有 {kept} 张照片，完成后在检查项里看", expand=True)]
    row = ft.Row(controls=said, spacing=theme.UNIT) if kept and not coming else ft.Column(controls=said)
    return ft.Semantics(
        identifier="photo-count",
        content=ft.Container(content=row, padding=theme.UNIT * 2, visible=bool(said)),
        live_region=True,
        container=True,
    )


def _read(walk: Walk, pictures: Pictures, photos: tuple[Thumbnail, ...]) -> None:
    unread = tuple(PhotoId(one.id) for one in photos if not one.picture)
    if unread:
        walk.session.run(lambda: pictures.read(unread))


def _states(
    pictures: Pictures, name: str, photos: tuple[Thumbnail, ...], jobs: tuple[Job, ...], needed: int
) -> list[ft.Control]:
    states: list[ft.Control] = []
    waiting = [job for job in jobs if job.error is None]
    if waiting:
        states.append(busy(f"正在保存 {len(waiting)} 张照片…"))
    elif photos:
        states.append(
            ft.Row(
                controls=[
                    saved_mark(Saving.SAVED),
                    quiet_text(f"{len(photos)} 张照片在本机，联网后自动上传"),
                ],
                spacing=theme.UNIT,
                wrap=True,
            )
        )
    if len(photos) < needed:
        states.append(quiet_text(f"还差 {needed - len(photos)} 张照片（至少 {needed} 张）"))
    return [*states, *(_failed(pictures, name, job, job.error) for job in jobs if job.error)]


def _failed(pictures: Pictures, name: str, job: Job, error: InspectorError) -> ft.Control:
    away = secondary_button(f"{name}-job-{job.number}-close", "知道了", partial(pictures.put_away, job))
    title = [quiet_text(f"“{job.name}”没有加入，其他内容都在")] if job.name else []
    return ft.Column(controls=[*title, error_panel(error, actions=[away])], spacing=4, tight=True)


def _viewer(
    walk: Walk, name: str, photo: Thumbnail, on_close: Act, on_drop: Callable[[str], object] | None
) -> ft.AlertDialog:
    id = PhotoId(photo.id)

    def describe(bench: Workbench, now: Inspection, text: str) -> Inspection:
        return bench.inspections.describe(now, id, text)

    listed = walk.inspection.photos.get(id)
    caption = written(
        walk, f"{name}-caption", "照片说明", listed.caption if listed else "", describe, expand=True
    )
    return photo_viewer(
        f"{name}-viewer",
        photo,
        on_close=on_close,
        on_delete=partial(on_drop, photo.id) if on_drop else None,
        actions=[ft.Container(content=caption, width=420)] if on_drop else [],
    )
