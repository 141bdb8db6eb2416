"""An office's keys: made once, kept apart. Root and recovery identity belong into a safe."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from inspector.domain.identifiers import check_entry
from inspector.errors import CertificateInvalidError, DocumentKeyMissingError
from inspector.trust import age
from inspector.trust.certificates import OfficeRecipient, OfficeStatement, RecipientRole, issue_statement
from inspector.trust.checkpoints import LogVerifier
from inspector.trust.document_chain import (
    DocumentKey,
    KeyPair,
    from_pem,
    issue_document_key,
    new_document_root,
    to_pem,
)
from inspector.trust.key_file import KeyFile
from inspector.trust.keys import SigningKey

ISSUING, FEED, ROOT = "issuing", "feed", "root"
DOCUMENT_KEY, DOCUMENT_CHAIN = "document-key", "document-chain"
DOCUMENT_ROOT_KEY, DOCUMENT_ROOT = "document-root-key", "document-root"
"""What stands among a key file's other secrets: in the office's, and in the root's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOffice:
    """The keys of a new office.

    Attributes:
        root: signs statements, and certifies what signs documents; keep it offline.
        office: what the console works with: issuing key, feed key, age identity, document key.
        recovery: an age identity that opens every record when the office's is lost; print it, keep it safe.
        statement: the root-signed statement's envelope; public.
    """

    root: KeyFile
    office: KeyFile
    recovery: str = field(repr=False)
    statement: bytes


def new_office(*, tenant: str, name: str, log: LogVerifier, at_ms: int) -> NewOffice:
    """Make an office's keys and its first statement.

    Args:
        tenant: a short name in every key and path.
        name: the office's name on screens and documents.
        log: the key by which the server's log is known.
        at_ms: now; the certificates for documents are valid from then on.

    Raises:
        TextTooLongError, TextControlError: the office's name would be refused by whoever reads it.
    """
    root, issuing, feed = (SigningKey.generate() for _ in range(3))
    identity, recovery = age.generate_identity(), age.generate_identity()
    statement = OfficeStatement(
        tenant=tenant,
        office=name,
        version=1,
        root=root.public,
        issuing=issuing.public,
        feed=feed.public,
        log=log,
        recipients=(
            OfficeRecipient(role=RecipientRole.OFFICE, recipient=age.recipient_of(identity)),
            OfficeRecipient(role=RecipientRole.RECOVERY, recipient=age.recipient_of(recovery)),
        ),
    )
    office = KeyFile(
        tenant=tenant,
        purpose="office",
        signing={ISSUING: issuing, FEED: feed},
        identities=(identity,),
    )
    offline = KeyFile(tenant=tenant, purpose="root", signing={ROOT: root})
    offline, office = certify_documents(offline, office, name=name, at_ms=at_ms)
    return NewOffice(
        root=offline,
        office=office,
        recovery=recovery,
        statement=issue_statement(statement, root),
    )


def certify_documents(root: KeyFile, office: KeyFile, *, name: str, at_ms: int) -> tuple[KeyFile, KeyFile]:
    """Both files, with a fresh key for the office's copies in the office's.

    The root of the documents is made where the offline file has none yet: in offices that are older than it.

    Raises:
        CertificateInvalidError: the two files are not of one office, or the first is no root's.
        TextTooLongError, TextControlError: the office's name would be refused by whoever reads it.
    """
    check_entry(name, field="办公室名称")
    if ROOT not in root.signing or root.tenant != office.tenant:
        raise CertificateInvalidError(reason="这两个密钥文件不属于同一个办公室，或第一个不是根密钥")
    if DOCUMENT_ROOT_KEY in root.others:
        (certificate,) = from_pem(root.others[DOCUMENT_ROOT])
        pair = KeyPair(key=root.others[DOCUMENT_ROOT_KEY], certificate=certificate)
    else:
        pair = new_document_root(root.signing[ROOT], tenant=root.tenant, office=name, at_ms=at_ms)
        kept = {DOCUMENT_ROOT_KEY: pair.key, DOCUMENT_ROOT: to_pem((pair.certificate,))}
        root = replace(root, others={**root.others, **kept})
    return root, with_document_key(office, issue_document_key(pair, office=name, at_ms=at_ms))


def with_document_key(office: KeyFile, key: DocumentKey) -> KeyFile:
    """The office's file with another key for its copies."""
    kept = {DOCUMENT_KEY: key.key, DOCUMENT_CHAIN: to_pem(key.chain)}
    return replace(office, others={**office.others, **kept})


def document_key(office: KeyFile) -> DocumentKey:
    """What signs the office's copies.

    Raises:
        DocumentKeyMissingError: the file is older than such keys.
    """
    if DOCUMENT_KEY not in office.others:
        raise DocumentKeyMissingError()
    return DocumentKey(key=office.others[DOCUMENT_KEY], chain=from_pem(office.others[DOCUMENT_CHAIN]))
