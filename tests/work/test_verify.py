"""Verifying from files alone: what passes, and what each kind of change comes to."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.commands.verify import PressPapers
from inspector.domain.access import Access, reply_code
from inspector.domain.notice import Notice
from inspector.domain.records import RECORD_TYPE
from inspector.errors import FormatError, IdentityMissingError, PdfForeignError, VerifyUnknownFileError
from inspector.notices import attachments
from inspector.notices.copies import Comparison, Likeness
from inspector.notices.reprint import page_texts
from inspector.trust import dsse
from inspector.trust.certificates import Revocation, RevocationReason, issue_revocation
from inspector.trust.document_chain import issue_document_key, new_document_root
from inspector.trust.keys import SigningKey
from inspector.trust.ledger import GENESIS
from inspector.trust.statement import STATEMENT_TYPE
from inspector.trust.strict_json import canonical as canonical_json
from inspector.trust.token import NoticeToken, bare, sign_token
from inspector.work.bring import vouched_by
from inspector.work.bundle import write_bundle
from inspector.work.seal import SealedEntry
from inspector.work.verification import CERTIFICATE_FILE, STATEMENT_FILE
from inspector.work.verify import NOBODY, Trust, Verdict, read_file, verify_file
from tests import make
from tests.notices import samples, sealing
from tests.notices.test_press import PRESS
from tests.office import SampleOffice
from tests.work.test_bundle import bundle_of

OFFICE = SampleOffice()
PAPERS = PressPapers()
TRUST = Trust(roots=(OFFICE.statement.fingerprint,), identities=(OFFICE.identity,))
SHORT = replace(samples.ORDER, app_version="0.0.9")
"""A notice of an earlier build."""


def token_for(notice: Notice, *, key: SigningKey = OFFICE.device_key, **changes: object) -> str:
    token = NoticeToken.of(notice, issued_ms=samples.NOON)
    return sign_token(replace(token, **changes), key)


def issued(notice: Notice, **given) -> bytes:
    files = {STATEMENT_FILE: OFFICE.statement_envelope, CERTIFICATE_FILE: OFFICE.certificates[0]}
    return PRESS.print(
        notice, **{"token": token_for(notice), "attachments": files, "photos": samples.PHOTOS, **given}
    )


@cache
def order() -> bytes:
    return issued(samples.ORDER)


@cache
def earlier() -> bytes:
    return issued(SHORT)


@cache
def office_key():
    root = new_document_root(OFFICE.root, tenant=OFFICE.tenant, office="样例办公室", at_ms=samples.NOON)
    return issue_document_key(root, office="样例办公室", at_ms=samples.NOON)


def look(data: bytes, trust: Trust = TRUST, beside: tuple[bytes, ...] = ()):
    vouched = vouched_by(map(read_file, beside), PAPERS) if beside else NOBODY
    return verify_file(data, trust, papers=PAPERS, vouched=vouched)


def bad(found) -> list[str]:
    return [line.words for line in found.lines if not line.is_good]


def words(found) -> str:
    return "\n".join(line.words for line in found.lines)


def rewritten(
    pdf: bytes, change: Callable[[bytes], bytes], *, level: int = 6, holds: bytes = b" Tf "
) -> bytes:
    """The PDF with each page's content changed, its objects and cross-reference table set anew.

    Args:
        holds: what the changed streams have inside; pages, unless it says otherwise.
    """
    things = attachments._objects(pdf)
    return set_anew(pdf, {number: _changed(thing, change, level, holds) for number, thing in things.items()})


def min_offset(pdf: bytes) -> int:
    return pdf.index(b"1 0 obj")


def _changed(thing: bytes, change: Callable[[bytes], bytes], level: int, holds: bytes) -> bytes:
    """A stream's content, recognised by what it holds."""
    head, mark, rest = thing.partition(b"\nstream\n")
    if not mark or b"/FlateDecode" not in head:
        return thing
    length = int(re.search(rb"/Length (\d+)", head)[1])
    content = zlib.decompress(rest[:length])
    if holds not in content:
        return thing
    packed = zlib.compress(change(content), level)
    head = re.sub(rb"/Length \d+", b"/Length %d" % len(packed), head)
    return head + mark + packed + rest[length:]


