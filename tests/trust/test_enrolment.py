"""Enrolment past a hostile server: it can hold a message back; everything else it does sets off an alarm."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from inspector.errors import (
    CertificateInvalidError,
    DetailsMismatchError,
    EnrolmentForgedError,
    EnrolmentMisdirectedError,
    InspectorError,
    InvitationCodeError,
    MessageMalformedError,
    SignerUnknownError,
)
from inspector.trust import dsse, enrolment
from inspector.trust.certificates import issue_certificate, issue_statement
from inspector.trust.enrolment import (
    REQUEST_TYPE,
    Applicant,
    EnrolmentRequest,
    Invitation,
    digits,
    open_offer,
    open_request,
    open_response,
    seal_offer,
    seal_request,
    seal_response,
)
from inspector.trust.keys import SigningKey
from inspector.trust.radix import base64_text
from inspector.trust.strict_json import canonical
from tests.trust.office_keys import (
    ADA,
    BEN,
    BEN_DETAILS,
    DEVICE,
    DEVICE_DETAILS,
    FEED,
    INSPECTOR_ADA,
    ISSUING,
    LOG,
    ROOT,
    STATEMENT,
    STRANGER,
    TABLET,
    Holder,
)

URL = "https://office.example:8443"
INVITATION = Invitation(secret=bytes(range(16)), url=URL)
OTHER_INVITATION = Invitation(secret=bytes(16), url=URL)
SIGNED_STATEMENT = issue_statement(STATEMENT, ROOT)


def applicant(holder: Holder) -> Applicant:
    return Applicant(id=holder.id, key=holder.key.public, recipient=holder.recipient, details=holder.details)


ASKED = EnrolmentRequest(device=applicant(TABLET), inspectors=(applicant(INSPECTOR_ADA),))
OFFER = seal_offer(INVITATION, SIGNED_STATEMENT)
REQUEST = seal_request(INVITATION, OFFER, ASKED, [DEVICE, ADA])
GRANTED = [
    (issue_certificate(holder.certificate(), ISSUING), holder.details) for holder in (TABLET, INSPECTOR_ADA)
]
RESPONSE = seal_response(INVITATION, REQUEST, GRANTED)
MESSAGES = {"offer": OFFER, "request": REQUEST, "response": RESPONSE}


def opened(response: bytes, request: bytes = REQUEST, invitation: Invitation = INVITATION):
    return open_response(invitation, request, response, asked=ASKED, statement=STATEMENT)


# --- The code -----------------------------------------------------------------------------------


@given(st.binary(min_size=16, max_size=16))
def test_a_code_and_a_scanned_text_give_the_same_invitation(secret):
    made = Invitation(secret=secret, url=URL)
    assert Invitation.from_text(made.text) == made
    assert Invitation.from_code(made.code, url=URL) == made
    assert len(made.code.split("-")) == 6


def test_a_code_is_read_however_it_was_typed():
    code = INVITATION.code
    for typed in (
        code.lower(),
        code.replace("-", ""),
        code.replace("-", " "),
        f"  {code}\n",
        code.replace("0", "O").replace("1", "l"),
        code.replace("0", "o").replace("1", "I"),
        "".join(chr(ord(char) + 0xFEE0) if char != "-" else "－" for char in code),
    ):
        assert Invitation.from_code(typed).secret == INVITATION.secret


@given(st.data())
def test_one_wrong_character_is_noticed_before_anything_is_sent(data):
    code = INVITATION.code.replace("-", "")
    place = data.draw(st.integers(0, 29))
    other = data.draw(
        st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ").filter(lambda char: char != code[place])
    )
    with pytest.raises(InvitationCodeError):
        Invitation.from_code(code[:place] + other + code[place + 1 :])


def test_two_swapped_neighbours_are_noticed():
    code = INVITATION.code.replace("-", "")
    for place in range(29):
        if code[place] != code[place + 1]:
            with pytest.raises(InvitationCodeError):
                Invitation.from_code(code[:place] + code[place + 1] + code[place] + code[place + 2 :])


@pytest.mark.parametrize("typed", ["", "AAAAA", "U" * 30, "样" * 30, "0" * 29, "0" * 31])
def test_what_is_no_code_is_refused(typed):
    with pytest.raises(InvitationCodeError):
        Invitation.from_code(typed)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://office.example",
        "inspector://enrol",
        f"inspector://enrol?u={URL}",
        f"inspector://enrol?c={INVITATION.code}",
        f"inspector://enrol?u={URL}&u={URL}&c={INVITATION.code}",
        f"inspector://enrol?u={URL}&c={INVITATION.code}&x=1",
        f"inspector://other?u={URL}&c={INVITATION.code}",
        f"http://enrol?u={URL}&c={INVITATION.code}",
        f"inspector://enrol?u=javascript:alert(1)&c={INVITATION.code}",
        f"inspector://enrol?u=file:///etc&c={INVITATION.code}",
        f"inspector://enrol?u=https://a%0d%0ab&c={INVITATION.code}",
        f"inspector://enrol?u=https://{'a' * 400}&c={INVITATION.code}",
        "inspector://[?u=1",
    ],
)
def test_what_is_no_invitation_is_refused(text):
    with pytest.raises(InvitationCodeError):
        Invitation.from_text(text)


def test_the_server_s_name_for_an_invitation_tells_nothing_of_its_secret():
    assert len(INVITATION.id) == 32
    assert INVITATION.id != OTHER_INVITATION.id
    for shown in (INVITATION.id, repr(INVITATION)):
        assert INVITATION.secret.hex() not in shown
        assert INVITATION.code not in shown


def test_every_invitation_is_another():
    assert Invitation.new(URL).secret != Invitation.new(URL).secret


# --- The three messages -------------------------------------------------------------------------


def test_tablet_and_console_learn_each_other_s_keys():
    assert open_offer(INVITATION, OFFER) == (SIGNED_STATEMENT, STATEMENT)
    assert open_request(INVITATION, OFFER, REQUEST) == ASKED
    certified = opened(RESPONSE)
    assert [each.certificate for each in certified] == [TABLET.certificate(), INSPECTOR_ADA.certificate()]
    assert [each.details for each in certified] == [TABLET.details, INSPECTOR_ADA.details]
    assert [each.envelope for each in certified] == [envelope for envelope, _ in GRANTED]


def test_the_office_may_leave_an_inspector_out():
    certified = opened(seal_response(INVITATION, REQUEST, GRANTED[:1]))
    assert [each.certificate.id for each in certified] == [TABLET.id]


def test_the_office_may_correct_the_details():
    corrected = replace(INSPECTOR_ADA.details, number="样例-101")
    certificate = replace(INSPECTOR_ADA.certificate(), details_sha256=corrected.sha256)
    response = seal_response(
        INVITATION, REQUEST, [GRANTED[0], (issue_certificate(certificate, ISSUING), corrected)]
    )
    assert opened(response)[1].details == corrected


def test_both_sides_see_the_same_eight_digits():
    shown = digits(INVITATION, OFFER, REQUEST)
    assert shown == digits(Invitation.from_code(INVITATION.code), OFFER, REQUEST)
    assert len(shown) == 8
    assert shown.isdigit()


def test_the_digits_differ_when_anything_else_was_exchanged():
    shown = {
        digits(INVITATION, OFFER, REQUEST),
        digits(OTHER_INVITATION, OFFER, REQUEST),
        digits(INVITATION, seal_offer(INVITATION, SIGNED_STATEMENT), REQUEST),
        digits(INVITATION, OFFER, seal_request(INVITATION, OFFER, ASKED, [DEVICE, ADA])),
        digits(INVITATION, REQUEST, OFFER),
    }
    assert len(shown) == 5


@pytest.mark.parametrize("message", [OFFER, REQUEST, RESPONSE])
def test_the_server_reads_nothing_in_passing(message):
    for known in (DEVICE.public.raw, DEVICE.public.text.encode(), "样例".encode(), b"statement", b"device"):
        assert known not in message


@pytest.mark.parametrize(("step", "number"), [("offer", 1), ("request", 2), ("response", 3)])
def test_each_message_is_sealed_under_a_key_of_its_own_direction(step, number):
    message = MESSAGES[step]
    info = f"inspector enrolment v1 {step}".encode()
    key = HKDF(algorithm=SHA256(), length=32, salt=b"", info=info).derive(INVITATION.secret)
    assert message[:4] == b"IE1" + bytes([number])
    assert message[4:20].hex() == INVITATION.id
    assert ChaCha20Poly1305(key).decrypt(message[20:32], message[32:], message[:20]).startswith(b"{")


# --- A hostile server ---------------------------------------------------------------------------

OPENERS = {
    "offer": lambda message: open_offer(INVITATION, message),
    "request": lambda message: open_request(INVITATION, OFFER, message),
    "response": lambda message: opened(message),
}


@pytest.mark.parametrize("sent", MESSAGES)
@pytest.mark.parametrize("step", OPENERS)
def test_a_message_reflected_or_moved_to_another_step_is_refused(sent, step):
    if sent == step:
        OPENERS[step](MESSAGES[sent])
        return
    with pytest.raises(EnrolmentMisdirectedError) as raised:
        OPENERS[step](MESSAGES[sent])
    assert "另一步" in raised.value.message


@pytest.mark.parametrize("sent", MESSAGES)
@pytest.mark.parametrize("step", OPENERS)
def test_a_message_relabelled_for_another_step_is_refused(sent, step):
    if sent == step:
        return
    relabelled = MESSAGES[step][:4] + MESSAGES[sent][4:]
    with pytest.raises(EnrolmentForgedError):
        OPENERS[step](relabelled)


def test_a_message_of_another_invitation_is_refused():
    offer = seal_offer(OTHER_INVITATION, SIGNED_STATEMENT)
    with pytest.raises(EnrolmentMisdirectedError):
        open_offer(INVITATION, offer)
    with pytest.raises(EnrolmentForgedError):
        open_offer(INVITATION, OFFER[:20] + offer[20:])


def test_a_server_that_makes_its_own_offer_is_found_out():
    rogue = replace(STATEMENT, root=STRANGER.public)
    statement = issue_statement(rogue, STRANGER)
    made_without_the_secret = seal_offer(OTHER_INVITATION, statement)
    with pytest.raises(EnrolmentForgedError):
        open_offer(INVITATION, OFFER[:20] + made_without_the_secret[20:])


def test_a_server_that_swaps_the_tablet_s_keys_is_found_out():
    rogue = EnrolmentRequest(device=replace(ASKED.device, key=STRANGER.public))
    request = seal_request(OTHER_INVITATION, OFFER, rogue, [STRANGER])
    with pytest.raises(EnrolmentForgedError):
        open_request(INVITATION, OFFER, REQUEST[:20] + request[20:])


def test_a_request_for_another_offer_is_refused():
    again = seal_offer(INVITATION, SIGNED_STATEMENT)
    with pytest.raises(EnrolmentMisdirectedError):
        open_request(INVITATION, again, REQUEST)


def test_a_response_to_another_request_is_refused():
    again = seal_request(INVITATION, OFFER, ASKED, [DEVICE, ADA])
    with pytest.raises(EnrolmentMisdirectedError):
        opened(RESPONSE, request=again)


@pytest.mark.parametrize("step", OPENERS)
@given(data=st.data())
def test_one_flipped_bit_is_refused(step, data):
    message = bytearray(MESSAGES[step])
    message[data.draw(st.integers(0, len(message) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises((EnrolmentForgedError, EnrolmentMisdirectedError, MessageMalformedError)):
        OPENERS[step](bytes(message))


@pytest.mark.parametrize("step", OPENERS)
def test_a_message_cut_anywhere_is_refused(step):
    for length in range(0, len(MESSAGES[step]), 7):
        with pytest.raises((EnrolmentForgedError, EnrolmentMisdirectedError, MessageMalformedError)):
            OPENERS[step](MESSAGES[step][:length])


# --- A tablet or console in bad faith -----------------------------------------------------------


def resealed(envelope: bytes) -> bytes:
    payload = {"v": 1, "request": base64_text(envelope)}
    return enrolment._seal(INVITATION, enrolment._Direction.REQUEST, payload)


def claim(**changed: object) -> dict[str, object]:
    payload: dict[str, object] = {
        "v": 1,
        "invitation": INVITATION.id,
        "offer": sha256(OFFER).hexdigest(),
        "device": ASKED.device.to_payload(),
        "inspectors": [ASKED.inspectors[0].to_payload()],
    }
    return payload | changed


@pytest.mark.parametrize("signers", [[DEVICE], [ADA], [STRANGER], [DEVICE, STRANGER]])
def test_a_key_whose_holder_did_not_sign_is_not_taken_in(signers):
    with pytest.raises(EnrolmentForgedError):
        open_request(INVITATION, OFFER, resealed(dsse.sign(canonical(claim()), REQUEST_TYPE, signers)))


def test_a_signature_made_for_something_else_is_no_proof():
    envelope = dsse.sign(canonical(claim()), "application/vnd.inspector.record.v1+json", [DEVICE, ADA])
    with pytest.raises(EnrolmentForgedError):
        open_request(INVITATION, OFFER, resealed(envelope))


@pytest.mark.parametrize(
    "changed",
    [
        {"inspectors": [ASKED.inspectors[0].to_payload() | {"key": DEVICE.public.text}]},
        {"inspectors": [ASKED.inspectors[0].to_payload() | {"id": TABLET.id}]},
        {"inspectors": [ASKED.inspectors[0].to_payload()] * 16},
        {"inspectors": [ASKED.inspectors[0].to_payload() | {"recipient": TABLET.recipient}]},
        {"device": ASKED.inspectors[0].to_payload()},
        {"device": ASKED.device.to_payload() | {"id": "../x"}},
        {"device": ASKED.device.to_payload() | {"details": {"name": "样例"}}},
        {"more": 1},
    ],
)
def test_a_request_of_another_shape_is_refused(changed):
    envelope = dsse.sign(canonical(claim(**changed)), REQUEST_TYPE, [DEVICE, ADA])
    with pytest.raises(MessageMalformedError):
        open_request(INVITATION, OFFER, resealed(envelope))


def test_a_request_moved_under_another_invitation_by_its_own_maker_is_refused():
    envelope = dsse.sign(canonical(claim(invitation=OTHER_INVITATION.id)), REQUEST_TYPE, [DEVICE, ADA])
    with pytest.raises(EnrolmentMisdirectedError):
        open_request(INVITATION, OFFER, resealed(envelope))


def test_everybody_who_applies_signs_and_nobody_else():
    for signers in ([DEVICE], [DEVICE, ADA, BEN]):
        with pytest.raises(ValueError, match="applicant"):
            seal_request(INVITATION, OFFER, ASKED, signers)


def certificate(holder: Holder, issuer: SigningKey = ISSUING, **changed: object) -> bytes:
    return issue_certificate(replace(holder.certificate(), **changed), issuer)


BAD_GRANTS: dict[str, tuple[list[tuple[bytes, object]], type[InspectorError]]] = {
    "nothing": ([], EnrolmentForgedError),
    "the inspector only": (GRANTED[1:], EnrolmentForgedError),
    "the inspector first": (GRANTED[::-1], EnrolmentForgedError),
    "the device twice": ([GRANTED[0], GRANTED[0]], EnrolmentForgedError),
    "another key for the device": (
        [(certificate(TABLET, key=STRANGER.public), DEVICE_DETAILS)],
        EnrolmentForgedError,
    ),
    "another recipient for the device": (
        [(certificate(TABLET, recipient=STATEMENT.sealing_recipients[0]), DEVICE_DETAILS)],
        EnrolmentForgedError,
    ),
    "an inspector nobody asked for": (
        [GRANTED[0], (certificate(replace(INSPECTOR_ADA, key=BEN)), INSPECTOR_ADA.details)],
        EnrolmentForgedError,
    ),
    "a certificate that the office did not issue": (
        [(certificate(TABLET, FEED), DEVICE_DETAILS)],
        SignerUnknownError,
    ),
    "another tenant's certificate": (
        [(certificate(TABLET, tenant="other"), DEVICE_DETAILS)],
        CertificateInvalidError,
    ),
    "a certificate of the log's own key": (
        [(certificate(TABLET, key=LOG.public), DEVICE_DETAILS)],
        CertificateInvalidError,
    ),
    "another's details": ([(GRANTED[0][0], BEN_DETAILS)], DetailsMismatchError),
}


@pytest.mark.parametrize(("granted", "error"), BAD_GRANTS.values(), ids=BAD_GRANTS.keys())
def test_a_response_that_does_not_fit_the_request_is_refused(granted, error):
    with pytest.raises(error):
        opened(seal_response(INVITATION, REQUEST, granted))


def test_the_alarm_says_what_happened_in_chinese():
    with pytest.raises(EnrolmentForgedError) as raised:
        open_offer(INVITATION, OFFER[:-1] + bytes([OFFER[-1] ^ 1]))
    assert "改动了密钥" in raised.value.message
    assert "作废" in raised.value.next_step
