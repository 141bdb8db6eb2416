"""The office's copies, before programs that are not ours: pdfsig, OpenSSL, pyHanko's own validator, qpdf."""

from __future__ import annotations

import asyncio
import re
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from asn1crypto import cms, x509
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from inspector.errors import (
    CertificateInvalidError,
    InspectorError,
    KeyMalformedError,
    OfficeCopyInvalidError,
    PdfForeignError,
    TimestampInvalidError,
    TimestampUnreachableError,
)
from inspector.notices.pades import OfficeSealer
from inspector.notices.pades_check import check_copy
from inspector.sync.timestamp import TimestampAddress, TimestampAuthority
from inspector.trust.document_chain import (
    SIGNER_DAYS,
    DocumentKey,
    check_root,
    issue_document_key,
    new_document_root,
    to_pem,
)
from tests.notices import samples, sealing
from tests.notices.test_press import printed

VALID = "Signature Validation: Signature is Valid."


@cache
def office_key() -> DocumentKey:
    return sealing.document_key()


@cache
def plain() -> bytes:
    return printed(samples.ORDER)


@cache
def copy() -> bytes:
    return sealing.sealed(plain(), office_key())


# --- Three ways to tamper ---------------------------------------------------------------------------


def one_byte_changed() -> bytes:
    """A digit of the first page's content, at the same length."""
    place = copy().index(b"/MediaBox") + 12
    changed = bytearray(copy())
    changed[place] ^= 1
    return bytes(changed)


def update_appended() -> bytes:
    return updated(copy())


def updated(pdf: bytes) -> bytes:
    """The first page turned by an incremental update, as an editor saves it."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    page["/Rotate"] = generic.NumberObject(90)
    writer.update_container(page)
    target = BytesIO()
    writer.write(target)
    return target.getvalue()


def page_swapped() -> bytes:
    """The second page in the first one's place, by an incremental update."""
    writer = IncrementalPdfFileWriter(BytesIO(copy()))
    kids = writer.root["/Pages"]["/Kids"]
    kids[0], kids[1] = kids.raw_get(1), kids.raw_get(0)
    writer.update_container(kids)
    target = BytesIO()
    writer.write(target)
    return target.getvalue()


def page_swapped_in_place() -> bytes:
    """The same within the signed bytes: the two references change places in the page tree."""
    kids = re.search(rb"/Kids \[(\d+ 0 R) (\d+ 0 R)", copy())
    assert kids is not None and len(kids[1]) == len(kids[2])
    swapped = kids[0].replace(kids[1], b"#").replace(kids[2], kids[1]).replace(b"#", kids[2])
    return copy().replace(kids[0], swapped, 1)


TAMPERED = {
    "one byte changed": one_byte_changed,
    "an update appended": update_appended,
    "a page swapped by an update": page_swapped,
    "a page swapped in place": page_swapped_in_place,
}


# --- pdfsig -----------------------------------------------------------------------------------------


def pdfsig(pdf: bytes, folder: Path) -> str:
    (folder / "copy.pdf").write_bytes(pdf)
    done = subprocess.run(["pdfsig", "-nocert", str(folder / "copy.pdf")], capture_output=True, check=False)
    return done.stdout.decode()


def test_pdfsig_accepts_a_copy(tmp_path):
    said = pdfsig(copy(), tmp_path)
    assert VALID in said
    assert "Total document signed" in said
    assert f"Signer Certificate Common Name: {sealing.OFFICE} 文书" in said
    assert "ETSI.CAdES.detached" in said


@pytest.mark.parametrize("name", TAMPERED)
def test_pdfsig_does_not_accept_what_was_tampered_with(name, tmp_path):
    said = pdfsig(TAMPERED[name](), tmp_path)
    assert VALID not in said or "Total document signed" not in said


# --- OpenSSL ----------------------------------------------------------------------------------------