def with_second_root(pdf: bytes, other: bytes) -> bytes:
    """A forgery: another whole document behind the last stream, its section in the table, a second root."""
    things, step = attachments._objects(pdf), 500
    hidden = {number + step: _renumbered(one, step) for number, one in attachments._objects(other).items()}
    last = max((one for one in things.values() if b"\nstream\n" in one), key=pdf.index)
    place = pdf.index(last) + len(last)
    moved = sum(map(len, hidden.values()))
    table = pdf.rindex(b"\nxref\n") + 1
    rows, trailer = pdf[table : pdf.rindex(b"trailer\n")], pdf[pdf.rindex(b"trailer\n") :]
    rows = re.sub(
        rb"(\d{10}) 00000 n",
        lambda row: b"%010d 00000 n" % (int(row[1]) + moved * (int(row[1]) >= place)),
        rows,
    )
    at, more = place, b""
    for one in hidden.values():
        more, at = more + b"%010d 00000 n \n" % at, at + len(one)
    rows += b"%d %d\n%b" % (min(hidden), len(hidden), more)
    root = int(re.search(rb"/Root (\d+)", other[other.rindex(b"trailer\n") :])[1]) + step
    trailer = re.sub(rb"(/Root \d+ 0 R)", rb"\1 /Root %d 0 R" % root, trailer)
    trailer = re.sub(rb"/Size \d+", b"/Size %d" % (max(hidden) + 1), trailer)
    trailer = re.sub(rb"startxref\n\d+", b"startxref\n%d" % (table + moved), trailer)
    return pdf[:place] + b"".join(hidden.values()) + pdf[place:table] + rows + trailer


def _renumbered(thing: bytes, step: int) -> bytes:
    head, mark, rest = thing.partition(b"\nstream\n")
    head = re.sub(rb"(\d+) 0 (R|obj)", lambda one: b"%d 0 %b" % (int(one[1]) + step, one[2]), head)
    return head + mark + rest


def with_file(pdf: bytes, name: bytes, content: bytes) -> bytes:
    """The PDF with another content in one of the files that it embeds."""
    things = dict(attachments._objects(pdf))
    names = next(one for one in things.values() if b"/EmbeddedFiles" in one)
    place = int(re.search(rb"/F (\d+) 0 R", things[int(re.search(rb"\(%b\) (\d+)" % name, names)[1])])[1])
    head, mark, rest = things[place].partition(b"\nstream\n")
    packed = zlib.compress(content)
    behind = rest[int(re.search(rb"/Length (\d+)", head)[1]) :]
    head = re.sub(rb"/Length \d+", b"/Length %d" % len(packed), head)
    things[place] = re.sub(rb"/Size \d+", b"/Size %d" % len(content), head) + mark + packed + behind
    return set_anew(pdf, things)


def set_anew(pdf: bytes, things: dict[int, bytes]) -> bytes:
    """The PDF with these objects, and its cross-reference table set anew."""
    target, offsets = bytearray(pdf[: min_offset(pdf)]), []
    for number in sorted(things):
        offsets.append(len(target))
        target += things[number]
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(offsets) + 1)
    table += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    trailer = pdf[pdf.rindex(b"\ntrailer\n") + 1 : pdf.rindex(b"startxref\n")]
    return bytes(target) + table + trailer + b"startxref\n%d\n%%%%EOF\n" % len(target)


def a_line_more(content: bytes) -> bytes:
    """Something drawn that is no text: what a forger lays over a page."""
    return content + b"\n1 g 100 500 300 40 re f\n"


def two_texts_less(content: bytes) -> bytes:
    return re.sub(rb"<[0-9a-f]+> Tj", b"<0001> Tj", content, count=2)


# --- The tablet's PDF -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ORDER", "RECORD", "FIRE", "HAZARD", "REFUSED"])
def test_a_notice_is_genuine_and_prints_again_byte_for_byte(name):
    found = look(issued(getattr(samples, name)))
    assert found.verdict is Verdict.GENUINE, words(found)
    assert "逐字节一致" in words(found)
    assert ("文号", getattr(samples, name).number) in found.paper


