"""Which checklists are offered for an enterprise, in which order, and what is remembered for the next time.

Nothing is ever kept from being chosen: what does not fit stands further down.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from inspector.domain.checklist import Checklist, ChecklistId, Domain
from inspector.domain.combination import homes_of
from inspector.domain.enterprise import Enterprise, domain_of
from inspector.domain.inspection import Inspection
from inspector.domain.kinds import EnterpriseKind
from inspector.errors import IllegalMoveError
from inspector.store.search import TextSearch
from inspector.tablet.workbench import Workbench
from inspector.work import conduct

CHOSEN = "chosen"
"""Rows of the device's memory: by enterprise, what was chosen last and when."""

MOST_RECENT = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What can be chosen, each checklist in one place only.

    Attributes:
        fitting: what was chosen last for this enterprise, then what fits its kinds.
        last: how many of `fitting` were chosen last.
        recent: what this tablet used last elsewhere.
        others: the rest by field, the enterprise's own field first; a field without any is left out.
        preselected: chosen already: the only one that fits, unless another was chosen last.
    """

    fitting: tuple[Checklist, ...] = ()
    last: int = 0
    recent: tuple[Checklist, ...] = ()
    others: tuple[tuple[Domain, tuple[Checklist, ...]], ...] = ()
    preselected: tuple[ChecklistId, ...] = ()

    @property
    def every(self) -> tuple[Checklist, ...]:
        """All of them, in the order offered."""
        return (*self.fitting, *self.recent, *(one for _, lists in self.others for one in lists))


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What a choice comes to.

    Attributes:
        own: for each checklist in its order, how many questions it asks itself.
        shared: likewise, how many an earlier one asks already.
    """

    own: tuple[int, ...]
    shared: tuple[int, ...]


def offer(
    checklists: Sequence[Checklist],
    enterprise: Enterprise,
    *,
    last: Sequence[str] = (),
    recent: Sequence[str] = (),
) -> Offer:
    """What to offer for an enterprise.

    Args:
        last: ids chosen last for it, in their order.
        recent: ids used last on this tablet, the newest first.
    """
    by_id = {str(one.id): one for one in checklists}
    before = [by_id[id] for id in dict.fromkeys(last) if id in by_id]
    own = {domain_of(kind) for kind in enterprise.kinds} | {enterprise.domain}
    mine_first = sorted(checklists, key=lambda one: one.domain not in own)
    fits = [one for one in mine_first if enterprise.is_fitted_by(one)]
    fitting = tuple(dict.fromkeys(str(one.id) for one in (*before, *fits)))
    lately = tuple(id for id in dict.fromkeys(recent) if id in by_id and id not in fitting)[:MOST_RECENT]
    rest = [one for one in checklists if one.id not in fitting and one.id not in lately]
    domains = sorted(Domain, key=lambda domain: domain not in own)
    others = ((domain, tuple(one for one in rest if one.domain is domain)) for domain in domains)
    single = len(fits) == 1 and before in ([], fits)
    return Offer(
        fitting=tuple(by_id[id] for id in fitting),
        last=len(before),
        recent=tuple(by_id[id] for id in lately),
        others=tuple((domain, lists) for domain, lists in others if lists),
        preselected=(fits[0].id,) if single else (),
    )


def search_of(checklists: Sequence[Checklist]) -> TextSearch:
    """The checklists by title, whom they are for, stage and field; rows in their order."""
    return TextSearch([(one.title, one.applies_to, one.stage, one.domain.chinese) for one in checklists])


def load_of(checklists: Sequence[Checklist]) -> Load:
    """How many questions a choice asks, each once."""
    shared = tuple(len(homes) for homes in homes_of(checklists)) if checklists else ()
    own = tuple(len(one.items) - less for one, less in zip(checklists, shared, strict=True))
    return Load(own=own, shared=shared)


def kinds_offered(enterprise: Enterprise, field: Domain | None) -> tuple[EnterpriseKind, ...]:
    """The kinds to choose from: those of one field, and whatever the enterprise already is."""
    return tuple(kind for kind in EnterpriseKind if domain_of(kind) is field or kind in enterprise.kinds)


# --- On the tablet ---


def offer_for(workbench: Workbench, enterprise: Enterprise, to: Inspection | None = None) -> Offer:
    """What to offer on this tablet.

    Args:
        to: the inspection that one more is for: of the catalogue that it began with, what it has not.
    """
    lists = workbench.inspections.checklists(like=to)
    had = {one.id for one in to.checklists} if to else set()
    rows = workbench.memory.rows(CHOSEN)
    newest = sorted(rows.values(), key=lambda row: -cast("int", row["at_ms"]))
    mine = rows.get(enterprise.id)
    return offer(
        [one for one in lists if one.id not in had],
        enterprise,
        last=_ids(mine) if mine else (),
        recent=[id for row in newest[: 2 * MOST_RECENT] for id in _ids(row)],
    )


def remember(workbench: Workbench, inspection: Inspection) -> None:
    """Offer these checklists first the next time that this enterprise is inspected."""
    row = {"checklists": [one.id for one in inspection.checklists], "at_ms": inspection.started_ms}
    workbench.memory.put_rows(CHOSEN, {inspection.enterprise.id: row})


def say_kinds(workbench: Workbench, enterprise: Enterprise, kinds: tuple[EnterpriseKind, ...]) -> Enterprise:
    """Keep what sort of place it is; its field follows where nobody said it."""
    field = enterprise.domain or (domain_of(kinds[0]) if kinds else None)
    after = replace(enterprise, kinds=kinds, domain=field)
    workbench.office.enter_enterprise(after)
    return after


def add(workbench: Workbench, id: str, checklist: ChecklistId) -> Inspection:
    """再加一份检查表, to an inspection that has begun.

    Raises:
        IllegalMoveError: it has that checklist, or the tablet has not.
        InspectionSealedError: it is sealed.
    """
    before = workbench.inspections.open(id)
    lists = workbench.inspections.checklists(like=before)
    found = next((one for one in lists if one.id == checklist), None)
    if found is None:
        raise IllegalMoveError(reason="本机没有这份检查表")
    after = conduct.ask_also(before, found, reference=workbench.inspections.reference(before))
    after = workbench.inspections.save(before, after)
    remember(workbench, after)
    return after


def remove(workbench: Workbench, id: str, checklist: ChecklistId) -> Inspection:
    """Take a checklist out again while it has no answers.

    Raises:
        IllegalMoveError: it has answers, or it is the only one.
        InspectionSealedError: the inspection is sealed.
    """
    before = workbench.inspections.open(id)
    after = conduct.ask_no_more(before, checklist, reference=workbench.inspections.reference(before))
    after = workbench.inspections.save(before, after)
    remember(workbench, after)
    return after


def _ids(row: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(cast("list[str]", row["checklists"]))
