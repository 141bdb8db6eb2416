"""What a checklist's workbook consists of: its sheets and columns, and the words that its cells may hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from inspector.catalog.readable import KINDS, TESTS
from inspector.domain.checklist import Domain, Severity
from inspector.domain.kinds import EnterpriseKind
from inspector.domain.working_days import DayKind


class Form(StrEnum):
    """What a cell holds."""

    TEXT = "文字"
    ID = "编号"
    LINES = "文字，一行一条"
    WORD = "下拉选择"
    WORDS = "一行一个词"
    FLAG = "是或否"
    WHOLE = "整数"
    NUMBER = "数字"
    DAY = "日期"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a sheet, or one line of the sheet 检查表.

    Attributes:
        header: its heading.
        path: the keys under which its value stands in the row's table.
        words: for a closed set, the word in the file and the word in the cell.
        about: what to write, for the note on the heading.
        picks: sheet and heading of the column that its values come from; empty for none.
        required: whether every row needs it, for the mark on the heading.
    """

    header: str
    path: tuple[str, ...]
    form: Form = Form.TEXT
    words: Mapping[str, str] = field(default_factory=dict)
    about: str
    width: int = 14
    picks: tuple[str, str] | tuple[()] = ()
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet: a heading and a row per thing."""

    name: str
    about: str
    columns: tuple[Column, ...]

    def column(self, header: str) -> Column:
        """The column with that heading."""
        return next(column for column in self.columns if column.header == header)


def _column(
    header: str,
    path: str,
    about: str,
    *,
    form: Form = Form.TEXT,
    words: Mapping[str, str] | None = None,
    width: int = 14,
    picks: tuple[str, str] | tuple[()] = (),
    required: bool = False,
) -> Column:
    return Column(
        header=header, path=tuple(path.split(".")), form=form, words=words or {}, about=about, width=width,
        picks=picks, required=required,
    )  # fmt: skip


KIND_WORDS = {kind.value: word for kind, word in KINDS.items()}
SEVERITY_WORDS = {severity.value: severity.chinese for severity in Severity}
DOMAIN_WORDS = {domain.value: domain.chinese for domain in Domain}
FITS_WORDS = {kind.value: kind.chinese for kind in EnterpriseKind}
DAY_WORDS = {DayKind.CALENDAR.value: "自然日", DayKind.WORKING.value: "工作日"}
FLAG_WORDS = {"true": "是", "false": "否"}
TEST_WORDS = {test.value: word.strip("： ") for test, word in TESTS.items()}
GROUP_WORDS = {"all": "全部成立", "any": "任一成立"}
VERDICT_WORDS = {"pass": "合格", "fail": "不合格", "not-applicable": "不适用"}
CHECKLIST, PART = "检查表", "共用章节"
"""The two sorts of workbook, as the sheet 检查表 says in its line 类型."""

SORT = "类型"
ITEM = "检查项"
SECTION = "章节"
LEVEL, GROUP, TARGET, TEST, VALUE = "层", "分组", "看哪一项", "比较", "答案或数"

_LAW = "laws.toml 里的编号；可在“法律”工作表里查"
_ARTICLE = "与 laws.toml 登记的一字不差；只引文件名时留空"
_SINCE, _UNTIL = "只用于这一天起的检查；一般留空", "只用于到这一天为止的检查；一般留空"
_ITEMS = ("检查项", "编号")


def _citation(*, law: str, article: str, at: tuple[str, ...] = (), must: bool = False) -> tuple[Column, ...]:
    prefix = law.removesuffix("法律")
    return (
        Column(
            header=law,
            path=(*at, "law"),
            form=Form.ID,
            about=_LAW,
            picks=("法律", "编号"),
            width=22,
            required=must,
        ),
        Column(header=article, path=(*at, "article"), about=_ARTICLE, width=20),
        Column(header=f"{prefix}起用日", path=(*at, "since"), form=Form.DAY, about=_SINCE),
        Column(header=f"{prefix}止用日", path=(*at, "until"), form=Form.DAY, about=_UNTIL),
    )


HEAD = Sheet(
    name="检查表",
    about="检查表本身：一行一个项目，写在“内容”一列。",
    columns=(
        _column("编号", "id", "小写字母、数字和连字符；永远不变", form=Form.ID, required=True),
        _column("版本", "version", "年.序号，如 2026.1；每次改动都要加大", form=Form.ID, required=True),
        _column("标题", "title", "印在文书上的名称，最多 60 字", required=True),
        _column(
            "领域",
            "domain",
            "从下拉中选",
            form=Form.WORD,
            words=DOMAIN_WORDS,
            required=True,
        ),
        _column("适用对象", "applies-to", "给谁用", required=True),
        _column(
            "环节",
            "stage",
            "产业链的一段，如 储存；没有就留空",
        ),
        _column(
            "适合的单位",
            "fits",
            "平板为这几类单位优先列出这张表；一行一类，用词见“词表”",
            form=Form.WORDS,
            words=FITS_WORDS,
        ),
    ),
)

CRITERIA = Sheet(
    name="判定标准",
    about="疑似重大所对照的官方标准，先在这里声明，再在“判定条款”里引用。",
    columns=(
        _column("名称编号", "#", "自己起的短名，如 gb-35181", width=18, required=True),
        _column("标准全名", "name", "人们知道的全名", width=44, required=True),
        *(column for column in _citation(law="法律", article="条", must=True) if column.header != "条"),
        _column("适用对象", "applies-to", "这个标准只能用于谁", width=44, required=True),
    ),
)

SECTIONS = Sheet(
    name="章节",
    about="检查表的章节，按走的顺序。取用共用章节时只填“共用章节”一列。",
    columns=(
        _column("编号", "id", "小写字母、数字和连字符", form=Form.ID, width=24),
        _column("标题", "title", "平板上的章节名", width=30),
        _column("共用章节", "part", "parts 文件夹里的编号；这一行别的列留空", form=Form.ID, width=26),
    ),
)

ITEMS = Sheet(
    name=ITEM,
    about="每行一个检查项，按走的顺序。会判不合格的要有问题描述、整改措施、天数和“依据”。",
    columns=(
        _column(SECTION, "#", "属于哪一章节", form=Form.ID, picks=("章节", "编号"), width=18, required=True),
        _column(
            "编号", "id", "说得出意思的短名；永远不变，也不挪作他用", form=Form.ID, width=24, required=True
        ),
        _column(
            "类型",
            "kind",
            "怎样回答；以后不能改",
            form=Form.WORD,
            words=KIND_WORDS,
            width=11,
            required=True,
        ),
        _column("检查内容", "ask", "没有问题时为真的一句话，最多 120 字", width=44, required=True),
        _column("检查方法", "how", "怎样查，最多 300 字", width=36),
        _column("必答", "required", "留空为是", form=Form.FLAG, width=8),
        _column("可选不适用", "not-applicable", "留空为是", form=Form.FLAG, width=12),
        _column("单位", "unit", "测量项的单位，如 米", width=8),
        _column("小数位", "decimals", "测量项可填几位小数", form=Form.WHOLE, width=9),
        _column("最小可能", "lowest", "再小就是录错", form=Form.NUMBER, width=11),
        _column("最大可能", "highest", "再大就是录错", form=Form.NUMBER, width=11),
        _column("低于则不合格", "fails.below", "测量项的下限", form=Form.NUMBER, width=13),
        _column(
            "不超过则不合格",
            "fails.at-or-below",
            "等于这个数也不合格的下限",
            form=Form.NUMBER,
            width=15,
        ),
        _column("高于则不合格", "fails.above", "测量项的上限", form=Form.NUMBER, width=13),
        _column(
            "达到则不合格",
            "fails.at-or-above",
            "等于这个数也不合格的上限",
            form=Form.NUMBER,
            width=13,
        ),
        _column(
            "早于几天则不合格",
            "fails.older-than-days",
            "日期项：距今超过这么多天",
            form=Form.WHOLE,
            width=17,
        ),
        _column("过期则不合格", "fails.passed", "日期项：这一天已过", form=Form.FLAG, width=13),
        *_citation(law="界限的法律", article="界限的条", at=("fails", "basis")),
        _column("严重程度", "severity", "留空为一般", form=Form.WORD, words=SEVERITY_WORDS, width=10),
        _column(
            "问题描述",
            "finding",
            "看到的事实，待填处用＿＿；单元格里一行一种说法，第一行是默认",
            form=Form.LINES,
            width=44,
        ),
        _column("整改措施", "remedy", "要求单位做什么", width=36),
        _column("天数", "days", "整改期限；立改项写不能当场改正时的天数", form=Form.WHOLE, width=8),
        _column("按什么日", "day-kind", "留空为自然日", form=Form.WORD, words=DAY_WORDS, width=10),
        _column("照片张数", "evidence.photos", "不合格时至少几张", form=Form.WHOLE, width=10),
        _column("要留数值", "evidence.value", "不合格时要有数值、选项或日期", form=Form.FLAG, width=10),
        _column("要写说明", "evidence.note", "不合格时要写说明", form=Form.FLAG, width=10),
        _column("来源", "source", "给编制的人看，不会印出", width=14),
    ),
)

CHOICES = Sheet(
    name="选项",
    about="“选一项”类检查项的选项，至少两个，按显示的顺序。",
    columns=(
        _column(ITEM, "#", "属于哪一项", form=Form.ID, picks=_ITEMS, width=24, required=True),
        _column("编号", "id", "小写字母、数字和连字符", form=Form.ID, width=18, required=True),
        _column("文字", "label", "平板上的选项，最多 40 字", width=34, required=True),
        _column("不合格", "fails", "选它就是不合格；留空为否", form=Form.FLAG, width=10),
        _column("问题描述", "finding", "选它时的说法；留空用检查项的", width=44),
    ),
)

BASIS = Sheet(
    name="依据",
    about="检查项的法律依据，按印出的顺序；旧法、新法都写上，检查那天有效的才会印。",
    columns=(
        _column(ITEM, "#", "属于哪一项", form=Form.ID, picks=_ITEMS, width=24, required=True),
        *_citation(law="法律", article="条", must=True),
    ),
)

CLAUSES = Sheet(
    name="判定条款",
    about="疑似重大的检查项所对照的条款。",
    columns=(
        _column(ITEM, "#", "属于哪一项", form=Form.ID, picks=_ITEMS, width=24, required=True),
        _column(
            "判定标准",
            "is",
            "“判定标准”里的名称编号",
            picks=("判定标准", "名称编号"),
            width=20,
            required=True,
        ),
        _column("条", "article", _ARTICLE, width=20),
        _column("判定内容", "text", "用自己的话；只有核到原文的条才能写", width=50),
    ),
)

CONDITIONS = Sheet(
    name="条件",
    about="什么时候才问这一项；没有条件的不写，一直问。",
    columns=(
        _column(ITEM, "#", "哪一项有条件", form=Form.ID, picks=_ITEMS, width=24, required=True),
        _column(LEVEL, "level", "只有一个条件时留空或写 1", form=Form.WHOLE, width=6),
        _column(
            GROUP,
            "group",
            "合并几个条件：这一行只写分组，下面的行写大一层",
            form=Form.WORD,
            words=GROUP_WORDS,
            width=12,
        ),
        _column(TARGET, "item", "排在前面的检查项", form=Form.ID, picks=_ITEMS, width=24),
        _column(TEST, "test", "怎样比较", form=Form.WORD, words=TEST_WORDS, width=12),
        _column(
            VALUE,
            "values",
            "合格、不合格、不适用，或选项的编号、文字，或一个数；“是其中之一”用顿号隔开几个编号",
            width=34,
        ),
    ),
)

LISTS = (CHOICES, BASIS, CLAUSES)
LIST_KEYS = {CHOICES.name: "choices", BASIS.name: "basis", CLAUSES.name: "criteria"}
ROW_SHEETS = (SECTIONS, ITEMS, CHOICES, CONDITIONS, BASIS, CRITERIA, CLAUSES)
"""The sheets with a row per thing, in the order of the workbook; a part has no 章节."""

GUIDE, WORDS, LAWS = "说明", "词表", "法律"
NOT_READ = (GUIDE, WORDS, LAWS)
"""Sheets for the author, from which nothing is read; so are those whose name starts with `OWN`."""
OWN = "备注"