def test_a_notice_with_blanks_for_handwriting_prints_again_too():
    enterprise = replace(samples.ENTERPRISE, person="样例\U0002ebf0")
    unknown = replace(samples.ORDER, enterprise=enterprise)
    found = look(issued(unknown, blank_for_handwriting=tuple(PRESS.missing(unknown))))
    assert found.verdict is Verdict.GENUINE, words(found)


def test_without_a_trusted_root_the_issuer_stays_unknown():
    assert look(order(), Trust()).verdict is Verdict.UNKNOWN_ISSUER


def test_pages_packed_in_another_way_are_the_same_pages():
    packed = rewritten(order(), lambda content: content, level=1)
    assert packed != order()
    found = look(packed)
    assert found.verdict is Verdict.GENUINE, words(found)
    assert "只有压缩方式不同" in words(found)


def test_something_laid_over_a_page_shows():
    found = look(rewritten(order(), a_line_more))
    assert found.verdict is Verdict.NOT_GENUINE
    assert any("文字相同，图形或其他内容不同" in line for line in bad(found))


def test_a_changed_page_is_named():
    found = look(rewritten(order(), two_texts_less))
    assert found.verdict is Verdict.NOT_GENUINE
    assert any("第 1 页的文字不同" in line for line in bad(found))


def test_another_document_behind_a_genuine_ones_objects_is_no_paper_of_ours():
    other = replace(samples.ORDER, number="（样）应急责改〔2026〕2号")
    forged = with_second_root(order(), issued(other))
    assert "2号" in page_texts(forged)[0], "a reader of PDF shows the other document"
    with pytest.raises(PdfForeignError):
        look(forged)


@settings(max_examples=150)
@given(share=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7), tail=st.booleans())
def test_any_bit_of_a_tablets_pdf_that_turns_is_seen(share, bit, tail):
    """Anywhere, and among the dictionaries, the table and the trailer at the end."""
    start = len(order()) - 4_000 if tail else 0
    changed = bytearray(order())
    changed[start + int(share * (len(changed) - start))] ^= 1 << bit
    try:
        found = look(bytes(changed))
    except FormatError:
        return
    if found.verdict is not Verdict.NOT_GENUINE:
        # The same streams can be packed in many ways, and the identifier is a hash of the packed ones.
        assert apart(bytes(changed)) == apart(order()), words(found)


def apart(pdf: bytes) -> tuple[bytes, list[bytes]]:
    """What stands outside the streams, and what is packed in them."""
    packed = re.compile(rb"/FlateDecode[^>]*(?:>>[^>]*)?>>\nstream\n(.*?)\nendstream", re.DOTALL)
    identifier = re.compile(rb"<[0-9a-f]{32}>")
    outside = packed.sub(lambda one: one[0].replace(one[1], b""), pdf)
    return identifier.sub(b"", outside), [zlib.decompress(one) for one in packed.findall(pdf)]


@pytest.mark.parametrize(
    "name", [b"token.txt", b"notice.json", STATEMENT_FILE.encode(), CERTIFICATE_FILE.encode()]
)
@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", "样例".encode(), b"{}", b"[" * 9_000, b"null", b"INSPECTOR2." + b"A" * 5_000],
)
def test_whatever_stands_in_an_embedded_file_is_answered(name, content):
    found = look(with_file(order(), name, content))
    assert found.verdict is Verdict.NOT_GENUINE
    assert bad(found)


def _at_the_end_of_time(notice) -> None:
    notice["findings"][0]["deadline"] |= {"date": "9999-12-31", "provisional": True}


