"""An office's keys: made once, kept apart. Root and recovery identity belong into a safe."""

from __future__ import annotations

from dataclasses import dataclass, field

from inspector.trust import age
from inspector.trust.certificates import OfficeRecipient, OfficeStatement, RecipientRole, issue_statement
from inspector.trust.checkpoints import LogVerifier
from inspector.trust.key_file import KeyFile
from inspector.trust.keys import SigningKey

ISSUING, FEED, ROOT = "issuing", "feed", "root"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOffice:
    """The keys of a new office.

    Attributes:
        root: signs statements and nothing else; keep it offline.
        office: what the console works with: issuing key, feed key, age identity.
        recovery: an age identity that opens every record when the office's is lost; print it, keep it safe.
        statement: the root-signed statement's envelope; public.
    """

    root: KeyFile
    office: KeyFile
    recovery: str = field(repr=False)
    statement: bytes


def new_office(*, tenant: str, name: str, log: LogVerifier) -> NewOffice:
    """Make an office's keys and its first statement.

    Args:
        tenant: a short name in every key and path.
        name: the office's name on screens and documents.
        log: the key by which the server's log is known.
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
    return NewOffice(
        root=KeyFile(tenant=tenant, purpose="root", signing={ROOT: root}),
        office=office,
        recovery=recovery,
        statement=issue_statement(statement, root),
    )
