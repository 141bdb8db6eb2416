"""The same words set by typst and by WeasyPrint, in the same fonts, on the same page.

Neither embeds the notice, neither has a QR code or signatures drawn by hand.
"""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from tempfile import gettempdir

from inspector.domain.notice import Notice
from inspector.domain.notice_parts import NoticeFinding, NoticePhoto
from inspector.notices import phrases
from inspector.notices.press import PdfPress
from inspector.notices.templates import DocumentTemplate, filled, read_templates
from inspector.settings import APP_FOLDER
from tests.notices import samples
from tests.notices.samples import FINDINGS, HAZARD, RECORD

ASSETS = APP_FOLDER / "assets"
FONTS = ASSETS / "fonts"
_KEPT = Path(gettempdir()) / "inspector-bench-pictures"
PHOTOS, RECORD_FINDINGS = 40, 22

TYPST = """
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
#set text(size: 10.5pt)
#if words.photos.len() > 0 [#pagebreak()]
#grid(columns: (1fr, 1fr), gutter: 10pt,
  ..words.photos.map(it => block(height: 110mm)[#image(it.at(0), width: 100%) #it.at(1)]))
"""

HTML = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><style>
@font-face {{ font-family: S; src: url("file://{fonts}/NotoSerifSC-Regular.ttf"); }}
@font-face {{ font-family: S; font-weight: bold; src: url("file://{fonts}/NotoSerifSC-Bold.ttf"); }}
@page {{ size: A4; margin: 37mm 26mm 35mm 28mm;
  @bottom-center {{ content: "第 " counter(page) " 页 共 " counter(pages) " 页"; font: 12pt S; }} }}
body {{ font: 16pt/28.95pt S; text-align: justify; }} h1 {{ font-size: 22pt; text-align: center; }}
p {{ text-indent: 2em; margin: 0; }} .c {{ text-align: center; text-indent: 0; }}
table {{ width: 100%; border-collapse: collapse; font-size: 14pt; line-height: 20pt; }}
td, th {{ border: .6pt solid; padding: 4pt; }} .f {{ font-size: 12pt; line-height: 17pt; }}
.s {{ font-size: 7.5pt; line-height: 10.5pt; }} .a {{ break-before: page; font-size: 10.5pt; }}
.a div {{ display: inline-block; width: 48%; height: 110mm; }} img {{ width: 100%; }}
</style></head><body>{body}</body></html>"""


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
    return _changed(replace(HAZARD, findings=findings, photos=()), number)


def record(number: int) -> Notice:
    """A record of twenty pages with forty photos."""
    photos = tuple(_photo(n) for n in range(1, PHOTOS + 1))
    findings = tuple(
        replace(finding, facts=f"{number}号：{finding.facts}", photos=(ordinal,))
        for ordinal, finding in enumerate(samples.many(RECORD_FINDINGS).findings, start=1)
    )
    return _changed(replace(RECORD, findings=findings, photos=photos), number)


def _changed(notice: Notice, number: int) -> Notice:
    enterprise = replace(
        notice.enterprise,
        name=f"样例市样例{number}号化工仓储有限公司",
        address=f"样例省样例市样例区样例路{number}号",
        phone=f"000-{number:07}",
    )
    return replace(
        notice,
        number=f"（样例社区）隐患通知〔2026〕{number + 1}号",
        enterprise=enterprise,
        public_id=f"{number:032x}",
        record_sha256=f"{number:064x}",
    )


@cache
def pictures() -> Mapping[str, bytes]:
    """The annex's JPEGs, as large as a tablet's prints, by their SHA-256; kept for the next process."""
    if _KEPT.is_dir() and len(kept := sorted(_KEPT.glob("*.jpg"))) == PHOTOS:
        return {sha256(data).hexdigest(): data for data in (path.read_bytes() for path in kept)}
    from PIL import Image

    _KEPT.mkdir(exist_ok=True)
    found = {}
    for number in range(1, PHOTOS + 1):
        target = BytesIO()
        noise = Image.effect_noise((240, 180), 60 + number).resize((960, 720))
        noise.convert("RGB").save(target, "JPEG", quality=75)
        (_KEPT / f"{number:02}.jpg").write_bytes(target.getvalue())
        found[sha256(target.getvalue()).hexdigest()] = target.getvalue()
    return found


def _photo(number: int) -> NoticePhoto:
    return replace(samples.photo(1), number=number, printed_sha256=list(pictures())[number - 1])


class Ours:
    """The product's own path; the canonical notice is embedded."""

    name = "ours"

    def __init__(self, _folder: Path) -> None:
        self.press = PdfPress(ASSETS)

    def printed(self, notice: Notice, *, token: str | None = None) -> bytes:
        """The PDF."""
        photos = pictures() if notice.photos else {}
        return self.press.print(notice, token=token, attachments={}, photos=photos)


