"""A collection of official texts, cut into articles, and what `laws.toml` says set beside them.

* A text is a `.md` or `.txt` file in UTF-8 named after the law, `消防法(2021-04-29).md`, or after a
  standard's number and title; the date is that of the text. One line is one paragraph.
* A text belongs to the first version of the law that came into force on its date or later, so that no version
  is ever compared with the words of another.
* Articles begin with `第…条`, clauses of standards with `7.1.4`; items with `（一）`, or `1` in standards, on
  lines of their own or within the paragraph. Headings, front matter, comments and annexes are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from inspector.catalog.faults import Faults, refusal
from inspector.catalog.sources import bytes_of
from inspector.catalog.tables import MAX_FILE_BYTES
from inspector.domain.clause import NUMERAL, Clause, clause_of, number_of
from inspector.domain.law import Article, Law, LawId, LawKind, Laws
from inspector.errors import Fault, system_reason

_SUFFIXES = {".md", ".txt"}
_COUNTRY = "中华人民共和国"
_DATED = re.compile(r"[（(]([0-9]{4})(?:-([0-9]{2})-([0-9]{2}))?[^）)]*[）)]", re.ASCII)
_NOISE = re.compile(r"[\s、，,《》〈〉·\u200b]")
_ARTICLE = re.compile(rf"(第{NUMERAL}条(?:之{NUMERAL})?)[\s\u3000]+(.*)")
_CLAUSE = re.compile(r"([0-9]+(?:\.[0-9]+)+[A-Z]?)[\s\u3000]+(.*)", re.ASCII)
_HEADING = re.compile(rf"[#>]|<!--|第{NUMERAL}(?:编|分编|章|节)(?:[\s\u3000]|$)")
_ANNEX = re.compile(r"附[\s\u3000]*[表件录]")
_ITEM = re.compile(rf"[（(]({NUMERAL})[）)]")
_PLAIN_ITEM = re.compile(r"([0-9]{1,2})[\s\u3000、.．）)]+(?=\D)", re.ASCII)


Paragraph = tuple[str, ...]
"""A paragraph cut into what stands before its items, and the items."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LawText:
    """One file of the collection.

    Attributes:
        file: its name.
        title: the name without the date.
        dated: the date in its name, the first of the year where only that is given; None without.
    """

    file: str
    title: str
    dated: date | None
    articles: Mapping[str, tuple[Paragraph, ...]]

    def passage(self, clause: Clause) -> str | None:
        """The words of an article, paragraph or item.

        None where the text has no such place, or where an item is asked for without its paragraph and
        stands in several.
        """
        paragraphs = self.articles.get(clause.number, ())
        if clause.paragraph is not None:
            paragraphs = paragraphs[clause.paragraph - 1 : clause.paragraph]
        if clause.item is None:
            return "\n".join("".join(paragraph) for paragraph in paragraphs) or None
        items = [paragraph[clause.item] for paragraph in paragraphs if len(paragraph) > clause.item > 0]
        return items[0] if len(items) == 1 else None


class TextState(StrEnum):
    """What a comparison found."""

    FOUND = "found"
    NOT_FOUND = "not-found"
    NO_TEXT = "no-text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One article of `laws.toml` beside the official text.

    Attributes:
        file: name of the text; empty where the collection has none of that version.
        passage: the official words; empty where they were not found.
    """

    law: Law
    article: Article
    state: TextState
    file: str = ""
    passage: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """The texts of a folder.

    Attributes:
        texts: what could be read, by file name.
        faults: what could not.
    """

    texts: tuple[LawText, ...]
    faults: tuple[Fault, ...] = ()

    def by_law(self, laws: Laws) -> dict[LawId, LawText]:
        """The text of each law's version that is there; of several, the latest."""
        found: dict[LawId, LawText] = {}
        for text in sorted(self.texts, key=lambda text: text.dated or date.min):
            law = _version_of(text, laws)
            if law is not None:
                found[law.id] = text
        return found

    def unused(self, laws: Laws) -> tuple[str, ...]:
        """Names of the files that no version of a law is compared with."""
        used = {text.file for text in self.by_law(laws).values()}
        return tuple(text.file for text in self.texts if text.file not in used)

    def compare(self, laws: Laws) -> tuple[Comparison, ...]:
        """Every article of every law, in the order of `laws`."""
        texts = self.by_law(laws)
        return tuple(_compared(law, article, texts.get(law.id)) for law in laws for article in law.articles)


