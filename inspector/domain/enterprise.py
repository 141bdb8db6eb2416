"""The enterprise under inspection, as it was known on the day."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.domain.checklist import Checklist, Domain
from inspector.domain.kinds import EnterpriseKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Enterprise:
    """One enterprise. Text is kept exactly as typed or as the office delivered it.

    Attributes:
        id: stable id; the office's for delivered enterprises, the tablet's own for those added on the spot.
        credit_code: unified social credit code (GB 32100-2015) or empty; checked, but a wrong one only warns.
        person: the person in charge; `position` and `phone` are theirs.
        domain: the field it mainly belongs to, used for offering checklists; None when not known.
        kinds: what sort of place it is, so that fitting checklists are offered; empty when nobody said.
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
    kinds: tuple[EnterpriseKind, ...] = ()
    from_office: bool = False

    def is_fitted_by(self, checklist: Checklist) -> bool:
        """Whether the checklist is meant for a place of one of its kinds."""
        return any(kind in checklist.fits for kind in self.kinds)


def domain_of(kind: EnterpriseKind) -> Domain:
    """The field of inspection that a kind belongs to."""
    return Domain(kind.value.partition("-")[0])


def kinds_of(domain: Domain) -> tuple[EnterpriseKind, ...]:
    """The kinds of one field, in the order offered."""
    return tuple(kind for kind in EnterpriseKind if domain_of(kind) is domain)
