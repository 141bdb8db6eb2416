"""The enterprise under inspection, as it was known on the day."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.domain.checklist import Domain


@dataclass(frozen=True, slots=True, kw_only=True)
class Enterprise:
    """One enterprise. Text is kept exactly as typed or as the office delivered it.

    Attributes:
        id: stable id; the office's for delivered enterprises, the tablet's own for those added on the spot.
        credit_code: unified social credit code (GB 32100-2015) or empty; checked, but a wrong one only warns.
        person: the person in charge; `position` and `phone` are theirs.
        domain: the field it mainly belongs to, used for offering checklists; None when not known.
        from_office: False for one added on the tablet.
    """

    id: str
    name: str
    credit_code: str = ""
    address: str = ""
    person: str = ""
    position: str = ""
    phone: str = ""
    domain: Domain | None = None
    from_office: bool = False