class Typst:
    """typst, its compiler kept between rounds."""

    name = "typst"

    def __init__(self, folder: Path) -> None:
        import typst

        self._folder, self._templates = folder, read_templates(ASSETS / "notices")
        (folder / "notice.typ").write_text(TYPST, encoding="utf-8")
        self._words = folder / "words.json"
        self._words.write_text("{}", encoding="utf-8")
        self._compiler = typst.Compiler(
            str(folder / "notice.typ"), root=str(folder), font_paths=[str(FONTS)], ignore_system_fonts=True
        )

    def printed(self, notice: Notice) -> bytes:
        """The PDF."""
        words = words_of(
            notice, self._templates[notice.issuer].documents[notice.kind], _put(self._folder, notice)
        )
        self._words.write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")
        pdf = self._compiler.compile(format="pdf")
        assert isinstance(pdf, bytes)
        return pdf


class WeasyPrint:
    """WeasyPrint, its fonts kept between rounds."""

    name = "WeasyPrint"

    def __init__(self, folder: Path) -> None:
        from weasyprint.text.fonts import FontConfiguration

        self._folder, self._templates = folder, read_templates(ASSETS / "notices")
        self._fonts = FontConfiguration()

    def printed(self, notice: Notice) -> bytes:
        """The PDF."""
        from weasyprint import HTML as Page

        words = words_of(
            notice, self._templates[notice.issuer].documents[notice.kind], _put(self._folder, notice)
        )
        page = Page(string=_html(words, self._folder), base_url=self._folder.as_uri())
        pdf = page.write_pdf(font_config=self._fonts)
        assert isinstance(pdf, bytes)
        return pdf


def _put(folder: Path, notice: Notice) -> list[list[str]]:
    """The annex's files in the folder: name and caption."""
    rows = []
    for photo in notice.photos:
        path = folder / f"photo{photo.number}.jpg"
        if not path.exists():
            path.write_bytes(pictures()[photo.printed_sha256])
        rows.append([path.name, f"照片{photo.number} {photo.caption}"])
    return rows


def words_of(notice: Notice, template: DocumentTemplate, photos: list[list[str]]) -> dict[str, object]:
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
        "photos": photos,
    }


def _row_of(item: NoticeFinding) -> list[str]:
    words = phrases.finding_words(item), "\n".join(item.basis), phrases.demand_words(item)
    return [str(item.ordinal), *words]


def _html(words: Mapping[str, object], folder: Path) -> str:
    def text(value: object) -> str:
        return html.escape(str(value)).replace("\n", "<br>")

    def rows(table: object) -> str:
        return "".join(
            f"<tr>{''.join(f'<td>{text(cell)}</td>' for cell in row)}</tr>"
            for row in table  # type: ignore[attr-defined]
        )

    def lines(name: str, kind: str = "") -> str:
        return "".join(f"<p class='{kind}'>{text(line)}</p>" for line in words[name])  # type: ignore[attr-defined]

    head = "".join(f"<th>{text(cell)}</th>" for cell in words["head"])  # type: ignore[attr-defined]
    annex = "".join(
        f"<div><img src='file://{folder}/{name}'>{text(caption)}</div>"
        for name, caption in words["photos"]  # type: ignore[attr-defined]
    )
    body = (
        f"<p class='c'>{text(words['issuer'])}</p><h1>{text(words['title'])}</h1>"
        f"<p class='c'>{text(words['number'])}</p><table>{rows(words['info'])}</table>{lines('before')}"
        f"<table class='f'><thead><tr>{head}</tr></thead>{rows(words['findings'])}</table>{lines('after')}"
        f"{lines('signs')}<p>{text(words['issuer'])}<br>{text(words['date'])}</p>{lines('facts', 's')}"
        + (f"<section class='a'>{annex}</section>" if annex else "")
    )
    return HTML.format(fonts=FONTS, body=body)


MAKERS = {maker.name: maker for maker in (Ours, Typst, WeasyPrint)}
