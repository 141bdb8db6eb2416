"""From a notice and its template to the pieces of the paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from inspector.domain.access import Access
from inspector.domain.issuer import NoticeKind
from inspector.domain.notice import Notice
from inspector.domain.notice_details import Extension, Reinspection, Transfer
from inspector.domain.notice_parts import (
    NoticeFinding,
    NoticePhoto,
)
from inspector.domain.service import ServiceReceipt
from inspector.domain.working_days import chinese_date, chinese_time
from inspector.notices import phrases as words
from inspector.notices.blocks import block, shifted, stacked
from inspector.notices.detail_phrases import numeral
from inspector.notices.detail_tables import (
    ENTRY,
    ORDINAL,
    details_table,
    rows_under_head,
)
from inspector.notices.fonts import Face, FontBook
from inspector.notices.layout import (
    HEIGHT,
    MM,
    WIDTH,
    Cell,
    Code,
    Glyphs,
    Mark,
    Picture,
    Piece,
    Rule,
    Style,
    balanced,
    chained,
    gap,
    moved,
    table_row,
    text_pieces,
)
from inspector.notices.ordinals import items
from inspector.notices.signatures import SIGN, UNDER, signature_rows
from inspector.notices.template_rules import STUB
from inspector.notices.templates import DocumentTemplate, filled

TITLE = Style(size=22, pitch=32, face=Face.TITLE, align="center")
ISSUER = Style(size=16, pitch=26, align="center")
NUMBER = Style(size=14, pitch=24, align="center")
SALUTATION = Style(size=16, pitch=28.95, align="justify")
BODY = Style(size=16, pitch=28.95, indent=2, align="justify")
LABEL = Style(size=14, pitch=20, face=Face.BOLD, align="center")
FACT = Style(size=14, pitch=20)
REPLY = Style(size=10.5, pitch=15)
CAPTION = replace(REPLY, align="center")
ISSUED = Style(size=16, pitch=26, align="center")
SEAL = Style(size=12, pitch=20, align="center", grey=0.45)
FACTS = Style(size=7.5, pitch=10.5, grey=0.25)

CODE_SIDE = 36 * MM
SEAL_SIDE = 42 * MM
_ABOVE_NAME = 2 / 3
"""Of the room that a seal takes beyond name and date: they stand a little below its middle."""

_ISSUED_WIDTH = WIDTH - CODE_SIDE - 12
_INFO_WIDTHS = (92.0, 151.0, 60.0, WIDTH - 303.0)
_FINDING_WIDTHS = (35.0, 179.0, 95.0, WIDTH - 309.0)
_FOUR_A_PAGE_FROM = 5
_UNPARTED = 8
"""Lines of a paragraph that is kept on one page."""


def compose(
    notice: Notice,
    template: DocumentTemplate,
    book: FontBook,
    token: str | None,
    copy: str = "",
    access: Access | None = None,
) -> list[Piece]:
    """All pieces of the paper, in their order.

    Args:
        copy: the label of the copy, where the template prints several.
        access: where the notice is looked up and answered.
    """
    phrases = words.phrases(notice, template.title)
    after = [text for sentence in template.after if (text := filled(sentence, phrases))]
    table = _table(notice, template, book)
    holds = bool(table) or not after
    *rows, last = signature_rows(notice, template, book)
    closing = stacked(last, _closing(notice, book, token, access), *_tear_off(notice, copy, book))
    # However many sign: issuer, date and seal never stand on a page without a signature.
    end = [gap(10), *rows, replace(closing, signs=True)]
    return [
        *_heading(notice, template, book, copy),
        *_info_table(notice, book),
        gap(10),
        *_sentences((filled(template.salutation, phrases) or "",), SALUTATION, book, ties=True),
        *_sentences(
            [filled(sentence, phrases) or "" for sentence in template.before], BODY, book, ties=holds
        ),
        *(table if after else _tied(table)),
        *([gap(8)] if table else []),
        *_last_sentences(after, book),
        *chained(end),
        *_annex(notice, book),
    ]


def _heading(notice: Notice, template: DocumentTemplate, book: FontBook, copy: str) -> list[Piece]:
    label = copy_label(template, copy)
    lines = ((notice.issuer_name, ISSUER), (template.title, TITLE), (notice.number or "（未编号）", NUMBER))
    return [
        *(text_pieces(label, replace(SIGN, align="right"), book) if label else []),
        *(piece for text, style in lines for piece in _headline(text, style, book)),
        gap(8),
    ]


def _headline(text: str, style: Style, book: FontBook) -> list[Piece]:
    return text_pieces(balanced(text, style, WIDTH, book), style, book)


def copy_label(template: DocumentTemplate, copy: str) -> str:
    """`第一联　存根`; empty where there is one copy only."""
    return f"第{numeral(template.copies.index(copy) + 1)}联　{copy}" if copy else ""


def _tear_off(notice: Notice, copy: str, book: FontBook) -> list[Piece]:
    """The line along which the stub is torn off; its number is torn in two."""
    if copy != STUB:
        return []
    # Room for the dashes at both sides, however long the number; of more lines the first one is torn.
    words = block(f"骑缝　{notice.number or '（未编号）'}", replace(SIGN, align="center"), WIDTH - 80, book)
    line = replace(words, marks=tuple(moved(mark, 40, 0) for mark in words.marks))
    y = SIGN.pitch / 2
    left = min(mark.x for mark in line.marks if isinstance(mark, Glyphs))
    ends = (left - 8, WIDTH - left + 8)
    starts = range(0, int(WIDTH) - 4, 9)
    dashes = [Rule(x, y, x + 5, y, 0.5) for x in starts if not ends[0] < x + 5 < ends[1] + 5]
    return [gap(10), replace(line, marks=(*dashes, *line.marks))]


def _sentences(sentences: Sequence[str], style: Style, book: FontBook, *, ties: bool = False) -> list[Piece]:
    """The paragraphs; with `ties` the last of them clings to what follows."""
    paragraphs = [text_pieces(text, style, book) for text in sentences if text]
    if ties and paragraphs:
        paragraphs[-1] = _tied(paragraphs[-1])
    return [piece for paragraph in paragraphs for piece in paragraph]


def _last_sentences(sentences: Sequence[str], book: FontBook) -> list[Piece]:
    """What stands before the signatures; the last paragraph tells of appeals and is not parted if short."""
    if not sentences:
        return []
    last = text_pieces(sentences[-1], BODY, book)
    whole = chained(last) if len(last) <= _UNPARTED else last
    return [*_sentences(sentences[:-1], BODY, book), *_tied(whole)]


def _tied(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces, the last of them clinging to what follows."""
    return [*pieces[:-1], *(replace(piece, keeps_next=True) for piece in pieces[-1:])]


