"""Citations and criteria of a checklist, checked against the laws that are known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from inspector.catalog.faults import nearest
from inspector.catalog.tables import Table
from inspector.domain.checklist import Criterion
from inspector.domain.law import Citation, Law, LawId, Laws, VerificationMark

_ID_CAP = 48
_LABEL_CAP = 40
_NAME_CAP = 80
_TEXT_CAP = 300
_APPLIES_CAP = 200


@dataclass(frozen=True, slots=True)
class KnownLaws:
    """The laws that a checklist is checked against; without any, citations are taken as written."""

    laws: Laws | None

    def read_citation(self, table: Table) -> Citation:
        """One `{ law = …, article = …, since = …, until = … }`."""
        citation = Citation(
            law=LawId(table.text("law", cap=_ID_CAP, required=True)),
            article=table.name("article", cap=_LABEL_CAP) or None,
            since=table.day("since"),
            until=table.day("until"),
        )
        table.close()
        self._check(table, citation)
        return citation

    def read_criterion(self, table: Table) -> Criterion:
        """One criterion as declared at the top of a checklist; items add the clause that they mean."""
        criterion = Criterion(
            name=table.name("name", cap=_NAME_CAP, required=True),
            law=LawId(table.text("law", cap=_ID_CAP, required=True)),
            applies_to=table.text("applies-to", cap=_APPLIES_CAP, required=True),
            since=table.day("since"),
            until=table.day("until"),
        )
        table.close()
        self._check(table, criterion.citation)
        return criterion

    def read_clause(self, table: Table, declared: dict[str, Criterion]) -> Criterion | None:
        """One `{ is = …, article = …, text = … }` of an item: a declared criterion and the clause of it."""
        word = table.text("is", cap=_ID_CAP, required=True)
        article = table.name("article", cap=_LABEL_CAP) or None
        text = table.text("text", cap=_TEXT_CAP) or None
        table.close()
        base = declared.get(word)
        if base is None:
            table.fault(
                "is",
                f"没有声明“{word}”这个判定标准",
                "先在文件开头用 [criterion.名称] 声明",
                nearest(word, declared),
            )
            return None
        criterion = Criterion(
            name=base.name,
            law=base.law,
            article=article,
            text=text,
            applies_to=base.applies_to,
            since=base.since,
            until=base.until,
        )
        self._check(table, criterion.citation)
        if text and not self._was_read(criterion):
            table.fault("text", "没有核到原文却写了判定内容", "只有标为 V 的条文可以写 text", "删去 text")
        return criterion

    def _check(self, table: Table, citation: Citation) -> None:
        if self.laws is None or not citation.law:
            return
        law = self.laws.get(citation.law)
        if law is None:
            known = [known.id for known in self.laws]
            table.fault(
                "law",
                f"没有“{citation.law}”这部法律",
                "必须是 laws.toml 里的编号",
                nearest(citation.law, known),
            )
            return
        if citation.article and law.article(citation.article) is None:
            labels = [article.label for article in law.articles]
            what = f"laws.toml 的“{law.short}”里没有“{citation.article}”"
            table.fault(
                "article",
                what,
                "引用的条文须先在 laws.toml 登记并注明怎样核对",
                nearest(citation.article, labels),
            )
        self._check_binding(table, law, citation)
        if not _has_a_day(law, citation):
            table.fault(
                "since",
                "没有一天可以引用",
                "since、until 与法律的施行期间要有重合",
                "核对日期，或删去这条引用",
            )

    def _check_binding(self, table: Table, law: Law, citation: Citation) -> None:
        """Refuse a clause that had lost its binding force on a day which the citation is for."""
        lapse = law.lapse_of(citation.article or "", on=citation.until or date.max)
        if lapse is None:
            return
        successor = self.laws.get(lapse.by) if self.laws else None
        instead = successor.printed_name if successor else "接替它的标准"
        table.fault(
            "article",
            f"“{law.short}”{citation.article}自 {lapse.since} 起不再是强制性条文",
            "失去强制力的条文只能用于此前的检查",
            f"改引{instead}，或用 until 写到前一日为止",
        )

    def _was_read(self, criterion: Criterion) -> bool:
        law = self.laws.get(criterion.law) if self.laws else None
        article = law.article(criterion.article) if law and criterion.article else None
        return self.laws is None or (article is not None and article.mark is VerificationMark.READ)


def _has_a_day(law: Law, citation: Citation) -> bool:
    """Whether there is any day on which the citation could be printed."""
    first = max(law.in_force_from, citation.since or date.min)
    ends = (law.in_force_to, law.cite_until, citation.until)
    return first <= min(end or date.max for end in ends)
