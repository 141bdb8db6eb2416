"""Who signs a paper, and the room for it."""

from __future__ import annotations

from inspector.domain.notice import Notice
from inspector.domain.notice_details import Extension
from inspector.domain.notice_parts import DrawnSignature, NoticeInspector, Refused, Signed, Signing
from inspector.domain.working_days import chinese_time
from inspector.notices import phrases as words
from inspector.notices.blocks import block
from inspector.notices.detail_tables import INK_HEIGHT, INK_WIDTH
from inspector.notices.fonts import FontBook
from inspector.notices.layout import WIDTH, Ink, Mark, Piece, Rule, Style, gap, moved, text_pieces
from inspector.notices.templates import DocumentTemplate

SIGN = Style(size=14, pitch=21)
UNDER = Style(size=9, pitch=13, grey=0.25, align="center")

_SIGN_LEFT = WIDTH - INK_WIDTH - 8


def signature_rows(notice: Notice, template: DocumentTemplate, book: FontBook) -> list[Piece]:
    """The rows at the end of the paper: who signs for the issuer, and who for the other side."""
    rows = [_officer_row(person, template.officer, book) for person in notice.inspectors]
    if isinstance(notice.details, Extension):
        rows.append(_sign_row(f"审批人：{notice.details.decided_by}", None, "", book))
    return [*rows, *(_receiver_rows(notice, template.receiver, book) if template.receiver else [])]


def _receiver_rows(notice: Notice, receiver: str, book: FontBook) -> list[Piece]:
    match notice.response:
        case Signed() as signed:
            text = f"{receiver}签收：{signed.name}{f'（{signed.role}）' if signed.role else ''}"
            text += f"\n{chinese_time(signed.at_ms)}"
            return [_sign_row(text, signed.signature, "手写签名", book)]
        case Refused() as refused:
            why = text_pieces(f"{receiver}拒绝签名。原因：{refused.reason}", SIGN, book)
            text = f"见证人：{refused.witness or '　　　　　　'}\n{chinese_time(refused.at_ms)}"
            return [gap(6), *why, _sign_row(text, refused.signature, "手写签名", book)]
        case None:
            return [_sign_row(f"{receiver}负责人（签名）：\n　　　　年　　月　　日", None, "", book)]


def _officer_row(person: NoticeInspector, officer: str, book: FontBook) -> Piece:
    caption = "手写签名，另有密钥签署" if person.signing is Signing.KEY else "手写签名"
    return _sign_row(words.officer_words(person, officer), person.signature, caption, book)


def _sign_row(text: str, signature: DrawnSignature | None, caption: str, book: FontBook) -> Piece:
    """A line of words with room for a signature at its right, at least 40 by 15 mm."""
    told = block(text, SIGN, _SIGN_LEFT - 8, book)
    marks: list[Mark] = [moved(mark, 0, 4) for mark in told.marks]
    under = INK_HEIGHT + 2
    marks.append(Rule(_SIGN_LEFT, under, _SIGN_LEFT + INK_WIDTH, under, 0.4))
    if signature is not None:
        marks.append(Ink(_SIGN_LEFT, 2, INK_WIDTH, INK_HEIGHT - 2, signature))
        shown = block(caption, UNDER, INK_WIDTH, book)
        marks += [moved(mark, _SIGN_LEFT, under) for mark in shown.marks]
    height = max(INK_HEIGHT + UNDER.pitch + 4, told.height + 8)
    return Piece(height=height, marks=tuple(marks))
