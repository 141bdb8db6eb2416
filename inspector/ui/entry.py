"""The field under every written text: what is being typed is never taken back."""

from __future__ import annotations

import flet as ft
from flet.controls.base_control import BaseControl


class Entry(ft.TextField):
    """A text field whose client may be ahead of the program.

    The client reports a keystroke in two messages: first the field's new text, then the event. A rendering
    between the two still has the older text; sent to the client it would wipe out what was typed meanwhile.
    So a text whose event has not been handled stays. Once it has, the program decides: it may mend the text
    or empty the field.
    """

    _heard: str | None = None
    _rendered: str = ""

    def render(self, text: str) -> None:
        """Ask for this text."""
        self._rendered = self.value = text

    @staticmethod
    def hear(event: ft.Event[ft.TextField]) -> str:
        """The text of a change that is being handled."""
        field = event.control
        if isinstance(field, Entry):
            field._heard = field.value
        return field.value

    def _migrate_state(self, other: BaseControl) -> None:
        super()._migrate_state(other)
        if isinstance(other, Entry) and other.value not in (other._rendered, other._heard):
            self.value, self._heard = other.value, other._heard
