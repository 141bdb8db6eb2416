"""The press: a notice in, the bytes of its PDF out.

* The same notice, token, attachments, photos and build give the same bytes: no clock, no random id.
* A character that no font has stops the press before anything is drawn, unless its place is left blank for
  handwriting.
* The PDF carries what is needed to print it again: the canonical notice, the token, the blanks, the photos,
  and the office's own template where it is printed with one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache, partial
from hashlib import sha256
from pathlib import Path
from threading import Lock

from inspector.domain.access import Access
from inspector.domain.issuer import IssuerKind, NoticeKind
from inspector.domain.notice import Notice
from inspector.domain.notice_parts import demand
from inspector.domain.notice_record import canonical
from inspector.errors import AnnexPhotoError, GlyphMissingError, NoticeTemplateError
from inspector.notices.attachments import MAX_FILES_BYTES, attach
from inspector.notices.drawing import Artist, Sheet
from inspector.notices.fonts import FontBook
from inspector.notices.forms import calls_it_draft, compose, running_head
from inspector.notices.frame import frame_of
from inspector.notices.last_look import check_words
from inspector.notices.layout import Mark
from inspector.notices.own_fonts import OwnFont
from inspector.notices.pagination import paginate
from inspector.notices.pdf_file import PdfFile, text_string
from inspector.notices.replacing import saying_what_it_replaces
from inspector.notices.sample import sample_notice
from inspector.notices.signatures import page_signatures
from inspector.notices.templates import (
    DocumentTemplate,
    OwnTemplate,
    own_templates,
    read_own_folder,
    read_templates,
    texts_of,
)

__all__ = ["ACCESS_FILE", "BLANK_FILE", "NOTICE_FILE", "TOKEN_FILE", "Access", "PdfPress"]

NOTICE_FILE, TOKEN_FILE, ACCESS_FILE, BLANK_FILE = "notice.json", "token.txt", "access.json", "blank.txt"
FONTS_FILE, TEMPLATE_FILE = "fonts.txt", "template.toml"
"""The attachments that the press adds by itself."""

RESERVED = frozenset({NOTICE_FILE, TOKEN_FILE, ACCESS_FILE, BLANK_FILE, FONTS_FILE, TEMPLATE_FILE})
"""Names that nobody else may give to an attachment."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_NAMED_FIELDS = 5
SPECIMEN = "样例 仅供预览"


