"""A record's pictures: thumbnails decoded in a process that holds no key, full size on a tap."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import flet as ft

from inspector.console.session import Session, use_loaded
from inspector.domain.answer import PhotoId
from inspector.domain.records import Record
from inspector.errors import InspectorError
from inspector.ui import theme
from inspector.ui.panels import busy, quiet_text
from inspector.ui.photo_strip import Thumbnail, photo_strip, photo_viewer
from inspector.ui.theme import Tone

EDGE = 320
"""A thumbnail's longest side, in pixels."""
NO_PHOTO: Thumbnail | None = None

Show = Callable[[Thumbnail], object]
"""Gets a picture in full size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """Thumbnails that came, and why others did not."""

    photos: tuple[Thumbnail, ...]
    failures: tuple[str, ...]


def use_viewer() -> Show:
    """Shows one picture over the whole window; gives what opens it.

    For a screen, not for a strip on it: strips change their places with the window's width, and what is open
    must stay.
    """
    opened, show = ft.use_state(NO_PHOTO)
    ft.use_dialog(photo_viewer("console.photo", opened, on_close=lambda: show(None)) if opened else None)
    return show


@ft.component
def Photos(
    session: Session, record: Record, ids: tuple[PhotoId, ...], identifier: str, show: Show
) -> ft.Control:
    """The pictures of one item."""
    loaded = use_loaded(session, partial(_thumbnails, session, record, ids))

    async def look(id: str) -> None:
        found = next(one for one in loaded.value.photos if one.id == id) if loaded.value else None
        if found is None:
            return
        full = await session.beside(session.hall.records.photo, record, id)
        show(Thumbnail(id=id, picture=full, source=found.source, caption=found.caption))

    if loaded.value is None:
        return (
            busy(f"正在解码 {len(ids)} 张照片……") if loaded.error is None else _broken([loaded.error.message])
        )
    strip = photo_strip(identifier, loaded.value.photos, on_add=None, on_open=look)
    return ft.Column(
        controls=[strip, *([_broken(loaded.value.failures)] if loaded.value.failures else [])],
        spacing=theme.UNIT,
        tight=True,
    )


def _thumbnails(session: Session, record: Record, ids: Sequence[PhotoId]) -> _Shown:
    photos, failures = [], []
    for id in ids:
        photo = record.inspection.photos[id]
        try:
            small = session.hall.decoder.thumbnail(session.hall.records.photo(record, id), EDGE)
        except InspectorError as error:
            failures.append(f"照片 {id[:12]}：{error.message}")
            continue
        photos.append(Thumbnail(id=id, picture=small, source=photo.source, caption=photo.caption))
    return _Shown(photos=tuple(photos), failures=tuple(failures))


def _broken(failures: Sequence[str]) -> ft.Control:
    lines = [ft.Text(words, color=Tone.BAD.ink) for words in failures]
    return ft.Column(controls=[*lines, quiet_text("其余内容不受影响。")], spacing=4, tight=True)
