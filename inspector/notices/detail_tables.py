"""The tables of documents that list something else than findings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from inspector.domain.notice import Notice
from inspector.domain.notice_details import (
    Details,
    ExtendedFinding,
    Extension,
    MeasuresDecision,
    ReinspectedFinding,
    Reinspection,
    Transfer,
    TransferAttachment,
)
from inspector.domain.service import ServedDocument, ServiceReceipt, ServiceWay
from inspector.domain.working_days import china_date, chinese_date
from inspector.notices.fonts import Face, FontBook
from inspector.notices.layout import MM, SIDE, WIDTH, Cell, Ink, Piece, Style, table_row
from inspector.notices.template_file import DocumentTemplate

COLUMN = Style(size=12, pitch=17, face=Face.BOLD, align="center")
ENTRY = Style(size=12, pitch=17)
ORDINAL = replace(ENTRY, align="center")
NARROW = Style(size=10.5, pitch=15)
NARROW_COLUMN = replace(COLUMN, size=10.5)
NARROW_ORDINAL = replace(NARROW, align="center")

INK_WIDTH, INK_HEIGHT = 40 * MM, 15 * MM
"""Room for a signature."""

_RESULT_WIDTHS = (35.0, 160.0, 62.0, WIDTH - 257.0)
_EXTENSION_WIDTHS = (35.0, 100.0, 67.0, 64.0, 86.0, WIDTH - 352.0)
_SERVICE_WIDTHS = (106.0, INK_WIDTH + 2 * SIDE, 64.0, 56.0, 33.0, WIDTH - 259.0 - INK_WIDTH - 2 * SIDE)
_ATTACHMENT_WIDTHS = (35.0, 290.0, 59.0, WIDTH - 384.0)
_INK_ROOM = "\n\n\n"
"""Lines above who signs; as high as `INK_HEIGHT`."""
_PEN_AND_INK = "　　　年\n　　　月\n　　　日"
"""Room for a year, a month and a day by hand."""


def rows_under_head(
    rows: Iterable[Sequence[Cell]],
    columns: Sequence[str],
    widths: Sequence[float],
    book: FontBook,
    style: Style = COLUMN,
) -> list[Piece]:
    """The rows of a table under its head, which comes again on each page; nothing without rows.

    The first cell numbers a row; where a row goes on, it does so again.
    """
    (row,) = table_row([Cell(text, style) for text in columns], widths, book)
    head = (replace(row, keeps_next=True),)
    pieces = [
        piece for cells in rows for piece in table_row(cells, widths, book, head=head, again=_again(cells[0]))
    ]
    return [*head, *pieces] if pieces else []


def _again(ordinal: Cell) -> Cell:
    return replace(ordinal, text=f"{ordinal.text}续")


def details_table(
    notice: Notice, details: Details, template: DocumentTemplate, book: FontBook
) -> list[Piece]:
    """What a document lists instead of findings."""
    columns = template.columns
    match details:
        case Reinspection():
            rows = [_result_cells(one) for one in details.results]
            return rows_under_head(rows, columns, _RESULT_WIDTHS, book)
        case Extension():
            rows = [_extension_cells(one) for one in details.items]
            return rows_under_head(rows, columns, _EXTENSION_WIDTHS, book, NARROW_COLUMN)
        case ServiceReceipt():
            return _service_table(notice, details, columns, book)
        case Transfer():
            rows = [_attachment_cells(place, one) for place, one in enumerate(details.attachments, start=1)]
            return rows_under_head(rows, columns, _ATTACHMENT_WIDTHS, book)
        case MeasuresDecision():
            return []


def _result_cells(one: ReinspectedFinding) -> tuple[Cell, ...]:
    shown = f"照片：{'、'.join(str(number) for number in one.photos)}" if one.photos else ""
    told = "\n".join(text for text in (one.remark, shown) if text)
    return (
        Cell(str(one.ordinal), ORDINAL),
        Cell("\n".join((one.facts, one.extended.words)) if one.extended else one.facts, ENTRY),
        Cell(one.result.word, ORDINAL),
        Cell(told, ENTRY),
    )


def _extension_cells(one: ExtendedFinding) -> tuple[Cell, ...]:
    verdict = f"同意延至{one.new.full}" if one.new else "不同意延期"
    texts = (
        one.facts,
        one.old.full,
        chinese_date(one.asked),
        one.reason,
        f"{verdict}\n{one.opinion}".strip(),
    )
    return (Cell(str(one.ordinal), NARROW_ORDINAL), *(Cell(text, NARROW) for text in texts))


def _attachment_cells(place: int, one: TransferAttachment) -> tuple[Cell, ...]:
    numbers = (f"{one.copies}份", f"{one.pages}页")
    return (Cell(str(place), ORDINAL), Cell(one.name, ENTRY), *(Cell(text, ORDINAL) for text in numbers))


# --- 送达回证 ---------------------------------------------------------------------------------------


def _service_table(
    notice: Notice, details: ServiceReceipt, columns: Sequence[str], book: FontBook
) -> list[Piece]:
    (row,) = table_row([Cell(text, NARROW_COLUMN) for text in columns], _SERVICE_WIDTHS, book)
    head = (replace(row, keeps_next=True),)
    servers = "、\n".join(person.name for person in notice.inspectors)
    pieces: list[Piece] = [*head]
    for one in details.documents:
        rows = table_row(_service_cells(one, servers), _SERVICE_WIDTHS, book, head=head)
        pieces += _with_ink(rows, one, head, book)
    return pieces


def _service_cells(one: ServedDocument, servers: str) -> tuple[Cell, ...]:
    texts = (
        f"{one.document.title}\n{one.document.number}",
        _taken_by(one),
        one.place,
        chinese_date(china_date(one.received_ms)) if one.received_ms is not None else _PEN_AND_INK,
        one.way.word,
        servers,
    )
    return tuple(Cell(text, NARROW) for text in texts)


def _taken_by(one: ServedDocument) -> str:
    """Who took it, below the room for the signature; or why nobody did; and what the way needs told."""
    if one.way is ServiceWay.LEFT:
        seen = f"{_INK_ROOM}见证人：{one.witness}" if one.witness else ""
        filmed = "留置过程已拍照、录像" if one.is_recorded else ""
        return "\n".join(text for text in (seen, f"拒收：{one.refusal}", filmed) if text)
    name = f"{one.received_by}（{one.relation}）" if one.relation else one.received_by
    # The column of the way itself is too narrow for a mail's number.
    told = f"{one.way.particulars}：{one.particulars}" if one.particulars else ""
    room = "" if one.way is ServiceWay.ANNOUNCEMENT else _INK_ROOM
    return room + "\n".join(text for text in (name, told) if text)


def _with_ink(rows: list[Piece], one: ServedDocument, head: tuple[Piece, ...], book: FontBook) -> list[Piece]:
    """The row with its signature; a row that is parted has it in a row of its own."""
    if one.signature is None:
        return rows
    if len(rows) > 1:
        label = (Cell("收件人签名", NARROW), Cell("\n\n\n", NARROW))
        widths = (_SERVICE_WIDTHS[0], WIDTH - _SERVICE_WIDTHS[0])
        (own,) = table_row(label, widths, book, head=head)
        return [*rows, replace(own, marks=(*own.marks, _ink(one)))]
    return [replace(rows[0], marks=(*rows[0].marks, _ink(one)))]


def _ink(one: ServedDocument) -> Ink:
    assert one.signature is not None  # noqa: S101  asked by the caller
    return Ink(_SERVICE_WIDTHS[0] + SIDE, 3, INK_WIDTH, INK_HEIGHT, one.signature)