# --- Tables ---------------------------------------------------------------------------------------


def _info_table(notice: Notice, book: FontBook) -> list[Piece]:
    wide = (_INFO_WIDTHS[0], sum(_INFO_WIDTHS[1:]))
    return [
        piece
        for texts in _info(notice)
        for piece in _info_row(texts, wide if len(texts) == 2 else _INFO_WIDTHS, book)
    ]


def _info(notice: Notice) -> list[tuple[str, ...]]:
    """Labels and texts of the table at the top, a row each."""
    enterprise, details = notice.enterprise, notice.details
    code, address = ("统一社会\n信用代码", enterprise.credit_code), ("地址", enterprise.address)
    if isinstance(details, ServiceReceipt):
        return [("受送达人", details.recipient), address]
    if isinstance(details, Transfer):
        return [("受移送机关", details.receiver), ("有关单位", enterprise.name), code, address]
    act = "复查" if notice.kind is NoticeKind.REINSPECTION else "检查"
    person = ("负责人", enterprise.person, "职务", enterprise.position)
    rows = [(f"被{act}单位", enterprise.name), code, address, person, ("联系电话", enterprise.phone)]
    if isinstance(details, Extension):
        return rows
    return [*rows, (f"{act}场所", notice.place), (f"{act}时间", words.period(notice.from_ms, notice.to_ms))]


def _info_row(texts: Sequence[str], widths: Sequence[float], book: FontBook) -> list[Piece]:
    cells = [Cell(text, FACT if place % 2 else LABEL) for place, text in enumerate(texts)]
    return table_row(cells, widths, book, middle=True)


def _table(notice: Notice, template: DocumentTemplate, book: FontBook) -> list[Piece]:
    """The findings, or what the details have to list."""
    if notice.details is not None and not notice.kind.lists_findings:
        return details_table(notice, notice.details, template, book)
    rows = [_finding_cells(finding) for finding in notice.findings]
    return rows_under_head(rows, template.columns, _FINDING_WIDTHS, book)


def _finding_cells(finding: NoticeFinding) -> tuple[Cell, ...]:
    return (
        Cell(str(finding.ordinal), ORDINAL),
        Cell(words.finding_words(finding), ENTRY),
        Cell("\n".join(finding.basis), ENTRY),
        Cell(words.demand_words(finding), ENTRY),
    )


def _closing(notice: Notice, book: FontBook, token: str | None, access: Access | None) -> Piece:
    """Issuer, date and the seal's place at the right; what the paper can be checked by at the left."""
    code = access.address if access is not None else token
    marks: list[Mark] = [] if code is None else [Code(0, 4, CODE_SIDE, code)]
    issued = _issued(notice, book)
    top = 8 + max(0.0 if code is None else CODE_SIDE, issued.height)
    marks += [moved(mark, WIDTH - _ISSUED_WIDTH, 4) for mark in issued.marks]
    if access is not None:
        reply = block(words.reply_words(access), REPLY, WIDTH, book)
        marks += [moved(mark, 0, top) for mark in reply.marks]
        top += reply.height
    facts = block(_checkable_words(notice, token), FACTS, WIDTH, book)
    marks += [moved(mark, 0, top) for mark in facts.marks]
    return Piece(height=top + facts.height, marks=tuple(marks))