def read_texts(folder: Path) -> Collection:
    """Every text of a folder; files without a single article, such as a readme, are no texts.

    Raises:
        ChecklistFaultsError: the folder itself cannot be read.
    """
    texts: list[LawText] = []
    faults: list[Fault] = []
    for path in _paths(folder):
        problems = Faults(path.name)
        articles = _articles_of(_text_of(path, problems))
        faults += problems.as_tuple()
        if articles:
            title, dated = _named(path.stem)
            texts.append(LawText(file=path.name, title=title, dated=dated, articles=articles))
    return Collection(texts=tuple(texts), faults=tuple(faults))


def _paths(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.suffix.lower() in _SUFFIXES)
    except OSError as error:
        faults = Faults(folder.name)
        faults.add(
            "整个文件夹", f"读不出来（{system_reason(error)}）", "官方文本放在一处", "检查文件夹是否存在"
        )
        raise refusal(folder.name, faults.as_tuple()) from error


def _text_of(path: Path, faults: Faults) -> str:
    data = bytes_of(path, faults)
    if data is None:
        return ""
    if len(data) > MAX_FILE_BYTES:
        faults.add("整个文件", "文件太大", f"一个文件最多 {MAX_FILE_BYTES // 1024} KiB", "一部法律一个文件")
        return ""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        faults.add("整个文件", "不是 UTF-8 编码", "文件须以 UTF-8 保存", "在编辑器中另存为 UTF-8 编码")
        return ""


def _named(stem: str) -> tuple[str, date | None]:
    found = _DATED.search(stem)
    if found is None:
        return stem.strip(), None
    title = (stem[: found.start()] + stem[found.end() :]).strip()
    try:
        return title, date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return title, None


def _names_of(law: Law) -> set[str]:
    names = {law.title, law.title.removeprefix(_COUNTRY)}
    if law.number and law.kind is LawKind.STANDARD:
        names |= {law.number, law.number + law.title, law.title + law.number}
    return {_NOISE.sub("", name) for name in names}


def _version_of(text: LawText, laws: Laws) -> Law | None:
    name = _NOISE.sub("", text.title)
    versions = sorted((law for law in laws if name in _names_of(law)), key=lambda law: law.in_force_from)
    dated = text.dated
    if dated is None:
        return versions[0] if len(versions) == 1 else None
    return next((law for law in versions if law.in_force_from >= dated), None)


def _compared(law: Law, article: Article, text: LawText | None) -> Comparison:
    if text is None:
        return Comparison(law=law, article=article, state=TextState.NO_TEXT)
    clause = clause_of(article.label)
    passage = text.passage(clause) if clause else None
    state = TextState.FOUND if passage else TextState.NOT_FOUND
    return Comparison(law=law, article=article, state=state, file=text.file, passage=passage or "")


def _articles_of(text: str) -> dict[str, tuple[Paragraph, ...]]:
    articles: dict[str, list[list[str]]] = {}
    current: list[list[str]] | None = None
    for line in _lines(text):
        if _ANNEX.match(line):
            break
        number, words = _beginning(line)
        if number and number not in articles:
            current = articles[number] = [_split(words)]
        elif current is not None:
            _add_line(current, line, decimal="." in next(reversed(articles)))
    return {number: tuple(tuple(parts) for parts in paragraphs) for number, paragraphs in articles.items()}


def _lines(text: str) -> Iterable[str]:
    lines = [line.replace("\u200b", "").replace("**", "").strip() for line in text.splitlines()]
    if lines and lines[0] == "---":
        end = lines.index("---", 1) + 1 if "---" in lines[1:] else len(lines)
        lines = lines[end:]
    return [line for line in lines if line and not _HEADING.match(line)]


def _beginning(line: str) -> tuple[str, str]:
    """The number of the article that a line begins, and the words after it; no number within an article."""
    found = _ARTICLE.match(line) or _CLAUSE.match(line)
    clause = clause_of(found[1]) if found else None
    return (clause.number, found[2]) if found and clause else ("", line)


def _add_line(paragraphs: list[list[str]], line: str, *, decimal: bool) -> None:
    """Put a line into the article that is being read: an item, more of one, or a paragraph of its own."""
    last = paragraphs[-1]
    bracketed, plain = _ITEM.match(line), _PLAIN_ITEM.match(line)
    number = number_of(bracketed[1]) if bracketed else int(plain[1]) if plain and decimal else None
    if number == len(last):
        last.append(line)
    elif plain and len(last) > 1:
        last[-1] += line
    else:
        paragraphs.append(_split(line))


def _split(words: str) -> list[str]:
    """A paragraph whose items stand in the same line; a mention of another article's item is none."""
    starts: list[int] = []
    for found in _ITEM.finditer(words):
        if number_of(found[1]) == len(starts) + 1 and not words[: found.start()].endswith("第"):
            starts.append(found.start())
    if len(starts) < 2:
        return [words]
    return [words[a:b].strip() for a, b in zip([0, *starts], [*starts, len(words)], strict=True)]
