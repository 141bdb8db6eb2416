"""A button that lets files be picked, with their content."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import flet as ft

from inspector.ui.buttons import style_of
from inspector.ui.identified import identified
from inspector.ui.taps import finish
from inspector.ui.theme import Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class PickedFile:
    """One file; empty `data` means that the platform handed over nothing."""

    name: str
    data: bytes


@dataclass(slots=True)
class _Latest:
    """The handler of the newest rendering, for a service that lives through all of them."""

    handler: Callable[[ft.FilePickerResultEvent], Awaitable[None]]


@ft.component
def file_button(
    identifier: str,
    words: str,
    on_picked: Callable[[Sequence[PickedFile]], object],
    *,
    icon: ft.IconData,
    images: bool = False,
    extensions: Sequence[str] = (),
    several: bool = False,
) -> ft.Control:
    """A button that opens the platform's way to choose files.

    Args:
        on_picked: gets what was chosen, nothing when the person thought better of it; may be `async`.
        images: pictures only, from the gallery where there is one.
        extensions: without their dot; empty for any.
        several: more than one at once.
    """

    async def result(event: ft.FilePickerResultEvent) -> None:
        files = [PickedFile(name=file.name, data=bytes(file.bytes or b"")) for file in event.files]
        await finish(on_picked(files))

    async def handed_on(event: ft.FilePickerResultEvent) -> None:
        await latest.handler(event)

    latest = ft.use_memo(lambda: _Latest(handler=result), [])
    latest.handler = result
    picker = ft.use_memo(lambda: ft.FilePicker(on_result=handed_on), [])
    kind = ft.FilePickerFileType.CUSTOM if extensions else ft.FilePickerFileType.ANY
    button = ft.OutlinedButton(
        content=words,
        icon=icon,
        action=ft.PickFiles(
            picker,
            file_type=ft.FilePickerFileType.IMAGE if images else kind,
            allowed_extensions=list(extensions) or None,
            allow_multiple=several,
            with_data=True,
        ),
        style=style_of(Tone.PRIMARY, filled=False),
    )
    return identified(identifier, button, label=words)