def _issued(notice: Notice, book: FontBook) -> Piece:
    """Who issued it and when, in a block of `_ISSUED_WIDTH` (GB/T 9704-2012, 7.3.5)."""
    return (_issued_under_seal if notice.issuer.enforces else _issued_without_seal)(notice, book)


def _issued_under_seal(notice: Notice, book: FontBook) -> Piece:
    """The date four characters in from the right, the name in the middle above it, 42 mm for a seal."""
    date = chinese_date(notice.issued_on)
    width = _line_width(date, book) + 8 * ISSUED.size
    name = balanced(notice.issuer_name, ISSUED, width, book)
    texts = ((name, ISSUED), ("（印章）", SEAL))
    named = [block(text, style, width, book) for text, style in texts]
    stack = stacked(*named, gap(12), block(date, ISSUED, width, book))
    free = max(SEAL_SIDE - stack.height, 0.0)
    room = gap(free * _ABOVE_NAME)
    return replace(shifted(stacked(room, stack), _ISSUED_WIDTH - width), height=stack.height + free)


def _issued_without_seal(notice: Notice, book: FontBook) -> Piece:
    """The name two characters in from the right, the date two characters further in than where it begins."""
    two, style = 2 * ISSUED.size, replace(ISSUED, align="left")
    width, date = _ISSUED_WIDTH - two, chinese_date(notice.issued_on)
    name = balanced(notice.issuer_name, style, width, book)
    longest = max(_line_width(line, book) for line in name.split("\n"))
    start = width - max(longest, _line_width(date, book) + two)
    named = block(name, style, width - start, book)
    dated = shifted(block(date, style, width - start, book), two)
    return shifted(stacked(named, dated, gap(6)), start)


def _line_width(text: str, book: FontBook) -> float:
    return sum(book.widths(text, ISSUED.face, ISSUED.size))


def _checkable_words(notice: Notice, token: str | None) -> str:
    advice = "扫描二维码，或用核验程序打开本文书的电子版，可以核对内容是否被改动。"
    lines = [] if token is None else [advice]
    lines += [
        f"公开编号 {notice.public_id}　检查记录 {notice.record_id}",
        f"记录摘要 {notice.record_sha256}",
    ]
    if notice.witness is not None:
        lines.append(f"日志 {notice.witness.size} {notice.witness.root}")
    return "\n".join(lines)


# --- Annex ----------------------------------------------------------------------------------------


def _annex(notice: Notice, book: FontBook) -> list[Piece]:
    """The photos, two or four a page."""
    if not notice.photos:
        return []
    columns = 2 if len(notice.photos) >= _FOUR_A_PAGE_FROM else 1
    (title,) = text_pieces("附件　现场照片", replace(BODY, indent=0, face=Face.BOLD), book)
    rows = [notice.photos[n : n + columns] for n in range(0, len(notice.photos), columns)]
    height = (HEIGHT - title.height) / 2
    pieces = [_photo_row(row, columns, height, notice, book) for row in rows]
    return [replace(title, starts_page=True, keeps_next=True), *pieces]


def _photo_row(
    photos: Sequence[NoticePhoto], columns: int, height: float, notice: Notice, book: FontBook
) -> Piece:
    space = 10.0
    width = (WIDTH - space * (columns - 1)) / columns
    marks: list[Mark] = []
    captions = [_caption(photo, notice, width, book) for photo in photos]
    room = height - 10 - max(caption.height for caption in captions)
    for column, (photo, caption) in enumerate(zip(photos, captions, strict=True)):
        x = column * (width + space)
        marks.append(Picture(x, 0, width, room, photo.number))
        marks += [moved(mark, x, room + 2) for mark in caption.marks]
    return Piece(height=height, marks=tuple(marks))


def _caption(photo: NoticePhoto, notice: Notice, width: float, book: FontBook) -> Piece:
    results = notice.details.results if isinstance(notice.details, Reinspection) else ()
    looked_at = ((item.ordinal, item.photos) for item in results)
    found = ((item.ordinal, item.photos) for item in notice.findings)
    ordinals = items(ordinal for ordinal, photos in (*found, *looked_at) if photo.number in photos)
    parts = (f"照片{photo.number}", ordinals, chinese_time(photo.taken_ms))
    heading = "　".join(part for part in parts if part)
    texts = [(heading, CAPTION), (photo.caption, CAPTION), (f"摘要 {photo.record_sha256[:32]}", UNDER)]
    return stacked(*(block(text, style, width, book) for text, style in texts if text))


def calls_it_draft(notice: Notice) -> str:
    """The watermark, or nothing."""
    return "草稿 未编号" if notice.is_draft else ""


def running_head(notice: Notice, template: DocumentTemplate, copy: str = "") -> str:
    """What stands above the second and later pages."""
    named = (template.title, notice.number or "（未编号）", copy_label(template, copy), "（续页）")
    return "　".join(part for part in named if part)
