"""Who may sign for the console: an account of this office, with the key of its certificate."""

import pytest

from inspector.errors import CertificateInvalidError, SignerUnknownError, TrustError
from inspector.trust import dsse
from inspector.trust.account_signature import verify_by_account
from inspector.trust.certificates import Certificate, HolderKind, issue_certificate
from tests.simulator import NOW_MS, Cast, key

TYPE = "application/vnd.sample+json"
ACCOUNT = "0192d3a4-0000-7000-8000-0000000000ac"


def certificate(cast: Cast, kind: HolderKind = HolderKind.ACCOUNT) -> bytes:
    found = Certificate(
        tenant=cast.statement.tenant,
        kind=kind,
        id=ACCOUNT,
        key=key("account").public,
        recipient=cast.certificate.recipient if kind is HolderKind.DEVICE else None,
        details_sha256="d" * 64,
        issued_ms=NOW_MS,
    )
    return issue_certificate(found, cast.issuing)


def test_an_account_of_the_office_is_believed_and_named():
    cast = Cast.new()
    envelope = dsse.sign(b"{}", TYPE, [key("account")])
    assert verify_by_account(envelope, TYPE, certificate(cast), cast.statement) == (b"{}", ACCOUNT)


@pytest.mark.parametrize("kind", [HolderKind.DEVICE, HolderKind.INSPECTOR])
def test_nobody_else_whom_the_office_certified_may_sign_for_it(kind: HolderKind):
    cast = Cast.new()
    envelope = dsse.sign(b"{}", TYPE, [key("account")])
    with pytest.raises(CertificateInvalidError, match="账号"):
        verify_by_account(envelope, TYPE, certificate(cast, kind), cast.statement)


def test_another_key_than_the_certificates_is_not_believed():
    cast = Cast.new()
    with pytest.raises(SignerUnknownError):
        verify_by_account(dsse.sign(b"{}", TYPE, [key("other")]), TYPE, certificate(cast), cast.statement)


def test_an_account_of_another_office_is_not_believed():
    envelope = dsse.sign(b"{}", TYPE, [key("account")])
    with pytest.raises(TrustError):
        verify_by_account(envelope, TYPE, certificate(Cast.new("elsewhere")), Cast.new().statement)
