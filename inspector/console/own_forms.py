"""The office's own document templates at the console: looked at whole, shown, signed, sent out.

* A file is judged before it is published: every fault at once, then whether every document in it can be
  printed with the fonts of this office.
* Each change publishes the next version of the whole set to every tablet, in one transaction with its line in
  the audit trail.
"""

from __future__ import annotations

from typing import Protocol

from inspector.console.accounts import LoggedIn, Right
from inspector.console.desk import Desk
from inspector.console.form_sets import keep_forms, newest_forms
from inspector.domain.issuer import IssuerKind
from inspector.errors import Fault, FormsRefusedError, NoticeTemplateError
from inspector.notices.template_words import key_word
from inspector.notices.templates import OwnTemplate, own_templates
from inspector.work.own_forms import SET_CAP, FormFile, FormSet, documents_of, sign_forms, size_of

PASTED = "粘贴的模板"
"""Stands for the file's name in faults while it has none."""


class Specimens(Protocol):
    """What shows how a document looks."""

    def specimen(self, own: OwnTemplate) -> bytes:
        """A document filled with invented data.

        Raises:
            GlyphMissingError: it has a character that no font has.
            PrintForbiddenError: it would say what its issuer must not say.
        """
        ...


class OwnForms:
    """The own templates of one office.

    Args:
        press: prints samples with this office's fonts.
    """

    def __init__(self, desk: Desk, press: Specimens) -> None:
        self._desk, self._press = desk, press

    # --- Looking ---

    def newest(self) -> FormSet | None:
        """What is published; None before the first time."""
        signed = newest_forms(self._desk.database)
        return signed.forms if signed else None

    def documents(self) -> tuple[OwnTemplate, ...]:
        """The documents that are published, file by file."""
        return tuple(documents_of(self._files()).values())

    def look(self, text: str, file: str = PASTED) -> tuple[OwnTemplate, ...]:
        """The documents of a file that could be published as it is.

        Raises:
            NoticeTemplateError: carrying every fault.
            GlyphMissingError, PrintForbiddenError: one of them could never be printed.
        """
        found = own_templates(text.encode("utf-8"), file)
        self._must_fit(found, file)
        for own in found:
            self._press.specimen(own)
        return found

    def specimen(self, own: OwnTemplate) -> bytes:
        """The PDF of a document filled with invented data.

        Raises:
            GlyphMissingError, PrintForbiddenError: as `look`.
        """
        return self._press.specimen(own)

    # --- Publishing ---

    def publish(self, by: LoggedIn, text: str) -> FormSet:
        """Publish a file beside the others, or in place of the one that began with the same document.

        Raises:
            NotPermittedError: no administrator.
            NoticeTemplateError, GlyphMissingError, PrintForbiddenError: as `look`.
            FormsRefusedError: it is what is published already, or all files together are too large.
            OfficeKeyLockedError, AvailabilityError: the account cannot be certified now.
        """
        by.account.must(Right.MANAGE)
        file = FormFile(name=_name_of(self.look(text)), text=text)
        if file in self._files():
            raise FormsRefusedError(reason="与已发布的完全相同")
        others = tuple(one for one in self._files() if one.name != file.name)
        return self._send(by, (*others, file), "publish-form", file.name)

    def remove(self, by: LoggedIn, name: str) -> FormSet:
        """Take a file back: its documents are not offered any more; what was issued with it stays.

        Raises:
            NotPermittedError: no administrator.
            FormsRefusedError: there is no such file.
            OfficeKeyLockedError, AvailabilityError: the account cannot be certified now.
        """
        by.account.must(Right.MANAGE)
        others = tuple(one for one in self._files() if one.name != name)
        if len(others) == len(self._files()):
            raise FormsRefusedError(reason=f"没有 {name} 这个模板")
        return self._send(by, others, "remove-form", name)

    # --- Inside ---

    def _files(self) -> tuple[FormFile, ...]:
        newest = self.newest()
        return newest.files if newest else ()

    def _issuer(self) -> IssuerKind:
        profile = self._desk.issuer()
        if profile is None:
            raise FormsRefusedError(reason="请先填写签发机关")
        return profile.kind

    def _must_fit(self, found: tuple[OwnTemplate, ...], file: str) -> None:
        """Refuse what cannot stand beside the other files, or is of another kind of issuer."""
        issuer, name = self._issuer(), _name_of(found)
        taken = {one.document.id: f"“{one.document.title}”" for one in self.documents() if one.file != name}
        faults = [
            Fault(
                file=file,
                place=f"“{own.document.title}”",
                what=f"编号 [{own.document.id}] 已用于{taken[own.document.id]}",
                rule="文书编号不能重复",
                suggestion="换一个编号，或先移除那个模板",
            )
            for own in found
            if own.document.id in taken
        ]
        if found[0].issuer is not issuer:
            what = f"写的是{found[0].issuer.word}，本机关是{issuer.word}"
            rule, suggestion = "签发主体须与本机关一致", f'写 issuer = "{issuer.value}"'
            faults.insert(
                0, Fault(file=file, place=key_word("issuer"), what=what, rule=rule, suggestion=suggestion)
            )
        if faults:
            reason = f"{faults[0].place}：{faults[0].what}"
            raise NoticeTemplateError(file=file, reason=reason, faults=tuple(faults))

    def _send(self, by: LoggedIn, files: tuple[FormFile, ...], act: str, name: str) -> FormSet:
        newest = self.newest()
        forms = FormSet(
            tenant=self._desk.statement.tenant,
            version=newest.version + 1 if newest else 1,
            files=files,
            account=by.account.id,
            by=by.account.login,
            at_ms=self._desk.clock(),
        )
        if size_of(forms) > SET_CAP:
            raise FormsRefusedError(reason=f"全部模板合起来超过 {SET_CAP // 1024} KiB，平板收不下")
        signed = sign_forms(forms, key=by.key, certificate=self._desk.account_certificate(by))
        with self._desk.database.at_once():
            if self.newest() != newest:
                raise FormsRefusedError(reason="刚才有人改动了模板，请重新检查后再发布")
            keep_forms(self._desk.database, signed)
            self._desk.note(by, act, name)
            for certificate in self._desk.device_certificates().values():
                self._desk.tell(certificate, signed)
        return forms


def _name_of(found: tuple[OwnTemplate, ...]) -> str:
    return f"{found[0].document.id}.toml"
