"""A notice with a public address: its code, the code to type, and what the file embeds."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace

import pytest

from inspector.domain.access import Access, reply_code
from inspector.notices.attachments import attachments_of
from inspector.notices.press import PdfPress
from inspector.settings import APP_FOLDER
from inspector.trust.keys import SigningKey
from inspector.trust.token import NoticeToken, bare, sign_token, verify_token
from tests.notices import samples

PRESS = PdfPress(APP_FOLDER / "assets")
KEY = SigningKey(b"\x07" * 32)
ORIGIN = "https://anquan.yangli.example"


def accessed(notice, origin: str = ORIGIN) -> tuple[str, Access]:
    token = sign_token(
        NoticeToken.of(notice, issued_ms=samples.NOON),
        KEY,
    )
    access = Access.of(
        origin=origin,
        public_id=notice.public_id,
        token=bare(token),
        key=bytes(range(16)),
        code=reply_code(b"\x5a" * 9),
    )
    return token, access


def printed(notice, **given) -> bytes:
    token, access = accessed(notice, **given)
    return PRESS.print(notice, token=token, attachments={}, photos=samples.PHOTOS, access=access)


def scanned(pdf: bytes, folder) -> list[str]:
    (folder / "x.pdf").write_bytes(pdf)
    subprocess.run(
        ["pdftoppm", "-r", "150", "-gray", "-png", str(folder / "x.pdf"), str(folder / "p")], check=True
    )
    pages = sorted(map(str, folder.glob("p*.png")))
    done = subprocess.run(["zbarimg", "-q", "--raw", *pages], capture_output=True, check=False)
    return done.stdout.decode().split()


@pytest.mark.parametrize("notice", [samples.ORDER, samples.HAZARD], ids=["order", "hazard notice"])
def test_the_code_is_the_address_and_the_token_in_it_verifies(notice, tmp_path):
    token, access = accessed(notice)
    (text,) = scanned(printed(notice), tmp_path)
    assert text == access.address
    assert verify_token(text, KEY.public) == verify_token(token, KEY.public)


def test_the_longest_address_is_still_read_from_the_paper(tmp_path):
    long = replace(
        samples.ORDER,
        issuer_name="样" * 60,
        enterprise=replace(samples.ENTERPRISE, name="长" * 60),
        number="（样例）应急责改〔2026〕12345号",
    )
    origin = "https://" + "a" * 68 + ".ex"
    (text,) = scanned(printed(long, origin=origin), tmp_path)
    assert text == accessed(long, origin)[1].address


def test_the_reply_code_and_where_to_type_it_are_printed(tmp_path):
    _, access = accessed(samples.ORDER)
    (tmp_path / "x.pdf").write_bytes(printed(samples.ORDER))
    done = subprocess.run(["pdftotext", str(tmp_path / "x.pdf"), "-"], capture_output=True, check=True)
    text = done.stdout.decode()
    assert access.reply_code in text
    assert access.typed_address in text


def test_the_access_is_embedded_and_the_bytes_are_the_same_again():
    pdf = printed(samples.ORDER)
    assert printed(samples.ORDER) == pdf
    files = attachments_of(pdf)
    assert Access.from_record(json.loads(files["access.json"])) == accessed(samples.ORDER)[1]
    assert files["token.txt"].decode() == accessed(samples.ORDER)[0]


def test_without_a_public_address_nothing_of_it_is_printed(tmp_path):
    pdf = PRESS.print(samples.ORDER, token=samples.TOKEN, attachments={}, photos=samples.PHOTOS)
    assert "access.json" not in attachments_of(pdf)
    (tmp_path / "x.pdf").write_bytes(pdf)
    done = subprocess.run(["pdftotext", str(tmp_path / "x.pdf"), "-"], capture_output=True, check=True)
    assert "回复码" not in done.stdout.decode()
