"""A notice's PDF, from the value to bytes, beside typst setting the same words in the same fonts.

Both are warm: fonts parsed, templates read, typst's compiler kept between rounds. Ours embeds the canonical
notice and can be read back; typst's does not. Neither has a QR code in the compared figure. Each round
changes the text, so that nothing can be remembered whole.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import typst

from bench import Row
from inspector.domain.notice import Notice
from inspector.domain.notice_parts import NoticeFinding
from inspector.notices import phrases
from inspector.notices.forms import compose
from inspector.notices.layout import Glyphs, paginate
from inspector.notices.press import PdfPress
from inspector.notices.templates import DocumentTemplate, filled
from inspector.settings import APP_FOLDER
from tests.notices.samples import FINDINGS, HAZARD, TOKEN

ASSETS = APP_FOLDER / "assets"
ROUNDS = 41
PAGE_KB = 40.0

TEMPLATE = """
#let words = json("words.json")
#set page(paper: "a4", margin: (left: 28mm, right: 26mm, top: 37mm, bottom: 35mm),
  footer: context [#align(center)[第 #counter(page).display() 页 共 #counter(page).final().first() 页]])
#set text(font: "Noto Serif SC", size: 16pt, lang: "zh", region: "cn")
#set par(justify: true, leading: 12.95pt, first-line-indent: (amount: 2em, all: true))
#align(center)[#words.issuer]
#align(center)[#text(size: 22pt, weight: "bold")[#words.title]]
#align(center)[#text(size: 14pt)[#words.number]]
#set text(size: 14pt)
#table(columns: (92pt, 1fr), ..words.info.flatten())
#set text(size: 16pt)
#for sentence in words.before [#par[#sentence]]
#set text(size: 12pt)
#table(columns: (34pt, 178pt, 100pt, 1fr), table.header(..words.head), ..words.findings.flatten())
#set text(size: 16pt)
#for sentence in words.after [#par[#sentence]]
#set text(size: 14pt)
#for line in words.signs [#par[#line]]
#align(right)[#words.issuer #linebreak() #words.date]
#set text(size: 7.5pt)
#for line in words.facts [#par[#line]]
"""


def rows() -> Iterator[Row]:
    """Time of a notice against typst's, and the weight of its pages."""
    press = PdfPress(ASSETS)
    with TemporaryDirectory() as folder:
        peer = Typst(Path(folder), press.template(HAZARD))
        notices = [sample(number) for number in range(ROUNDS + 3)]
        ours, theirs = _interleaved(lambda n: ours_printed(press, n), peer.printed, notices)
    ratio = ours / theirs
    yield Row("one notice, warm, full fonts", ours, "ms", "typst", theirs, ratio, "<= 0.8x", ratio <= 0.8)
    pages = len(_pages(press, notices[0], TOKEN))
    size = len(ours_printed(press, notices[0], token=TOKEN)) / 1024 / pages
    yield Row(
        "a page of a notice, code and files included", size, "KB", "the budget", PAGE_KB, size / PAGE_KB,
        "<= 40 KB", size <= PAGE_KB,
    )  # fmt: skip


def sample(number: int) -> Notice:
    """A notice with three findings and no photos; what is one enterprise's own differs each round."""
    findings = tuple(
        replace(
            finding,
            place=f"{number}号楼{finding.place}",
            facts=f"{number}号检查记录：{finding.facts}",
            requirement=f"{finding.requirement}（{number}号）",
            photos=(),
        )
        for finding in FINDINGS[:3]
    )
    enterprise = replace(
        HAZARD.enterprise,
        name=f"样例市样例{number}号化工仓储有限公司",
        address=f"样例省样例市样例区样例路{number}号",
        phone=f"000-{number:07}",
    )
    return replace(
        HAZARD,
        number=f"（样例社区）隐患通知〔2026〕{number + 1}号",
        enterprise=enterprise,
        findings=findings,
        photos=(),
        public_id=f"{number:032x}",
        record_sha256=f"{number:064x}",
    )


def ours_printed(press: PdfPress, notice: Notice, *, token: str | None = None) -> bytes:
    """The product's own path."""
    return press.print(notice, token=token, attachments={}, photos={})


class Typst:
    """typst with the same words, font files and page."""

    def __init__(self, folder: Path, template: DocumentTemplate) -> None:
        self._template = template
        self._words = folder / "words.json"
        (folder / "notice.typ").write_text(TEMPLATE, encoding="utf-8")
        self._words.write_text("{}", encoding="utf-8")
        self._compiler = typst.Compiler(
            str(folder / "notice.typ"), root=str(folder), font_paths=[str(ASSETS / "fonts")],
            ignore_system_fonts=True,
        )  # fmt: skip

    def printed(self, notice: Notice) -> bytes:
        """The PDF."""
        words = words_of(notice, self._template)
        self._words.write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")
        pdf = self._compiler.compile(format="pdf")
        assert isinstance(pdf, bytes)
        return pdf


def words_of(notice: Notice, template: DocumentTemplate) -> dict[str, object]:
    """The words of a notice, all of them, in the order in which our paper has them."""
    enterprise, known = notice.enterprise, phrases.phrases(notice, template.title)
    before, after = (
        [text for sentence in sentences if (text := filled(sentence, known))]
        for sentences in ((template.salutation, *template.before), template.after)
    )
    return {
        "issuer": notice.issuer_name,
        "title": template.title,
        "number": notice.number,
        "info": [
            ["被检查单位", enterprise.name],
            ["统一社会信用代码", enterprise.credit_code],
            ["地址", enterprise.address],
            ["负责人", f"{enterprise.person}　职务　{enterprise.position}"],
            ["联系电话", enterprise.phone],
            ["检查场所", notice.place],
            ["检查时间", known["period"]],
        ],
        "before": before,
        "head": ["序号", "隐患", "依据", "整改要求和期限"],
        "findings": [_row_of(item) for item in notice.findings],
        "after": after,
        "signs": [
            *(phrases.officer_words(person, template.officer) for person in notice.inspectors),
            "被检查单位签收：样例甲（安全负责人）\n2026年11月23日12时20分",
        ],
        "date": "2026年11月23日",
        "facts": [
            f"公开编号 {notice.public_id}　检查记录 {notice.record_id}",
            f"记录摘要 {notice.record_sha256}",
            f"日志 {notice.witness.size} {notice.witness.root}" if notice.witness else "",
        ],
    }


def _row_of(item: NoticeFinding) -> list[str]:
    words = phrases.finding_words(item), "\n".join(item.basis), phrases.demand_words(item)
    return [str(item.ordinal), *words]


def _pages(press: PdfPress, notice: Notice, token: str | None) -> list[object]:
    pieces = compose(notice, press.template(notice), press._book, token)
    return [[mark for mark in page if isinstance(mark, Glyphs)] for page in paginate(pieces)]


def _interleaved(
    ours: Callable[[Notice], bytes], theirs: Callable[[Notice], bytes], notices: list[Notice]
) -> tuple[float, float]:
    """The medians in milliseconds; the two take turns at going first, three rounds warm them up."""
    times: dict[Callable[[Notice], bytes], list[float]] = {ours: [], theirs: []}
    for turn, notice in enumerate(notices):
        for side in (ours, theirs) if turn % 2 else (theirs, ours):
            start = perf_counter()
            side(notice)
            times[side].append((perf_counter() - start) * 1000)
    return median(times[ours][3:]), median(times[theirs][3:])
