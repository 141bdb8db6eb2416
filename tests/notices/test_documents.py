"""Golden documents: each kind of document of each issuer, read back as text and by its places on the page.

`INSPECTOR_GOLDEN=write` writes the golden texts anew; look at what changed before it is committed.
"""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from inspector.domain.issuer import IssuerKind, NoticeKind, kinds_of
from inspector.domain.notice import Notice
from inspector.domain.notice_parts import Refused
from inspector.domain.service import ServedDocument, ServiceWay
from inspector.notices.forms import compose
from inspector.notices.layout import WIDTH, Glyphs, Ink, Mark, Rule
from inspector.notices.pagination import paginate
from inspector.notices.press import PdfPress
from inspector.notices.sample import ENTERPRISE, sample_notice
from inspector.notices.signatures import page_signatures
from inspector.notices.template_rules import UNCONFIRMED
from inspector.settings import APP_FOLDER
from tests.notices import samples

PRESS = PdfPress(APP_FOLDER / "assets")
GOLDEN = Path(__file__).parent / "golden"
DOCUMENTS = [(issuer, kind) for issuer in IssuerKind for kind in sorted(kinds_of(issuer))]
NAMES = [f"{issuer.value}.{kind.value}" for issuer, kind in DOCUMENTS]
each_document = pytest.mark.parametrize(("issuer", "kind"), DOCUMENTS, ids=NAMES)
MM = 72 / 25.4
WORD = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>')


@dataclass(frozen=True)
class Paper:
    """A printed document as `pdftotext` reads it."""

    notice: Notice
    text: str
    words: tuple[tuple[tuple[float, float, float, float], ...], ...]

    @property
    def pages(self) -> list[str]:
        return ["".join(page.split()) for page in self.text.split("\f")[:-1]]


def drafted(issuer: IssuerKind, kind: NoticeKind) -> Notice:
    template = PRESS.shipped(issuer, kind)
    number = template.number.replace("{region}", "样").replace("{year}", "2026")
    return sample_notice(
        issuer,
        kind,
        title="样例通知书",
        number=re.sub(r"\{serial(:04)?\}", "0076" if ":04" in number else "76", number),
    )


@cache
def paper(issuer: IssuerKind, kind: NoticeKind) -> Paper:
    return read(drafted(issuer, kind))


def read(notice: Notice) -> Paper:
    pdf = PRESS.print(notice, token=None, attachments={}, photos={})
    text = pdftotext(pdf, "-layout")
    boxes = tuple(
        tuple(tuple(map(float, found[:4])) for found in WORD.findall(page))
        for page in pdftotext(pdf, "-bbox").split("<page ")[1:]
    )
    return Paper(notice=notice, text=text, words=boxes)


def placed(notice: Notice) -> list[tuple[Mark, ...]]:
    """The marks of each page."""
    template = PRESS.template(notice)
    foot = page_signatures(notice, template, PRESS._book) if template.sign_pages else None
    return paginate(compose(notice, template, PRESS._book, None), foot=foot)


