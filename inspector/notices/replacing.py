"""A document that takes the place of another one says so, whatever its template says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from inspector.domain.notice import Notice
from inspector.notices.phrases import phrases
from inspector.notices.templates import DocumentTemplate, filled, names_in

REPLACING = frozenset({"replaces", "replaces_reason"})
"""What the paper must say of it: which one, and why."""


def saying_what_it_replaces(
    own: DocumentTemplate, shipped: DocumentTemplate, notice: Notice
) -> DocumentTemplate:
    """An office's own template, with the shipped sentences for what it would leave unsaid of `notice`.

    A sentence of the office's counts only if it is printed: not where something else in it is empty.
    """
    known = phrases(notice, own.title)
    printed = (one for one in (own.salutation, *own.before, *own.after) if filled(one, known) is not None)
    unsaid = REPLACING - {name for one in printed for name in names_in(one)}
    return replace(own, after=(*own.after, *_sentences(shipped, unsaid)))


def _sentences(shipped: DocumentTemplate, unsaid: frozenset[str]) -> Iterator[str]:
    return (one for one in shipped.after if not unsaid.isdisjoint(names_in(one)))
