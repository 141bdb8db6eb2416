"""Handing a file over: saved to a place, downloaded by the browser, or through the system's sheet."""

from __future__ import annotations

from enum import StrEnum

import flet as ft

from inspector.errors import FileSaveError

PDF = "application/pdf"


class Handed(StrEnum):
    """What became of it."""

    SAVED = "saved"
    SHARED = "shared"
    CANCELLED = "cancelled"


def can_share(page: ft.Page) -> bool:
    """Whether the system has a sheet to hand files to other apps (print, mail, messages)."""
    return page.platform in (ft.PagePlatform.ANDROID, ft.PagePlatform.IOS) and not page.web


async def save_pdf(name: str, data: bytes) -> Handed:
    """Let the person choose a place for the PDF; see `save_file`."""
    return await save_file(name, data, extension="pdf")


async def save_file(name: str, data: bytes, *, extension: str) -> Handed:
    """Let the person choose a place for a file; in a browser it is a download.

    Call it in an event handler.

    Args:
        name: the offered file name, with its extension.

    Raises:
        FileSaveError: the system refused or does not answer.
    """
    page = ft.context.page
    try:
        place = await ft.FilePicker().save_file(
            file_name=name,
            src_bytes=data,
            file_type=ft.FilePickerFileType.CUSTOM,
            allowed_extensions=[extension],
        )
    except (RuntimeError, TimeoutError) as error:
        raise FileSaveError() from error
    # A browser never says where, or whether, it put a download.
    return Handed.SAVED if place or page.web else Handed.CANCELLED


async def share_pdf(name: str, data: bytes) -> Handed:
    """Hand the PDF to another app through the system's sheet; where there is none, save it.

    Call it in an event handler.

    Raises:
        FileSaveError: the system refused.
    """
    if not can_share(ft.context.page):
        return await save_pdf(name, data)
    file = ft.ShareFile.from_bytes(data, mime_type=PDF, name=name)
    try:
        result = await ft.Share().share_files([file], title=name)
    except (RuntimeError, TimeoutError) as error:
        raise FileSaveError() from error
    return Handed.CANCELLED if result.status is ft.ShareResultStatus.DISMISSED else Handed.SHARED
