"""Every link of the documents to a file of the tree leads there."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("checklists/*.md")]
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")


def test_every_link_leads_to_a_file():
    links = [(one, link) for one in DOCUMENTS for link in LINK.findall(one.read_text(encoding="utf-8"))]
    assert len(links) > 40
    assert [(one.name, link) for one, link in links if not (one.parent / link).exists()] == []
