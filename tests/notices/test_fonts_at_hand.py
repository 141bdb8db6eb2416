"""Printing again what an office's own fonts printed: with them to the last byte, without them by text."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from hashlib import sha256

import pytest

from inspector.__main__ import main
from inspector.commands.verify import PressPapers
from inspector.domain.notice import Notice
from inspector.errors import FontListError
from inspector.notices.attachments import attachments_of
from inspector.notices.fonts_at_hand import FontsAtHand, named_fonts
from inspector.notices.own_fonts import OwnFont
from inspector.notices.press import FONTS_FILE, PdfPress
from inspector.settings import APP_FOLDER
from inspector.work.verification import CERTIFICATE_FILE, STATEMENT_FILE
from inspector.work.verify import Verdict, verify_file
from tests.notices import samples, sealing
from tests.work import test_verify as look

ASSETS = APP_FOLDER / "assets"
THEIRS = ASSETS / "fonts" / "NotoSansSC-Regular.ttf"
"""Stands for a font that an office has a licence for."""
DIGEST = sha256(THEIRS.read_bytes()).hexdigest()
ONLY_THERE = "\U00030ede"
"""No shipped font has it, and `THEIRS` does."""
WIDE = ASSETS / "fonts" / "HanaMinB.ttf"
LATIN = replace(
    samples.ORDER,
    findings=tuple(
        replace(one, ordinal=ordinal, facts="Sample quick brown fox 0123456789 " * 30, photos=())
        for ordinal, one in enumerate(samples.ORDER.findings * 2, 1)
    ),
    photos=(),
)
"""So much Latin that another font's widths move every line."""
LATIN_RECORD = replace(samples.RECORD, findings=LATIN.findings, photos=(), response=samples.REFUSED.response)
"""The same with the signatures of two officers and a witness, one of them in two lines, below each page."""


def own_font(use: str = "body", *, digest: str = DIGEST, path=THEIRS) -> OwnFont:
    return OwnFont(use=use, name="NotoSansSC-Regular", sha256=digest, size=path.stat().st_size, path=path)


def printed(notice: Notice, *fonts: OwnFont) -> bytes:
    files = {STATEMENT_FILE: look.OFFICE.statement_envelope, CERTIFICATE_FILE: look.OFFICE.certificates[0]}
    return PdfPress(ASSETS, fonts or (own_font(),)).print(
        notice, token=look.token_for(notice), attachments=files, photos=samples.PHOTOS
    )


@cache
def order() -> bytes:
    return printed(samples.ORDER)


@pytest.fixture(scope="module")
def at_hand(tmp_path_factory):
    """A reader's folder with the font in it, under a name of the reader's, and what prints with it."""
    folder = tmp_path_factory.mktemp("reader")
    (folder / "某种字体.TTF").write_bytes(THEIRS.read_bytes())
    (folder / "说明.txt").write_text("不是字体", encoding="utf-8")
    return folder, PressPapers((folder, folder / "nowhere"))


def found(pdf: bytes, papers: PressPapers):
    return verify_file(pdf, look.TRUST, papers=papers)


def pages_line(answer) -> str:
    return answer.lines[-1].words


def test_with_the_font_at_hand_it_is_printed_again_byte_for_byte(at_hand):
    answer = found(order(), at_hand[1])
    assert answer.verdict is Verdict.GENUINE, look.words(answer)
    assert pages_line(answer) == "按正文重新排印（用所给的正文字体），逐字节一致"


def test_without_it_the_fonts_are_named_and_what_was_compared_and_what_to_do():
    answer = found(order(), PressPapers())
    assert answer.verdict is Verdict.CONTENT_ONLY, look.words(answer)
    words = pages_line(answer)
    assert f"手边没有：正文（摘要 {DIGEST[:12]}…）" in words
    assert "NotoSansSC-Regular" in words
    assert "逐页文字与正文一致" in words
    assert words.endswith("用 --fonts 指出，就能逐字节核对")


