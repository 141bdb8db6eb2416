"""The office's copy of a notice: the tablet's PDF, certified with an invisible PAdES signature behind it.

* Certified with "no changes allowed" (ISO 32000-1 §12.8.2.2, DocMDP level 1) and signed last: whatever comes
  after the signature shows in every reader.
* The tablet's bytes stay as they were; the signature is an appendix. No picture of a seal is drawn.
* The only importer of pyHanko, and of the office alone: the tablet never imports this module.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO

from asn1crypto import keys, tsp, x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from inspector.errors import PdfForeignError, TimestampInvalidError

FIELD = "OfficeCopy"
Ask = Callable[[bytes], bytes]
"""Sends a request to a time-stamping authority (RFC 3161) and gives its answer."""

_MARGIN = 512
"""Bytes kept free behind the largest signature seen: a time stamp's length differs a little each time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What the signature says besides its bytes.

    Attributes:
        at_ms: when it was signed, by the signer's clock.
        signer: who signs, as readers show it: the office.
        reason: why.
    """

    at_ms: int
    signer: str
    reason: str


class OfficeSealer:
    """Signs copies with one key.

    Args:
        key: PKCS #8, DER.
        chain: certificates in DER, the signer's own first.
        ask: reaches the time-stamping authority; None puts no time stamp on.
    """

    def __init__(self, key: bytes, chain: tuple[bytes, ...], ask: Ask | None = None) -> None:
        own, *others = (x509.Certificate.load(one) for one in chain)
        store = SimpleCertificateStore()
        store.register_multiple(others)
        self._signer = SimpleSigner(own, keys.PrivateKeyInfo.load(key), store)
        self._authority = None if ask is None else _Authority(ask)
        self._reserved = 0

    def appendix(self, pdf: bytes, occasion: Occasion) -> bytes:
        """What has to stand behind a PDF of the press so that it becomes the office's copy.

        Raises:
            PdfForeignError: it is no whole PDF.
            TimestampInvalidError: the authority answered something else than was asked.
            TimestampUnreachableError: what `ask` raises.
        """
        target = BytesIO(pdf)
        with _translated():
            asyncio.run(self._sign(target, occasion))
        sealed = target.getvalue()
        if not sealed.startswith(pdf):
            raise PdfForeignError()
        return sealed[len(pdf) :]

    async def _sign(self, target: BytesIO, occasion: Occasion) -> None:
        meta = PdfSignatureMetadata(
            field_name=FIELD,
            name=occasion.signer,
            reason=occasion.reason,
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            certify=True,
            docmdp_permissions=MDPPerm.NO_CHANGES,
        )
        signer = PdfSigner(meta, self._signer, timestamper=self._authority)
        session = signer.init_signing_session(IncrementalPdfFileWriter(target))
        session.system_time = datetime.fromtimestamp(occasion.at_ms // 1000, UTC)  # not the machine's clock
        if not self._reserved:
            estimate = await session.estimate_signature_container_size(None, tight=False)
            self._reserved = estimate + 2 * _MARGIN
        document = session.prepare_tbs_document(validation_info=None, bytes_reserved=self._reserved)
        digest, output = document.digest_tbs_document(in_place=True)
        attributes = PdfCMSSignedAttributes(signing_time=session.system_time)
        signed = await document.perform_signature(digest.document_digest, attributes)
        await signed.post_signature_processing(output)


class _Authority(TimeStamper):
    """A time-stamping authority behind our own line."""

    def __init__(self, ask: Ask) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the library leaves it untyped
        self._ask = ask

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        answer = tsp.TimeStampResp.load(await asyncio.to_thread(self._ask, req.dump()))
        asked = req["message_imprint"]["hashed_message"].native
        token = answer["time_stamp_token"]
        if answer["status"]["status"].native == "granted":
            stamped = token["content"]["encap_content_info"]["content"].parsed
            if stamped["message_imprint"]["hashed_message"].native != asked:
                raise TimestampRequestError("another imprint")
        return answer


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except TimestampRequestError as error:
        raise TimestampInvalidError(reason="不是对这次请求的答复，或请求被拒绝") from error
    except (PdfError, SigningError) as error:
        raise PdfForeignError() from error
    except (ValueError, TypeError) as error:
        # asn1crypto's way to say that an answer is no ASN.1, or another structure.
        raise TimestampInvalidError(reason="不是 RFC 3161 的答复") from error
