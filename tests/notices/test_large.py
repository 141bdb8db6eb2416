"""The largest notices: what a notice may hold is printed, read back and verified, and no more is unpacked."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial

import pytest

from inspector.domain.identifiers import FACTS_CAP, NAME_CAP
from inspector.domain.issuer import NoticeKind
from inspector.domain.notice import FINDINGS_CAP, SuspectedMajor
from inspector.domain.notice_details import Measure, MeasuresDecision
from inspector.domain.notice_parts import LISTED_CAP
from inspector.domain.notice_record import canonical
from inspector.errors import NoticeIncompleteError, PdfForeignError
from inspector.notices import attachments
from inspector.notices.attachments import MAX_FILES_BYTES, attach, attachments_of, same_objects
from inspector.notices.pdf_file import PdfFile
from inspector.trust import strict_json
from inspector.work.verify import Verdict, verify_file
from tests.notices import samples
from tests.work import test_verify as look

WIDE = "𪚥"
"""Four bytes in UTF-8, as many as any character has."""
NAME, FACTS = WIDE * NAME_CAP, WIDE * FACTS_CAP
LONGEST = (1 << 53) - 1
DOUBT = SuspectedMajor(criterion=NAME, upheld=True, reason=FACTS)
FULL = partial(
    replace,
    samples.FINDINGS[0],
    place=NAME,
    facts=FACTS,
    measured=NAME,
    basis=(NAME,),
    requirement=FACTS,
    suspected=DOUBT,
    photos=(),
)


def findings(count: int):
    return tuple(FULL(ordinal=ordinal) for ordinal in range(1, count + 1))


def decision(count: int):
    """The kind that holds most: so many findings, and as many measures, every text at its cap."""
    measures = tuple(Measure(findings=(ordinal,), text=FACTS) for ordinal in range(1, count + 1))
    return replace(
        samples.ORDER,
        kind=NoticeKind.MEASURES_DECISION,
        place=NAME,
        situation=FACTS,
        findings=findings(count),
        details=MeasuresDecision(basis=(NAME,), measures=measures),
        photos=(),
    )


def signed(points: int, count: int):
    """An order whose first officer signed with so many points, each as long to write as any may be."""
    strokes = (((LONGEST, LONGEST),) * points,)
    first, second = samples.OFFICERS
    signature = replace(first.signature, strokes=strokes, width=LONGEST, height=LONGEST)
    inspectors = (replace(first, signature=signature), second)
    return replace(samples.ORDER, inspectors=inspectors, findings=findings(count), photos=())


def written(files) -> bytes:
    """A PDF as the press writes it, with these files and one empty page."""
    file = PdfFile()
    tree = file.reserve()
    page = file.add(f"<< /Type /Page /Parent {tree} /MediaBox [0 0 9 9] >>")
    file.fill(tree, f"<< /Type /Pages /Count 1 /Kids [{page}] >>")
    return file.finished(pages=tree, names=attach(file, files), info=file.add("<< >>"))


def test_every_text_of_a_notice_at_its_cap_leaves_room_for_what_has_none():
    assert FINDINGS_CAP == LISTED_CAP == 500
    one, two = (len(canonical(decision(count))) for count in (1, 2))
    whole = one + (FINDINGS_CAP - 1) * (two - one)
    assert MAX_FILES_BYTES // 2 < whole < MAX_FILES_BYTES * 3 // 4


def test_a_notice_of_many_megabytes_is_printed_read_back_and_verified():
    """More than any other message may have; most of it are strokes, which are printed soonest."""
    notice = signed(162_000, 52)
    assert len(canonical(notice)) > strict_json.MAX_BYTES
    pdf = look.issued(notice, photos={})
    assert attachments_of(pdf)["notice.json"] == canonical(notice)
    found = verify_file(pdf, look.TRUST, papers=look.Blind())
    assert found.verdict is Verdict.CONTENT_ONLY, look.words(found)
    assert not look.bad(found)
    assert same_objects(pdf, look.rewritten(pdf, lambda content: content, level=1, holds=b'"strokes"'))


def test_a_notice_that_could_not_be_read_back_is_not_printed():
    with pytest.raises(NoticeIncompleteError, match="超过 64 MB"):
        look.issued(samples.ORDER, attachments={"large.txt": bytes(MAX_FILES_BYTES)})


@pytest.mark.parametrize("shares", [(1,), (2, 2)])
def test_the_files_of_a_pdf_are_unpacked_up_to_their_cap_together(shares):
    files = {f"{place}.txt": bytes(MAX_FILES_BYTES // share) for place, share in enumerate(shares)}
    assert attachments_of(written(files)) == files
    files["0.txt"] += b"\0"
    with pytest.raises(PdfForeignError):
        attachments_of(written(files))


def test_one_file_under_many_names_is_not_unpacked_for_each():
    bomb = written({"a.txt": bytes(MAX_FILES_BYTES)})
    names = re.compile(rb"\((a\.txt)\) (\d+) 0 R(?=\])")
    things = {
        number: names.sub(rb"(\1) \2 0 R (b.txt) \2 0 R", one)
        for number, one in attachments._objects(bomb).items()
    }
    forged = look.set_anew(bomb, things)
    assert forged != bomb
    with pytest.raises(PdfForeignError):
        attachments_of(forged)
