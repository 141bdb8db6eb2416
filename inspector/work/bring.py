"""What the files of one call bring along for each other: the office's statement, certificates, a log."""

from __future__ import annotations

from collections.abc import Iterable

from inspector.domain.access import Access
from inspector.domain.delivery import DELIVERY_TYPE
from inspector.errors import InspectorError
from inspector.trust import dsse
from inspector.trust.certificates import CERTIFICATE_TYPE, REVOCATION_TYPE
from inspector.trust.statement import verify_statement
from inspector.work.bundle import Bundle
from inspector.work.verification import ACCESS_FILE, CERTIFICATE_FILE, STATEMENT_FILE
from inspector.work.verify_paper import Papers
from inspector.work.verify_record import NOBODY, Vouched


def vouched_by(files: Iterable[bytes | Bundle], papers: Papers) -> Vouched:
    """What a bundle brings along; where there is none, what the first notice does.

    A file that cannot be read brings nothing; it is reported when its own turn comes.

    Args:
        files: as `verify.read_file` gives them.
    """
    found = NOBODY
    for data in files:
        try:
            if isinstance(data, Bundle):
                return _of_bundle(data)
            if data.startswith(b"%PDF-") and found is NOBODY:
                found = _of_notice(data, papers)
        except (InspectorError, KeyError):
            continue
    return found


def _of_bundle(bundle: Bundle) -> Vouched:
    kinds = [(dsse.peek(leaf).payload_type, leaf) for leaf in bundle.leaves]
    return Vouched(
        statement=verify_statement(bundle.statement, None),
        certificates=tuple(leaf for kind, leaf in kinds if kind == CERTIFICATE_TYPE),
        revocations=tuple(leaf for kind, leaf in kinds if kind == REVOCATION_TYPE),
        entries=tuple(leaf for kind, leaf in kinds if kind == DELIVERY_TYPE),
    )


def _of_notice(pdf: bytes, papers: Papers) -> Vouched:
    files = papers.files(papers.first_revision(pdf))
    statement = verify_statement(files[STATEMENT_FILE], None)
    access = Access.from_bytes(files[ACCESS_FILE]) if ACCESS_FILE in files else None
    return Vouched(statement=statement, certificates=(files[CERTIFICATE_FILE],), access=access)
