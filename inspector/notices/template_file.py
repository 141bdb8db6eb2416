"""Strict reading of a file of document templates: every fault at once, each with its place.

* A shipped file holds exactly the documents that its issuer may issue, each under its kind's word.
* An office's own file holds documents with ids of their own, each naming its `kind`.
* What a kind may and must say stands in `inspector.notices.template_rules`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from string import Formatter

from inspector.domain.enforcement_words import power_words_in
from inspector.domain.identifiers import FACTS_CAP, NAME_CAP, check_entry, format_number
from inspector.domain.issuer import IssuerKind, NoticeKind, kinds_of
from inspector.domain.notice_parts import OWN_ID
from inspector.errors import (
    Fault,
    NoticeTemplateError,
    NumberTemplateError,
    TextControlError,
    TextTooLongError,
)
from inspector.notices import template_words as words
from inspector.notices.template_rules import (
    APPEAL_MARKS,
    ARTICLE,
    COLUMNS,
    MAJOR,
    PLACEHOLDERS,
    STUB,
    UNCONFIRMED,
    must_say,
    placeholders_of,
)

MAX_BYTES = 256 * 1024
MAX_FAULTS = 100
_HEAD = ("format", "issuer", "seal")
_REQUIRED = ("title", "number", "salutation", "before", "after")
_OPTIONAL = ("kind", "status", "officer", "receiver", "columns", "copies", "sign_pages", "instead")
_LABEL_CAP = 12
_COPIES = range(2, 5)
_AT_LINE = re.compile(r"\(at line (\d+), column (\d+)\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentTemplate:
    """One document's wording.

    Attributes:
        id: the document's own id, which names its series of numbers; its kind's word where it is shipped.
        title: printed at the top.
        number: the number's template, see `inspector.domain.identifiers.format_number`.
        salutation: whom it speaks to, or empty.
        before: sentences above the table, a paragraph each.
        after: sentences below it.
        columns: the heads of the table.
        officer: what those who sign for the issuer are called.
        receiver: what the one who signs for it is called; empty: nobody signs for it on this paper.
        copies: a label for each copy that is printed; empty for one copy without a label.
        status: `式样待确认` where no official form was found; shown before issue, never printed.
        sign_pages: the people who sign it sign each page before the last too.
        instead: an office's own one is offered instead of the shipped document of its kind, not beside it.
    """

    id: str
    kind: NoticeKind
    title: str
    number: str
    salutation: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    columns: tuple[str, ...]
    officer: str = "检查人员"
    receiver: str = "被检查单位"
    copies: tuple[str, ...] = ()
    status: str = ""
    sign_pages: bool = False
    instead: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateFile:
    """What a file holds; the documents by their ids."""

    issuer: IssuerKind
    documents: Mapping[str, DocumentTemplate]


def read_shipped(data: bytes, issuer: IssuerKind, file: str) -> TemplateFile:
    """The documents of one kind of issuer.

    Raises:
        NoticeTemplateError: carrying every fault.
    """
    reader = _Reader(file)
    read = reader.read(data, is_own=False)
    if read is not None and read.issuer is not issuer:
        reader.fault(words.key_word("issuer"), "与文件名不符", f"应为 {issuer.value}")
    return reader.result(read)


def read_own(data: bytes, file: str) -> TemplateFile:
    """The documents that an office wrote.

    Raises:
        NoticeTemplateError: carrying every fault.
    """
    reader = _Reader(file)
    return reader.result(reader.read(data, is_own=True))


class _Reader:
    """Reads one file and collects what is wrong with it."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._faults: list[Fault] = []
        self._place = words.Places({})

    def fault(self, place: str, what: str, rule: str, suggestion: str = "") -> None:
        if len(self._faults) < MAX_FAULTS:
            self._faults.append(
                Fault(file=self._file, place=place, what=what, rule=rule, suggestion=suggestion)
            )

    def result(self, read: TemplateFile | None) -> TemplateFile:
        if self._faults or read is None:
            first = self._faults[0]
            count = f"共 {len(self._faults)} 处，第一处：" if len(self._faults) > 1 else ""
            reason = f"{count}{first.place}：{first.what}"
            raise NoticeTemplateError(file=self._file, reason=reason, faults=tuple(self._faults))
        return read

    def read(self, data: bytes, *, is_own: bool) -> TemplateFile | None:
        tree = self._tree(data)
        if tree is None:
            return None
        issuer = self._issuer(tree)
        tables = {id: value for id, value in tree.items() if id not in _HEAD}
        self._place = words.Places(tables)
        if not tables:
            self.fault("整个文件", "没有文书", "至少写一种文书", "例如 [our-notice]")
        if issuer is not None and not is_own:
            for kind in sorted(kinds_of(issuer) - set(tables)):
                self.fault(f"[{kind.value}]", "没有写", f"{issuer.word}须有“{kind.word}”")
        documents = {
            id: document
            for id, value in tables.items()
            if (document := self._document(id, value, issuer, is_own=is_own)) is not None
        }
        return TemplateFile(issuer=issuer, documents=documents) if issuer else None

    # --- The file ---

    def _tree(self, data: bytes) -> dict[str, object] | None:
        if len(data) > MAX_BYTES:
            self.fault("整个文件", "文件太大", f"最多 {MAX_BYTES // 1024} KiB")
            return None
        try:
            return tomllib.loads(data.decode("utf-8-sig"))
        except UnicodeDecodeError:
            self.fault("整个文件", "不是 UTF-8 编码", "文件须以 UTF-8 保存", "在编辑器中另存为 UTF-8 编码")
        except (ValueError, RecursionError) as problem:
            at = _AT_LINE.search(str(problem))
            place = f"第 {at[1]} 行第 {at[2]} 列" if at else "文件末尾"
            self.fault(
                place, "不是 TOML", "文件须是 TOML 格式", "检查这一行及上一行的引号、括号、逗号是否成对"
            )
        return None

    def _issuer(self, tree: Mapping[str, object]) -> IssuerKind | None:
        if tree.get("format") != 1 or isinstance(tree.get("format"), bool):
            self.fault(words.key_word("format"), "不对或没有写", "应为 format = 1")
        known = [kind.value for kind in IssuerKind]
        word = tree.get("issuer")
        if word not in known:
            rule = f"只能是 {words.listed_issuers()}"
            self.fault(words.key_word("issuer"), "不对或没有写", rule, words.nearest(word, known))
            return None
        issuer = IssuerKind(str(word))
        if tree.get("seal") is not issuer.enforces:
            rule = f"{issuer.word}应写 seal = {str(issuer.enforces).lower()}"
            self.fault(words.key_word("seal"), "与签发主体不符", rule)
        return issuer

    # --- One document ---

    def _document(
        self, id: str, value: object, issuer: IssuerKind | None, *, is_own: bool
    ) -> DocumentTemplate | None:
        if not isinstance(value, dict):
            self.fault(
                f"“{id}”",
                "不认识",
                f"这里只能有 {words.listed_keys(_HEAD)} 和文书的表",
                words.nearest(id, _HEAD),
            )
            return None
        kind = self._kind(id, value, issuer, is_own=is_own)
        if kind is None:
            return None
        known = tuple(key for key in (*_REQUIRED, *_OPTIONAL) if is_own or key != "instead")
        for key in value.keys() - set(known):
            rule = f"只能有：{words.listed_keys(known)}"
            self.fault(self._place(id, key), "不认识这个键", rule, words.nearest(key, known))
        document = DocumentTemplate(
            id=id,
            kind=kind,
            title=self._text(id, value, "title", required=True),
            number=self._text(id, value, "number", required=True),
            salutation=self._text(id, value, "salutation", required=True, may_be_empty=True),
            before=self._texts(id, value, "before", required=True),
            after=self._texts(id, value, "after", required=True),
            columns=self._texts(id, value, "columns", cap=_LABEL_CAP) or COLUMNS[kind],
            officer=self._text(id, value, "officer", cap=_LABEL_CAP) or "检查人员",
            receiver=self._text(id, value, "receiver", "被检查单位", cap=_LABEL_CAP, may_be_empty=True),
            copies=self._texts(id, value, "copies", cap=_LABEL_CAP),
            status=self._text(id, value, "status", may_be_empty=True),
            sign_pages=self._flag(id, value, "sign_pages", "续页也留签名处；不留就不写"),
            instead=self._flag(id, value, "instead", "代替自带的同类文书；并列就不写"),
        )
        if all(isinstance(value.get(key), list) for key in ("before", "after")):
            self._check(document, issuer)
        return document

    def _kind(
        self, id: str, value: Mapping[str, object], issuer: IssuerKind | None, *, is_own: bool
    ) -> NoticeKind | None:
        may = {kind.value: kind for kind in (kinds_of(issuer) if issuer else NoticeKind)}
        listed = f"{issuer.word if issuer else '文书'}只能是 {words.listed_kinds(may.values())}"
        if not is_own and (id not in may or value.get("kind", id) != id):
            self.fault(f"[{id}]", "没有这种文书", listed, words.nearest(id, may))
            return None
        if not is_own:
            return NoticeKind(id)
        if not OWN_ID.fullmatch(id) or id in {kind.value for kind in NoticeKind}:
            rule = "编号用小写字母、数字和连字符，最多 48 个，且不与自带文书相同"
            self.fault(f"[{id}]", "不能作文书编号", rule, "例如 [our-notice]")
        word = value.get("kind")
        if word not in may:
            self.fault(self._place(id, "kind"), "不对或没有写", listed, words.nearest(word, may))
            return None
        return NoticeKind(str(word))

    def _flag(self, id: str, value: Mapping[str, object], key: str, meaning: str) -> bool:
        if not isinstance(value.get(key, False), bool):
            self.fault(self._place(id, key), "写法不对", f"只能写 {key} = true：{meaning}")
        return value.get(key) is True

    def _text(
        self,
        id: str,
        value: Mapping[str, object],
        key: str,
        default: str = "",
        *,
        required: bool = False,
        may_be_empty: bool = False,
        cap: int = NAME_CAP,
    ) -> str:
        place = self._place(id, key)
        if key not in value:
            if required:
                self.fault(place, "没有写", "必须写这个键")
            return default
        text = value[key]
        if not isinstance(text, str):
            self.fault(place, "写法不对", "应是文字")
            return ""
        if not may_be_empty and not text.strip():
            self.fault(place, "内容是空的", "要有内容")
        return self._checked(text, place, cap)

    def _texts(
        self, id: str, value: Mapping[str, object], key: str, *, required: bool = False, cap: int = FACTS_CAP
    ) -> tuple[str, ...]:
        place = self._place(id, key)
        if key not in value:
            if required:
                self.fault(place, "没有写", "必须写这个键，没有句子就写 []")
            return ()
        texts = value[key]
        if not isinstance(texts, list) or not all(isinstance(text, str) and text.strip() for text in texts):
            self.fault(place, "写法不对", "应是文字的列表", '写成 ["……", "……"]')
            return ()
        return tuple(
            self._checked(text, self._place(id, key, number), cap) for number, text in enumerate(texts, 1)
        )

    def _checked(self, text: str, place: str, cap: int) -> str:
        try:
            check_entry(text, field=place, cap=cap, multiline=cap == FACTS_CAP)
        except TextTooLongError as error:
            self.fault(place, f"有 {error.facts['length']} 个字", f"最多 {cap} 个字")
        except TextControlError as error:
            self.fault(place, f"含有看不见的控制字符（{error.facts['code_point']}）", "不得有控制字符")
        return text

    # --- What it says ---

    def _check(self, document: DocumentTemplate, issuer: IssuerKind | None) -> None:
        sentences = [(self._place(document.id, *place), text) for place, text in _sentences(document)]
        name = self._place(document.id)
        said = {word for place, text in sentences for word in self._placeholders(document, place, text)}
        for word in sorted(must_say(document.kind) - said):
            self.fault(name, f"没有用到 {{{word}}}", f"“{document.kind.word}”必须写明它")
        for place, text in (*sentences, (self._place(document.id, "title"), document.title)):
            self._check_wording(place, text)
        self._check_appeal(document, [text for _, text in sentences])
        if document.number.strip():
            self._check_number(document)
        self._check_lists(document)
        if issuer is not None and not issuer.enforces:
            self._check_powerless(document, issuer)

    def _placeholders(self, document: DocumentTemplate, place: str, sentence: str) -> list[str]:
        try:
            parsed = list(Formatter().parse(sentence))
        except ValueError:
            self.fault(place, "花括号不成对", "占位写成 {enterprise} 这样")
            return []
        names = []
        for _, name, spec, form in parsed:
            if name is None:
                continue
            names.append(name)
            if name not in PLACEHOLDERS or spec or form:
                rule = "占位只能用 docs/formats/notice.md 列出的"
                self.fault(place, f"不认识的占位 {{{name}}}", rule, words.nearest(name, PLACEHOLDERS))
            elif name not in placeholders_of(document.kind):
                rule = f"“{document.kind.word}”没有这项内容"
                self.fault(place, f"{{{name}}} 在这里永远是空的", rule, "删去这一句")
        return names

    def _check_wording(self, place: str, text: str) -> None:
        if ARTICLE.search(text):
            rule = "条号只由核实过的依据印出，不写在模板里"
            self.fault(place, "写有法律条号", rule, "只写法律名称，或用 {basis}")
        if any(match[1] for match in MAJOR.finditer("".join(text.split()))):
            rule = "文书只能说“疑似重大”，是否重大由有权机关认定"
            self.fault(place, "写有“重大”而没有“疑似”", rule, "改为“疑似重大”")

    def _check_appeal(self, document: DocumentTemplate, sentences: list[str]) -> None:
        appeals = [text for text in sentences if "{body}" in text or "{court}" in text]
        wanted = int(document.kind.orders)
        if len(appeals) != wanted:
            self.fault(
                self._place(document.id),
                f"复议诉讼告知有 {len(appeals)} 句",
                f"“{document.kind.word}”应有 {wanted} 句",
                "照抄自带模板的最后一句" if wanted else "删去这一句",
            )
        for text in appeals:
            if missing := [mark for mark in APPEAL_MARKS if mark not in text]:
                what, rule = f"复议诉讼告知缺少 {'、'.join(missing)}", "须写明机关、法院和两个期限"
                self.fault(self._place(document.id), what, rule)

    def _check_number(self, document: DocumentTemplate) -> None:
        place = self._place(document.id, "number")
        try:
            format_number(document.number, year=2026, serial=1, region="样")
        except NumberTemplateError as problem:
            self.fault(place, problem.message.rstrip("。"), "写法如 （{region}）应急责改〔{year}〕{serial}号")

    def _check_lists(self, document: DocumentTemplate) -> None:
        wanted = len(COLUMNS[document.kind])
        if len(document.columns) != wanted:
            rule = f"“{document.kind.word}”的表有 {wanted} 栏"
            self.fault(self._place(document.id, "columns"), f"写了 {len(document.columns)} 栏", rule)
        copies = document.copies
        if copies and (len(copies) not in _COPIES or len(set(copies)) != len(copies)):
            rule = "写 2 至 4 联，每联名称不同；只印一份就不写 copies"
            self.fault(self._place(document.id, "copies"), "联次不对", rule, f'例如 ["{STUB}", "被检查单位"]')
        if document.status not in ("", UNCONFIRMED):
            rule = f"只能写 {UNCONFIRMED}，已确认的不写这个键"
            self.fault(self._place(document.id, "status"), "写法不对", rule)

    def _check_powerless(self, document: DocumentTemplate, issuer: IssuerKind) -> None:
        for word in power_words_in("\n".join(texts_of(document))):
            rule = f"{issuer.word}的文书不得出现这个词"
            self.fault(self._place(document.id), f"写有“{word}”", rule, "改为“请……”")


def texts_of(document: DocumentTemplate) -> tuple[str, ...]:
    """Every text of a template."""
    labels = (document.title, document.number, document.officer, document.receiver)
    return (*labels, *document.columns, *document.copies, *(text for _, text in _sentences(document)))


def _sentences(document: DocumentTemplate) -> Iterable[tuple[tuple[str, int], str]]:
    """Each sentence with its key and its place in the list; 0 where there is one only."""
    yield ("salutation", 0), document.salutation
    for key, texts in (("before", document.before), ("after", document.after)):
        for number, text in enumerate(texts, 1):
            yield (key, number), text
