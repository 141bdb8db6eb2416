"""The office's X.509 chain: bound to the office's root, and to nothing else."""

from __future__ import annotations

import subprocess
from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from inspector.errors import (
    CertificateInvalidError,
    KeyMalformedError,
    MessageMalformedError,
    SecretWrongError,
    SignatureInvalidError,
)
from inspector.trust import document_chain as chains
from inspector.trust.keys import SigningKey
from tests.notices import sealing
from tests.notices.samples import NOON

OTHER = SigningKey(b"o" * 32)


def test_the_offices_root_vouches_for_the_root_of_its_documents():
    root = sealing.document_root()
    said = chains.verify_document_root(root.certificate, sealing.ROOT.public, tenant=sealing.TENANT)
    assert (said.office, said.issued_ms) == (sealing.OFFICE, NOON - sealing.DAY)
    assert chains.is_bound(root.certificate)


def test_another_offices_root_does_not():
    root = sealing.document_root()
    with pytest.raises(CertificateInvalidError, match="不是由这个办公室的根密钥签署"):
        chains.verify_document_root(root.certificate, OTHER.public, tenant=sealing.TENANT)
    with pytest.raises(CertificateInvalidError, match="另一把密钥"):
        chains.verify_document_root(root.certificate, sealing.ROOT.public, tenant="another")


def test_a_statement_moved_to_another_certificate_vouches_for_nothing():
    """What a forger has: the office's public certificate, and a root certificate of their own making."""
    genuine = x509.load_der_x509_certificate(sealing.document_root().certificate)
    stolen = next(one for one in genuine.extensions if one.oid.dotted_string == chains.BINDING)
    key = ec.generate_private_key(ec.SECP256R1())
    forged = (
        x509.CertificateBuilder()
        .subject_name(genuine.subject)
        .issuer_name(genuine.subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(genuine.not_valid_before_utc)
        .not_valid_after(genuine.not_valid_after_utc)
        .add_extension(stolen.value, critical=False)
        .sign(key, sealing.SHA256())
    )
    der = forged.public_bytes(sealing.Encoding.DER)
    with pytest.raises(CertificateInvalidError, match="另一把密钥"):
        chains.verify_document_root(der, sealing.ROOT.public, tenant=sealing.TENANT)


def test_a_statement_that_was_altered_is_refused():
    root = sealing.document_root()
    certificate = root.certificate.replace(b'"sig":"', b'"sig":"A', 1)
    with pytest.raises((CertificateInvalidError, KeyMalformedError, SignatureInvalidError)):
        chains.verify_document_root(certificate, sealing.ROOT.public, tenant=sealing.TENANT)


def test_a_certificate_without_a_statement_is_said_to_have_none():
    _, authority = sealing.foreign_authority()
    assert not chains.is_bound(authority)
    with pytest.raises(CertificateInvalidError, match="没有办公室根密钥的声明"):
        chains.verify_document_root(authority, sealing.ROOT.public, tenant=sealing.TENANT)


def test_openssl_reads_the_chain_as_p_256_all_through(tmp_path):
    key = sealing.document_key()
    (tmp_path / "root.pem").write_bytes(chains.to_pem(key.chain[1:]))
    (tmp_path / "own.pem").write_bytes(chains.to_pem(key.chain[:1]))
    subprocess.run(
        ["openssl", "verify", "-x509_strict", "-attime", str(NOON // 1000), "-CAfile", "root.pem", "own.pem"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    for name in ("root.pem", "own.pem"):
        done = subprocess.run(
            ["openssl", "x509", "-in", name, "-noout", "-text"], cwd=tmp_path, check=True, capture_output=True
        )
        said = done.stdout.decode()
        assert "NIST CURVE: P-256" in said
        assert "ecdsa-with-SHA256" in said


def test_a_certificate_is_short_of_names_that_it_cannot_hold():
    name = "样" * 180
    root = chains.new_document_root(sealing.ROOT, tenant="t", office=name, at_ms=NOON)
    key = chains.issue_document_key(root, office=name, at_ms=NOON)
    for certificate in key.chain:
        facts = chains.facts_of(certificate)
        assert 60 <= len(facts.subject.encode()) <= 64
        assert "…" in facts.subject
    said = chains.verify_document_root(root.certificate, sealing.ROOT.public, tenant="t")
    assert said.office == name


def test_a_root_in_a_name_that_moves_the_cursor_vouches_for_nothing():
    root = chains.new_document_root(sealing.ROOT, tenant="t", office="样例\x1b[2J", at_ms=NOON)
    with pytest.raises(MessageMalformedError):
        chains.verify_document_root(root.certificate, sealing.ROOT.public, tenant="t")


def test_an_authoritys_key_and_chain_come_out_of_pkcs_12():
    data, authority = sealing.foreign_authority(b"pw-sample")
    key = chains.read_pkcs12(data, "pw-sample")
    assert key.chain[-1] == authority
    assert chains.facts_of(key.chain[0]).issuer == "样例认证机构（样例）"
    with pytest.raises(SecretWrongError):
        chains.read_pkcs12(data, "pw-wrong")
    with pytest.raises(SecretWrongError):
        chains.read_pkcs12(b"nothing", "pw-sample")


def test_a_key_that_readers_of_pdf_refuse_is_not_taken():
    data, _ = sealing.foreign_authority(b"pw-sample", curve=ec.SECP521R1)
    with pytest.raises(KeyMalformedError, match="P-256"):
        chains.read_pkcs12(data, "pw-sample")
    short, enough = (rsa.generate_private_key(65537, bits) for bits in (1024, chains.LEAST_RSA_BITS))
    with pytest.raises(KeyMalformedError, match="RSA"):
        chains.read_pkcs12(sealing.foreign_authority(own=short)[0], "pw-sample")
    assert len(chains.read_pkcs12(sealing.foreign_authority(own=enough)[0], "pw-sample").chain) == 2


def test_no_secret_shows_in_a_representation():
    key = sealing.document_key()
    assert key.key.hex() not in repr(key) and "key=" not in repr(key)
    assert "key=" not in repr(sealing.document_root())
    assert repr(replace(key, key=b"0")) == repr(key)


def test_pem_that_is_none_is_refused():
    with pytest.raises(KeyMalformedError):
        chains.from_pem(b"nothing")
    with pytest.raises(KeyMalformedError):
        chains.read_certificate(b"nothing")
