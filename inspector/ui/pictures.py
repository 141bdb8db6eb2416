"""Pictures given as bytes or as an address: QR codes and the full-screen viewer's image."""

from __future__ import annotations

import flet as ft

from inspector.ui import theme


def qr_view(png: bytes, label: str, *, edge: int = 280) -> ft.Control:
    """A QR code, always dark on white with its quiet zone, whatever the scheme; `edge` in logical pixels."""
    image = ft.Image(src=png, width=edge, height=edge, fit=ft.BoxFit.CONTAIN, exclude_from_semantics=True)
    frame = ft.Container(
        content=image, bgcolor=ft.Colors.WHITE, padding=theme.UNIT * 2, border_radius=theme.CORNER
    )
    row = ft.Row(controls=[frame], alignment=ft.MainAxisAlignment.CENTER, tight=True)
    return ft.Semantics(content=row, image=True, label=label, container=True)


def unreadable() -> ft.Control:
    """What stands where a picture cannot be shown."""
    return ft.Container(
        content=ft.Icon(ft.Icons.BROKEN_IMAGE_OUTLINED, color=theme.QUIET, semantics_label="照片无法显示"),
        alignment=ft.Alignment.CENTER,
    )
