"""The wording of documents as data: `assets/notices/*.toml`, one file per kind of issuer.

* A file holds exactly the documents that its issuer may issue, and a seal exactly when it enforces.
* Sentences have placeholders of a closed list. A sentence whose placeholder is empty is left out.
* Orders carry the appeal clause with both terms; nothing else carries it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

from inspector.domain.identifiers import format_number
from inspector.domain.issuer import ENFORCEMENT_WORDS, IssuerKind, NoticeKind, kinds_of
from inspector.errors import NoticeTemplateError, NumberTemplateError

_WHO = ("title", "enterprise", "issuer", "inspectors", "contact", "phone", "body", "court", "replaces")
_WHAT = ("period", "place", "situation", "tally", "count", "deadlines", "at_once", "corrected", "suspected")
PLACEHOLDERS = frozenset({*_WHO, *_WHAT})
_DOCUMENT_KEYS = {"title", "number", "salutation", "before", "after"}
_APPEAL_MARKS = ("{body}", "{court}", "60日", "6个月")


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentTemplate:
    """One document's wording.

    Attributes:
        title: printed at the top.
        number: the number's template, see `inspector.domain.identifiers.format_number`.
        salutation: whom it speaks to, or empty.
        before: sentences above the table of findings, a paragraph each.
        after: sentences below it.
    """

    title: str
    number: str
    salutation: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerTemplates:
    """What one kind of issuer prints; `has_seal` leaves a place for the seal."""

    issuer: IssuerKind
    has_seal: bool
    documents: Mapping[NoticeKind, DocumentTemplate]


def read_templates(folder: Path) -> dict[IssuerKind, IssuerTemplates]:
    """The templates of every kind of issuer, from `<kind>.toml` in `folder`.

    Raises:
        NoticeTemplateError: a file is missing or not as it should be.
    """
    return {issuer: _read(folder / f"{issuer.value}.toml", issuer) for issuer in IssuerKind}


def _read(path: Path, issuer: IssuerKind) -> IssuerTemplates:
    try:
        return parse_templates(path.read_text(encoding="utf-8"), issuer, path.name)
    except (OSError, UnicodeDecodeError) as problem:
        raise NoticeTemplateError(file=path.name, reason="读不出来") from problem


def parse_templates(text: str, issuer: IssuerKind, file: str) -> IssuerTemplates:
    """One issuer's templates from their TOML text.

    Raises:
        NoticeTemplateError: not TOML, a key missing or surplus, an unknown placeholder, a document that the
            issuer may not issue, an appeal clause where none belongs or none where one does.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise NoticeTemplateError(file=file, reason="不是 TOML") from problem
    kinds = kinds_of(issuer)
    _check(set(data) == {"format", "issuer", "seal", *kinds}, file, "字段或文书种类缺少或多余")
    _check(data["format"] == 1 and data["issuer"] == issuer.value, file, "format 或 issuer 不对")
    _check(data["seal"] is issuer.enforces, file, "seal 与签发主体不符")
    documents = {kind: _document(data[kind], kind, file) for kind in sorted(kinds)}
    if not issuer.enforces:
        for word in ENFORCEMENT_WORDS:
            _check(word not in text, file, f"非执法主体不得使用“{word}”")
    return IssuerTemplates(issuer=issuer, has_seal=issuer.enforces, documents=documents)


def _document(value: object, kind: NoticeKind, file: str) -> DocumentTemplate:
    _check(isinstance(value, dict) and set(value) == _DOCUMENT_KEYS, file, f"{kind} 的字段缺少或多余")
    assert isinstance(value, dict)  # noqa: S101  checked on the line above
    for key in ("title", "number", "salutation"):
        _check(isinstance(value[key], str), file, f"{kind} 的 {key} 应为文字")
    for key in ("before", "after"):
        sentences = value[key]
        is_list = isinstance(sentences, list) and all(isinstance(text, str) for text in sentences)
        _check(is_list, file, f"{kind} 的 {key} 应为文字的列表")
    template = DocumentTemplate(
        title=value["title"],
        number=value["number"],
        salutation=value["salutation"],
        before=tuple(value["before"]),
        after=tuple(value["after"]),
    )
    _check_document(template, kind, file)
    return template


def _check_document(template: DocumentTemplate, kind: NoticeKind, file: str) -> None:
    sentences = (template.salutation, *template.before, *template.after)
    for sentence in sentences:
        _check_sentence(sentence, file)
    appeals = [sentence for sentence in sentences if "{body}" in sentence or "{court}" in sentence]
    _check(len(appeals) == kind.orders, file, f"{kind} 的复议诉讼告知应有 {int(kind.orders)} 句")
    for sentence in appeals:
        is_whole = all(mark in sentence for mark in _APPEAL_MARKS)
        _check(is_whole, file, "复议诉讼告知应写明机关、法院和两个期限")
    words = {name: "样" for _, name, _, _ in Formatter().parse(template.number) if name}
    for name in ("year", "serial"):
        words.pop(name, None)
    try:
        format_number(template.number, year=2026, serial=1, **words)
    except NumberTemplateError as problem:
        raise NoticeTemplateError(file=file, reason=problem.message) from problem


def _check_sentence(sentence: str, file: str) -> None:
    try:
        parsed = list(Formatter().parse(sentence))
    except ValueError as problem:
        raise NoticeTemplateError(file=file, reason="花括号不成对") from problem
    for _, name, spec, form in parsed:
        is_known = name is None or (name in PLACEHOLDERS and not spec and not form)
        _check(is_known, file, f"不认识的占位 {{{name}}}")


def _check(is_met: bool, file: str, reason: str) -> None:
    if not is_met:
        raise NoticeTemplateError(file=file, reason=reason)


def filled(sentence: str, phrases: Mapping[str, str]) -> str | None:
    """The sentence with its phrases; None when one of them is empty.

    Args:
        sentence: of a template that was read.
        phrases: a phrase for each placeholder.
    """
    names = [name for _, name, _, _ in Formatter().parse(sentence) if name]
    return sentence.format_map(phrases) if all(phrases[name] for name in names) else None
