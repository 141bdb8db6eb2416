"""Where photos come from: the camera inside the app, the gallery, files.

* Only the camera inside the app says that a picture was taken now; each photo carries its source.
* The camera exists on Android, iOS and the web; elsewhere the file way alone is offered, with the reason.
* Files are picked by a client action: a browser opens its picker only within the tap itself, and on iOS it
  ignores one that is asked for later.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import flet as ft
from flet_camera import Camera, CameraDescription, CameraLensDirection, ResolutionPreset

from inspector.domain.inspection import PhotoSource
from inspector.errors import CameraUnavailableError, InspectorError, PhotoUnreadableError
from inspector.ui import theme
from inspector.ui.buttons import primary_button, secondary_button
from inspector.ui.file_source import PickedFile, file_button
from inspector.ui.panels import busy, error_panel
from inspector.ui.taps import Act, finish

PATIENCE_S = 20.0
"""How long the camera may take to start or to answer before the screen says that it does not."""

_LENSES = (CameraLensDirection.BACK, CameraLensDirection.EXTERNAL, CameraLensDirection.FRONT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One picture as the camera or the file gave it, not looked into yet.

    Attributes:
        data: encoded bytes.
        name: the file's name; empty for the camera.
    """

    data: bytes
    source: PhotoSource
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lens:
    """The camera's state: which ones there are, which is on, how many pictures, what is wrong."""

    cameras: tuple[CameraDescription, ...] = ()
    chosen: int = 0
    ready: bool = False
    taking: bool = False
    count: int = 0
    problem: InspectorError | None = None


def has_camera(page: ft.Page) -> bool:
    """Whether this platform has a camera that the app can use by itself."""
    return bool(page.web) or page.platform in (ft.PagePlatform.ANDROID, ft.PagePlatform.IOS)


def picked_source(page: ft.Page) -> PhotoSource:
    """What picked pictures come from here: the gallery on phones and tablets, else files."""
    mobile = page.platform is not None and page.platform.is_mobile()
    return PhotoSource.GALLERY if mobile else PhotoSource.FILE


