"""The office's own document templates as the console's database keeps them: every signed set, newest last."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from inspector.console.database import DeskDatabase, Row
from inspector.domain.issuer import IssuerKind, NoticeKind
from inspector.domain.notice import Notice
from inspector.domain.notice_parts import OwnForm
from inspector.notices.templates import OwnTemplate
from inspector.work.own_forms import SignedForms, documents_of, kept_forms

Titles = Mapping[IssuerKind, Mapping[NoticeKind, str]]
"""What shipped documents are called where they are printed, by kind of issuer and of document."""
NO_TITLES: Titles = {}


def newest_forms(database: DeskDatabase) -> SignedForms | None:
    """What is out in the field; None before the first set."""
    row = database.row("SELECT * FROM own_forms ORDER BY version DESC LIMIT 1")
    return _signed(row) if row else None


def keep_forms(database: DeskDatabase, signed: SignedForms) -> None:
    """Keep a set that was signed here, or told to tablets before a backup of this console was put back."""
    row = {
        "version": signed.forms.version,
        "envelope": signed.envelope,
        "certificate": signed.certificate,
        "at_ms": signed.forms.at_ms,
    }
    database.put("own_forms", row)


def own_documents(database: DeskDatabase, issuer: IssuerKind) -> tuple[OwnTemplate, ...]:
    """The office's own documents of now, for a kind of issuer, by their ids."""
    row = database.row("SELECT envelope FROM own_forms ORDER BY version DESC LIMIT 1")
    found = _documents(row["envelope"]) if row else {}
    return tuple(own for _, own in sorted(found.items()) if own.issuer is issuer)


def titles_ever(database: DeskDatabase) -> Mapping[str, str]:
    """The title of each own document that there ever was, as it was last."""
    titles: dict[str, str] = {}
    for row in database.rows("SELECT envelope FROM own_forms ORDER BY version"):
        titles |= {id: own.document.title for id, own in _documents(row["envelope"]).items()}
    return titles


def names_ever(database: DeskDatabase) -> Mapping[str, str]:
    """The name on screens of each document that there ever was, shipped or own, by its id."""
    return {**titles_ever(database), **{kind.value: kind.word for kind in NoticeKind}}


def ids_ever(database: DeskDatabase, kind: NoticeKind) -> tuple[str, ...]:
    """The ids that own documents of a kind ever had."""
    rows = database.rows("SELECT envelope FROM own_forms ORDER BY version")
    found = (own for row in rows for own in _documents(row["envelope"]).values())
    return tuple(sorted({own.document.id for own in found if own.document.kind is kind}))


def own_ever(database: DeskDatabase, form: OwnForm) -> OwnTemplate | None:
    """The own document that a notice names, as it was when it was printed; None where no set has had it."""
    for row in database.rows("SELECT envelope FROM own_forms ORDER BY version DESC"):
        own = _documents(row["envelope"]).get(form.id)
        if own is not None and own.form == form:
            return own
    return None


def printed_title(database: DeskDatabase, notice: Notice, shipped: Titles) -> str:
    """What stands at the top of a notice: by its form as it was then; by its kind where that is not known."""
    if notice.form is None:
        return shipped.get(notice.issuer, {}).get(notice.kind, notice.kind.word)
    own = own_ever(database, notice.form)
    return own.document.title if own else notice.kind.word


def title_of(notice: Row) -> str:
    """What a row of `notices` is called: as it is printed; by its kind where it was taken in before."""
    return str(notice["title"]) or NoticeKind(notice["kind"]).word


def _signed(row: Row) -> SignedForms:
    envelope = row["envelope"]
    return SignedForms(forms=kept_forms(envelope), envelope=envelope, certificate=row["certificate"])


@lru_cache(maxsize=64)
def _documents(envelope: bytes) -> Mapping[str, OwnTemplate]:
    return documents_of(kept_forms(envelope).files)
