"""How documents are served: the receipt, one line per document (送达回证).

* Electronic service needs the signed consent (行政处罚法 第61条第2款).
* What was left behind says why it was refused and who saw it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from inspector.domain.identifiers import FACTS_CAP, NAME_CAP
from inspector.domain.notice_parts import DrawnSignature, NoticeReference, PaperText, check_count, demand

CELL_CAP = 60
"""Code points in a narrow cell of the table."""


class ServiceWay(StrEnum):
    """How a document is served."""

    DIRECT = "direct"
    LEFT = "left"
    POST = "post"
    ELECTRONIC = "electronic"
    ANNOUNCEMENT = "announcement"
    ENTRUSTED = "entrusted"

    @property
    def word(self) -> str:
        """As it is printed."""
        return _WAY_WORDS[self]

    @property
    def has_receiver(self) -> bool:
        """Whether somebody takes it: nobody takes what is left behind or announced."""
        return self not in (ServiceWay.LEFT, ServiceWay.ANNOUNCEMENT)

    @property
    def is_by_hand(self) -> bool:
        """Whether it is handed to the one who takes it, who can sign for it there."""
        return self in (ServiceWay.DIRECT, ServiceWay.ENTRUSTED)

    @property
    def particulars(self) -> str:
        """What has to be told beside the way itself, such as 邮件号; empty for nothing."""
        return _NEEDS_PARTICULARS.get(self, "")


_WAY_WORDS = {
    ServiceWay.DIRECT: "直接",
    ServiceWay.LEFT: "留置",
    ServiceWay.POST: "邮寄",
    ServiceWay.ELECTRONIC: "电子",
    ServiceWay.ANNOUNCEMENT: "公告",
    ServiceWay.ENTRUSTED: "委托",
}
_NEEDS_PARTICULARS = {
    ServiceWay.POST: "邮件号",
    ServiceWay.ANNOUNCEMENT: "公告载体",
    ServiceWay.ENTRUSTED: "受托单位",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceConsent:
    """The signed confirmation that allows electronic service (行政处罚法 第61条第2款).

    Attributes:
        name: who signed it for the recipient.
        address: where to: number, mail address or account.
    """

    name: str
    signed_on: date
    address: str

    def __post_init__(self) -> None:
        demand(bool(self.name.strip() and self.address.strip()), "电子送达确认书缺少签署人或送达地址")

    def texts(self) -> Iterator[PaperText]:
        """Its texts."""
        yield "送达确认书签署人", self.name, NAME_CAP
        yield "电子送达地址", self.address, NAME_CAP


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedDocument:
    """One document and how it was served.

    Attributes:
        place: where.
        particulars: number of the mail, medium of the announcement, or the entrusted body.
        received_by: who took it; empty leaves the place for pen and ink, and always where nobody takes it.
        relation: what a substitute is to the recipient; empty for the recipient itself.
        received_ms: when; None leaves the place for pen and ink.
        signature: theirs, only where it was handed to them.
        refusal: why it was not accepted; only and always where it was left behind.
        witness: who saw it left behind.
        is_recorded: leaving it behind was filmed or photographed.
    """

    document: NoticeReference
    way: ServiceWay
    place: str
    particulars: str = ""
    received_by: str = ""
    relation: str = ""
    received_ms: int | None = None
    signature: DrawnSignature | None = None
    refusal: str = ""
    witness: str = ""
    is_recorded: bool = False

    def __post_init__(self) -> None:
        number = self.document.number
        needed = self.way.particulars
        demand(bool(self.place.strip()), f"{number}没有写明送达地点")
        demand(not needed or bool(self.particulars.strip()), f"{number}没有写明{needed}")
        is_left = self.way is ServiceWay.LEFT
        demand(is_left == bool(self.refusal.strip()), f"{number}：留置送达须写明拒收原因，其他方式不写")
        demand(not is_left or bool(self.witness.strip()) or self.is_recorded, f"{number}留置送达没有见证")
        has_taker = bool(self.received_by.strip() or self.relation.strip())
        demand(self.way.has_receiver or not has_taker, f"{number}：{self.way.word}送达没有收件人")
        demand(
            self.way.is_by_hand or self.signature is None, f"{number}：{self.way.word}送达没有收件人当场签名"
        )
        demand(self.signature is None or bool(self.received_by.strip()), f"{number}缺少收件人姓名")

    def texts(self) -> Iterator[PaperText]:
        """Its texts."""
        yield from self.document.texts()
        yield "送达地点", self.place, CELL_CAP
        yield "送达方式说明", self.particulars, CELL_CAP
        yield "收件人", self.received_by, CELL_CAP
        yield "代收人关系", self.relation, CELL_CAP
        yield "拒收原因", self.refusal, FACTS_CAP
        yield "见证人", self.witness, NAME_CAP


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceReceipt:
    """One receipt for one or more documents.

    Attributes:
        recipient: to whom.
        consent: needed as soon as one document is served electronically.
        remark: printed below the table.
    """

    recipient: str
    documents: tuple[ServedDocument, ...]
    consent: ServiceConsent | None = None
    remark: str = ""

    def __post_init__(self) -> None:
        demand(bool(self.recipient.strip()), "送达回证缺少受送达人")
        check_count(self.documents, "送达的文书")
        is_electronic = any(one.way is ServiceWay.ELECTRONIC for one in self.documents)
        demand(self.consent is not None or not is_electronic, "电子送达须有当事人签署的确认书")
        names = [(one.document.title, one.document.number) for one in self.documents]
        demand(len(set(names)) == len(names), "同一份文书在送达回证中写了两次")

    def texts(self) -> Iterator[PaperText]:
        """Its texts."""
        yield "受送达人", self.recipient, NAME_CAP
        yield "备注", self.remark, FACTS_CAP
        for one in self.documents:
            yield from one.texts()
        if self.consent is not None:
            yield from self.consent.texts()
