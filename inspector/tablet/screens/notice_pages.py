"""A document's pages: shown over the screen where they can be drawn, else handed to the system."""

from __future__ import annotations

import re
from collections.abc import Callable

from inspector.tablet.walk import Walk
from inspector.ui import pages
from inspector.ui.share import Handed, save_pdf

_UNFIT = re.compile(r'[\\/:*?"<>|\s]+')


async def look_at(walk: Walk, pdf: bytes, file: str, show: Callable[[tuple[bytes, ...]], object]) -> None:
    """The pages where they can be drawn, else the PDF for the system's viewer."""
    pictures = await walk.session.act(pages.page_pictures, pdf)
    if pictures:
        show(pictures)
    elif await save_pdf(file, pdf) is Handed.SAVED:
        walk.session.snack(f"已交给系统打开：{file}")


def file_name(kind: str, number: str | None) -> str:
    """The PDF's name, without what a file's name may not hold."""
    return _UNFIT.sub("-", f"{kind}-{number or '草稿'}") + ".pdf"
