"""Who signs a paper, and the room for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from inspector.domain.issuer import NoticeKind
from inspector.domain.notice import Notice
from inspector.domain.notice_details import Extension
from inspector.domain.notice_parts import DrawnSignature, NoticeInspector, Refused, Signed, Signing
from inspector.domain.working_days import chinese_time
from inspector.notices import phrases as words
from inspector.notices.blocks import block, stacked
from inspector.notices.detail_tables import INK_HEIGHT, INK_WIDTH
from inspector.notices.fonts import FontBook
from inspector.notices.layout import HEIGHT, WIDTH, Ink, Mark, Piece, Rule, Style, gap, moved, text_pieces
from inspector.notices.templates import DocumentTemplate

SIGN = Style(size=14, pitch=21)
UNDER = Style(size=9, pitch=13, grey=0.25, align="center")

_SIGN_LEFT = WIDTH - INK_WIDTH - 8
_SIGNED_AS = {NoticeKind.INSPECTION_RECORD: "现场负责人签名", NoticeKind.REINSPECTION: "负责人签名"}
"""Who signs here signs for what the paper says; other papers are only received."""
_BY_HAND = {NoticeKind.INSPECTION_RECORD: "现场负责人（签名）"}


def signature_rows(notice: Notice, template: DocumentTemplate, book: FontBook) -> list[Piece]:
    """The rows at the end of the paper: who signs for the issuer, and who for the other side."""
    rows = [_officer_row(person, template.officer, book) for person in notice.inspectors]
    if isinstance(notice.details, Extension):
        rows.append(_sign_row(f"审批人：{notice.details.decided_by}", None, "", book))
    if template.receiver:
        rows += _receiver_rows(notice, template.receiver, book)
    return [replace(row, signs=True) for row in rows]


def _receiver_rows(notice: Notice, receiver: str, book: FontBook) -> list[Piece]:
    match notice.response:
        case Signed() as signed:
            text = f"{receiver}{_SIGNED_AS.get(notice.kind, '签收')}：{signed.name}"
            text += f"（{signed.role}）" if signed.role else ""
            text += f"\n{chinese_time(signed.at_ms)}"
            return [_sign_row(text, signed.signature, "手写签名", book)]
        case Refused() as refused:
            why = text_pieces(f"{receiver}拒绝签名。原因：{refused.reason}", SIGN, book)
            text = f"见证人：{refused.witness or '　　　　　　'}\n{chinese_time(refused.at_ms)}"
            return [gap(6), *why, _sign_row(text, refused.signature, "手写签名", book)]
        case None:
            who = _BY_HAND.get(notice.kind, "负责人（签名）")
            return [_sign_row(f"{receiver}{who}：\n　　　　年　　月　　日", None, "", book)]


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


# --- On every page --------------------------------------------------------------------------------

_SLOTS = 3
"""Signatures beside each other at the foot of a page."""

_SLOT_SPACE, _SLOT_HEIGHT = 12.0, INK_HEIGHT
_HIGHEST_FOOT = HEIGHT / 2


def page_signatures(notice: Notice, template: DocumentTemplate, book: FontBook) -> Piece | None:
    """Room for the same people's signatures at the foot of a page that goes on; what they drew stands in it.

    Nothing where so many sign that it would take half of each page: they sign at the end.
    """
    slots = _slots(notice, template)
    rows = [slots[first : first + _SLOTS] for first in range(0, len(slots), _SLOTS)]
    foot = stacked(*(_slot_row(row, book) for row in rows))
    return foot if foot.height <= _HIGHEST_FOOT else None


def page_signature_words(notice: Notice, template: DocumentTemplate) -> tuple[str, ...]:
    """What stands under each line of `page_signatures`."""
    return tuple(slot.words for slot in _slots(notice, template))


class _Slot(NamedTuple):
    """Who signs at the foot of a page."""

    who: str
    name: str = ""
    signature: DrawnSignature | None = None

    @property
    def words(self) -> str:
        """What stands under the line."""
        name = f"（{self.name}）" if self.name else ""
        return f"{self.who}{'签名' if self.signature is None else '手写签名'}{name}"


def _slots(notice: Notice, template: DocumentTemplate) -> list[_Slot]:
    slots = [_Slot(template.officer, person.name, person.signature) for person in notice.inspectors]
    return [*slots, _receiver_slot(notice, template.receiver)] if template.receiver else slots


def _receiver_slot(notice: Notice, receiver: str) -> _Slot:
    match notice.response:
        case Signed() as signed:
            return _Slot(receiver, signed.name, signed.signature)
        case Refused() as refused:
            return _Slot(f"{receiver}拒绝签名\n见证人", refused.witness, refused.signature)
        case None:
            return _Slot(receiver)


def _slot_row(row: Sequence[_Slot], book: FontBook) -> Piece:
    width = (WIDTH - (_SLOTS - 1) * _SLOT_SPACE) / _SLOTS
    under = _SLOT_SPACE + _SLOT_HEIGHT
    marks: list[Mark] = []
    bottom = under
    for place, slot in enumerate(row):
        x = place * (width + _SLOT_SPACE)
        marks.append(Rule(x, under, x + width, under, 0.4))
        if slot.signature is not None:
            marks.append(Ink(x, _SLOT_SPACE, width, _SLOT_HEIGHT - 2, slot.signature))
        told = block(slot.words, UNDER, width, book)
        marks += [moved(mark, x, under) for mark in told.marks]
        bottom = max(bottom, under + told.height)
    return Piece(height=bottom, marks=tuple(marks))
