"""Who issues notices from this office: the profile that decides what may be printed."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.domain.fields import Fields
from inspector.domain.issuer import IssuerKind
from inspector.domain.notice_parts import Contact


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerProfile:
    """The office as it appears on its documents. The console sets it, the feed delivers it.

    Attributes:
        name: the full name under the document.
        region: the short place name in document numbers.
        review_body, court: where an order can be contested; empty to use the default, where there is one.
        contact: whom the enterprise asks for a re-inspection; None leaves it out.
    """

    kind: IssuerKind
    name: str
    region: str = ""
    review_body: str = ""
    court: str = ""
    contact: Contact | None = None

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
            )


def _to_contact(json: object) -> Contact:
    with Fields(json, "contact") as field:
        return Contact(name=field.text("name"), phone=field.text("phone"))