def with_notice(change: Callable[[dict], object]) -> bytes:
    """The order with another notice inside."""
    notice = json.loads(attachments.attachments_of(order())["notice.json"])
    change(notice)
    return with_file(order(), b"notice.json", canonical_json(notice))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda notice: notice["inspectors"].pop(), "不合文书自身的规则：执法检查须有两名以上检查人员。"),
        (lambda notice: notice["findings"][0].update(deadline=None), "第1项缺少整改期限"),
        (lambda notice: notice.update(issuer_name="样" * 300), "“发文机关”写了 300 个字，最多 200 个字。"),
        (lambda notice: notice.update(place="样\u202e例"), "看不见的控制符"),
        (lambda notice: notice.update(appeal=None), "复议机关"),
        (lambda notice: notice.update(issuer="non-enforcement"), "不得出具"),
        (lambda notice: notice.update(public_id="样例"), "公开编号的格式不对"),
        (lambda notice: notice.pop("place"), "字段缺少或多余"),
        (_at_the_end_of_time, "期限一致——不一致"),
    ],
)
def test_a_notice_that_its_own_rules_refuse_is_not_genuine(change, says):
    found = look(with_notice(change))
    assert found.verdict is Verdict.NOT_GENUINE
    assert any(says in line for line in bad(found)), bad(found)
    assert "还不能生成" not in words(found), "nobody is making a notice here"


def test_a_file_under_a_name_that_the_press_never_writes_is_answered():
    renamed = set_anew(
        order(),
        {
            number: one.replace(b"(device-certificate.json)", b"(..)")
            for number, one in attachments._objects(order()).items()
        },
    )
    assert look(renamed).verdict is Verdict.NOT_GENUINE


def test_another_builds_pages_are_compared_by_their_text_and_the_verdict_says_so():
    found = look(rewritten(earlier(), a_line_more))
    assert found.verdict is Verdict.CONTENT_ONLY
    assert "另一版程序（0.0.9）" in words(found)
    changed = look(rewritten(earlier(), two_texts_less))
    assert changed.verdict is Verdict.NOT_GENUINE
    assert any("第 1 页" in line for line in bad(changed))


class Blind(PressPapers):
    """An installation that cannot print this paper again."""

    def compare(self, pdf: bytes, files: Mapping[str, bytes], notice: Notice) -> Comparison:
        return Comparison(likeness=Likeness.UNKNOWN, words="样例")


def test_pages_that_could_not_be_compared_are_not_called_genuine():
    found = verify_file(order(), TRUST, papers=Blind())
    assert found.verdict is Verdict.CONTENT_ONLY
    assert "版面没有比对" in words(found)
    covered = verify_file(sealing.sealed(order(), office_key()), TRUST, papers=Blind())
    assert covered.verdict is Verdict.GENUINE, "the office signed the pages themselves"


def test_who_claims_another_build_breaks_the_code():
    """The build's name is part of the notice, and the code carries the notice's digest."""
    files = attachments.attachments_of(order())
    lying = PRESS.print(
        SHORT,
        token=files["token.txt"].decode(),
        attachments={name: files[name] for name in (STATEMENT_FILE, CERTIFICATE_FILE)},
        photos=samples.PHOTOS,
    )
    found = look(lying)
    assert found.verdict is Verdict.NOT_GENUINE
    assert any("摘要" in line for line in bad(found))


def test_keys_that_the_offices_root_did_not_name_vouch_for_nothing():
    """A statement that names the right root and was signed by somebody else, or a certificate by somebody."""
    other = SampleOffice(issuing=SigningKey(b"\x66" * 32), device_key=SigningKey(b"\x67" * 32))
    lying = dsse.sign(canonical_json(other.statement.to_payload()), STATEMENT_TYPE, [other.issuing])
    token = token_for(samples.ORDER, key=other.device_key)
    for statement, says in ((lying, "办公室声明"), (OFFICE.statement_envelope, "登记")):
        files = {STATEMENT_FILE: statement, CERTIFICATE_FILE: other.certificates[0]}
        found = look(issued(samples.ORDER, token=token, attachments=files))
        assert found.verdict is Verdict.NOT_GENUINE, words(found)
        assert any(says in line for line in bad(found))


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"number": "（样）应急责改〔2026〕2号"}, "文号"),
        ({"public_id": "0" * 32}, "编号"),
        ({"findings": 1}, "项数"),
        ({"deadline": "2027-01-01"}, "期限"),
        ({"deadline": ""}, "期限"),
        ({"digest": bytes(16)}, "摘要"),
    ],
)
def test_a_code_that_says_another_thing_than_the_notice_is_named(changes, what):
    """Signed by the tablet itself: one that is not ours any more, or a fault of the program."""
    found = look(issued(samples.ORDER, token=token_for(samples.ORDER, **changes)))
    assert found.verdict is Verdict.NOT_GENUINE
    assert f"二维码与正文的{what}一致——不一致" in bad(found)


