"""Looking at an office's copy: is it one, is it untouched, whose chain is it, when was it signed.

* Exactly one signature, the certifying one, over the whole file, with no changes allowed: anything else is no
  office's copy, whatever the signature itself is worth.
* Whether the chain's root is an office's root is asked elsewhere (`trust/document_chain.py`); here the chain
  has only to hold, up to its own root or to an authority that the reader trusts.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO

from asn1crypto import algos, cms, core, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature, async_validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from inspector.errors import OfficeCopyInvalidError
from inspector.notices.copies import CheckedCopy

# What it thinks of a bad signature is said in the answer, in Chinese, and not on a terminal's error output.
for _name in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_name).addHandler(logging.NullHandler())


def check_copy(pdf: bytes, anchors: Sequence[bytes] = ()) -> CheckedCopy:
    """The office's copy, once its signature is shown to hold over all of it.

    Args:
        anchors: certificates of authorities that the reader trusts, DER.

    Raises:
        OfficeCopyInvalidError: it does not, for the reason given.
    """
    try:
        reader = PdfFileReader(BytesIO(pdf))
        found = reader.embedded_signatures
    except Exception as error:  # pyHanko lets through whatever any library under it ends with
        raise OfficeCopyInvalidError(reason="文件已损坏") from error
    if len(found) != 1:
        raise OfficeCopyInvalidError(reason=f"应有一个签名，实有 {len(found)} 个")
    try:
        return _checked(pdf, found[0], [x509.Certificate.load(one) for one in anchors])
    except OfficeCopyInvalidError:
        raise
    except Exception as error:  # as above
        raise OfficeCopyInvalidError(reason="签名读不出来，或签名之后被改动") from error


def _checked(pdf: bytes, signature: EmbeddedPdfSignature, anchors: list[x509.Certificate]) -> CheckedCopy:
    signed_at = signature.self_reported_timestamp
    if signature.docmdp_level is not MDPPerm.NO_CHANGES or signed_at is None:
        raise OfficeCopyInvalidError(reason="签名没有声明“不允许任何改动”")
    _must_be_ours(pdf, signature)
    own = [one for one in signature.other_embedded_certs if one.self_issued]
    status = asyncio.run(_validated(signature, [*anchors, *own], anchors, signed_at))
    _must_hold(status)
    path = [one for one in status.validation_path or () if isinstance(one, x509.Certificate)]
    chain = tuple(one.dump() for one in reversed(path))
    stamp = status.timestamp_validity
    return CheckedCopy(
        original=_original(pdf, signature),
        chain=chain,
        is_anchored=chain[-1] in {anchor.dump() for anchor in anchors},
        signed_ms=_ms(signed_at),
        stamped_ms=_ms(stamp.timestamp) if stamp else None,
        authority=str(stamp.signing_cert.subject.human_friendly) if stamp else "",
        is_stamp_trusted=bool(stamp and stamp.trusted),
    )


def _must_be_ours(pdf: bytes, signature: EmbeddedPdfSignature) -> None:
    """Nothing but what the sealer writes, in those parts of the container too that no signature covers.

    Those are the versions, the named digests (RFC 5652 §5), the room left free behind the container, and how
    its digits are written.
    """
    data, signer = signature.signed_data, signature.signer_info
    if (found := signer["digest_algorithm"]["algorithm"].native) != "sha256":
        raise OfficeCopyInvalidError(reason=f"签名所用的摘要算法是 {found}，应为 SHA-256")
    plain = algos.DigestAlgorithm({"algorithm": "sha256", "parameters": core.Null()}).dump()
    named = [one.dump() for one in (*data["digest_algorithms"], signer["digest_algorithm"])]
    versions = {data["version"].native, signer["version"].native}
    container = signature.pkcs7_content
    free = container[len(cms.ContentInfo.load(container).dump()) :]
    _, start, end, _ = signature.byte_range
    is_plain = pdf[start:end] == b"<%b>" % container.hex().upper().encode()
    if versions != {"v1"} or named != [plain, plain] or free.strip(b"\0") or not is_plain:
        raise OfficeCopyInvalidError(reason="签名之外被改动")


async def _validated(
    signature: EmbeddedPdfSignature,
    roots: list[x509.Certificate],
    anchors: list[x509.Certificate],
    signed_at: datetime,
) -> PdfSignatureStatus:
    # Certificates run out before documents do: what counts is the day of the signature.
    context = ValidationContext(trust_roots=roots, moment=signed_at, allow_fetching=False)
    stamps = ValidationContext(trust_roots=anchors, moment=signed_at, allow_fetching=False)
    return await async_validate_pdf_signature(signature, context, stamps)


def _must_hold(status: PdfSignatureStatus) -> None:
    if not status.intact or not status.valid:
        raise OfficeCopyInvalidError(reason="内容在签署之后被改动")
    if status.coverage is not SignatureCoverageLevel.ENTIRE_FILE:
        raise OfficeCopyInvalidError(reason="签署之后又追加了内容")
    if not status.trusted or status.validation_path is None:
        raise OfficeCopyInvalidError(reason="证书链不完整或不成立")
    stamp = status.timestamp_validity
    if stamp is not None and not (stamp.intact and stamp.valid):
        raise OfficeCopyInvalidError(reason="时间戳不是对这个签名的")


def _original(pdf: bytes, signature: EmbeddedPdfSignature) -> bytes:
    """The revision before the signature's own, to the end of its last line."""
    before = signature.reader.xrefs.get_startxref_for_revision(0)
    ending = b"\nstartxref\n%d\n%%%%EOF\n" % before
    place = pdf.find(ending, before)
    if place < 0 or signature.signed_revision != 1:
        raise OfficeCopyInvalidError(reason="签名前的内容不是一份完整的文书")
    return pdf[: place + len(ending)]


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
