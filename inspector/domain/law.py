"""Laws, regulations and standards: what was in force on a day, and what of it may be printed.

* An article's label is printed only if somebody read that article (`VerificationMark.READ`) **and** the
  law was in force on the day of the inspection (guarantee 7).
* A law whose article was not verified is cited by its name alone.
* A law that was not in force that day is not cited at all. A citation may narrow the days further, and an
  item may cite several laws, so that each day finds the one that applied.
* A clause that lost its binding force is cited by the standard's name alone from that day on.
* Days are those of the inspection in +08:00. No question here raises for an unknown law: it prints nothing,
  and the catalogue has already refused the checklist that named it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NewType

from inspector.domain.clause import Clause, clause_of

LawId = NewType("LawId", str)
"""Name of a law within `laws.toml`, such as `fire-law`; each numbering of its articles has its own."""


class VerificationMark(StrEnum):
    """How an article's number and content were checked."""

    READ = "V"
    SECOND_HAND = "V2"
    INFERRED = "I"
    MEMORY = "M"
    NONE = "none"


class LawKind(StrEnum):
    """What sort of text it is; it decides whether the number belongs to the printed name."""

    LAW = "law"
    REGULATION = "regulation"
    RULE = "rule"
    STANDARD = "standard"
    CIRCULAR = "circular"