def test_a_certificate_of_the_office_that_is_no_tablets_vouches_for_nothing():
    """An inspector's stands in every bundle, and whoever has it can print what he likes around it."""
    forged = replace(samples.ORDER, number="（样）应急责改〔2026〕999号")
    files = {STATEMENT_FILE: OFFICE.statement_envelope, CERTIFICATE_FILE: OFFICE.certificates[1]}
    for token in (token_for(forged), token_for(samples.ORDER), "INSPECTOR2." + "A" * 300):
        found = look(issued(forged, token=token, attachments=files))
        assert found.verdict is Verdict.NOT_GENUINE, words(found)
        assert any("不是平板的证书" in line for line in bad(found))


def test_another_photo_in_the_annex_shows():
    mine, other = samples.photo_bytes(1), samples.photo_bytes(2)
    assert mine in order()
    longer = max(len(mine), len(other))
    swapped = order().replace(mine, other[: len(mine)].ljust(len(mine), b"\0")[:longer])
    found = look(swapped)
    assert found.verdict is Verdict.NOT_GENUINE
    assert any("照片" in line for line in bad(found))


def test_what_was_appended_to_a_tablets_pdf_shows():
    found = look(order() + b"1 0 obj\n<< >>\nendobj\nxref\n0 0\ntrailer\n<< >>\nstartxref\n7\n%%EOF\n")
    assert found.verdict is Verdict.NOT_GENUINE
    assert any("被追加了" in line for line in bad(found))


def test_a_foreign_pdf_and_a_foreign_file_are_named():
    with pytest.raises(PdfForeignError):
        look(b"%PDF-1.4\nnothing of ours\n%%EOF\n")
    with pytest.raises(VerifyUnknownFileError):
        look(b"\x00\x01 nothing that anybody knows")


# --- The office's copy ------------------------------------------------------------------------------


def test_an_offices_copy_is_genuine_up_to_the_offices_root():
    found = look(sealing.sealed(order(), office_key()))
    assert found.verdict is Verdict.GENUINE, words(found)
    assert found.what == "文书的办公室副本"
    assert "由本办公室的根密钥认可" in words(found)
    assert "没有时间戳" in words(found)
    assert "逐字节一致" in words(found)


def test_a_copy_covers_the_pages_of_another_build():
    altered = rewritten(earlier(), a_line_more)
    found = look(sealing.sealed(altered, office_key()))
    assert found.verdict is Verdict.GENUINE, words(found)
    assert "版面由办公室副本的签名保护" in words(found)


@pytest.mark.parametrize("share", [0.02, 0.4, 0.8])
def test_one_changed_byte_of_a_copy_shows(share):
    copy = bytearray(sealing.sealed(order(), office_key()))
    copy[int(len(order()) * share)] ^= 1
    try:
        found = look(bytes(copy))
    except PdfForeignError:
        return
    assert found.verdict is Verdict.NOT_GENUINE


@pytest.mark.parametrize("byte", [25, 30, 41, 582, 830, 953, 990, 1100, 1400, 1480, 1558, 1675, -1])
def test_one_changed_byte_of_a_copys_signature_is_neither_believed_nor_a_crash(byte):
    """Versions, digests, the certificates that came along and the free room behind them."""
    copy = sealing.sealed(order(), office_key())
    start = copy.rindex(b"/Contents <") + len(b"/Contents <")
    end = copy.index(b">", start)
    said = bytearray(bytes.fromhex(copy[start:end].decode()))
    said[byte] ^= 1
    found = look(copy[:start] + said.hex().upper().encode() + copy[end:])
    assert found.verdict is Verdict.NOT_GENUINE, words(found)


