"""Names for tests and assistive tools that do not change when words on the screen do.

What was found by trying in Chromium (Flet 1.0, CanvasKit), and how `identified` uses it:

* `Semantics(identifier=…)` alone makes a node of its own around the control. The browser shows two nested
  elements: the outer one carries the identifier and cannot be tapped or focused, the inner one has the role.
  A mouse click on the outer one works by chance of geometry, a click through the accessibility tree does not.
* `MergeSemantics(Semantics(identifier=…, content=button))` folds both into one element that carries the
  identifier, `role=button`, `tabindex=0` and the tap: tree, mouse and keyboard all reach it.
* The same around a text field gives one element with the identifier and an `<input>` (or `<textarea>`)
  inside: fill `[flt-semantics-identifier="…"] input`. Tap the field and wait for its focus first: text that
  is filled in before the client has taken the focus over is added to the old text.
* A chosen button shows as `aria-current="true"`.
* A label on the merged node is put before the control's own words, so it is given only when it says more
  than they do; else a screen reader says everything twice. A tooltip is among a button's own words.
* A `Container` or `GestureDetector` with a tap handler has no `tabindex`: it cannot be reached by keyboard.
  Use a button of the toolkit for whatever is tapped.
* Several interactive controls must not be merged into one; around those the node stays a named group.
"""

from __future__ import annotations

import flet as ft

_SINGLE = (
    ft.Button,
    ft.IconButton,
    ft.TextButton,
    ft.OutlinedButton,
    ft.TextField,
    ft.Checkbox,
    ft.Switch,
    ft.Radio,
    ft.Slider,
    ft.Chip,
)


def identified(
    identifier: str,
    control: ft.Control,
    *,
    label: str,
    button: bool = False,
    chosen: bool | None = None,
) -> ft.Control:
    """The control under a stable name, reachable as `[flt-semantics-identifier="identifier"]`.

    Args:
        identifier: unique on the screen; lower-case words joined by hyphens, ids at the end.
        control: one button, field or switch, which is merged with its name into one element; anything else
            becomes a named group around its own children.
        label: the Chinese name that is read out.
        button: merge although the control's type does not show that it is one thing to tap.
        chosen: whether this choice is the chosen one; None where nothing is chosen.
    """
    merged = button or isinstance(control, _SINGLE)
    named = ft.Semantics(
        identifier=identifier,
        label=None if merged and _own_words(control) == label else label,
        button=True if button else None,
        selected=chosen,
        container=not merged,
        disabled=control.disabled,
        content=control,
    )
    outer = ft.MergeSemantics(content=named) if merged else named
    # A row or column looks for these on its direct child.
    outer.expand, outer.col, outer.visible = control.expand, control.col, control.visible
    outer.key = control.key
    return outer


def unspoken(control: ft.Control) -> ft.Control:
    """The control without a voice, for words and marks that the name around it already says."""
    return ft.Semantics(content=control, exclude_semantics=True, expand=control.expand)


def _own_words(control: ft.Control) -> object:
    if isinstance(control, (ft.TextField, ft.Checkbox, ft.Switch, ft.Radio)):
        return control.label
    if isinstance(control, ft.IconButton):
        return control.tooltip
    return getattr(control, "content", None)
