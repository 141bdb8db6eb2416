"""What an account of the office signed: one rule for packs, own templates and decisions alike."""

from __future__ import annotations

from inspector.errors import CertificateInvalidError
from inspector.trust import dsse
from inspector.trust.certificates import HolderKind, verify_certificate
from inspector.trust.statement import OfficeStatement


def verify_by_account(
    envelope: bytes, payload_type: str, certificate: bytes, statement: OfficeStatement
) -> tuple[bytes, str]:
    """The payload of `envelope`, and the id of the account whose certificate is shown to have signed it.

    Raises:
        TrustError: the certificate is not the office's, not an account's, or not the signer's.
        FormatError: one of them cannot be read.
    """
    account = verify_certificate(certificate, statement)
    if account.kind is not HolderKind.ACCOUNT:
        raise CertificateInvalidError(reason="签名的不是审核台的账号")
    return dsse.verify(envelope, payload_type, [account.key]).payload, account.id