def test_bits_that_a_roots_signature_would_not_count_are_none():
    copy = sealing.sealed(order(), office_key())
    root = office_key().chain[-1].hex().upper().encode()
    own = (
        sealing.x509.Certificate.load(office_key().chain[-1])["signature_value"].native.hex().upper().encode()
    )
    assert root.endswith(b"00" + own)
    changed = copy.replace(root, root[: -len(own) - 1] + b"1" + own)
    assert changed != copy
    assert look(changed).verdict is Verdict.NOT_GENUINE


def test_what_was_appended_to_a_copy_shows():
    copy = sealing.sealed(order(), office_key())
    found = look(copy + b"\n1 0 obj\n<< >>\nendobj\nxref\n0 0\ntrailer\n<< >>\nstartxref\n7\n%%EOF\n")
    assert found.verdict is Verdict.NOT_GENUINE


def test_a_chain_of_another_office_does_not_vouch_for_a_copy():
    root = new_document_root(OFFICE.feed, tenant=OFFICE.tenant, office="样例办公室", at_ms=samples.NOON)
    forged = issue_document_key(root, office="样例办公室", at_ms=samples.NOON)
    found = look(sealing.sealed(order(), forged))
    assert found.verdict is Verdict.NOT_GENUINE
    assert any("不是由这个办公室的根密钥签署" in line for line in bad(found))
    altered = look(sealing.sealed(rewritten(earlier(), a_line_more), forged))
    assert "版面由办公室副本的签名保护" not in words(altered)


def test_an_authoritys_certificate_is_believed_only_by_who_trusts_it():
    from inspector.trust.document_chain import read_pkcs12

    data, authority = sealing.foreign_authority(b"pw-sample")
    copy = sealing.sealed(order(), read_pkcs12(data, "pw-sample"))
    unknown = look(copy)
    assert unknown.verdict is Verdict.CONTENT_ONLY
    assert "不是本办公室自己的证书链" in words(unknown)
    known = look(copy, replace(TRUST, authorities=(authority,)))
    assert known.verdict is Verdict.GENUINE, words(known)


# --- Codes ------------------------------------------------------------------------------------------


def test_a_codes_text_is_checked_under_the_certificates_of_a_notice():
    text = token_for(samples.ORDER).encode()
    found = look(text, beside=(order(),))
    assert found.verdict is Verdict.GENUINE, words(found)
    assert ("文号", samples.ORDER.number) in found.paper


def test_a_code_alone_says_what_it_claims_and_no_more():
    found = look(token_for(samples.ORDER).encode())
    assert found.verdict is Verdict.UNKNOWN_ISSUER
    assert "没有可核对签名的证书" in words(found)


def test_a_forged_code_is_not_genuine():
    text = token_for(samples.ORDER)
    forged = text[:-4] + ("AAAA" if not text.endswith("AAAA") else "BBBB")
    assert look(forged.encode(), beside=(order(),)).verdict is Verdict.NOT_GENUINE


# --- Records ----------------------------------------------------------------------------------------


@cache
def entry() -> SealedEntry:
    """The only entry of the office's tablet, whoever asks first: its chain is as long whatever ran before."""
    return OFFICE.sealed()[1]


@cache
def bundle() -> bytes:
    """The log with that entry."""
    return write_bundle(bundle_of(OFFICE, (*OFFICE.certificates, entry().envelope)))


def sealed_record() -> bytes:
    """The record's file as it was sealed."""
    body = entry().delivery.body
    return body if isinstance(body, bytes) else OFFICE.box.blobs[body.sha256]


@cache
def inner() -> bytes:
    """The record's file as it is when it was opened."""
    opened = OFFICE.examiner.open_entry(entry().envelope, head=GENESIS, index=2, arrived_ms=samples.NOON)
    return opened.inner


def test_a_sealed_record_is_opened_found_in_the_log_and_genuine():
    found = look(sealed_record(), beside=(bundle(),))
    assert found.verdict is Verdict.GENUINE, words(found)
    assert found.what == "密封的检查记录"
    assert "在证据包日志的第" in words(found)
    assert "2 名检查人员中 1 名用密钥签名" in words(found)
    with pytest.raises(IdentityMissingError):
        look(sealed_record(), Trust(roots=TRUST.roots), beside=(bundle(),))


