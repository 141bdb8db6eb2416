"""Who acts for an office, who is certified by it, and what stays valid after a revocation."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inspector.errors import (
    CertificateInvalidError,
    DetailsMismatchError,
    InspectorError,
    KeyMalformedError,
    MessageMalformedError,
    OfficeStatementOlderError,
    PayloadTypeError,
    RecordTooNewError,
    RootMismatchError,
    SignatureInvalidError,
    SignerRevokedError,
    SignerUnknownError,
)
from inspector.trust import dsse
from inspector.trust.certificates import (
    CERTIFICATE_TYPE,
    REVOCATION_TYPE,
    Certificate,
    Details,
    HolderKind,
    OfficeStatement,
    Revocation,
    RevocationReason,
    issue_certificate,
    issue_revocation,
    issue_statement,
    verify_certificate,
    verify_details,
    verify_revocation,
    verify_statement,
    verify_successor,
)
from inspector.trust.keyring import Keyring
from inspector.trust.keys import SigningKey
from inspector.trust.statement import STATEMENT_TYPE
from inspector.trust.strict_json import canonical
from tests.trust.office_keys import (
    ADA,
    ADA_DETAILS,
    ADA_ID,
    BEN_DETAILS,
    DEVICE,
    FEED,
    INSPECTOR_ADA,
    INSPECTOR_BEN,
    ISSUED_MS,
    ISSUING,
    ROOT,
    STATEMENT,
    STRANGER,
    TABLET,
)

SIGNED = issue_statement(STATEMENT, ROOT)
CERTIFICATE = TABLET.certificate()
GOOD, OTHER = "a" * 64, "b" * 64


def revocation(key: SigningKey = DEVICE, seq: int = 5, sha256: str = GOOD) -> Revocation:
    return Revocation(
        tenant="sample",
        key_id=key.key_id,
        last_good_seq=seq,
        last_good_sha256=sha256,
        reason=RevocationReason.LOST,
        at_ms=ISSUED_MS,
    )


# --- The statement ------------------------------------------------------------------------------


def test_a_statement_is_read_back_under_its_fingerprint():
    assert verify_statement(SIGNED, STATEMENT.fingerprint) == STATEMENT
    assert verify_statement(SIGNED, None) == STATEMENT
    assert STATEMENT.sealing_recipients == tuple(each.recipient for each in STATEMENT.recipients)


def test_another_office_s_statement_is_of_an_unknown_issuer():
    with pytest.raises(RootMismatchError):
        verify_statement(SIGNED, STRANGER.public.fingerprint)


def test_a_statement_is_signed_by_the_root_that_it_names():
    claimed = canonical(STATEMENT.to_payload())
    with pytest.raises(RootMismatchError):
        verify_statement(dsse.sign(claimed, STATEMENT_TYPE, [STRANGER]), STATEMENT.fingerprint)
    with pytest.raises(RootMismatchError):
        verify_statement(dsse.sign(claimed, STATEMENT_TYPE, [STRANGER]), None)
    with pytest.raises(ValueError, match="own root"):
        issue_statement(STATEMENT, STRANGER)


def test_a_statement_is_no_other_kind_of_message():
    with pytest.raises(PayloadTypeError):
        verify_statement(dsse.sign(canonical(STATEMENT.to_payload()), CERTIFICATE_TYPE, [ROOT]), None)


STATEMENT_FAULTS: dict[str, tuple[dict[str, object], type[InspectorError]]] = {
    "one key with two duties": ({"feed": ISSUING.public.text}, CertificateInvalidError),
    "a root that also issues": ({"issuing": ROOT.public.text}, CertificateInvalidError),
    "no recipient of the office": (
        {"recipients": [{"role": "recovery", "recipient": STATEMENT.sealing_recipients[0]}]},
        CertificateInvalidError,
    ),
    "one recipient twice": (
        {"recipients": [{"role": "office", "recipient": STATEMENT.sealing_recipients[0]}] * 2},
        CertificateInvalidError,
    ),
    "no recipients": ({"recipients": []}, CertificateInvalidError),
    "a recipient that is none": (
        {"recipients": [{"role": "office", "recipient": "age1x"}]},
        KeyMalformedError,
    ),
    "an unknown role": (
        {"recipients": [{"role": "guest", "recipient": STATEMENT.sealing_recipients[0]}]},
        MessageMalformedError,
    ),
    "a key that is none": ({"feed": "AAAA"}, KeyMalformedError),
    "a key of small order": ({"feed": "A" * 43 + "="}, KeyMalformedError),
    "a log that contradicts itself": ({"log": "a+00000000+AAAA"}, KeyMalformedError),
    "version nought": ({"version": 0}, MessageMalformedError),
    "a later format": ({"v": 2}, RecordTooNewError),
    "no format": ({"v": "1"}, MessageMalformedError),
    "a field too many": ({"accounts": []}, MessageMalformedError),
    "a tenant that is a path": ({"tenant": "../sample"}, MessageMalformedError),
    "an office that clears the screen": ({"office": "\x1b[2J样例办公室"}, MessageMalformedError),
    "an office that turns its line": ({"office": "样例\u202e办公室"}, MessageMalformedError),
    "an office of two lines": ({"office": "样例\n办公室"}, MessageMalformedError),
    "an office of too many words": ({"office": "样" * 201}, MessageMalformedError),
}


@pytest.mark.parametrize(("changed", "error"), STATEMENT_FAULTS.values(), ids=STATEMENT_FAULTS.keys())
def test_a_statement_that_contradicts_itself_is_refused(changed, error):
    envelope = dsse.sign(canonical(STATEMENT.to_payload() | changed), STATEMENT_TYPE, [ROOT])
    with pytest.raises(error):
        verify_statement(envelope, STATEMENT.fingerprint)


def test_a_rotation_is_a_higher_version_under_the_same_root():
    newer = replace(STATEMENT, version=2, feed=STRANGER.public)
    verify_successor(newer, STATEMENT)
    verify_successor(STATEMENT, STATEMENT)
    with pytest.raises(OfficeStatementOlderError):
        verify_successor(STATEMENT, newer)
    with pytest.raises(CertificateInvalidError):
        verify_successor(replace(newer, version=1), STATEMENT)
    with pytest.raises(RootMismatchError):
        verify_successor(replace(newer, root=STRANGER.public, feed=FEED.public), STATEMENT)
    with pytest.raises(RootMismatchError):
        verify_successor(replace(newer, tenant="other"), STATEMENT)


# --- Certificates -------------------------------------------------------------------------------


@pytest.mark.parametrize("holder", [TABLET, INSPECTOR_ADA])
def test_a_certificate_is_read_back(holder):
    envelope = issue_certificate(holder.certificate(), ISSUING)
    assert verify_certificate(envelope, STATEMENT) == holder.certificate()


@pytest.mark.parametrize("holder", [TABLET, INSPECTOR_ADA])
def test_a_certificate_shows_no_personal_data(holder):
    payload = dsse.peek(issue_certificate(holder.certificate(), ISSUING)).payload.decode()
    assert holder.details.name not in payload
    assert not holder.details.number or holder.details.number not in payload


@pytest.mark.parametrize("signer", [ROOT, FEED, STRANGER, DEVICE])
def test_only_the_issuing_key_certifies(signer):
    with pytest.raises(SignerUnknownError):
        verify_certificate(issue_certificate(CERTIFICATE, signer), STATEMENT)
    with pytest.raises(SignerUnknownError):
        verify_revocation(issue_revocation(revocation(), signer), STATEMENT)


def test_a_certificate_for_another_key_under_the_issuer_s_name_is_refused():
    forged = canonical(CERTIFICATE.to_payload() | {"key": STRANGER.public.text})
    envelope = dsse.sign(forged, CERTIFICATE_TYPE, [STRANGER])
    with pytest.raises(SignatureInvalidError):
        verify_certificate(envelope.replace(STRANGER.key_id.encode(), ISSUING.key_id.encode()), STATEMENT)


def test_a_certificate_and_a_revocation_cannot_be_confused():
    with pytest.raises(PayloadTypeError):
        verify_certificate(issue_revocation(revocation(), ISSUING), STATEMENT)
    with pytest.raises(PayloadTypeError):
        verify_revocation(issue_certificate(CERTIFICATE, ISSUING), STATEMENT)


def test_another_tenant_s_certificates_and_revocations_are_refused():
    with pytest.raises(CertificateInvalidError):
        verify_certificate(issue_certificate(TABLET.certificate(tenant="other"), ISSUING), STATEMENT)
    with pytest.raises(CertificateInvalidError):
        verify_revocation(issue_revocation(replace(revocation(), tenant="other"), ISSUING), STATEMENT)


def test_a_key_of_the_office_itself_is_never_certified():
    for key in STATEMENT.office_keys():
        with pytest.raises(CertificateInvalidError):
            verify_certificate(issue_certificate(replace(CERTIFICATE, key=key), ISSUING), STATEMENT)


CERTIFICATE_FAULTS: dict[str, tuple[dict[str, object], type[InspectorError]]] = {
    "an unknown kind": ({"kind": "server"}, MessageMalformedError),
    "a person with a recipient": ({"kind": "inspector"}, MessageMalformedError),
    "an id that is no UUID": ({"id": "1"}, MessageMalformedError),
    "an id in capitals": ({"id": CERTIFICATE.id.upper()}, MessageMalformedError),
    "a recipient that is none": ({"recipient": "age1"}, KeyMalformedError),
    "a key of small order": ({"key": "A" * 43 + "="}, KeyMalformedError),
    "a hash that is none": ({"details_sha256": "a"}, MessageMalformedError),
    "a negative time": ({"issued_ms": -1}, MessageMalformedError),
    "a name in the open": ({"name": "样例检查员甲"}, MessageMalformedError),
    "a later format": ({"v": 2}, RecordTooNewError),
}


@pytest.mark.parametrize(("changed", "error"), CERTIFICATE_FAULTS.values(), ids=CERTIFICATE_FAULTS.keys())
def test_a_certificate_of_another_shape_is_refused(changed, error):
    envelope = dsse.sign(canonical(CERTIFICATE.to_payload() | changed), CERTIFICATE_TYPE, [ISSUING])
    with pytest.raises(error):
        verify_certificate(envelope, STATEMENT)


def test_a_device_without_a_recipient_is_refused():
    payload = {name: value for name, value in CERTIFICATE.to_payload().items() if name != "recipient"}
    with pytest.raises(MessageMalformedError):
        Certificate.from_payload(payload)


def test_details_are_those_that_were_certified():
    verify_details(ADA_DETAILS, INSPECTOR_ADA.certificate())
    for other in (
        BEN_DETAILS,
        replace(ADA_DETAILS, name="样例检查员丙"),
        replace(ADA_DETAILS, number="样例-009"),
        replace(ADA_DETAILS, salt=bytes(16)),
        replace(ADA_DETAILS, name=ADA_DETAILS.number, number=ADA_DETAILS.name),
    ):
        with pytest.raises(DetailsMismatchError):
            verify_details(other, INSPECTOR_ADA.certificate())


def test_the_same_details_twice_commit_differently():
    assert Details.new(name="样例检查员甲").sha256 != Details.new(name="样例检查员甲").sha256
    assert Details.from_payload(ADA_DETAILS.to_payload()) == ADA_DETAILS


def test_details_with_a_short_salt_are_refused():
    with pytest.raises(MessageMalformedError):
        Details.from_payload(ADA_DETAILS.to_payload() | {"salt": "AAAA"})


# --- Revocations and the keyring ----------------------------------------------------------------


def test_a_revocation_is_read_back():
    assert verify_revocation(issue_revocation(revocation(), ISSUING), STATEMENT) == revocation()


@pytest.mark.parametrize(
    "changed",
    [
        {"key_id": "x"},
        {"reason_code": "whim"},
        {"last_good_seq": 0},
        {"last_good_sha256": "0" * 64},
        {"last_good_seq": -1},
        {"note": "…"},
    ],
)
def test_a_revocation_of_another_shape_is_refused(changed):
    envelope = dsse.sign(canonical(revocation().to_payload() | changed), REVOCATION_TYPE, [ISSUING])
    with pytest.raises(MessageMalformedError):
        verify_revocation(envelope, STATEMENT)


def keyring(*revocations: Revocation) -> Keyring:
    holders = (TABLET, INSPECTOR_ADA, INSPECTOR_BEN)
    return Keyring(STATEMENT, [holder.certificate() for holder in holders], revocations)


def test_a_key_is_found_by_id_and_by_what_its_holder_is():
    ring = keyring()
    assert ring.find(DEVICE.key_id, HolderKind.DEVICE).id == TABLET.id
    assert ring.current(ADA.key_id, HolderKind.INSPECTOR).id == ADA_ID
    assert set(ring.keys(HolderKind.INSPECTOR)) == {ADA.key_id, INSPECTOR_BEN.key.key_id}
    for key_id, kind in (
        (DEVICE.key_id, HolderKind.INSPECTOR),
        (ADA.key_id, HolderKind.DEVICE),
        (ADA.key_id, HolderKind.ACCOUNT),
        (STRANGER.key_id, HolderKind.DEVICE),
        (ISSUING.key_id, HolderKind.DEVICE),
        ("", HolderKind.DEVICE),
    ):
        with pytest.raises(SignerUnknownError):
            ring.find(key_id, kind)


def test_envelopes_make_a_keyring_only_if_each_is_good():
    good = issue_certificate(CERTIFICATE, ISSUING)
    ring = Keyring.from_envelopes(STATEMENT, [good], [issue_revocation(revocation(), ISSUING)])
    assert ring.device_for(DEVICE.key_id, seq=5, sha256=GOOD) == CERTIFICATE
    with pytest.raises(SignerRevokedError):
        ring.current(DEVICE.key_id, HolderKind.DEVICE)
    with pytest.raises(SignerUnknownError):
        Keyring.from_envelopes(STATEMENT, [good, issue_certificate(CERTIFICATE, STRANGER)])


def test_what_a_revoked_device_sent_up_to_its_last_good_delivery_stays_valid():
    ring = keyring(revocation(seq=5, sha256=GOOD))
    assert ring.device_for(DEVICE.key_id, seq=1, sha256=OTHER) == CERTIFICATE
    assert ring.device_for(DEVICE.key_id, seq=5, sha256=GOOD) == CERTIFICATE


@pytest.mark.parametrize(("seq", "sha256"), [(5, OTHER), (6, GOOD), (6, OTHER), (0, GOOD), (-1, GOOD)])
def test_what_a_revoked_device_signed_later_or_instead_is_refused(seq, sha256):
    with pytest.raises(SignerRevokedError):
        keyring(revocation(seq=5, sha256=GOOD)).device_for(DEVICE.key_id, seq=seq, sha256=sha256)


def test_a_revocation_may_leave_nothing_valid():
    ring = keyring(revocation(seq=0, sha256="0" * 64))
    for seq in (0, 1):
        with pytest.raises(SignerRevokedError):
            ring.device_for(DEVICE.key_id, seq=seq, sha256="0" * 64)


def test_of_two_revocations_the_stricter_counts():
    strict, lax = revocation(seq=2, sha256=OTHER), revocation(seq=5)
    for ring in (keyring(strict, lax), keyring(lax, strict)):
        with pytest.raises(SignerRevokedError):
            ring.device_for(DEVICE.key_id, seq=5, sha256=GOOD)


def test_a_revoked_key_is_good_for_nothing_new():
    ring = keyring(revocation(ADA, 0, "0" * 64))
    with pytest.raises(SignerRevokedError):
        ring.current(ADA.key_id, HolderKind.INSPECTOR)
    assert ring.find(ADA.key_id, HolderKind.INSPECTOR).id == ADA_ID
    assert ADA.key_id not in ring.keys(HolderKind.INSPECTOR)
    assert ring.current(INSPECTOR_BEN.key.key_id, HolderKind.INSPECTOR).key == INSPECTOR_BEN.key.public


def test_one_key_for_two_holders_is_refused():
    with pytest.raises(CertificateInvalidError):
        Keyring(
            STATEMENT, [INSPECTOR_ADA.certificate(), replace(INSPECTOR_BEN.certificate(), key=ADA.public)]
        )
    as_account = replace(INSPECTOR_ADA.certificate(), kind=HolderKind.ACCOUNT)
    with pytest.raises(CertificateInvalidError):
        Keyring(STATEMENT, [INSPECTOR_ADA.certificate(), as_account])


def test_a_certificate_issued_anew_takes_the_place_of_the_old_one():
    older = INSPECTOR_ADA.certificate()
    newer = replace(older, issued_ms=ISSUED_MS + 1, details_sha256=BEN_DETAILS.sha256)
    for certificates in ([older, newer], [newer, older]):
        assert Keyring(STATEMENT, certificates).find(ADA.key_id, HolderKind.INSPECTOR) == newer


def test_a_holder_may_have_several_keys():
    second = replace(INSPECTOR_ADA.certificate(), key=STRANGER.public, issued_ms=ISSUED_MS + 1)
    ring = Keyring(STATEMENT, [second, INSPECTOR_ADA.certificate()])
    assert ring.holder(ADA_ID, HolderKind.INSPECTOR) == (INSPECTOR_ADA.certificate(), second)


def test_a_statement_s_payload_reads_back():
    assert OfficeStatement.from_payload(STATEMENT.to_payload()) == STATEMENT
