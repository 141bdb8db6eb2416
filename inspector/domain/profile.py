"""Who issues notices from this office: the profile that decides what may be printed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from inspector.domain.access import check_origin
from inspector.domain.fields import Fields
from inspector.domain.issuer import IssuerKind, appeal_of
from inspector.domain.notice_parts import Contact
from inspector.domain.working_days import DAYS_CAP, DayKind, Deadline, WorkingCalendar, china_noon_ms
from inspector.errors import DaysOutOfRangeError


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """So many days of a kind, 1 to 1 000.

    Raises:
        DaysOutOfRangeError: another number of days.
    """

    days: int
    kind: DayKind

    def __post_init__(self) -> None:
        if not 1 <= self.days <= DAYS_CAP:
            raise DaysOutOfRangeError(days=self.days, cap=DAYS_CAP)

    @property
    def words(self) -> str:
        """`10 个工作日`."""
        return f"{self.days} 个{self.kind.word}"

    def to_record(self) -> dict[str, object]:
        """The term as JSON."""
        return {"days": self.days, "kind": self.kind.value}

    @classmethod
    def from_record(cls, json: object) -> Term:
        """The term that `to_record` wrote.

        Raises:
            RecordMalformedError: another shape.
        """
        with Fields(json, "term") as field:
            return cls(days=field.integer("days"), kind=field.one_of("kind", DayKind))

    def after(self, day: date, calendar: WorkingCalendar) -> Deadline:
        """The last day of the term that begins on the day after `day`."""
        return calendar.deadline(served_at_ms=china_noon_ms(day), days=self.days, kind=self.kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerProfile:
    """The office as it appears on its documents. The console sets it, the feed delivers it.

    Attributes:
        name: the full name under the document.
        region: the short place name in document numbers.
        review_body, court: where an order can be contested; empty to use the default, where there is one.
        contact: whom the enterprise asks for a re-inspection; None leaves it out.
        reinspection: within how many days the office re-inspects after the last deadline, as it says itself;
            None where it has not said. It is a setting of the office and is never printed as law.
        public_address: of the office's server, where notices are looked up; empty for none.

    Raises:
        AccessMalformedError: `public_address` is more than scheme, host and port.
    """

    kind: IssuerKind
    name: str
    region: str = ""
    review_body: str = ""
    court: str = ""
    contact: Contact | None = None
    public_address: str = ""
    reinspection: Term | None = None

    def __post_init__(self) -> None:
        if self.public_address:
            check_origin(self.public_address)

    def check_may_print(self) -> None:
        """Accept an office that has said where its orders are contested: before that it prints nothing.

        Raises:
            AppealMissingError: it must name the bodies itself, and one is missing.
        """
        if self.kind.enforces:
            appeal_of(self.kind, review_body=self.review_body, court=self.court)

    def to_record(self) -> dict[str, object]:
        """The profile as JSON."""
        contact = self.contact
        return {
            "kind": self.kind.value,
            "name": self.name,
            "region": self.region,
            "review_body": self.review_body,
            "court": self.court,
            "contact": {"name": contact.name, "phone": contact.phone} if contact else None,
            "public_address": self.public_address,
            **({"reinspection": self.reinspection.to_record()} if self.reinspection else {}),
        }

    @classmethod
    def from_record(cls, json: object) -> IssuerProfile:
        """The profile that `to_record` wrote.

        Raises:
            RecordMalformedError: another shape.
        """
        with Fields(json, "issuer profile") as field:
            return cls(
                kind=field.one_of("kind", IssuerKind),
                name=field.text("name"),
                region=field.text("region"),
                review_body=field.text("review_body"),
                court=field.text("court"),
                contact=field.optional("contact", _to_contact),
                public_address=str(field.later("public_address") or ""),
                reinspection=Term.from_record(term) if (term := field.later("reinspection")) else None,
            )


def _to_contact(json: object) -> Contact:
    with Fields(json, "contact") as field:
        return Contact(name=field.text("name"), phone=field.text("phone"))
