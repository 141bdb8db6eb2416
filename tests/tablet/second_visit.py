"""An enterprise with documents from an earlier visit: numbers for more, and the screen they are issued on."""

from __future__ import annotations

from datetime import date

from inspector.catalog import Catalogue
from inspector.domain.answer import Verdict
from inspector.domain.inspection import PhotoSource
from inspector.domain.issuer import NoticeKind
from inspector.domain.law import Article, Law, LawId, LawKind, Laws, VerificationMark
from inspector.domain.numbering import Series
from inspector.photos.picture import intake
from inspector.tablet import routes
from inspector.work.feed import NumberBlock
from tests import make
from tests.tablet.walking import JPEG, Walking
from tests.ui_harness import Harness

ORDER = NoticeKind.RECTIFY_ORDER
AGAIN, MEASURES = NoticeKind.REINSPECTION, NoticeKind.MEASURES_DECISION
RECEIPT, TRANSFER = NoticeKind.SERVICE_RECEIPT, NoticeKind.TRANSFER
SAFETY = Law(
    id=LawId("work-safety-law"),
    kind=LawKind.LAW,
    short="安全生产法",
    title="中华人民共和国安全生产法",
    in_force_from=date(2021, 9, 1),
    articles=(
        Article(label="第六十五条第一款第（三）项", mark=VerificationMark.READ),
        Article(label="第六十九条", mark=VerificationMark.READ),
    ),
)


def with_safety_law(rig: Walking) -> None:
    """The catalogue of a tablet whose law of safety at work was read."""
    rig.catalogue = Catalogue(laws=Laws((*make.LAWS, SAFETY)), files=rig.catalogue.files)
    rig.tablet = rig.another_process()


def give_numbers(rig: Walking, *kinds: NoticeKind, last: int = 9) -> None:
    issuer = rig.bench.paper.profile().kind
    for kind in kinds:
        block = NumberBlock(
            id=f"block {kind.value}",
            series=Series(issuer=issuer, document=kind.value, year=2026),
            template=f"（样）{kind.word}〔{{year}}〕{{serial}}号",
            first=1,
            last=last,
        )
        rig.bench.paper.numbers.take_in(block)


def with_a_photo(rig: Walking, inspection):
    return rig.bench.inspections.photograph(inspection, make.key(make.EXIT), intake(JPEG), PhotoSource.CAMERA)


def first_visit(rig: Walking, **verdicts: Verdict):
    """Sealed, with its order issued."""
    failed = verdicts or {"exit_unlocked": Verdict.FAIL, "signs": Verdict.FAIL}
    sealed = rig.sealed(rig.answered(rig.draft(), **failed))
    rig.bench.paper.issue(sealed, ORDER)
    rig.clock.pass_(3600)
    return sealed


def order_of(rig: Walking):
    return next(row for row in rig.bench.paper.issued() if row.notice.kind is ORDER)


async def a_second_visit(rig: Walking, *, photo: bool = True) -> Harness:
    """The documents of a later visit to an enterprise that has an order."""

    def sealed():
        give_numbers(rig, ORDER, AGAIN, RECEIPT)
        first_visit(rig)
        inspection = rig.answered(rig.draft())
        return rig.sealed(with_a_photo(rig, inspection) if photo else inspection)

    return await rig.open(sealed, routes.notices)


def issued(rig: Walking, kind: NoticeKind):
    return [row for row in rig.bench.paper.issued() if row.notice.kind is kind]


async def issue(ui: Harness) -> None:
    await ui.tap("fill.check")
    await ui.tap("fill-issue")
    await ui.tap("fill-issue-ask-yes")


async def with_findings(rig: Walking, *kinds: NoticeKind) -> Harness:
    def sealed():
        give_numbers(rig, *kinds)
        return rig.sealed(rig.answered(rig.draft(), exit_unlocked=Verdict.FAIL, signs=Verdict.FAIL))

    return await rig.open(sealed, routes.notices)


async def with_an_order(rig: Walking, *kinds: NoticeKind) -> Harness:
    def sealed():
        give_numbers(rig, ORDER, NoticeKind.INSPECTION_RECORD, RECEIPT, *kinds)
        inspection = rig.sealed(rig.answered(rig.draft(), signs=Verdict.FAIL))
        rig.bench.paper.issue(inspection, NoticeKind.INSPECTION_RECORD)
        rig.bench.paper.issue(inspection, ORDER)
        return inspection

    return await rig.open(sealed, routes.notices)