class PdfPress:
    """Prints notices with the fonts and templates of an installation.

    Args:
        assets: the folder that holds `fonts/` and `notices/`.
        own_fonts: the office's, which come before ours.
        own: the folder with the office's own templates, where there is one.

    Raises:
        FontUnusableError: a font file is missing or damaged.
        NoticeTemplateError: a template is missing or faulty.
    """

    # reportlab's fonts keep their reading position in themselves, so one document is printed at a time.
    _turn = Lock()

    def __init__(self, assets: Path, own_fonts: Sequence[OwnFont] = (), own: Path | None = None) -> None:
        self._book = FontBook(assets / "fonts", {font.use: font.path for font in own_fonts})
        self._font_names = "".join(f"{font.use} {font.sha256}\n" for font in own_fonts).encode()
        self._templates = read_templates(assets / "notices")
        self._own = read_own_folder(own) if own is not None else {}
        self._frame = lru_cache(maxsize=64)(partial(frame_of, book=self._book))

    def shipped(self, issuer: IssuerKind, kind: NoticeKind) -> DocumentTemplate:
        """The wording that is shipped for a kind of document.

        Raises:
            NoticeTemplateError: the issuer has no such document.
        """
        document = self._templates[issuer].documents.get(kind)
        if document is None:
            raise NoticeTemplateError(file=f"{issuer.value}.toml", reason=f"{issuer.word}没有“{kind.word}”")
        return document

    def own(self, issuer: IssuerKind) -> tuple[OwnTemplate, ...]:
        """The office's own documents for a kind of issuer."""
        return tuple(own for own in self._own.values() if own.issuer is issuer)

    def template(self, notice: Notice, own_template: bytes | None = None) -> DocumentTemplate:
        """The wording that a notice is printed with; `number` in it is the number's template.

        Args:
            own_template: a template file from elsewhere, as from the PDF that is printed again.

        Raises:
            NoticeTemplateError: there is no such template, or it is not the one that the notice names.
        """
        own = self._own_of(notice, own_template)
        return own.document if own is not None else self.shipped(notice.issuer, notice.kind)

    def status(self, notice: Notice, own_template: bytes | None = None) -> str:
        """`式样待确认` where no official form was found; it is never printed."""
        return self.template(notice, own_template).status

    def title(self, notice: Notice) -> str:
        """What is printed at the top of a notice."""
        return self.template(notice).title

    def _own_of(self, notice: Notice, given: bytes | None) -> OwnTemplate | None:
        form = notice.form
        if form is None:
            return None
        known = self._own.values() if given is None else own_templates(given, TEMPLATE_FILE)
        for own in known:
            if own.form == form and (own.issuer, own.document.kind) == (notice.issuer, notice.kind):
                return own
        raise NoticeTemplateError(file=form.id, reason="没有这个模板，或者它已经改过")

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
        access: Access | None = None,
        own_template: bytes | None = None,
    ) -> bytes:
        """The PDF of a notice.

        Args:
            notice: what the paper says.
            token: the text of the QR code; None for a draft without one.
            attachments: further files to embed, by name.
            photos: JPEG bytes by `printed_sha256`; one for each photo of the notice.
            blank_for_handwriting: characters whose place is left blank.
            access: where the notice is looked up and answered; the QR code then holds its address.
            own_template: as for `template`.

        Raises:
            NoticeTemplateError: as for `template`.
            GlyphMissingError: a character that no font has and that is not to be left blank.
            AnnexPhotoError: a photo is missing, is another one, or is no JPEG.
            PrintForbiddenError: the page would hold words that the issuer must not print.
            NoticeIncompleteError: what is to be embedded is larger than `attachments_of` reads back.
        """
        blank = frozenset(blank_for_handwriting)
        own = self._own_of(notice, own_template)
        template = self.shipped(notice.issuer, notice.kind)
        if own is not None:
            template = saying_what_it_replaces(own.document, template, notice)
        self._check_glyphs(notice, template, blank)
        pictures = _pictures(notice, photos)
        beside = {FONTS_FILE: self._font_names, TEMPLATE_FILE: own.data if own is not None else b""}
        files = _files(notice, token, attachments, blank, beside, access)
        mark = calls_it_draft(notice)
        return self._printed(notice, template, token, pictures, files, blank, mark, access)

    def specimen(self, document: DocumentTemplate, issuer: IssuerKind) -> bytes:
        """A document filled with invented data, under a watermark that says so; nothing is embedded.

        Raises:
            GlyphMissingError: the template has a character that no font has.
            PrintForbiddenError: as `print`.
        """
        shipped = self._templates[issuer].documents.values()
        order = next((one.title for one in shipped if one.kind.orders and one.kind.sets_deadlines), "")
        notice = sample_notice(issuer, document.kind, title=order)
        self._check_glyphs(notice, document, frozenset())
        return self._printed(notice, document, None, {}, {}, frozenset(), SPECIMEN)

    def _printed(
        self,
        notice: Notice,
        template: DocumentTemplate,
        token: str | None,
        pictures: Mapping[int, bytes],
        files: Mapping[str, bytes],
        blank: frozenset[str],
        watermark: str,
        access: Access | None = None,
    ) -> bytes:
        """Every copy of the document, one after the other, each with its own count of pages."""
        with self._turn:
            foot = page_signatures(notice, template, self._book) if template.sign_pages else None
            copies = {
                copy: paginate(compose(notice, template, self._book, token, copy, access), foot=foot)
                for copy in template.copies or ("",)
            }
            check_words(notice, [page for pages in copies.values() for page in pages], self._book)
            return self._draw(notice, template, copies, pictures, files, blank, watermark)

    def lacking(self, notice: Notice, own_template: bytes | None = None) -> str:
        """The characters of a notice and of its template that no font has.

        Raises:
            NoticeTemplateError: as for `template`.
        """
        return "".join(self._lacking(notice, self.template(notice, own_template)))

    def _lacking(self, notice: Notice, template: DocumentTemplate) -> dict[str, tuple[str, ...]]:
        own_words = "".join(texts_of(template)).replace("\n", "")
        found: dict[str, tuple[str, ...]] = dict.fromkeys(self._book.missing(own_words), ("文书模板",))
        return found | self.missing(notice)

    def _check_glyphs(self, notice: Notice, template: DocumentTemplate, blank: frozenset[str]) -> None:
        found = self._lacking(notice, template)
        missing = {char: fields for char, fields in found.items() if char not in blank}
        if missing:
            fields = list(dict.fromkeys(field for names in missing.values() for field in names))
            shown = "、".join(fields[:_NAMED_FIELDS]) + ("等" if len(fields) > _NAMED_FIELDS else "")
            characters = "、".join(f"“{char}”（U+{ord(char):04X}）" for char in missing)
            raise GlyphMissingError(characters=characters, fields=shown)

    def _draw(
        self,
        notice: Notice,
        template: DocumentTemplate,
        copies: Mapping[str, list[tuple[Mark, ...]]],
        pictures: Mapping[int, bytes],
        files: Mapping[str, bytes],
        blank: frozenset[str],
        watermark: str,
    ) -> bytes:
        file = PdfFile()
        artist = Artist(file, self._book, pictures, blank)
        sheets = [
            Sheet(
                marks,
                f"第 {number} 页 共 {len(pages)} 页",
                running_head(notice, template, copy) if number > 1 else "",
            )
            for copy, pages in copies.items()
            for number, marks in enumerate(pages, start=1)
        ]
        artist.expect(sheets, self._frame(template))
        for sheet in sheets:
            artist.page(sheet, watermark=watermark)
        tree, names = artist.pages(), attach(file, files)
        particulars = {
            "Title": f"{template.title} {notice.number or '未编号'}",
            "Author": notice.issuer_name,
            "Subject": notice.enterprise.name,
            "Creator": f"Inspector {notice.app_version}",
        }
        entries = " ".join(f"/{name} {text_string(text)}" for name, text in particulars.items())
        return file.finished(pages=tree, names=names, info=file.add(f"<< {entries} >>"))


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
    beside: Mapping[str, bytes],
    access: Access | None,
) -> dict[str, bytes]:
    """Everything to embed.

    Args:
        beside: the press's own files, where they are not empty.

    Raises:
        NoticeIncompleteError: they are larger than `MAX_FILES_BYTES`.
        ValueError: the caller gave a name that is taken or not plain.
    """
    if any(not _NAME.fullmatch(name) or name in RESERVED for name in attachments):
        raise ValueError("attachment names are plain ASCII and not the press's own")
    files = {NOTICE_FILE: canonical(notice), **attachments}
    if token is not None:
        files[TOKEN_FILE] = token.encode()
    if access is not None:
        files[ACCESS_FILE] = access.to_bytes()
    if blank:
        files[BLANK_FILE] = "".join(sorted(blank)).encode()
    files |= {name: content for name, content in beside.items() if content}
    is_small = sum(map(len, files.values())) <= MAX_FILES_BYTES
    demand(is_small, f"内容超过 {MAX_FILES_BYTES // 1024 // 1024} MB")
    return files
