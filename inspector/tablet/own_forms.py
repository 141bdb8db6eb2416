"""The office's own document templates on this tablet: the newest signed set, kept in the device's journal."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from inspector.domain.issuer import IssuerKind
from inspector.errors import FormsConflictError, FormsOlderError, InspectorError
from inspector.notices.templates import OwnTemplate
from inspector.store.memory import DeviceMemory
from inspector.work.own_forms import SignedForms, kept_forms, open_forms
from inspector.work.ports import Alarm

FORMS = "own-forms"
"""Fact of the memory: the set in use, as it was signed."""


class OwnForms:
    """What the office prints with beside the shipped templates."""

    def __init__(self, *, memory: DeviceMemory, clock: Callable[[], int]) -> None:
        self._memory, self._clock = memory, clock
        self._read: tuple[str, Mapping[str, OwnTemplate]] | None = None

    def of(self, issuer: IssuerKind) -> tuple[OwnTemplate, ...]:
        """The office's own documents for a kind of issuer, by their ids."""
        documents = self._documents()
        return tuple(own for _, own in sorted(documents.items()) if own.issuer is issuer)

    def take(self, signed: SignedForms) -> None:
        """A set that the office sent, in place of the one before; the same one again changes nothing.

        Raises:
            FormsOlderError, FormsConflictError: a newer one is here, or another one of the same version.
            FormsUnfitError: this program does not accept all of it.
            StoreFullError, StoreUnavailableError: nothing has changed.
        """
        forms, fact = signed.forms, self._memory.fact(FORMS)
        if fact is not None:
            current = kept_forms(str(fact["envelope"]).encode("utf-8"))
            if forms == current:
                return
            if forms.version < current.version:
                raise FormsOlderError(version=forms.version, current=current.version)
            if forms.version == current.version:
                raise FormsConflictError(version=forms.version)
        open_forms(forms)
        self._memory.put_fact(
            FORMS,
            {
                "envelope": signed.envelope.decode("utf-8"),
                "certificate": signed.certificate.decode("utf-8"),
                "since_ms": self._clock(),
            },
        )

    def _documents(self) -> Mapping[str, OwnTemplate]:
        """By their ids; none, and an alarm, where this program does not read what an earlier one took in."""
        fact = self._memory.fact(FORMS)
        if fact is None:
            return {}
        envelope = str(fact["envelope"])
        if self._read is None or self._read[0] != envelope:
            self._read = envelope, self._opened(envelope)
        return self._read[1]

    def _opened(self, envelope: str) -> Mapping[str, OwnTemplate]:
        try:
            return open_forms(kept_forms(envelope.encode("utf-8")))
        except InspectorError as error:
            self._memory.raise_alarm(Alarm.of(error, self._clock()))
            return {}
