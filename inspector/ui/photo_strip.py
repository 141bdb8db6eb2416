"""Photos of an item: the strip with a big ＋ first, and one photo over the whole screen.

Pictures are thumbnails, as bytes or (on the web, where bytes would be sent again and again) by address.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial

import flet as ft

from inspector.domain.inspection import PhotoSource
from inspector.ui import theme
from inspector.ui.buttons import icon_button, secondary_button
from inspector.ui.identified import identified, unspoken
from inspector.ui.pictures import unreadable
from inspector.ui.states import Mark
from inspector.ui.taps import Act, tapped
from inspector.ui.theme import Tone

TILE = 120
"""The edge of a thumbnail, in logical pixels."""

_MOST_ZOOM = 8
_SOURCES = {
    PhotoSource.CAMERA: Mark(shape=ft.Icons.PHOTO_CAMERA_OUTLINED, word="相机", tone=Tone.IDLE),
    PhotoSource.GALLERY: Mark(shape=ft.Icons.PHOTO_LIBRARY_OUTLINED, word="图库", tone=Tone.IDLE),
    PhotoSource.FILE: Mark(shape=ft.Icons.INSERT_DRIVE_FILE_OUTLINED, word="文件", tone=Tone.IDLE),
}
_UNKNOWN = Mark(shape=ft.Icons.PHOTO_OUTLINED, word="照片", tone=Tone.IDLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thumbnail:
    """One photo as the screen knows it.

    Attributes:
        id: of the photo.
        picture: encoded bytes, or an address.
        source: None where nobody of ours took or chose it, as for a stranger's.
        caption: the inspector's words; empty when there are none yet.
    """

    id: str
    picture: bytes | str
    source: PhotoSource | None
    caption: str = ""


def source_mark(source: PhotoSource | None) -> Mark:
    """The mark of where a picture came from."""
    return _UNKNOWN if source is None else _SOURCES[source]


def photo_strip(
    identifier: str,
    photos: Sequence[Thumbnail],
    *,
    on_add: Act | None,
    on_open: Callable[[str], object],
    on_delete: Callable[[str], object] | None = None,
    add_words: str = "拍照",
) -> ft.Control:
    """The photos in the order taken, sideways.

    Args:
        identifier: prefix: `identifier-add`, `identifier-1` and on, `identifier-1-delete`.
        on_add: None where nothing may be added, as in a sealed record.
        on_open: gets the id of the tapped photo.
        on_delete: gets the id; the caller announces it with `snack_with_undo`. None hides it.
    """
    add = [_add_tile(f"{identifier}-add", add_words, on_add)] if on_add else []
    tiles = [
        _tile(f"{identifier}-{place}", place, photo, on_open, on_delete)
        for place, photo in enumerate(photos, start=1)
    ]
    return ft.Row(
        controls=[*add, *tiles],
        spacing=theme.UNIT,
        scroll=ft.ScrollMode.AUTO,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )


def choosable_photos(
    identifier: str,
    photos: Sequence[Thumbnail],
    chosen: Collection[str],
    on_choose: Callable[[str], object],
) -> ft.Control:
    """Photos to choose from, wrapping; a chosen one has a tick and its word.

    Args:
        identifier: prefix: `identifier-1` and on.
        on_choose: gets the id of the tapped photo, chosen already or not.
    """
    tiles: list[ft.Control] = []
    for place, photo in enumerate(photos, start=1):
        is_chosen = photo.id in chosen
        tone = Tone.PRIMARY if is_chosen else Tone.IDLE
        button = ft.OutlinedButton(
            content=_picture(photo),
            width=TILE,
            height=TILE,
            on_click=tapped(partial(on_choose, photo.id)),
            clip_behavior=ft.ClipBehavior.ANTI_ALIAS,
            style=_tile_style(tone),
        )
        label = f"第 {place} 张照片" + (f"，{photo.caption}" if photo.caption else "")
        mark = ft.Icons.CHECK_BOX if is_chosen else ft.Icons.CHECK_BOX_OUTLINE_BLANK
        words = ft.Row(
            controls=[ft.Icon(mark, size=22, color=tone.ink), ft.Text("已选" if is_chosen else "未选")],
            spacing=4,
            width=TILE,
        )
        tiles.append(
            ft.Column(
                controls=[
                    identified(f"{identifier}-{place}", button, label=label, chosen=is_chosen),
                    unspoken(words),
                ],
                spacing=4,
                tight=True,
                key=photo.id,
            )
        )
    return ft.Row(controls=tiles, wrap=True, spacing=theme.UNIT, run_spacing=theme.UNIT)


def photo_viewer(
    identifier: str,
    photo: Thumbnail,
    *,
    on_close: Act,
    on_delete: Act | None = None,
    actions: Sequence[ft.Control] = (),
) -> ft.AlertDialog:
    """One photo over the whole screen, to be zoomed with two fingers; for `ft.use_dialog`.

    Args:
        identifier: prefix: `identifier-close`, `identifier-delete`.
        photo: `picture` in full size, or the thumbnail where there is no larger one.
        actions: more to do with it, such as marking and describing.
    """
    page = ft.context.page
    width, height = page.width or 1280, page.height or 800
    mark = source_mark(photo.source)
    words = photo.caption or ("还没有说明" if photo.source else "")
    image = ft.Image(
        src=photo.picture,
        fit=ft.BoxFit.CONTAIN,
        width=width,
        height=height - 200,
        semantics_label=f"照片：{words}" if words else "照片",
        error_content=unreadable(),
    )
    zoom = ft.InteractiveViewer(content=image, max_scale=_MOST_ZOOM, min_scale=1)
    below = ft.Row(
        controls=[
            ft.Icon(mark.shape, color=theme.QUIET),
            ft.Text(f"{mark.word} · {words}" if words else mark.word, expand=True),
        ],
        spacing=theme.UNIT,
    )
    close = secondary_button(f"{identifier}-close", "关闭", on_close, icon=ft.Icons.CLOSE)
    ways = [*actions, *_delete_way(identifier, on_delete), close]
    return ft.AlertDialog(
        content=ft.Column(
            controls=[
                ft.Container(content=zoom, expand=True),
                below,
                ft.Row(controls=ways, spacing=theme.UNIT, run_spacing=theme.UNIT, wrap=True),
            ],
            width=width,
            height=height,
            spacing=8,
        ),
        content_padding=theme.UNIT * 2,
        inset_padding=theme.UNIT,
        semantics_label="查看照片",
        on_dismiss=tapped(on_close),
    )


def _delete_way(identifier: str, on_delete: Act | None) -> list[ft.Control]:
    if on_delete is None:
        return []
    icon = ft.Icons.DELETE_OUTLINE
    return [secondary_button(f"{identifier}-delete", "删除", on_delete, icon=icon, tone=Tone.BAD)]


def _add_tile(identifier: str, words: str, on_add: Act) -> ft.Control:
    face = ft.Column(
        controls=[
            ft.Icon(ft.Icons.ADD, size=48, color=Tone.PRIMARY.ink),
            ft.Text(words, theme_style=ft.TextThemeStyle.LABEL_LARGE, color=Tone.PRIMARY.ink),
        ],
        alignment=ft.MainAxisAlignment.CENTER,
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        spacing=0,
        tight=True,
    )
    button = ft.OutlinedButton(
        content=unspoken(face),
        width=TILE,
        height=TILE,
        on_click=tapped(on_add),
        style=_tile_style(Tone.PRIMARY),
    )
    return identified(identifier, button, label=words)


def _tile(
    identifier: str,
    place: int,
    photo: Thumbnail,
    on_open: Callable[[str], object],
    on_delete: Callable[[str], object] | None,
) -> ft.Control:
    button = ft.OutlinedButton(
        content=_picture(photo),
        width=TILE,
        height=TILE,
        on_click=tapped(partial(on_open, photo.id)),
        clip_behavior=ft.ClipBehavior.ANTI_ALIAS,
        style=_tile_style(Tone.IDLE),
    )
    mark = source_mark(photo.source)
    label = f"第 {place} 张照片，{mark.word}" + (f"，{photo.caption}" if photo.caption else "")
    drop = partial(on_delete, photo.id) if on_delete else None
    return ft.Column(
        controls=[identified(identifier, button, label=label), _below(identifier, place, mark, drop)],
        spacing=theme.UNIT,
        tight=True,
        key=photo.id,
    )


def _picture(photo: Thumbnail) -> ft.Image:
    return ft.Image(
        src=photo.picture,
        width=TILE,
        height=TILE,
        fit=ft.BoxFit.COVER,
        exclude_from_semantics=True,
        error_content=unreadable(),
        gapless_playback=True,
    )


def _below(identifier: str, place: int, mark: Mark, on_delete: Act | None) -> ft.Control:
    source = ft.Row(
        controls=[
            ft.Icon(mark.shape, size=18, color=theme.QUIET),
            ft.Text(mark.word, theme_style=ft.TextThemeStyle.BODY_SMALL, color=theme.QUIET),
        ],
        spacing=4,
        expand=True,
    )
    if on_delete is None:
        return ft.Row(controls=[source], width=TILE)
    label = f"删除第 {place} 张照片"
    delete = icon_button(f"{identifier}-delete", ft.Icons.DELETE_OUTLINE, label, on_delete)
    return ft.Row(controls=[source, delete], width=TILE, spacing=0)


def _tile_style(tone: Tone) -> ft.ButtonStyle:
    return ft.ButtonStyle(
        padding=0,
        color=tone.ink,
        icon_color=tone.ink,
        bgcolor=theme.CARD,
        side=ft.BorderSide(width=1.5, color=tone.ink),
        shape=ft.RoundedRectangleBorder(radius=theme.CORNER),
    )