@pytest.mark.parametrize("change", [look.a_line_more, look.two_texts_less])
def test_a_changed_page_shows_with_the_font(at_hand, change):
    assert found(look.rewritten(order(), change), at_hand[1]).verdict is Verdict.NOT_GENUINE


def test_a_changed_text_shows_without_the_font_and_a_drawing_is_not_vouched_for():
    assert found(look.rewritten(order(), look.two_texts_less), PressPapers()).verdict is Verdict.NOT_GENUINE
    drawn = found(look.rewritten(order(), look.a_line_more), PressPapers())
    assert drawn.verdict is Verdict.CONTENT_ONLY


def test_one_changed_byte_of_an_outline_shows_with_the_font(at_hand):
    """A glyph that draws another digit extracts as the text of the notice all the same."""
    pdf = look.rewritten(
        order(), lambda font: font[:5_000] + bytes([font[5_000] ^ 1]) + font[5_001:], holds=b"glyf"
    )
    assert pdf != order()
    answer = found(pdf, at_hand[1])
    assert answer.verdict is Verdict.NOT_GENUINE
    assert "图形或其他内容不同" in pages_line(answer)


def test_pages_in_another_font_under_the_digest_of_the_right_one_are_another_paper(at_hand):
    forged = printed(samples.ORDER, own_font(path=THEIRS.with_name("NotoSansSC-Bold.ttf")))
    assert attachments_of(forged)[FONTS_FILE] == f"body {DIGEST}\n".encode()
    assert found(forged, at_hand[1]).verdict is Verdict.NOT_GENUINE
    assert found(forged, PressPapers()).verdict is Verdict.CONTENT_ONLY


def test_a_file_that_only_bears_the_fonts_name_is_not_the_font(tmp_path):
    other = THEIRS.with_name("NotoSansSC-Bold.ttf").read_bytes()
    (tmp_path / f"body-{DIGEST}.ttf").write_bytes(other)
    (tmp_path / THEIRS.name).write_bytes(other)
    answer = found(order(), PressPapers((tmp_path,)))
    assert answer.verdict is Verdict.CONTENT_ONLY
    assert "手边没有" in pages_line(answer)


def test_a_file_that_cannot_be_read_is_passed_over_and_named(tmp_path):
    """The memory of a process opens and does not read at its beginning, whoever asks."""
    (tmp_path / "a.ttf").symlink_to("/proc/self/mem")
    (tmp_path / "b.ttf").write_bytes(THEIRS.read_bytes())
    whole = found(order(), PressPapers((tmp_path,)))
    assert whole.verdict is Verdict.GENUINE, look.words(whole)
    (tmp_path / "b.ttf").unlink()
    answer = found(order(), PressPapers((tmp_path,)))
    assert answer.verdict is Verdict.CONTENT_ONLY
    assert "；所给文件夹中读不了：a.ttf，" in pages_line(answer)


def test_a_font_that_went_after_it_was_found_is_not_at_hand(tmp_path):
    font = tmp_path / "a.ttf"
    font.write_bytes(THEIRS.read_bytes())
    fonts = FontsAtHand((tmp_path,))
    assert fonts.of({"body": "0" * 64}) == ()
    font.unlink()
    assert fonts.of({"body": DIGEST}) == ()
    assert fonts.unread == ("a.ttf",)


@pytest.mark.parametrize("form", [LATIN, LATIN_RECORD], ids=["order", "record"])
def test_another_fonts_widths_move_lines_and_pages_and_the_characters_are_counted(form):
    answer = found(printed(form, own_font(path=WIDE)), PressPapers())
    assert answer.verdict is Verdict.CONTENT_ONLY, look.words(answer)
    assert "只核对了全文所用的字及各字的次数" in pages_line(answer)
    changed = found(look.rewritten(printed(form, own_font(path=WIDE)), look.two_texts_less), PressPapers())
    assert changed.verdict is Verdict.NOT_GENUINE
    assert "全文用字与正文不同" in pages_line(changed)


