"""An office's own document templates on their way to its tablets: one signed set at a time.

* A set holds every template file of the office, whole, and counts up; an account of the office signs it.
* Whoever takes a set in verifies the signature and reads every file as strictly as the console did: a set is
  used whole or not at all. A signature does not make a word printable that its issuer must not print.
* `docs/formats/own-forms.md` describes both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inspector.domain.fields import Fields
from inspector.errors import (
    FormatError,
    FormsForgedError,
    FormsUnfitError,
    NoticeTemplateError,
    RecordTooNewError,
    TrustError,
)
from inspector.notices.templates import OwnTemplate, own_templates
from inspector.trust import dsse
from inspector.trust.account_signature import verify_by_account
from inspector.trust.keys import SigningKey
from inspector.trust.radix import base64_bytes, base64_text
from inspector.trust.statement import OfficeStatement
from inspector.trust.strict_json import canonical, parse_object

FORMS_TYPE = "application/vnd.inspector.own-forms.v1+json"
FORMAT = 1
SET_CAP = 128 * 1024
"""Bytes of a set as JSON: some fifty documents, and one message of the feed carries it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormFile:
    """One template file: its name, and its text as it is embedded in what is printed with it."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSet:
    """What an account signs.

    Attributes:
        version: counted by the console from 1; the set with the higher one prevails.
        files: all of them, by name; none after the last was removed.
        account: id of the account that published it; `by` is its login.
    """

    tenant: str
    version: int
    files: tuple[FormFile, ...]
    account: str
    by: str
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedForms:
    """A set, its account's signature, and that account's certificate."""

    forms: FormSet
    envelope: bytes
    certificate: bytes


def documents_of(files: Sequence[FormFile]) -> Mapping[str, OwnTemplate]:
    """The documents of a set by their ids.

    Raises:
        NoticeTemplateError: a file has faults, or two files hold documents of the same id.
    """
    found: dict[str, OwnTemplate] = {}
    for file in files:
        for own in own_templates(file.text.encode("utf-8"), file.name):
            id = own.document.id
            if id in found:
                raise NoticeTemplateError(file=file.name, reason=f"编号 {id} 已用于 {found[id].file}")
            found[id] = own
    return found


def open_forms(forms: FormSet) -> Mapping[str, OwnTemplate]:
    """The documents of a set that came from elsewhere.

    Raises:
        FormsUnfitError: this program does not accept all of it.
    """
    try:
        return documents_of(forms.files)
    except NoticeTemplateError as error:
        reason = error.message.rstrip("。")
        raise FormsUnfitError(version=forms.version, reason=reason) from error


def sign_forms(forms: FormSet, *, key: SigningKey, certificate: bytes) -> SignedForms:
    """A set under its account's key."""
    envelope = dsse.sign(canonical(_to_json(forms)), FORMS_TYPE, [key])
    return SignedForms(forms=forms, envelope=envelope, certificate=certificate)


def verify_forms(envelope: bytes, certificate: bytes, statement: OfficeStatement) -> SignedForms:
    """The set in `envelope`, once an account of this office is shown to have signed it.

    Raises:
        FormsForgedError: it is not the office's, not an account's, or no set.
        FormsUnfitError: a later program wrote it.
    """
    try:
        payload, account = verify_by_account(envelope, FORMS_TYPE, certificate, statement)
        forms = _from_json(parse_object(payload, max_bytes=SET_CAP))
    except RecordTooNewError as error:
        raise FormsUnfitError(version="", reason="格式更新") from error
    except (TrustError, FormatError) as error:
        raise FormsForgedError(reason=error.message.rstrip("。")) from error
    if account != forms.account:
        raise FormsForgedError(reason="签名的不是所写的账号")
    if forms.tenant != statement.tenant:
        raise FormsForgedError(reason="是别的单位的")
    return SignedForms(forms=forms, envelope=envelope, certificate=certificate)


def kept_forms(envelope: bytes) -> FormSet:
    """The set in an envelope that was verified, or made, before it was kept.

    Raises:
        FormatError: it is no set.
    """
    return _from_json(parse_object(dsse.peek(envelope).payload, max_bytes=SET_CAP))


def size_of(forms: FormSet) -> int:
    """Bytes of a set as JSON; at most `SET_CAP` can be sent."""
    return len(canonical(_to_json(forms)))


def forms_to_json(body: SignedForms) -> Mapping[str, object]:
    """The body of a feed message."""
    return {"forms": base64_text(body.envelope), "certificate": base64_text(body.certificate)}


def forms_from_json(json: object, statement: OfficeStatement) -> SignedForms:
    """The reverse of `forms_to_json`, verified.

    Raises:
        FormsForgedError, FormsUnfitError: as `verify_forms`.
        FormatError: it is no such body.
    """
    with Fields(json, "own forms") as field:
        envelope, certificate = base64_bytes(field.text("forms")), base64_bytes(field.text("certificate"))
    return verify_forms(envelope, certificate, statement)


def _to_json(value: FormSet) -> Mapping[str, object]:
    return {
        "v": FORMAT,
        "tenant": value.tenant,
        "version": value.version,
        "files": [{"name": one.name, "text": one.text} for one in value.files],
        "account": value.account,
        "by": value.by,
        "at_ms": value.at_ms,
    }


def _from_json(json: object) -> FormSet:
    with Fields(json, "own forms") as field:
        field.version(FORMAT)
        forms = FormSet(
            tenant=field.text("tenant"),
            version=field.integer("version"),
            files=field.listing("files", _file),
            account=field.text("account"),
            by=field.text("by"),
            at_ms=field.integer("at_ms"),
        )
    if forms.version < 1:
        raise FormsForgedError(reason="版本号不对")
    return forms


def _file(json: object) -> FormFile:
    with Fields(json, "own form") as field:
        return FormFile(name=field.text("name"), text=field.text("text"))
