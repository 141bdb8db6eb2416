"""An office's own documents: the manual's example, every fault at once, copies, and printing again."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from inspector.__main__ import main
from inspector.domain.issuer import IssuerKind, NoticeKind, kinds_of
from inspector.errors import GlyphMissingError, NoticeTemplateError
from inspector.notices.attachments import attachments_of, jpegs_of
from inspector.notices.copies import Likeness
from inspector.notices.press import TEMPLATE_FILE, PdfPress
from inspector.notices.reprint import Reprinter
from inspector.notices.sample import sample_notice
from inspector.notices.template_rules import PLACEHOLDERS
from inspector.notices.templates import own_templates, read_own_folder
from inspector.settings import APP_FOLDER
from tests.notices import samples

ROOT = Path(__file__).parents[2]
MANUAL = (ROOT / "docs" / "notice-templates.md").read_text(encoding="utf-8")
EXAMPLE = re.search(r"```toml\n(.*?)```", MANUAL, re.DOTALL)[1]
PRESS = PdfPress(APP_FOLDER / "assets")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "own.toml").write_text(EXAMPLE, encoding="utf-8")
    return tmp_path


def notice_of(data: bytes = EXAMPLE.encode()):
    (own,) = own_templates(data, "own.toml")
    notice = sample_notice(own.issuer, own.document.kind, number="样燃改字〔2026〕第0007号")
    return replace(notice, form=own.form)


def text_of(pdf: bytes) -> str:
    return subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()


def printed(press: PdfPress, notice, **given) -> bytes:
    return press.print(notice, token=None, attachments={}, photos={}, **given)


def test_the_example_of_the_manual_prints_in_the_offices_words(folder):
    text = "".join(text_of(printed(PdfPress(APP_FOLDER / "assets", own=folder), notice_of())).split())
    for words in (
        "餐饮用气责令限期改正通知书",
        "执法人员：样例乙",
        "用气单位签收：",
        "用气问题",
        "请关闭燃气阀门",
    ):
        assert words in text
    assert "式样待确认" not in text


def test_each_copy_has_its_label_its_own_count_of_pages_and_only_the_stub_is_torn_off(folder):
    pages = text_of(printed(PdfPress(APP_FOLDER / "assets", own=folder), notice_of())).split("\f")[:-1]
    packed = ["".join(page.split()) for page in pages]
    labels = ["第一联存根", "第二联被检查单位", "第三联存档"]
    starts = [next(place for place, page in enumerate(packed) if label in page) for label in labels]
    count = len(pages) // 3
    assert starts == [0, count, 2 * count]
    assert [re.search(r"第(\d)页共(\d)页", page).groups() for page in packed] == [
        (str(place % count + 1), str(count)) for place in range(len(pages))
    ]
    assert all(labels[place // count] in page for place, page in enumerate(packed)), "on every page"
    torn = [place for place, page in enumerate(packed) if "骑缝样燃改字〔2026〕第0007号" in page]
    assert torn == [count - 1]


def test_a_number_longer_than_a_line_is_torn_off_and_stands_above_each_page_whole(folder):
    number = f"（{'样例省样例市样例自治县样例镇样例街道' * 2}）燃改字〔2026〕第0007号"
    press = PdfPress(APP_FOLDER / "assets", own=folder)
    pdf = printed(press, replace(notice_of(), number=number))
    pages = ["".join(page.split()) for page in text_of(pdf).split("\f")[:-1]]
    assert any(f"骑缝{number}" in page for page in pages)
    later = [page for page in pages if "第1页" not in page]
    assert later
    assert all(number in page and "（续页）" in page for page in later)
    boxes = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True)
    found = re.findall(r'xMin="(-?[\d.]+)" yMin="-?[\d.]+" xMax="(-?[\d.]+)"', boxes.stdout.decode())
    assert all(float(left) > 0 and float(right) < 210 * 72 / 25.4 for left, right in found)


def test_every_copy_shows_the_photos_and_the_file_holds_each_once():
    (own,) = own_templates(EXAMPLE.encode(), "own.toml")
    notice = replace(notice_of(), findings=samples.ORDER.findings, photos=samples.ORDER.photos, form=own.form)
    pdf = PRESS.print(
        notice, token=None, attachments={}, photos=samples.PHOTOS, own_template=EXAMPLE.encode()
    )
    listed = subprocess.run(["pdfimages", "-list", "-"], input=pdf, capture_output=True, check=True).stdout
    assert len(listed.splitlines()) - 2 == 3 * len(notice.photos), "each copy has every picture"
    assert sorted(sha256(jpeg).hexdigest() for jpeg in jpegs_of(pdf).values()) == sorted(
        photo.printed_sha256 for photo in notice.photos
    )


def test_the_template_lies_in_the_pdf_and_prints_the_same_bytes_again(folder):
    pdf = printed(PdfPress(APP_FOLDER / "assets", own=folder), notice_of())
    inside = attachments_of(pdf)[TEMPLATE_FILE]
    assert inside == EXAMPLE.encode()
    assert printed(PRESS, notice_of(), own_template=inside) == pdf


def test_verifying_prints_an_own_document_again_from_its_pdf_alone(folder):
    pdf = printed(PdfPress(APP_FOLDER / "assets", own=folder), notice_of())
    files = attachments_of(pdf)
    again = Reprinter(APP_FOLDER / "assets", build="样例")
    assert again.compare(pdf, files, notice_of()).likeness is Likeness.BYTES
    for wrong in (files[TEMPLATE_FILE].replace("请关闭".encode(), "请打开".encode()), None):
        spoilt = {name: data for name, data in {**files, TEMPLATE_FILE: wrong}.items() if data}
        assert again.compare(pdf, spoilt, notice_of()).likeness is Likeness.DIFFERENT


def test_a_changed_template_prints_nothing_under_the_old_notice(folder):
    changed = EXAMPLE.replace("请关闭燃气阀门", "请打开燃气阀门").encode()
    with pytest.raises(NoticeTemplateError):
        printed(PRESS, notice_of(), own_template=changed)
    with pytest.raises(NoticeTemplateError):
        printed(PRESS, notice_of())


def test_shipped_documents_carry_no_template():
    notice = sample_notice(IssuerKind.GAS, NoticeKind.RECTIFY_NOTICE)
    assert TEMPLATE_FILE not in attachments_of(printed(PRESS, notice))


def test_an_id_stands_for_one_document_only(folder):
    (folder / "second.toml").write_text(EXAMPLE, encoding="utf-8")
    with pytest.raises(NoticeTemplateError, match="gas-kitchen-notice"):
        read_own_folder(folder)


def test_a_character_of_the_template_that_no_font_has_is_named():
    data = EXAMPLE.replace("请关闭", "请\U0002ebf0关闭").encode()
    with pytest.raises(GlyphMissingError, match="文书模板"):
        printed(PRESS, notice_of(data), own_template=data)


FAULTS = {
    "format": ("format = 1", "format = true", "format"),
    "no such issuer": ('issuer = "gas"', 'issuer = "gass"', "issuer"),
    "seal": ("seal = true", "seal = false", "seal"),
    "id of a shipped document": ("[gas-kitchen-notice]", "[rectify-notice]", "不能作文书编号"),
    "id that is none": ("[gas-kitchen-notice]", "[Gas_Kitchen]", "不能作文书编号"),
    "no such kind": ('kind = "rectify-notice"', 'kind = "rectify-notise"', "rectify-notice"),
    "kind of another issuer": ('kind = "rectify-notice"', 'kind = "rectify-order"', "kind"),
    "no kind": ('kind = "rectify-notice"', "", "kind"),
    "no title": ('title = "餐饮用气责令限期改正通知书"', "", "title"),
    "empty title": ('title = "餐饮用气责令限期改正通知书"', 'title = " "', "title"),
    "misspelt key": ("officer =", "oficer =", "officer"),
    "brackets": ("〔{year}〕", "[{year}]", "number"),
    "no serial": ("第{serial:04}号", "号", "number"),
    "other status": ("式样待确认", "待定", "status"),
    "one copy": ('copies = ["存根", "被检查单位", "存档"]', 'copies = ["存根"]', "copies"),
    "same copies": ('"被检查单位", "存档"', '"存根", "存档"', "copies"),
    "columns": ('"序号", "用气问题"', '"用气问题"', "columns"),
    "label too long": ('officer = "执法人员"', 'officer = "执法人员执法人员执法人员执"', "officer"),
    "unknown placeholder": ("{deadlines}", "{deadline}", "deadlines"),
    "placeholder of another kind": ("{contact}", "{measures}", "永远是空的"),
    "format of a placeholder": ("{contact}", "{contact!r}", "contact"),
    "unpaired": ("{contact}", "{contact", "花括号"),
    "no deadlines": ("：{deadlines}", "", "没有用到 {deadlines}"),
    "one term": ("60日", "15日", "60日"),
    "one body": ("{body}", "上级机关", "{body}"),
    "article": ("请关闭燃气阀门", "违反第二十七条的，请关闭燃气阀门", "条号"),
    "article in numerals of its own": ("请关闭燃气阀门", "违反第廿七條的，请关闭燃气阀门", "条号"),
    "major, spaced": ("{suspected}为疑似重大隐患", "{suspected}为重 大隐患", "疑似重大"),
    "major": ("{suspected}为疑似重大隐患", "{suspected}为重大隐患", "疑似重大"),
    "invisible": ("请关闭", "请\u202e关闭", "U+202E"),
    "not a list": ("before = [", "before = 7 # [", "TOML"),
}


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_a_fault_is_told_with_file_place_rule_and_suggestion(name):
    old, new, told = FAULTS[name]
    assert old in EXAMPLE
    with pytest.raises(NoticeTemplateError) as caught:
        own_templates(EXAMPLE.replace(old, new).encode(), "own.toml")
    assert any(told in str(fault) for fault in caught.value.faults)
    assert all(fault.file == "own.toml" and fault.place and fault.rule for fault in caught.value.faults)


def test_all_faults_are_told_at_once():
    text = EXAMPLE
    names = ("format", "no such kind", "misspelt key", "unknown placeholder", "one term", "article", "major")
    for name in names[:1] + names[2:]:
        text = text.replace(*FAULTS[name][:2])
    with pytest.raises(NoticeTemplateError) as caught:
        own_templates(text.encode(), "own.toml")
    assert len(caught.value.faults) >= len(names) - 1
    assert "共" in caught.value.message


@pytest.mark.parametrize("data", [b"\xff\xfe", b"a" * 300_000, b"[[[", b""])
def test_what_is_no_template_at_all_is_refused(data):
    with pytest.raises(NoticeTemplateError):
        own_templates(data, "own.toml")


def test_the_format_document_lists_every_placeholder():
    document = (ROOT / "docs" / "formats" / "notice.md").read_text(encoding="utf-8")
    assert not [name for name in PLACEHOLDERS if f"`{{{name}}}`" not in document]


# --- The command ---


@pytest.fixture
def said(capsys):
    """Run a command; its exit code and what it printed."""

    def run(*arguments):
        code = main(["notice", *map(str, arguments)])
        out, err = capsys.readouterr()
        return code, out + err

    return run


def test_lint_counts_what_is_good_and_says_what_is_unconfirmed(folder, said):
    code, out = said("lint", folder / "own.toml")
    assert (code, out.splitlines()[-1]) == (0, "文书 1 种，错误 0 处。")
    assert "[gas-kitchen-notice]" in out and "3 联" in out and "式样待确认" in out


def test_lint_tells_the_faults_of_all_files(folder, said):
    (folder / "bad.toml").write_text(EXAMPLE.replace("60日", "15日"), encoding="utf-8")
    code, out = said("lint", folder / "own.toml", folder / "bad.toml", folder / "none.toml")
    assert (code, out.splitlines()[-1]) == (1, "文书 1 种，错误 2 处。")
    assert "bad.toml，“餐饮用气责令限期改正通知书”：" in out and "none.toml" in out


def test_preview_fills_an_own_template_with_samples_and_says_so_on_each_page(folder, said):
    code, out = said("preview", folder / "own.toml", "--out", folder / "x.pdf")
    assert code == 0 and "样例" in out and "式样待确认" in out
    pages = text_of((folder / "x.pdf").read_bytes()).split("\f")[:-1]
    # The watermark runs upwards, so that it is read back a character at a time.
    assert pages and all(set("样例仅供预览") <= set(page) for page in pages)
    assert attachments_of((folder / "x.pdf").read_bytes()) == {}


def test_preview_shows_any_shipped_document(folder, said):
    for issuer in (IssuerKind.EMERGENCY_MANAGEMENT, IssuerKind.NON_ENFORCEMENT):
        kind = sorted(kinds_of(issuer))[0]
        assert said("preview", kind.value, "--issuer", issuer.value, "--out", folder / "y.pdf")[0] == 0
        assert PRESS.shipped(issuer, kind).title in text_of((folder / "y.pdf").read_bytes())


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("reinspection",), "--issuer"),
        (("rectify-order", "--issuer", "gas"), "没有找到"),
        (("own.toml", "--document", "another"), "没有找到"),
    ],
)
def test_preview_asks_where_it_is_not_clear(folder, said, arguments, told, monkeypatch):
    monkeypatch.chdir(folder)
    code, out = said("preview", *arguments, "--out", "z.pdf")
    assert code == 2 and told in out
    assert not (folder / "z.pdf").exists()


def test_preview_of_a_faulty_template_writes_nothing(folder, said):
    (folder / "own.toml").write_text(EXAMPLE.replace("60日", "15日"), encoding="utf-8")
    code, out = said("preview", folder / "own.toml", "--out", folder / "x.pdf")
    assert code == 1 and "60日" in out
    assert not (folder / "x.pdf").exists()


# --- What takes the place of another document ---

OLD, WHY = "（样）燃改字〔2026〕第0003号", "期限写错"


def said_of_replacing(text: str, **changes: object) -> tuple[str, bytes]:
    """What is printed in an own template of a notice that replaces another one; its PDF."""
    notice = replace(notice_of(text.encode()), replaces=OLD, replaces_reason=WHY, **changes)
    pdf = printed(PRESS, notice, own_template=text.encode())
    return "".join(text_of(pdf).split()), pdf


def test_an_own_template_that_is_silent_about_it_says_what_it_replaces_in_the_shipped_words():
    assert "replaces" not in EXAMPLE
    text, pdf = said_of_replacing(EXAMPLE)
    assert text.count(f"本文书替代{OLD}；原文书自本文书送达之日起不再执行。") == 3, "in each of its copies"
    assert text.count(f"替代原因：{WHY}") == 3
    notice = replace(notice_of(), replaces=OLD, replaces_reason=WHY)
    again = Reprinter(APP_FOLDER / "assets", build="样例")
    assert again.compare(pdf, attachments_of(pdf), notice).likeness is Likeness.BYTES
    assert "替代" not in "".join(text_of(printed(PRESS, notice_of(), own_template=EXAMPLE.encode())).split())


def test_an_own_sentence_about_it_is_enough_and_nothing_is_said_twice():
    own = EXAMPLE.replace("\nafter = [", '\nafter = ["本通知书代替{replaces}，因{replaces_reason}。",')
    text, _ = said_of_replacing(own)
    assert f"本通知书代替{OLD}，因{WHY}。" in text
    assert "原文书自本文书送达之日起" not in text and "替代原因" not in text


def test_half_of_it_is_made_whole():
    own = EXAMPLE.replace("\nafter = [", '\nafter = ["本通知书代替{replaces}。",')
    text, _ = said_of_replacing(own)
    assert f"本通知书代替{OLD}。" in text and f"替代原因：{WHY}" in text
    assert "原文书自本文书送达之日起" not in text


def test_an_own_sentence_that_is_left_out_for_something_else_says_nothing():
    """It names the replaced document and something that this notice does not have."""
    own = EXAMPLE.replace(
        "\nafter = [", '\nafter = ["{corrected}已改正，本通知书代替{replaces}，因{replaces_reason}。",'
    )
    notice = notice_of(own.encode())
    findings = tuple(replace(one, corrected_ms=None) for one in notice.findings)
    text, _ = said_of_replacing(own, findings=findings)
    assert "已改正，本通知书代替" not in text
    assert f"本文书替代{OLD}" in text and f"替代原因：{WHY}" in text