@ft.component
def photo_taker(
    identifier: str,
    *,
    on_taken: Callable[[Taken], object],
    on_close: Act,
    with_camera: bool = True,
) -> ft.Control:
    """Taking and picking photos, several in a row, over the whole of its place.

    Args:
        identifier: prefix: `-shutter`, `-switch`, `-pick`, `-done`.
        on_taken: gets each picture as soon as it is there; may be an `async` function.
        on_close: 完成 was tapped.
        with_camera: False offers picking only.
    """
    page = ft.context.page
    can_take = with_camera and has_camera(page)
    no_fault: InspectorError | None = None
    fault, report = ft.use_state(no_fault)
    below: list[ft.Control] = [
        pick_button(f"{identifier}-pick", on_taken=on_taken, on_problem=report),
        primary_button(f"{identifier}-done", "完成", on_close, icon=ft.Icons.CHECK),
    ]
    view = _camera_view(identifier, on_taken) if can_take else _no_camera(with_camera)
    ways = ft.Row(controls=below, alignment=ft.MainAxisAlignment.END, spacing=16, run_spacing=8, wrap=True)
    return ft.Container(
        content=ft.Column(
            controls=[
                ft.Container(content=view, expand=True),
                *([error_panel(fault)] if fault else []),
                ways,
            ],
            spacing=theme.UNIT,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        padding=theme.UNIT * 2,
        bgcolor=theme.PAGE,
        expand=True,
    )


@ft.component
def pick_button(
    identifier: str,
    *,
    on_taken: Callable[[Taken], object],
    on_problem: Callable[[InspectorError | None], object],
) -> ft.Control:
    """A button that lets photos be picked from the gallery or from files, several at once."""
    source = picked_source(ft.context.page)

    async def picked(files: Sequence[PickedFile]) -> None:
        empty = "、".join(f"“{file.name}”" for file in files if not file.data)
        on_problem(PhotoUnreadableError(reason=f"{empty}没有内容") if empty else None)
        for file in files:
            if file.data:
                await finish(on_taken(Taken(data=file.data, source=source, name=file.name)))

    words = "从图库选择" if source is PhotoSource.GALLERY else "选择图片文件"
    return file_button(
        identifier, words, picked, icon=ft.Icons.PHOTO_LIBRARY_OUTLINED, images=True, several=True
    )


@ft.component
def _camera_view(identifier: str, on_taken: Callable[[Taken], object]) -> ft.Control:
    lens, look = ft.use_state(_Lens())
    # Each rendering makes a new control that takes over the old one's place at the client; only the newest
    # one is attached to the page.
    camera: ft.Ref[Camera] = ft.use_memo(ft.Ref, [])

    async def use(cameras: tuple[CameraDescription, ...], chosen: int) -> None:
        look(lambda now: replace(now, cameras=cameras, chosen=chosen, ready=False, problem=None))
        async with asyncio.timeout(PATIENCE_S):
            await _newest(camera).initialize(cameras[chosen], ResolutionPreset.VERY_HIGH, enable_audio=False)
        look(lambda now: replace(now, ready=True))

    async def start() -> None:
        with _Failing(look):
            async with asyncio.timeout(PATIENCE_S):
                found = await _newest(camera).get_available_cameras()
            if not found:
                raise CameraUnavailableError(reason="没有找到相机")
            await use(tuple(sorted(found, key=lambda one: _LENSES.index(one.lens_direction))), 0)

    async def turn() -> None:
        with _Failing(look):
            await use(lens.cameras, (lens.chosen + 1) % len(lens.cameras))

    async def shoot() -> None:
        look(lambda now: replace(now, taking=True, problem=None))
        data = b""
        with _Failing(look):
            data = await _shot(camera)
        look(lambda now: replace(now, taking=False, count=now.count + bool(data)))
        if data:
            await finish(on_taken(Taken(data=data, source=PhotoSource.CAMERA)))

    ft.use_effect(start, dependencies=[])
    keys = _lens_keys(identifier, lens, shoot, turn)
    return ft.Column(
        controls=[_preview(camera), *_lens_words(lens, start), keys],
        spacing=theme.UNIT,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _preview(camera: ft.Ref[Camera]) -> ft.Control:
    return ft.Container(
        content=Camera(ref=camera, expand=True),
        expand=True,
        bgcolor=ft.Colors.BLACK,
        border_radius=theme.CORNER,
        alignment=ft.Alignment.CENTER,
    )


async def _shot(camera: ft.Ref[Camera]) -> bytes:
    async with asyncio.timeout(PATIENCE_S):
        data = await _newest(camera).take_picture()
    if not data:
        raise CameraUnavailableError(reason="相机没有给出照片")
    return bytes(data)


def _newest(camera: ft.Ref[Camera]) -> Camera:
    # Asked for at once and without a task between: a moment later another one may be the newest.
    if camera.current is None:
        raise CameraUnavailableError(reason="相机还没有准备好")
    return camera.current


class _Failing:
    """Turns what the camera raises into what the screen says."""

    def __init__(self, look: Callable[[Callable[[_Lens], _Lens]], None]) -> None:
        self.look = look

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: object, raised: BaseException | None, __: object) -> bool:
        problem = camera_problem(raised)
        if problem is None:
            return False
        self.look(lambda now: replace(now, problem=problem))
        return True


def camera_problem(raised: BaseException | None) -> InspectorError | None:
    """What a failure of the camera means; None for anything that is not the camera's."""
    match raised:
        case CameraUnavailableError():
            return raised
        case TimeoutError():
            return CameraUnavailableError(reason="相机没有反应")
        case RuntimeError():
            said = str(raised).casefold()
            denied = "permission" in said or "denied" in said or "notallowed" in said
            return CameraUnavailableError(reason="没有授予相机权限" if denied else "相机被占用或出错")
    return None


def _lens_words(lens: _Lens, again: Act) -> list[ft.Control]:
    if lens.problem:
        return [error_panel(lens.problem, on_retry=again)]
    if not lens.ready:
        return [busy("正在打开相机…")]
    if lens.count:
        return [ft.Semantics(content=ft.Text(f"已拍 {lens.count} 张，可以接着拍"), live_region=True)]
    return [ft.Text("对准后按“拍照”，可以连续拍几张", color=theme.QUIET)]


def _lens_keys(identifier: str, lens: _Lens, shoot: Act, turn: Act) -> ft.Control:
    several = len(lens.cameras) > 1
    switch = secondary_button(
        f"{identifier}-switch", "换镜头", turn, icon=ft.Icons.CAMERASWITCH_OUTLINED, disabled=not lens.ready
    )
    shutter = primary_button(
        f"{identifier}-shutter",
        "拍照",
        shoot,
        icon=ft.Icons.PHOTO_CAMERA,
        disabled=not lens.ready or lens.taking,
    )
    return ft.Row(
        controls=[*([switch] if several else []), shutter],
        alignment=ft.MainAxisAlignment.CENTER,
        spacing=theme.UNIT * 2,
    )


def _no_camera(wanted: bool) -> ft.Control:
    if not wanted:
        return ft.Text("请选择要加入的图片。", color=theme.QUIET)
    return error_panel(CameraUnavailableError(reason="桌面系统不支持应用内拍照"))