def test_an_opened_record_is_genuine_under_the_offices_certificates():
    found = look(inner(), beside=(bundle(),))
    assert found.verdict is Verdict.GENUINE, words(found)
    assert look(inner()).verdict is Verdict.UNKNOWN_ISSUER


def test_what_the_given_log_does_not_hold_is_not_genuine():
    """Kept out of the log, or taken out of it: whoever brings the log along asks for that."""
    others = bundle_of(OFFICE, (*OFFICE.certificates, another().envelope))
    for data in (sealed_record(), entry().envelope):
        found = look(data, beside=(write_bundle(others),))
        assert found.verdict is Verdict.NOT_GENUINE, words(found)
        assert "不在所给证据包的日志中" in bad(found)


@cache
def another() -> SealedEntry:
    """An entry of the same tablet with another record."""
    id = "0198c0de-0000-7000-8000-0000000000ee"
    inspection = make.passed(make.inspection(inspectors=[OFFICE.ada, make.BEN], id=id))
    return OFFICE.sealed(OFFICE.finished(inspection))[1]


def test_a_record_that_no_tablet_of_the_office_signed_is_not_genuine():
    payload = dsse.peek(inner()).payload
    for key in (OFFICE.ada_key, SigningKey(b"\x67" * 32), OFFICE.issuing):
        found = look(dsse.sign(payload, RECORD_TYPE, [key]), beside=(bundle(),))
        assert found.verdict is Verdict.NOT_GENUINE, words(found)
    alone = look(dsse.sign(payload, RECORD_TYPE, [OFFICE.device_key]), beside=(bundle(),))
    assert alone.verdict is Verdict.NOT_GENUINE, "it says that an inspector signed by key"


def test_the_end_of_a_codes_address_is_held_against_the_papers():
    """The registration's key there is under no signature."""
    notice, key = samples.ORDER, b"\x05" * 16
    token = bare(token_for(notice))
    mine, other = (
        Access.of(
            origin="https://example.invalid",
            public_id=notice.public_id,
            token=token,
            key=one,
            code=reply_code(b"\x11" * 9),
        )
        for one in (key, bytes(16))
    )
    paper = issued(notice, token=mine.address, access=mine)
    assert look(mine.address.encode(), beside=(paper,)).verdict is Verdict.GENUINE
    found = look(other.address.encode(), beside=(paper,))
    assert found.verdict is Verdict.NOT_GENUINE
    assert "二维码与文书所附的公开地址不一致" in bad(found)


def test_an_altered_record_is_not_genuine():
    whole = inner()
    place = whole.index(b'"payload":"') + 400
    altered = whole[:place] + (b"A" if whole[place : place + 1] != b"A" else b"B") + whole[place + 1 :]
    assert look(altered, beside=(bundle(),)).verdict is Verdict.NOT_GENUINE


def test_an_envelope_of_the_log_is_checked_without_opening_it():
    found = look(entry().envelope, Trust(roots=TRUST.roots), beside=(bundle(),))
    assert found.verdict is Verdict.GENUINE, words(found)
    assert ("顺序号", "1") in found.paper


@pytest.mark.parametrize(("is_last_good", "verdict"), [(True, Verdict.GENUINE), (False, Verdict.NOT_GENUINE)])
def test_an_envelope_counts_up_to_its_tablets_revocation(is_last_good, verdict):
    last = {"last_good_seq": 1, "last_good_sha256": entry().sha256} if is_last_good else {}
    revocation = Revocation(
        tenant=OFFICE.statement.tenant,
        key_id=OFFICE.device_key.key_id,
        reason=RevocationReason.LOST,
        at_ms=samples.NOON,
        **last,
    )
    leaves = (*OFFICE.certificates, entry().envelope, issue_revocation(revocation, OFFICE.issuing))
    given = write_bundle(bundle_of(OFFICE, leaves))
    found = look(entry().envelope, Trust(roots=TRUST.roots), beside=(given,))
    assert found.verdict is verdict, words(found)
    assert any("已被撤销" in line for line in bad(found)) is not is_last_good