def pdftotext(pdf: bytes, *options: str) -> str:
    done = subprocess.run(["pdftotext", *options, "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode()


def lines_of(text: str) -> str:
    """The text with one space for many and without empty lines: what it says, not where."""
    lines = (" ".join(line.split()) for line in text.replace("\f", "\n――――\n").split("\n"))
    return "\n".join(line for line in lines if line) + "\n"


@each_document
def test_each_document_reads_as_its_golden_text(issuer, kind):
    file = GOLDEN / f"{issuer.value}.{kind.value}.txt"
    found = lines_of(paper(issuer, kind).text)
    if os.environ.get("INSPECTOR_GOLDEN") == "write":
        file.write_text(found, encoding="utf-8")
    assert found == file.read_text(encoding="utf-8")


def test_no_golden_text_is_left_over():
    assert {file.stem for file in GOLDEN.glob("*.txt")} == set(NAMES)


@each_document
def test_names_of_people_extract_as_they_are_written(issuer, kind):
    text = "".join(paper(issuer, kind).pages)
    assert ENTERPRISE.name in text
    names = {"阿卜杜热合曼·样例"}
    if kind is not NoticeKind.TRANSFER and kind is not NoticeKind.SERVICE_RECEIPT:
        names.add(ENTERPRISE.person)
    assert not [name for name in names if name not in text]


@each_document
def test_the_block_of_signatures_stands_on_one_page_and_not_alone(issuer, kind):
    read = paper(issuer, kind)
    officer = PRESS.shipped(issuer, kind).officer
    found = [page for page in read.pages if f"{officer}：" in page]
    assert len(found) == 1
    page = found[0]
    assert all(f"{officer}：{person.name}" in page for person in read.notice.inspectors)
    assert read.notice.issuer_name in page and "2026年11月23日" in page
    before = page.index(f"{officer}：")
    heading = len("".join(f"{PRESS.shipped(issuer, kind).title}{read.notice.number}（续页）".split()))
    assert before > heading, "something of the text stands above it"


@pytest.mark.parametrize("issuer", [one for one in IssuerKind if one.enforces])
def test_signatures_never_stand_alone_below_a_table_that_ends_its_document(issuer):
    """Without a remark and a consent nothing is said between the table of a receipt and who signs it."""
    notice = drafted(issuer, NoticeKind.SERVICE_RECEIPT)
    served = notice.details.documents[1]
    for count in range(1, 16):
        more = tuple(
            replace(
                served,
                document=replace(served.document, number=f"样例〔2026〕{100 + n}号"),
                place="样例路" * (1 + n % 7),
            )
            for n in range(count)
        )
        details = replace(
            notice.details, documents=(notice.details.documents[0], *more), remark="", consent=None
        )
        told = replace(notice, details=details)
        for page in placed(told):
            lines = [mark for mark in page if isinstance(mark, Glyphs)]
            signed = [mark.y for mark in lines if mark.text.startswith("送达人：")]
            assert not signed or any(mark.y < min(signed) - 1 for mark in lines), f"alone with {count}"


@each_document
def test_everything_stands_in_the_type_area(issuer, kind):
    for boxes in paper(issuer, kind).words:
        for left, top, right, bottom in boxes:
            assert left >= 28 * MM - 1 and right <= (28 + 156) * MM + 18
            assert top >= 25 * MM and bottom <= (37 + 225 + 15) * MM


@each_document
def test_only_orders_carry_the_appeal_clause(issuer, kind):
    text = "".join(paper(issuer, kind).pages)
    assert ("60日" in text and "6个月" in text and "样例市样例区人民政府" in text) is kind.orders
    assert ("行政复议" in text) is kind.orders


@each_document
def test_what_is_unconfirmed_is_known_before_and_never_printed(issuer, kind):
    assert UNCONFIRMED not in "".join(paper(issuer, kind).pages)
    known = issuer in (IssuerKind.EMERGENCY_MANAGEMENT, IssuerKind.NON_ENFORCEMENT)
    status = PRESS.shipped(issuer, kind).status
    assert status == ("" if known and kind is not NoticeKind.EXTENSION else UNCONFIRMED)


@each_document
def test_dates_have_no_leading_zeros_and_years_stand_in_their_brackets(issuer, kind):
    text = "".join(paper(issuer, kind).pages)
    assert not re.search(r"年0\d月|月0\d日", text)
    assert "〔2026〕" in text


@each_document
def test_issuer_and_date_stand_where_official_letters_have_them(issuer, kind):
    """GB/T 9704-2012, 7.3.5: under a seal the name above the middle of the date, else two characters in."""
    notice = drafted(issuer, kind)
    pages = placed(notice)
    name, date = (
        next(
            mark
            for page in reversed(pages)
            for mark in page
            if isinstance(mark, Glyphs) and mark.size == 16 and mark.text == text and mark.x > WIDTH / 3
        )
        for text in (notice.issuer_name, "2026年11月23日")
    )
    (name_end, date_end) = (
        mark.x + sum(PRESS._book.widths(mark.text, mark.face, mark.size)) for mark in (name, date)
    )
    if issuer.enforces:
        assert date_end == pytest.approx(WIDTH - 4 * 16)
        assert (name.x + name_end) / 2 == pytest.approx((date.x + date_end) / 2)
    else:
        assert name_end == pytest.approx(WIDTH - 2 * 16)
        assert date.x == pytest.approx(name.x + 2 * 16)


@pytest.mark.parametrize("issuer", [IssuerKind.EMERGENCY_MANAGEMENT, IssuerKind.NON_ENFORCEMENT])
def test_a_long_name_of_an_issuer_is_set_in_lines_of_like_length(issuer):
    kind = NoticeKind.RECTIFY_ORDER if issuer.enforces else NoticeKind.HAZARD_NOTICE
    name = "样例省样例市样例经济技术开发区安全生产和消防安全监督管理局"
    notice = replace(drafted(issuer, kind), issuer_name=name)
    pages = placed(notice)
    lines = [mark for page in pages for mark in page if isinstance(mark, Glyphs) and mark.size == 16]
    for first, second in pairwise(lines):
        if first.text + second.text == name:
            assert abs(len(first.text) - len(second.text)) <= 2
            assert second.x + sum(PRESS._book.widths(second.text, second.face, 16)) <= WIDTH
    assert sum(first.text + second.text == name for first, second in pairwise(lines)) == 2, "top and end"


@pytest.mark.parametrize("lines", range(1, 13))
def test_a_salutation_never_stands_alone_at_the_foot_of_a_page(lines):
    notice = drafted(IssuerKind.EMERGENCY_MANAGEMENT, NoticeKind.RECTIFY_ORDER)
    facts = "样例" * 7 * lines
    told = replace(
        notice,
        place="一层" * 60,
        findings=(replace(notice.findings[0], place="", facts=facts), *notice.findings[1:]),
    )
    pages = read(told).pages
    (page,) = (page for page in pages if f"{ENTERPRISE.name}：" in page)
    assert f"{ENTERPRISE.name}：经查，你单位存在下列3项问题：序号" in page


def test_an_extension_is_signed_by_who_decided_it():
    for issuer in (one for one in IssuerKind if one.enforces):
        (page,) = (page for page in paper(issuer, NoticeKind.EXTENSION).pages if "审批人：" in page)
        assert page.index("承办人：样例乙") < page.index("审批人：样例丙") < page.index("（印章）")


def test_a_transfer_without_papers_leaves_no_hole_where_its_table_would_be():
    notice = drafted(IssuerKind.EMERGENCY_MANAGEMENT, NoticeKind.TRANSFER)
    first, last = read(replace(notice, details=replace(notice.details, attachments=()))).pages
    assert "移送你单位处理。" in first
    assert "材料名称" not in first + last
    assert "请及时处理" in last


def test_photos_of_a_reinspection_name_the_findings_that_they_show():
    notice = drafted(IssuerKind.FIRE_RESCUE, NoticeKind.REINSPECTION)
    results = tuple(
        replace(one, photos=(1, 2) if one.ordinal == 3 else (2,) if one.ordinal == 4 else ())
        for one in notice.details.results
    )
    told = replace(
        notice, details=replace(notice.details, results=results), photos=(samples.photo(1), samples.photo(2))
    )
    pdf = PRESS.print(told, token=None, attachments={}, photos=samples.PHOTOS)
    text = "".join(pdftotext(pdf).split())
    assert "照片1第3项2026年" in text
    assert "照片2第3、4项2026年" in text


def test_fire_pads_its_numbers_and_the_others_do_not():
    for issuer, kind in DOCUMENTS:
        padded = "第{serial:04}号" in PRESS.shipped(issuer, kind).number
        assert padded is (issuer is IssuerKind.FIRE_RESCUE)


def test_no_two_documents_of_an_issuer_share_a_form_of_number():
    for issuer in IssuerKind:
        numbers = [PRESS.shipped(issuer, kind).number for kind in kinds_of(issuer)]
        assert len(set(numbers)) == len(numbers)


LONG = {
    "results": (NoticeKind.REINSPECTION, "results", "复查结果"),
    "extensions": (NoticeKind.EXTENSION, "items", "申请延至"),
    "served": (NoticeKind.SERVICE_RECEIPT, "documents", "收件人签名"),
    "attachments": (NoticeKind.TRANSFER, "attachments", "材料名称"),
}


@pytest.mark.parametrize(("kind", "field", "head"), LONG.values(), ids=LONG)
def test_the_head_of_each_table_comes_again_on_each_of_its_pages(kind, field, head):
    notice = sample_notice(IssuerKind.EMERGENCY_MANAGEMENT, kind, number="样例〔2026〕1号")
    listed = getattr(notice.details, field)
    many = [numbered(listed[place % len(listed)], place) for place in range(45)]
    many[0] = listed[0]
    found = read(replace(notice, details=replace(notice.details, **{field: tuple(many)})))
    with_rows = [page for page in found.pages if re.search(r"样例记录|烟感|打印件", page)]
    assert len(with_rows) > 1
    assert all(head in page for page in with_rows)


def numbered(one, place):
    """Another of the same, recognisable on its page."""
    if hasattr(one, "ordinal"):
        return replace(one, ordinal=place + 1, facts="烟感损坏。")
    if hasattr(one, "document"):
        document = replace(one.document, title="样例记录", number=f"样例〔2026〕{100 + place}号")
        return replace(one, document=document)
    return replace(one, name="打印件")


@pytest.mark.parametrize("count", range(1, 9))
@pytest.mark.parametrize("way", [way for way in ServiceWay if way is not ServiceWay.ELECTRONIC])
def test_the_last_page_of_a_receipt_names_a_document_above_the_signatures(way, count):
    notice = sample_notice(IssuerKind.FIRE_RESCUE, NoticeKind.SERVICE_RECEIPT)
    told = {"particulars": "EA123456785CN"} if way.particulars else {}
    if way is ServiceWay.LEFT:
        told = {"refusal": "拒绝签收", "witness": "样例戊"}
    served = tuple(
        ServedDocument(
            document=replace(notice.refers, number=f"样消限字〔2026〕第{place:04}号"),
            way=way,
            place="样例路1号一层值班室",
            **told,
        )
        for place in range(count)
    )
    details = replace(notice.details, documents=served, consent=None, remark="")
    found = read(replace(notice, refers=served[0].document, details=details))
    last = found.pages[-1]
    assert "送达人：样例乙" in last and "样消限字" in last.split("送达人：样例乙")[0]
    if way.particulars:
        assert "".join(found.pages).count("EA123456785CN") == count, "a mail's number is not parted"
    if count <= 2 and way is not ServiceWay.LEFT:
        assert len(found.pages) == 1


def test_a_signature_on_a_receipt_stands_in_its_cell_or_has_a_row_of_its_own():
    notice = sample_notice(IssuerKind.EMERGENCY_MANAGEMENT, NoticeKind.SERVICE_RECEIPT)
    first = notice.details.documents[0]
    for title, has_own_row in ((first.document.title, False), ("样例记录" * 48, True)):
        document = replace(first.document, title=title)
        signed = replace(first, document=document, signature=samples.drawn())
        details = replace(notice.details, documents=(signed,))
        found = read(replace(notice, refers=document, details=details))
        heads = sum("送达地点" in page for page in found.pages)
        assert "".join(found.pages).count("收件人签名") == heads + has_own_row


LONG_RECORD = replace(
    samples.many(12),
    kind=NoticeKind.INSPECTION_RECORD,
    appeal=None,
    situation="样例",
    tally=samples.RECORD.tally,
)


@pytest.mark.parametrize(
    ("response", "under"),
    [
        (samples.ORDER.response, ["被检查单位手写签名（样例甲）"]),
        (samples.REFUSED.response, ["被检查单位拒绝签名", "见证人手写签名（样例戊（园区值", "班员））"]),
        (None, ["被检查单位签名"]),
    ],
    ids=["signed", "refused", "on paper"],
)
def test_a_record_is_signed_on_each_of_its_pages(response, under):
    record = replace(LONG_RECORD, response=response)
    *pages, last = read(record).text.split("\f")[:-1]
    assert len(pages) >= 3
    assert "证件号：样例000002" in last
    for page in pages:
        words = [word for line in page.splitlines()[-7:] for word in line.split()]
        found = [word for word in words if "签名" in word or "）" in word]
        assert found == ["检查人员手写签名（样例乙）", "检查人员手写签名（样例丙）", *under]
    drawn = [one.signature for one in (*record.inspectors, response) if one is not None]
    inks = [[mark.signature for mark in page if isinstance(mark, Ink)] for page in placed(record)]
    assert inks == [drawn] * (len(pages) + 1)


def test_only_what_the_template_says_is_signed_on_each_page():
    order = read(samples.many(12))
    assert len(order.pages) > 3
    assert not [page for page in order.pages[:-2] if "签名" in page]


def test_a_record_that_very_many_sign_keeps_its_pages_for_what_was_found():
    many = tuple(replace(samples.OFFICERS[0], name=f"样例{n}") for n in range(30))
    pages = read(replace(LONG_RECORD, inspectors=many)).pages
    assert "手写签名" not in pages[0]
    assert sum(page.count("手写签名，另有密钥签署") for page in pages) == len(many)


def refused_because(length: int) -> Refused:
    return replace(samples.REFUSED.response, reason=("不愿签名，因为样例。" * length)[:length])


def on_last(notice: Notice) -> tuple[Mark, ...]:
    """The page with the seal's place."""
    (page,) = (
        page
        for page in placed(notice)
        if any(isinstance(mark, Glyphs) and mark.text == "（印章）" for mark in page)
    )
    return page


@pytest.mark.parametrize("form", [samples.ORDER, LONG_RECORD], ids=["order", "record"])
@pytest.mark.parametrize("count", [2, 3, 5, 6, 9])
def test_issuer_date_and_seal_never_stand_without_a_signature(form, count):
    """However many sign, and however long the reason why somebody would not."""
    inspectors = tuple(replace(samples.OFFICERS[0], name=f"样例{n}") for n in range(count))
    found = (replace(samples.FINDINGS[0], photos=()),)
    brief = replace(form, inspectors=inspectors, photos=(), findings=found)
    for response in (form.response, *map(refused_because, range(60, 501, 20))):
        assert any(isinstance(mark, Ink) for mark in on_last(replace(brief, response=response)))


@each_document
def test_a_seal_has_its_room_over_name_and_date(issuer, kind):
    """42 mm with nothing else in it, name and date a little below the middle (GB/T 9704-2012, 7.3.5)."""
    if issuer.enforces:
        page = on_last(drafted(issuer, kind))
        lines = [mark for mark in page if isinstance(mark, Glyphs)]
        date = next(line for line in reversed(lines) if line.text == "2026年11月23日")
        name = next(line for line in reversed(lines) if line.size == 16 and line.y < date.y)
        top = name.y - name.size * 0.76
        above = [mark.to_y for mark in page if isinstance(mark, Rule) and mark.to_y < top]
        above += [line.y for line in lines if line.y < top]
        below = min(line.y - line.size for line in lines if line.y > date.y)
        assert below - max(above) >= 42 * MM - 0.5
        assert (top + date.y) / 2 > max(above) + 21 * MM


@each_document
def test_what_is_told_of_appeals_stands_on_one_page(issuer, kind):
    if kind.orders:
        assert (
            sum("6个月内" in page and "法律另有规定的除外" in page for page in paper(issuer, kind).pages) == 1
        )


def test_a_finding_that_goes_on_names_itself_on_each_page():
    facts = "样例" * 900
    long = replace(samples.FINDINGS[0], facts=facts, photos=())
    other = replace(samples.FINDINGS[3], ordinal=2)
    pages = placed(replace(samples.ORDER, findings=(long, other), photos=()))
    texts = [[mark.text for mark in page if isinstance(mark, Glyphs)] for page in pages]
    ordinals = [[text for text in page if text in ("1", "1续", "2")] for page in texts]
    bearing = [page for page in texts if any("样例样例样例样例样例" in text for text in page)]
    assert len(bearing) >= 3
    assert ordinals[: len(bearing)] == [["1"], *[["1续"]] * (len(bearing) - 2), ["1续", "2"]]