def openssl(pdf: bytes, folder: Path) -> subprocess.CompletedProcess[bytes]:
    """Verify the signature's CMS over the bytes that its byte range names, up to the office's root.

    What a byte range leaves out must be the signature's own place, and it must reach to the file's end.
    """
    ranges = re.findall(rb"/ByteRange\s*\[\s*(\d+) (\d+) (\d+) (\d+)\s*\]", pdf)
    assert len(ranges) == 1
    start, length, again, rest = map(int, ranges[0])
    if (start, again + rest) != (0, len(pdf)):
        return subprocess.CompletedProcess([], 1, b"", b"the byte range does not cover the file")
    contents = bytes.fromhex(pdf[length + 1 : again - 1].decode())
    size = int.from_bytes(contents[2:4], "big") + 4  # a DER SEQUENCE with a two-byte length
    assert contents[:2] == b"\x30\x82"
    (folder / "content.bin").write_bytes(pdf[:length] + pdf[again : again + rest])
    (folder / "signature.der").write_bytes(contents[:size])
    (folder / "root.pem").write_bytes(to_pem(office_key().chain[-1:]))
    return subprocess.run(
        [
            "openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "signature.der",
            "-content", "content.bin", "-CAfile", "root.pem", "-purpose", "any", "-out", "/dev/null",
            "-attime", str(samples.NOON // 1000), "-cades",
        ],
        cwd=folder, capture_output=True, check=False,
    )  # fmt: skip


def test_openssl_accepts_a_copy_up_to_the_offices_root(tmp_path):
    done = openssl(copy(), tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", TAMPERED)
def test_openssl_does_not_accept_what_was_tampered_with(name, tmp_path):
    assert openssl(TAMPERED[name](), tmp_path).returncode != 0


def test_openssl_does_not_accept_another_offices_chain(tmp_path):
    other = sealing.sealed(plain(), sealing.document_key())
    assert openssl(other, tmp_path).returncode != 0


# --- pyHanko's own validator ------------------------------------------------------------------------


def pyhanko_accepts(pdf: bytes) -> bool:
    signature = PdfFileReader(BytesIO(pdf)).embedded_signatures[0]
    context = ValidationContext(
        trust_roots=[x509.Certificate.load(office_key().chain[-1])], moment=signature.self_reported_timestamp
    )
    return validate_pdf_signature(signature, context, context).bottom_line


def test_pyhanko_accepts_a_copy():
    assert pyhanko_accepts(copy())


@pytest.mark.parametrize("name", TAMPERED)
def test_pyhanko_does_not_accept_what_was_tampered_with(name):
    assert not pyhanko_accepts(TAMPERED[name]())


# --- Ours -------------------------------------------------------------------------------------------


def test_a_copy_is_the_tablets_pdf_and_a_signature_behind_it(tmp_path):
    checked = check_copy(copy())
    assert checked.original == plain()
    assert copy().startswith(plain())
    assert checked.chain == office_key().chain
    assert (checked.signed_ms, checked.stamped_ms) == (samples.NOON, None)
    assert not checked.is_anchored
    (tmp_path / "x.pdf").write_bytes(copy())
    subprocess.run(["qpdf", "--check", str(tmp_path / "x.pdf")], capture_output=True, check=True)


@pytest.mark.parametrize("name", TAMPERED)
def test_our_own_look_refuses_what_was_tampered_with(name):
    with pytest.raises(OfficeCopyInvalidError):
        check_copy(TAMPERED[name]())


@settings(max_examples=60)
@given(share=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_any_bit_of_a_copy_that_turns_is_seen(share, bit):
    changed = bytearray(copy())
    changed[int(share * len(changed))] ^= 1 << bit
    assert refusal_of(bytes(changed)) is not None


@settings(max_examples=150)
@given(share=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7), in_text=st.booleans())
def test_any_bit_of_the_signatures_container_that_turns_is_seen(share, bit, in_text):
    """In what it says, or only in how its digits are written; the free room behind it included."""
    start = copy().rindex(b"/Contents <") + len(b"/Contents <")
    text = copy()[start : copy().index(b">", start)]
    said = bytearray(text if in_text else bytes.fromhex(text.decode()))
    said[int(share * len(said))] ^= 1 << bit
    written = bytes(said) if in_text else said.hex().upper().encode()
    assert refusal_of(copy()[:start] + written + copy()[start + len(text) :]) is not None


def test_a_copy_as_it_was_sealed_is_not_refused():
    assert refusal_of(copy()) is None


def refusal_of(pdf: bytes) -> InspectorError | None:
    """What refuses a copy: the look at it, or the one at the root that came along, which is asked next."""
    try:
        check_root(check_copy(pdf).chain[-1])
    except (OfficeCopyInvalidError, KeyMalformedError, CertificateInvalidError) as error:
        return error
    return None


def signed_otherwise(pdf: bytes, **meta: object) -> bytes:
    """Signed by the office's own key, in another way than ours."""
    sealer = OfficeSealer(office_key().key, office_key().chain)
    said = PdfSignatureMetadata(**{"field_name": "Other", "md_algorithm": "sha256", **meta})
    target = BytesIO(pdf)
    session = PdfSigner(said, sealer._signer).init_signing_session(IncrementalPdfFileWriter(target))
    session.system_time = datetime.fromtimestamp(samples.NOON // 1000, UTC)

    async def sign() -> None:
        document = session.prepare_tbs_document(validation_info=None, bytes_reserved=16_384)
        digest, _ = document.digest_tbs_document(in_place=True)
        attributes = PdfCMSSignedAttributes(signing_time=session.system_time)
        done = await document.perform_signature(digest.document_digest, attributes)
        await done.post_signature_processing(target)

    asyncio.run(sign())
    return target.getvalue()


def certified(**meta: object) -> bytes:
    given = {"certify": True, "docmdp_permissions": MDPPerm.NO_CHANGES, "subfilter": SigSeedSubFilter.PADES}
    return signed_otherwise(plain(), **{**given, **meta})


def test_a_copy_signed_without_certifying_is_refused():
    with pytest.raises(OfficeCopyInvalidError, match="不允许任何改动"):
        check_copy(signed_otherwise(plain()))


@pytest.mark.parametrize("level", [MDPPerm.FILL_FORMS, MDPPerm.ANNOTATE])
def test_a_copy_that_lets_somebody_fill_in_or_annotate_is_refused(level):
    with pytest.raises(OfficeCopyInvalidError, match="不允许任何改动"):
        check_copy(certified(docmdp_permissions=level))


@pytest.mark.parametrize("digest", ["sha1", "sha512"])
def test_a_copy_signed_over_another_digest_is_refused(digest):
    check_copy(certified())
    with pytest.raises(OfficeCopyInvalidError, match=digest):
        check_copy(certified(md_algorithm=digest))


def test_a_second_signature_is_refused():
    with pytest.raises(OfficeCopyInvalidError, match="实有 2 个"):
        check_copy(signed_otherwise(certified(docmdp_permissions=MDPPerm.FILL_FORMS), field_name="Second"))


def sealed_on(at_ms: int, key: DocumentKey) -> bytes:
    occasion = replace(sealing.OCCASION, at_ms=at_ms)
    return plain() + OfficeSealer(key.key, key.chain).appendix(plain(), occasion)


def test_a_certificate_counts_on_the_day_of_the_signature_and_on_no_other():
    """Papers are looked at long after a certificate ran out; nobody may sign with it then, nor before."""
    issued = samples.NOON - sealing.DAY
    last = issued + SIGNER_DAYS * sealing.DAY
    long_ago = issued - 20 * 365 * sealing.DAY
    root = new_document_root(sealing.ROOT, tenant=sealing.TENANT, office=sealing.OFFICE, at_ms=long_ago)
    old = issue_document_key(root, office=sealing.OFFICE, at_ms=long_ago)
    assert check_copy(sealed_on(long_ago + sealing.DAY, old)).signed_ms == long_ago + sealing.DAY
    check_copy(sealed_on(last - sealing.DAY, office_key()))
    for day in (last + sealing.DAY, issued - 2 * sealing.DAY):
        with pytest.raises(OfficeCopyInvalidError, match="证书链"):
            check_copy(sealed_on(day, office_key()))


def test_a_copy_of_what_was_updated_before_it_was_sealed_is_refused():
    """Its first revision would be compared, and its last one shown."""
    with pytest.raises(OfficeCopyInvalidError, match="完整的文书"):
        check_copy(sealing.sealed(updated(plain()), office_key()))


def test_what_is_no_pdf_is_not_sealed():
    with pytest.raises(PdfForeignError):
        sealing.sealed(b"%PDF-1.4 nothing", office_key())


# --- Time stamps ------------------------------------------------------------------------------------


@pytest.fixture
def authority():
    with sealing.TimestampServer() as server:
        yield server


def ask(server: sealing.TimestampServer):
    return TimestampAuthority(TimestampAddress.parse(server.url)).ask


def test_an_authority_stamps_the_time_and_pdfsig_still_accepts(authority, tmp_path):
    stamped = sealing.sealed(plain(), office_key(), ask(authority))
    checked = check_copy(stamped, [authority.anchor])
    assert checked.stamped_ms == samples.NOON + 60_000
    assert checked.is_stamp_trusted
    assert "样例时间戳" in checked.authority
    assert not check_copy(stamped).is_stamp_trusted
    assert VALID in pdfsig(stamped, tmp_path)
    assert openssl(stamped, tmp_path).returncode == 0


def test_one_sealer_asks_once_for_each_copy_and_once_for_the_size(authority):
    sealer = OfficeSealer(office_key().key, office_key().chain, ask(authority))
    for _ in range(3):
        sealer.appendix(plain(), sealing.OCCASION)
    assert authority.answered == 4


def test_a_stamp_for_another_document_is_refused(authority):
    authority.wrong = True
    with pytest.raises(TimestampInvalidError):
        sealing.sealed(plain(), office_key(), ask(authority))


def test_a_stamp_taken_from_another_copy_is_refused(authority):
    """The stamp is under no signature of the office: whoever has two copies can exchange theirs."""
    papers = (plain(), printed(samples.FIRE))
    mine, other = (sealing.sealed(pdf, office_key(), ask(authority)) for pdf in papers)
    assert check_copy(with_stamps_of(mine, mine), [authority.anchor]).is_stamp_trusted
    with pytest.raises(OfficeCopyInvalidError, match="时间戳"):
        check_copy(with_stamps_of(mine, other), [authority.anchor])


def with_stamps_of(pdf: bytes, other: bytes) -> bytes:
    """The first copy with what stands unsigned in the other's signature: its time stamp."""
    start = pdf.rindex(b"/Contents <") + len(b"/Contents <")
    end = pdf.index(b">", start)
    mine, theirs = (
        cms.ContentInfo.load(PdfFileReader(BytesIO(one)).embedded_signatures[0].pkcs7_content)
        for one in (pdf, other)
    )
    signer, giver = (one["content"]["signer_infos"][0] for one in (mine, theirs))
    signer["unsigned_attrs"] = giver["unsigned_attrs"].copy()
    return pdf[:start] + mine.dump(force=True).hex().upper().encode().ljust(end - start, b"0") + pdf[end:]


def test_an_authority_that_does_not_answer_leaves_nothing_half_done(authority):
    authority.down = True
    with pytest.raises(TimestampUnreachableError, match="503"):
        sealing.sealed(plain(), office_key(), ask(authority))


def test_something_that_is_no_authority_is_named(tmp_path):
    with pytest.raises(TimestampInvalidError, match="RFC 3161"):
        sealing.sealed(plain(), office_key(), lambda _request: b"<html>")
