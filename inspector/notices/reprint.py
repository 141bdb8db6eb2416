"""Printing a notice again from its own PDF, and holding the two side by side.

Everything that the press was given lies in the PDF: the notice, the code's text, the photos, the blanks, and
the office's own template, which the notice names by its digest. Only the office's own fonts do not: they are
named there, and the reader has to bring them along.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from inspector.domain.access import Access
from inspector.domain.notice import Notice
from inspector.errors import InspectorError, LibraryMissingError, PdfForeignError
from inspector.notices.attachments import jpegs_of, same_objects
from inspector.notices.copies import Comparison, Likeness
from inspector.notices.fonts_at_hand import FontsAtHand, named_fonts
from inspector.notices.forms import running_head
from inspector.notices.own_fonts import USES, OwnFont
from inspector.notices.page_text import first_difference, page_texts, same_characters
from inspector.notices.press import (
    ACCESS_FILE,
    BLANK_FILE,
    FONTS_FILE,
    RESERVED,
    TEMPLATE_FILE,
    TOKEN_FILE,
    PdfPress,
)
from inspector.notices.signatures import page_signature_words

_FONT_NAME = re.compile(rb"/Type0 /BaseFont /[A-Z]{6}\+([!-.0-~]{1,80})")
_UNREADABLE = "页面读不出来"
_NAMED_FILES = 3
_BRING = "把这些字体的文件放进一个文件夹，用 --fonts 指出，就能逐字节核对"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Paper:
    """A PDF, what it embeds, the notice in it, and the characters whose place is left blank."""

    pdf: bytes
    files: Mapping[str, bytes]
    notice: Notice

    @property
    def blank(self) -> str:
        return self.files.get(BLANK_FILE, b"").decode("utf-8", "replace")


class Reprinter:
    """Prints notices again with this build.

    Args:
        assets: as `PdfPress`.
        build: the version of this program, as notices name theirs.
        fonts: those that the reader brought along.
    """

    def __init__(self, assets: Path, *, build: str, fonts: FontsAtHand | None = None) -> None:
        self._assets, self._build = assets, build
        self._fonts = fonts or FontsAtHand()
        self._made: tuple[tuple[OwnFont, ...], PdfPress] | None = None

    def compare(self, pdf: bytes, files: Mapping[str, bytes], notice: Notice) -> Comparison:
        """A PDF of the press beside the notice printed again.

        Args:
            pdf: one revision.
            files: what it embeds.
            notice: read from it.

        Raises:
            PdfForeignError: another program wrote it.
        """
        paper = _Paper(pdf=pdf, files=files, notice=notice)
        try:
            named = named_fonts(files.get(FONTS_FILE, b""))
            fonts = self._fonts.of(named)
            press = self._press(fonts)
            absent = {use: digest for use, digest in named.items() if use not in {one.use for one in fonts}}
            if absent:
                return self._without_fonts(press, paper, absent)
            again = _printed(press, paper, paper.blank)
        except InspectorError as error:
            return Comparison(likeness=Likeness.DIFFERENT, words=f"不能按正文重新排印：{error.message}")
        except ValueError:
            # What the press takes from its callers as they have to be, whoever wrote this file chose freely.
            return Comparison(likeness=Likeness.DIFFERENT, words="附件的名称或二维码文字不是本程序写入的")
        own = f"（用所给的{_uses(named)}字体）" if named else ""
        if again == pdf:
            return Comparison(likeness=Likeness.BYTES, words=own)
        if same_objects(again, pdf):
            return Comparison(likeness=Likeness.OBJECTS, words=own)
        return self._by_text(paper, again)

    def _press(self, fonts: tuple[OwnFont, ...]) -> PdfPress:
        if self._made is None or self._made[0] != fonts:
            self._made = fonts, PdfPress(self._assets, fonts)
        return self._made[1]

    def _by_text(self, paper: _Paper, again: bytes) -> Comparison:
        """Every page in turn: the same build would have printed the same bytes."""
        is_same_build = paper.notice.app_version == self._build
        try:
            differs = first_difference(page_texts(paper.pdf), page_texts(again))
        except LibraryMissingError as error:
            if is_same_build:
                return Comparison(likeness=Likeness.DIFFERENT, words="与重新排印的不一致")
            return Comparison(likeness=Likeness.UNKNOWN, words=error.message)
        except PdfForeignError:
            return Comparison(likeness=Likeness.DIFFERENT, words=_UNREADABLE)
        if differs:
            return Comparison(likeness=Likeness.DIFFERENT, words=differs)
        if is_same_build:
            return Comparison(likeness=Likeness.DIFFERENT, words="文字相同，图形或其他内容不同")
        words = f"由另一版程序（{paper.notice.app_version}）排印，不能逐字节比对；逐页文字与正文一致"
        return Comparison(likeness=Likeness.TEXT, words=words)

    def _without_fonts(self, press: PdfPress, paper: _Paper, absent: Mapping[str, str]) -> Comparison:
        """The text beside what other fonts make of it: they may break lines and pages elsewhere."""
        template = paper.files.get(TEMPLATE_FILE)
        lacking = press.lacking(paper.notice, template)
        again = _printed(press, paper, paper.blank + lacking)
        why = f"用签发单位自备的字体排印，手边没有：{_listed(absent)}{_names_in(paper.pdf)}"
        if unread := self._fonts.unread:
            more = f"等 {len(unread)} 个" if len(unread) > _NAMED_FILES else ""
            why += f"；所给文件夹中读不了：{'、'.join(unread[:_NAMED_FILES])}{more}"
        try:
            shown, wanted = page_texts(paper.pdf), page_texts(again)
        except LibraryMissingError as error:
            return Comparison(likeness=Likeness.UNKNOWN, words=f"{why}；{error.message}", hint=_BRING)
        except PdfForeignError:
            return Comparison(likeness=Likeness.DIFFERENT, words=_UNREADABLE)
        unknown = str.maketrans("", "", lacking)
        shown = [text.translate(unknown) for text in shown]
        how = "不能逐字节比对；逐页文字与正文一致"
        if shown != wanted:
            document = press.template(paper.notice, template)
            heads = (running_head(paper.notice, document, copy) for copy in document.copies or ("",))
            feet = page_signature_words(paper.notice, document) if document.sign_pages else ()
            repeated = ("".join(document.columns), *heads, *feet)
            if not same_characters(shown, wanted, repeated):
                words = f"用自备的字体排印，全文用字与正文不同（{first_difference(shown, wanted)}）"
                return Comparison(likeness=Likeness.DIFFERENT, words=words)
            how = "不能逐字节比对；换行和分页也因字体不同，只核对了全文所用的字及各字的次数，与正文一致"
        if lacking:
            how += f"（{'、'.join(lacking)}除外，只有自备的字体里有）"
        return Comparison(likeness=Likeness.TEXT, words=f"{why}，{how}", hint=_BRING)


def _printed(press: PdfPress, paper: _Paper, blank: str) -> bytes:
    files = paper.files
    token = files.get(TOKEN_FILE)
    return press.print(
        paper.notice,
        token=None if token is None else token.decode("ascii", "replace"),
        attachments={name: data for name, data in files.items() if name not in RESERVED},
        photos=jpegs_of(paper.pdf),
        blank_for_handwriting=blank,
        access=Access.from_bytes(files[ACCESS_FILE]) if ACCESS_FILE in files else None,
        own_template=files.get(TEMPLATE_FILE),
    )


def _uses(named: Mapping[str, str]) -> str:
    return "、".join(USES[use] for use in named)


def _listed(absent: Mapping[str, str]) -> str:
    return "、".join(f"{USES[use]}（摘要 {digest[:12]}…）" for use, digest in absent.items())


def _names_in(pdf: bytes) -> str:
    """What the PDF calls its fonts, which helps to find them and proves nothing."""
    names: Sequence[str] = sorted({name.decode("ascii") for name in _FONT_NAME.findall(pdf)})
    return f"；文件中的字体名：{'、'.join(names)}" if names else ""
