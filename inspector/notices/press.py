"""The press: a notice in, the bytes of its PDF out.

* The same notice, token, attachments, photos and build give the same bytes: no clock, no random id.
* A character that no font has stops the press before anything is drawn, unless its place is left blank for
  handwriting.
* The PDF carries what is needed to print it again: the canonical notice, the token, the blanks, the photos.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from threading import Lock

from reportlab.pdfgen.canvas import Canvas

from inspector.domain.enforcement_words import ENFORCEMENT_WORDS
from inspector.domain.notice import Notice
from inspector.domain.notice_record import canonical
from inspector.errors import AnnexPhotoError, GlyphMissingError, PrintForbiddenError
from inspector.notices.attachments import attach
from inspector.notices.drawing import Artist
from inspector.notices.fonts import Face, FontBook
from inspector.notices.forms import calls_it_draft, compose, running_head
from inspector.notices.layout import PAGE_HEIGHT, PAGE_WIDTH, Glyphs, Mark, paginate
from inspector.notices.own_fonts import OwnFont
from inspector.notices.templates import DocumentTemplate, read_templates

NOTICE_FILE, TOKEN_FILE, BLANK_FILE, FONTS_FILE = "notice.json", "token.txt", "blank.txt", "fonts.txt"
"""The attachments that the press adds by itself."""

RESERVED = frozenset({NOTICE_FILE, TOKEN_FILE, BLANK_FILE, FONTS_FILE})
"""Names that nobody else may give to an attachment."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_NAMED_FIELDS = 5


class PdfPress:
    """Prints notices with the fonts and templates of an installation.

    Args:
        assets: the folder that holds `fonts/` and `notices/`.
        own_fonts: the office's, which come before ours.

    Raises:
        FontUnusableError: a font file is missing or damaged.
        NoticeTemplateError: a template is missing or faulty.
    """

    # reportlab's fonts keep their reading position in themselves, so one document is printed at a time.
    _turn = Lock()

    def __init__(self, assets: Path, own_fonts: Sequence[OwnFont] = ()) -> None:
        self._book = FontBook(assets / "fonts", {font.use: font.path for font in own_fonts})
        self._font_names = "".join(f"{font.use} {font.sha256}\n" for font in own_fonts).encode()
        self._templates = read_templates(assets / "notices")

    def template(self, notice: Notice) -> DocumentTemplate:
        """The wording that a notice is printed with; `number` in it is the number's template."""
        return self._templates[notice.issuer].documents[notice.kind]

    def missing(self, notice: Notice) -> dict[str, tuple[str, ...]]:
        """The characters of a notice that no font has, with the fields that they occur in."""
        found: dict[str, list[str]] = {}
        for field, text, _ in notice.texts():
            for char in self._book.missing(text.replace("\n", "")):
                found.setdefault(char, []).append(field)
        return {char: tuple(dict.fromkeys(names)) for char, names in found.items()}

    def print(
        self,
        notice: Notice,
        *,
        token: str | None,
        attachments: Mapping[str, bytes],
        photos: Mapping[str, bytes],
        blank_for_handwriting: Collection[str] = (),
    ) -> bytes:
        """The PDF of a notice.

        Args:
            notice: what the paper says.
            token: the text of the QR code; None for a draft without one.
            attachments: further files to embed, by name.
            photos: JPEG bytes by `printed_sha256`; one for each photo of the notice.
            blank_for_handwriting: characters whose place is left blank.

        Raises:
            GlyphMissingError: a character that no font has and that is not to be left blank.
            AnnexPhotoError: a photo is missing, is another one, or is no JPEG.
            PrintForbiddenError: the page would hold words that the issuer must not print.
        """
        blank = frozenset(blank_for_handwriting)
        self._check_glyphs(notice, blank)
        pictures = _pictures(notice, photos)
        files = _files(notice, token, attachments, blank, self._font_names)
        template = self.template(notice)
        with self._turn:
            pages = paginate(compose(notice, template, self._book, token))
            _check_words(notice, pages)
            return self._draw(notice, template, pages, pictures, files, blank)

    def _check_glyphs(self, notice: Notice, blank: frozenset[str]) -> None:
        missing = {char: fields for char, fields in self.missing(notice).items() if char not in blank}
        if missing:
            fields = list(dict.fromkeys(field for names in missing.values() for field in names))
            shown = "、".join(fields[:_NAMED_FIELDS]) + ("等" if len(fields) > _NAMED_FIELDS else "")
            characters = "、".join(f"“{char}”（U+{ord(char):04X}）" for char in missing)
            raise GlyphMissingError(characters=characters, fields=shown)

    def _draw(
        self,
        notice: Notice,
        template: DocumentTemplate,
        pages: list[tuple[Mark, ...]],
        pictures: Mapping[int, bytes],
        files: Mapping[str, bytes],
        blank: frozenset[str],
    ) -> bytes:
        target = BytesIO()
        canvas = Canvas(
            target,
            pagesize=(PAGE_WIDTH, PAGE_HEIGHT),
            invariant=1,
            pageCompression=1,
            lang="zh-CN",
            initialFontName=self._book.first(Face.BODY).fontName,  # type: ignore[arg-type]  # stubs: float
        )
        canvas.setTitle(f"{template.title} {notice.number or '未编号'}")
        canvas.setAuthor(notice.issuer_name)
        canvas.setSubject(notice.enterprise.name)
        canvas.setCreator(f"Inspector {notice.app_version}")
        artist = Artist(canvas, self._book, pictures, blank)
        for number, marks in enumerate(pages, start=1):
            artist.page(
                marks,
                foot=f"第 {number} 页 共 {len(pages)} 页",
                head=running_head(notice, template) if number > 1 else "",
                watermark=calls_it_draft(notice),
            )
        attach(canvas, files)
        canvas.save()
        return target.getvalue()


def _pictures(notice: Notice, photos: Mapping[str, bytes]) -> dict[int, bytes]:
    for photo in notice.photos:
        jpeg = photos.get(photo.printed_sha256)
        if jpeg is None:
            raise AnnexPhotoError(number=photo.number, reason="没有找到打印副本")
        if sha256(jpeg).hexdigest() != photo.printed_sha256:
            raise AnnexPhotoError(number=photo.number, reason="内容与文书所记摘要不符")
    return {photo.number: photos[photo.printed_sha256] for photo in notice.photos}


def _files(
    notice: Notice,
    token: str | None,
    attachments: Mapping[str, bytes],
    blank: frozenset[str],
    font_names: bytes,
) -> dict[str, bytes]:
    """Everything to embed.

    Raises:
        ValueError: the caller gave a name that is taken or not plain.
    """
    if any(not _NAME.fullmatch(name) or name in RESERVED for name in attachments):
        raise ValueError("attachment names are plain ASCII and not the press's own")
    files = {NOTICE_FILE: canonical(notice), **attachments}
    if token is not None:
        files[TOKEN_FILE] = token.encode()
    if blank:
        files[BLANK_FILE] = "".join(sorted(blank)).encode()
    if font_names:
        files[FONTS_FILE] = font_names
    return files


def _check_words(notice: Notice, pages: list[tuple[Mark, ...]]) -> None:
    """The last look at a paper that must not sound like an order, the templates' words included."""
    if notice.issuer.enforces:
        return
    drawn = [mark.text for marks in pages for mark in marks if isinstance(mark, Glyphs)]
    for word in ENFORCEMENT_WORDS:
        if any(word in text for text in drawn):
            raise PrintForbiddenError(issuer=notice.issuer.word, what=word)