def test_a_character_that_only_the_offices_font_has_is_named_as_not_looked_at(at_hand):
    notice = replace(samples.ORDER, enterprise=replace(samples.ENTERPRISE, person=f"样例{ONLY_THERE}"))
    pdf = printed(notice, own_font("rare"))
    without = found(pdf, PressPapers())
    assert without.verdict is Verdict.CONTENT_ONLY, look.words(without)
    assert f"（{ONLY_THERE}除外，只有自备的字体里有）" in pages_line(without)
    whole = found(pdf, at_hand[1])
    assert whole.verdict is Verdict.GENUINE, look.words(whole)


def test_one_of_two_fonts_at_hand_is_not_enough(at_hand):
    bold = THEIRS.with_name("NotoSansSC-Bold.ttf")
    pdf = printed(
        samples.ORDER, own_font(), own_font("title", digest=sha256(bold.read_bytes()).hexdigest(), path=bold)
    )
    answer = found(pdf, at_hand[1])
    assert answer.verdict is Verdict.CONTENT_ONLY
    assert "手边没有：标题" in pages_line(answer)


def test_one_font_for_two_uses_prints_again_too(at_hand):
    """The tablet keeps a file for each use, so it is embedded twice."""
    folder, papers = at_hand
    second = folder.parent / "title.ttf"
    second.write_bytes(THEIRS.read_bytes())
    answer = found(printed(samples.ORDER, own_font(), own_font("title", path=second)), papers)
    assert answer.verdict is Verdict.GENUINE, look.words(answer)


def test_an_offices_copy_covers_the_pages_without_the_font():
    answer = found(sealing.sealed(order(), look.office_key()), PressPapers())
    assert answer.verdict is Verdict.GENUINE, look.words(answer)
    assert "版面由办公室副本的签名保护" in pages_line(answer)


def test_another_builds_pages_in_the_offices_font_are_compared_by_their_text(at_hand):
    answer = found(look.rewritten(printed(look.SHORT), look.a_line_more), at_hand[1])
    assert answer.verdict is Verdict.CONTENT_ONLY
    assert "另一版程序（0.0.9）" in pages_line(answer)


@pytest.mark.parametrize(
    "listed",
    [
        b"cursive " + b"0" * 64 + b"\n",
        b"body " + b"0" * 63 + b"\n",
        b"body " + b"0" * 64,
        b"title " + b"0" * 64 + b"\nbody " + b"0" * 64 + b"\n",
        b"body " + b"0" * 64 + b"\nbody " + b"1" * 64 + b"\n",
        b"\xff\xfe",
    ],
    ids=["use", "digest", "end", "order", "twice", "bytes"],
)
def test_a_list_of_fonts_that_the_press_never_wrote_is_refused(listed):
    with pytest.raises(FontListError):
        named_fonts(listed)


def test_without_fonts_of_its_own_nothing_is_looked_for():
    assert named_fonts(b"") == {}
    assert FontsAtHand().of({}) == ()


def test_the_command_takes_the_folder_and_says_so_in_its_exit_code(at_hand, tmp_path, capsys):
    (tmp_path / "own.pdf").write_bytes(order())
    given = ["verify", str(tmp_path / "own.pdf"), "--root", look.OFFICE.statement.fingerprint]
    assert main(given) == 5
    assert "--fonts" in capsys.readouterr().out
    assert main([*given, "--fonts", str(at_hand[0])]) == 0
    assert "逐字节一致" in capsys.readouterr().out


def test_no_english_words_stand_in_what_is_said_of_fonts():
    words = pages_line(found(order(), PressPapers()))
    spared = re.sub(r"--fonts|Noto\w+(-\w+)?|[0-9a-f]{12}", "", words)
    assert not re.search(r"[A-Za-z]", spared)