class LawStanding(StrEnum):
    """How a law stands on a day, in the words of the screens."""

    NOT_YET = "尚未施行"
    IN_FORCE = "现行有效"
    UNCONFIRMED = "效力未确认"
    YIELDED = "不再引用"
    REPLACED = "已被接替"
    REPEALED = "已废止"


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article, paragraph or clause of a law.

    Attributes:
        label: as it is printed: `第四十一条第一款`, `第7.1.6条`.
        mark: how it was checked.
        source: where it was read.
        checked_on: when; None where nobody checked.
        gist: what it says, in our own words; empty where it was not read.
    """

    label: str
    mark: VerificationMark
    source: str = ""
    checked_on: date | None = None
    gist: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapse:
    """Clauses of a standard that ceased to bind while the standard itself goes on.

    Attributes:
        since: first day without binding force.
        by: the law or standard whose coming into force ended it.
        clauses: the places.
    """

    since: date
    by: LawId
    clauses: tuple[Clause, ...]

    def covers(self, label: str) -> bool:
        """Whether the article with that label, or a part of it, is among them."""
        cited = clause_of(label)
        return cited is not None and any(cited.meets(clause) for clause in self.clauses)


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """A law, regulation, rule, standard or circular in one version.

    Attributes:
        short: what people call it: `消防法`.
        title: full title without brackets.
        number: order or standard number: `主席令第六号`, `GB 55037-2022`; empty where not known.
        in_force_from: first day on which it applied.
        in_force_to: last day on which it applied; None while it applies.
        cite_until: last day of inspections for which we cite it, where that is earlier: a regulation that was
            never repealed but yields to a newer law.
        replaced_by: the law that took its place, or to which it yields after `cite_until`.
        scope: whom or what it applies to, where that is narrower than its title says.
        in_force_confirmed: False when nobody could confirm that it still applies: then no article of it is
            printed, whatever the article's mark.
        note: what is known about its status.
        lapses: clauses that ceased to bind before the whole did.
    """

    id: LawId
    kind: LawKind
    short: str
    title: str
    number: str = ""
    in_force_from: date
    in_force_to: date | None = None
    cite_until: date | None = None
    replaced_by: LawId | None = None
    scope: str = ""
    in_force_confirmed: bool = True
    note: str = ""
    articles: tuple[Article, ...] = ()
    lapses: tuple[Lapse, ...] = ()

    @property
    def printed_name(self) -> str:
        """`《中华人民共和国消防法》`, `《建筑防火通用规范》（GB 55037-2022）`."""
        numbered = self.number and self.kind in (LawKind.STANDARD, LawKind.CIRCULAR, LawKind.RULE)
        return f"《{self.title}》（{self.number}）" if numbered else f"《{self.title}》"

    def was_in_force(self, on: date) -> bool:
        """Whether it applied on that day, first and last day included."""
        return self.in_force_from <= on and (self.in_force_to is None or on <= self.in_force_to)

    def may_be_cited(self, on: date) -> bool:
        """Whether an inspection of that day may cite it."""
        return self.was_in_force(on) and (self.cite_until is None or on <= self.cite_until)

    def standing(self, on: date) -> LawStanding:
        """How it stands on that day; whether it may be cited then is `may_be_cited`."""
        if on < self.in_force_from:
            return LawStanding.NOT_YET
        if not self.was_in_force(on):
            return LawStanding.REPLACED if self.replaced_by else LawStanding.REPEALED
        if not self.may_be_cited(on):
            return LawStanding.YIELDED
        return LawStanding.IN_FORCE if self.in_force_confirmed else LawStanding.UNCONFIRMED

    def lapse_of(self, label: str, *, on: date) -> Lapse | None:
        """What took the binding force of that article or of a part of it by that day; None where it binds."""
        return next((lapse for lapse in self.lapses if lapse.since <= on and lapse.covers(label)), None)

    def article(self, label: str) -> Article | None:
        """The article with that label, or None when nothing is recorded about it."""
        return next((article for article in self.articles if article.label == label), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """What a checklist says an item rests on.

    Attributes:
        law: the law.
        article: label of an article, or None to cite the law by name only.
        since: first day of inspections that this citation is for; None when only the law's own days count.
        until: last such day.
    """

    law: LawId
    article: str | None = None
    since: date | None = None
    until: date | None = None

    def is_for(self, on: date) -> bool:
        """Whether the citation is meant for an inspection of that day."""
        return (self.since is None or self.since <= on) and (self.until is None or on <= self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedBasis:
    """A basis as a notice may print it: only `Laws` makes one.

    Attributes:
        name: the law's name in book-title marks, with its number where that is customary.
        article: the article's label; None unless verified and in force.
    """

    law: LawId
    name: str
    article: str | None

    @property
    def text(self) -> str:
        """Name and article in one run of text."""
        return self.name + (self.article or "")


@dataclass(frozen=True, slots=True)
class Laws:
    """All laws that checklists may cite."""

    laws: tuple[Law, ...] = ()
    _by_id: dict[LawId, Law] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_id", {law.id: law for law in self.laws})

    def __iter__(self) -> Iterator[Law]:
        return iter(self.laws)

    def __len__(self) -> int:
        return len(self.laws)

    def get(self, law: LawId) -> Law | None:
        """The law with that id, or None."""
        return self._by_id.get(law)

    def standing_words(self, law: Law, *, on: date) -> str:
        """How a law stands on a day, with its successor's name where that says more: `已由《…》接替`."""
        standing = law.standing(on)
        successor = self.get(law.replaced_by) if law.replaced_by else None
        if successor is not None and standing is LawStanding.REPLACED:
            return f"已由{successor.printed_name}接替"
        if successor is not None and standing is LawStanding.YIELDED:
            return f"不再引用，以{successor.printed_name}为准"
        return standing.value

    def may_be_cited(self, citation: Citation, *, on: date) -> bool:
        """Whether an inspection of that day may cite it at all: law in force, citation meant for the day."""
        law = self.get(citation.law)
        return law is not None and law.may_be_cited(on) and citation.is_for(on)

    def printable(self, citation: Citation, *, on: date) -> PrintedBasis | None:
        """What of `citation` may be printed for an inspection of that day; None for nothing."""
        law = self.get(citation.law)
        if law is None or not self.may_be_cited(citation, on=on):
            return None
        article = law.article(citation.article) if citation.article else None
        verified = article is not None and article.mark is VerificationMark.READ and law.in_force_confirmed
        verified = verified and law.lapse_of(citation.article or "", on=on) is None
        return PrintedBasis(law=law.id, name=law.printed_name, article=citation.article if verified else None)

    def printable_all(self, citations: Iterable[Citation], *, on: date) -> tuple[PrintedBasis, ...]:
        """What of several citations may be printed that day, in their order, each once.

        A bare name gives way where an article of the same law is printed as well.
        """
        printed = [basis for cited in citations if (basis := self.printable(cited, on=on))]
        with_article = {basis.law for basis in printed if basis.article}
        kept = [basis for basis in printed if basis.article or basis.law not in with_article]
        return tuple(dict.fromkeys(kept))

    def may_print_figure(self, citation: Citation | None, *, on: date) -> bool:
        """Whether a limit that rests on `citation` may be printed: its article is verified and in force."""
        basis = self.printable(citation, on=on) if citation else None
        return basis is not None and basis.article is not None
