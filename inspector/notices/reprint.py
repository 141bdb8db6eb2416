"""Printing a notice again from its own PDF, and holding the two side by side.

Everything that the press was given lies in the PDF: the notice, the code's text, the photos, the blanks, and
the office's own template, which the notice names by its digest.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from inspector.domain.access import Access
from inspector.domain.notice import Notice
from inspector.errors import InspectorError, LibraryMissingError
from inspector.notices.attachments import jpegs_of, same_objects
from inspector.notices.copies import Comparison, Likeness
from inspector.notices.press import (
    ACCESS_FILE,
    BLANK_FILE,
    FONTS_FILE,
    RESERVED,
    TEMPLATE_FILE,
    TOKEN_FILE,
    PdfPress,
)


class Reprinter:
    """Prints notices again with this build.

    Args:
        assets: as `PdfPress`.
        build: the version of this program, as notices name theirs.
    """

    def __init__(self, assets: Path, *, build: str) -> None:
        self._assets, self._build = assets, build
        self._press: PdfPress | None = None

    def compare(self, pdf: bytes, files: Mapping[str, bytes], notice: Notice) -> Comparison:
        """A PDF of the press beside the notice printed again.

        Args:
            pdf: one revision.
            files: what it embeds.
            notice: read from it.

        Raises:
            PdfForeignError: another program wrote it.
        """
        try:
            again = self._printed(pdf, files, notice)
        except InspectorError as error:
            return Comparison(likeness=Likeness.DIFFERENT, words=f"不能按正文重新排印：{error.message}")
        if again == pdf:
            return Comparison(likeness=Likeness.BYTES)
        if same_objects(again, pdf):
            return Comparison(likeness=Likeness.OBJECTS)
        return self._by_text(pdf, again, is_same_build=self._is_same_build(files, notice))

    def _is_same_build(self, files: Mapping[str, bytes], notice: Notice) -> bool:
        # An office's own fonts are not here, so its pages may differ however honest they are.
        return notice.app_version == self._build and FONTS_FILE not in files

    def _printed(self, pdf: bytes, files: Mapping[str, bytes], notice: Notice) -> bytes:
        if self._press is None:
            self._press = PdfPress(self._assets)
        token = files.get(TOKEN_FILE)
        return self._press.print(
            notice,
            token=None if token is None else token.decode("ascii", "replace"),
            attachments={name: data for name, data in files.items() if name not in RESERVED},
            photos=jpegs_of(pdf),
            blank_for_handwriting=files.get(BLANK_FILE, b"").decode("utf-8", "replace"),
            access=Access.from_bytes(files[ACCESS_FILE]) if ACCESS_FILE in files else None,
            own_template=files.get(TEMPLATE_FILE),
        )

    def _by_text(self, pdf: bytes, again: bytes, *, is_same_build: bool) -> Comparison:
        try:
            shown, wanted = page_texts(pdf), page_texts(again)
        except LibraryMissingError as error:
            if is_same_build:
                return Comparison(likeness=Likeness.DIFFERENT, words="与重新排印的不一致")
            return Comparison(likeness=Likeness.UNKNOWN, words=error.message)
        for number, (one, other) in enumerate(zip(shown, wanted, strict=False), start=1):
            if one != other:
                return Comparison(likeness=Likeness.DIFFERENT, words=f"第 {number} 页的文字不同")
        if len(shown) != len(wanted):
            words = f"共 {len(shown)} 页，应为 {len(wanted)} 页"
            return Comparison(likeness=Likeness.DIFFERENT, words=words)
        if is_same_build:
            return Comparison(likeness=Likeness.DIFFERENT, words="文字相同，图形或其他内容不同")
        return Comparison(likeness=Likeness.TEXT)


def page_texts(pdf: bytes) -> list[str]:
    """The text of each page, white space left out.

    Raises:
        LibraryMissingError: pypdfium2 is not installed; it is the office's, not the tablet's.
    """
    try:
        import pypdfium2
    except ImportError as error:
        raise LibraryMissingError(name="pypdfium2") from error
    document = pypdfium2.PdfDocument(pdf)
    try:
        return ["".join(page.get_textpage().get_text_bounded().split()) for page in document]
    finally:
        document.close()
