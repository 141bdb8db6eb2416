"""Text that is kept as it is typed: no button, no lost keystroke."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import flet as ft

from inspector.errors import InspectorError
from inspector.tablet.walk import Walk, Write
from inspector.ui.fields import text_field


@dataclass(slots=True)
class _Typed:
    """What the field holds, between two renderings.

    Attributes:
        seen: the last text that came from the inspection.
        handed: texts that were handed over and have not come back from there yet.
    """

    text: str
    seen: str
    handed: list[str] = field(default_factory=list)

    def sync(self, outside: str) -> None:
        """Take over what changed elsewhere (a chip, an undo), but never an older text of this field's own."""
        if outside == self.seen:
            return
        self.seen = outside
        if outside in self.handed:
            del self.handed[: self.handed.index(outside) + 1]
        elif outside != self.text:
            self.text = outside


def use_typed(
    walk: Walk, identifier: str, value: str, write: Write, *, settles: bool
) -> tuple[str, str, Callable[[str], None]]:
    """The text in a field, why it is refused, and what happens when it changes."""
    before = walk.refused(identifier)
    typed = ft.use_memo(lambda: _Typed(text=before[0] if before else value, seen=value), [])
    typed.sync(value)
    _, turn = ft.use_state(0)
    refused, refuse = ft.use_state(_words(before[1]) if before else "")

    async def keep() -> None:
        text = typed.text
        typed.handed.append(text)
        error = await walk.write(identifier, text, write)
        if error is not None and text in typed.handed:
            typed.handed.remove(text)
        refuse(_words(error) if error else "")

    def changed(text: str) -> None:
        typed.text = text
        turn(lambda count: count + 1)
        if settles:
            walk.later(identifier, keep)
        else:
            walk.session.run(keep)

    return typed.text, refused, changed


@ft.component
def written(
    walk: Walk,
    identifier: str,
    label: str,
    value: str,
    write: Write,
    *,
    lines: int = 1,
    hint: str = "",
    warn: Callable[[str], str] = lambda _text: "",
    keyboard: ft.KeyboardType = ft.KeyboardType.TEXT,
    suffix: str = "",
    settles: bool = False,
    expand: bool | None = None,
) -> ft.Control:
    """A field whose text goes to the disk while it is typed; why it is refused stands under it.

    A refused text is there again when the field comes back after having been out of sight.

    Args:
        value: the text as it is on the disk.
        write: puts it there; a refusal leaves what was there before.
        warn: what to look at again in a text that may stay.
        settles: wait until typing rests, where a half-typed value would already judge.
    """
    text, refused, changed = use_typed(walk, identifier, value, write, settles=settles)

    async def settle() -> None:
        await walk.at_once(identifier)

    ft.use_effect(
        lambda: walk.look_at(identifier), dependencies=[], cleanup=lambda: walk.look_away(identifier)
    )
    return text_field(
        identifier,
        label,
        text,
        changed,
        error=refused,
        warn=warn(text),
        hint=hint,
        lines=lines,
        keyboard=keyboard,
        suffix=suffix,
        expand=expand,
        on_submit=settle,
        on_leave=settle,
    )


def _words(error: InspectorError) -> str:
    return f"{error.message}{error.next_step}"
