"""The wording of documents as data: what is shipped, and what an office adds.

* Shipped: `assets/notices/<issuer>.toml`, exactly the documents that the issuer may issue.
* An office's own: any number of files of the same format in a folder of its own; each names its kind.
* A sentence whose placeholder is empty is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from string import Formatter

from inspector.domain.issuer import IssuerKind, NoticeKind
from inspector.domain.notice_parts import OwnForm
from inspector.errors import NoticeTemplateError
from inspector.notices.template_file import DocumentTemplate, read_own, read_shipped, texts_of
from inspector.notices.template_rules import PLACEHOLDERS

__all__ = [
    "PLACEHOLDERS",
    "DocumentTemplate",
    "IssuerTemplates",
    "OwnTemplate",
    "filled",
    "names_in",
    "own_templates",
    "parse_templates",
    "read_own_folder",
    "read_templates",
    "shipped_numbers",
    "shipped_titles",
    "texts_of",
    "unconfirmed",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerTemplates:
    """What one kind of issuer prints."""

    issuer: IssuerKind
    documents: Mapping[NoticeKind, DocumentTemplate]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTemplate:
    """One document of an office's own.

    Attributes:
        file: the name of the file that holds it; `data` is that file, byte for byte.
    """

    issuer: IssuerKind
    document: DocumentTemplate
    file: str
    data: bytes

    @property
    def form(self) -> OwnForm:
        """As a notice names it."""
        return OwnForm(id=self.document.id, sha256=sha256(self.data).hexdigest())


def read_templates(folder: Path) -> dict[IssuerKind, IssuerTemplates]:
    """The templates of every kind of issuer, from `<kind>.toml` in `folder`.

    Raises:
        NoticeTemplateError: a file is missing or not as it should be.
    """
    found = {}
    for issuer in IssuerKind:
        path = folder / f"{issuer.value}.toml"
        found[issuer] = parse_templates(_bytes_of(path), issuer, path.name)
    return found


def shipped_numbers(found: Mapping[IssuerKind, IssuerTemplates]) -> dict[IssuerKind, dict[NoticeKind, str]]:
    """How each kind of issuer prints its numbers."""
    return {
        issuer: {kind: document.number for kind, document in one.documents.items()}
        for issuer, one in found.items()
    }


def shipped_titles(found: Mapping[IssuerKind, IssuerTemplates]) -> dict[IssuerKind, dict[NoticeKind, str]]:
    """What each kind of issuer calls its documents where they are printed."""
    return {
        issuer: {kind: document.title for kind, document in one.documents.items()}
        for issuer, one in found.items()
    }


def unconfirmed(found: Mapping[IssuerKind, IssuerTemplates]) -> dict[IssuerKind, tuple[NoticeKind, ...]]:
    """The documents whose form nobody has confirmed, by kind of issuer."""
    return {
        issuer: tuple(sorted(kind for kind, document in one.documents.items() if document.status))
        for issuer, one in found.items()
    }


def parse_templates(data: bytes, issuer: IssuerKind, file: str) -> IssuerTemplates:
    """One issuer's templates from their TOML.

    Raises:
        NoticeTemplateError: carrying every fault.
    """
    read = read_shipped(data, issuer, file)
    documents = {document.kind: document for document in read.documents.values()}
    return IssuerTemplates(issuer=issuer, documents=documents)


def own_templates(data: bytes, file: str) -> tuple[OwnTemplate, ...]:
    """The documents of an office's own file.

    Raises:
        NoticeTemplateError: carrying every fault.
    """
    read = read_own(data, file)
    return tuple(
        OwnTemplate(issuer=read.issuer, document=document, file=file, data=data)
        for document in read.documents.values()
    )


def read_own_folder(folder: Path) -> dict[str, OwnTemplate]:
    """The documents of every `*.toml` in a folder, by their ids.

    Raises:
        NoticeTemplateError: a file has faults, or two files hold documents of the same id.
    """
    found: dict[str, OwnTemplate] = {}
    for path in sorted(folder.glob("*.toml")):
        for own in own_templates(_bytes_of(path), path.name):
            if own.document.id in found:
                reason = f"编号 {own.document.id} 已用于 {found[own.document.id].file}"
                raise NoticeTemplateError(file=path.name, reason=reason)
            found[own.document.id] = own
    return found


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise NoticeTemplateError(file=path.name, reason="读不出来") from problem


def filled(sentence: str, phrases: Mapping[str, str]) -> str | None:
    """The sentence with its phrases; None when one of them is empty.

    Args:
        sentence: of a template that was read.
        phrases: a phrase for each placeholder.
    """
    return sentence.format_map(phrases) if all(phrases[name] for name in names_in(sentence)) else None


def names_in(sentence: str) -> Iterator[str]:
    """The placeholders of a sentence of a template that was read."""
    return (name for _, name, _, _ in Formatter().parse(sentence) if name)
