"""The expressions of an XLSForm that a checklist can say: fixed comparisons, and, or, not, selected.

An XLSForm may ask for any XPath. What is beyond this small grammar is not guessed at: it is told with its
reason (`Unsayable`), so that the author writes it by hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

MAX_LENGTH = 2_000
MAX_DEPTH = 20

_TOKEN = re.compile(
    r"""\s*(?:(?P<ref>\$\{[^}]*\})|(?P<text>'[^']*'|"[^"]*")|(?P<number>-?\d+(?:\.\d+)?(?![\w.]))
    |(?P<test><=|>=|!=|=|<|>)|(?P<word>[A-Za-z_][\w:-]*)|(?P<mark>[(),.])|(?P<other>\S))""",
    re.VERBOSE,
)
_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "!=": "!="}
_NEGATED = {"<": ">=", ">": "<=", "<=": ">", ">=": "<", "=": "!=", "!=": "="}


@dataclass(frozen=True, slots=True)
class Unsayable(Exception):
    """Why an expression cannot be said in a checklist."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """`${name} test value`; name is `.` for the question itself.

    Attributes:
        test: one of `= != < <= > >=`, or `selected`, `not-selected`.
        value: the text or number as written.
        is_number: whether it was written without quotes.
        was_negated: it stood under a `not`, where the form counts an open question as true.
    """

    name: str
    test: str
    value: str
    is_number: bool = False
    was_negated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """Several parts under `and` (`all`) or `or` (`any`)."""

    key: str
    parts: tuple[Expression, ...]


Expression = Test | Joined


def parse(text: str) -> Expression:
    """The expression, with every `not` moved down to the comparisons.

    Raises:
        Unsayable: it is beyond what a checklist can say, or no expression at all.
    """
    if len(text) > MAX_LENGTH:
        raise Unsayable("太长")
    return _Parser(text).whole()


def tests_of(expression: Expression) -> Iterator[Test]:
    """Every comparison in it."""
    if isinstance(expression, Test):
        yield expression
        return
    for part in expression.parts:
        yield from tests_of(part)


class _Reader(Protocol):
    def __call__(self, *, depth: int, negated: bool) -> Expression: ...


@dataclass(frozen=True, slots=True)
class _Operand:
    kind: str
    text: str


class _Parser:
    """Recursive descent; `and` binds tighter than `or`, as in XPath."""

    def __init__(self, text: str) -> None:
        self._tokens = [
            (found.lastgroup or "", found[found.lastgroup or 0]) for found in _TOKEN.finditer(text)
        ]
        self._at = 0

    def whole(self) -> Expression:
        expression = self._either(depth=0, negated=False)
        if self._at < len(self._tokens):
            raise Unsayable(f"“{self._tokens[self._at][1]}”处读不懂")
        return expression

    def _next(self) -> tuple[str, str]:
        return self._tokens[self._at] if self._at < len(self._tokens) else ("end", "结尾")

    def _take(self) -> tuple[str, str]:
        token = self._next()
        self._at += 1
        return token

    def _expect(self, mark: str) -> None:
        token = self._take()
        if token != ("mark", mark):
            raise Unsayable(f"“{token[1]}”处应是“{mark}”")

    def _either(self, *, depth: int, negated: bool) -> Expression:
        return self._joined("or", self._both, depth, negated)

    def _both(self, *, depth: int, negated: bool) -> Expression:
        return self._joined("and", self._one, depth, negated)

    def _joined(self, word: str, part: _Reader, depth: int, negated: bool) -> Expression:
        if depth > MAX_DEPTH:
            raise Unsayable("括号太多层")
        parts = [part(depth=depth + 1, negated=negated)]
        while self._next() == ("word", word):
            self._take()
            parts.append(part(depth=depth + 1, negated=negated))
        if len(parts) == 1:
            return parts[0]
        key = "all" if (word == "and") is not negated else "any"
        return Joined(key=key, parts=tuple(inner for one in parts for inner in _flat(one, key)))

    def _one(self, *, depth: int, negated: bool) -> Expression:
        kind, text = self._next()
        if (kind, text) == ("mark", "("):
            self._take()
            inner = self._either(depth=depth + 1, negated=negated)
            self._expect(")")
            return inner
        if kind == "word":
            return self._call(text, depth=depth, negated=negated)
        return self._comparison(negated=negated)

    def _call(self, name: str, *, depth: int, negated: bool) -> Expression:
        self._take()
        if name == "not":
            self._expect("(")
            inner = self._either(depth=depth + 1, negated=not negated)
            self._expect(")")
            return inner
        if name != "selected":
            raise Unsayable(f"检查表没有“{name}”这样的函数和路径")
        self._expect("(")
        target = self._operand()
        self._expect(",")
        value = self._operand()
        self._expect(")")
        if target.kind != "ref" or value.kind != "text":
            raise Unsayable("selected 里要写一个问题和一个固定的选项")
        test = "not-selected" if negated else "selected"
        return Test(name=target.text, test=test, value=value.text, was_negated=negated)

    def _comparison(self, *, negated: bool) -> Test:
        left = self._operand()
        kind, test = self._take()
        if kind != "test":
            raise Unsayable(f"“{test}”处应是比较")
        right = self._operand()
        if left.kind != "ref":
            left, right, test = right, left, _FLIPPED[test]
        if left.kind != "ref" or right.kind == "ref":
            raise Unsayable("只能把一个问题与一个固定的值比较")
        return Test(
            name=left.text,
            test=_NEGATED[test] if negated else test,
            value=right.text,
            is_number=right.kind == "number",
            was_negated=negated,
        )

    def _operand(self) -> _Operand:
        kind, text = self._take()
        if kind == "ref":
            return _Operand("ref", text[2:-1].strip())
        if (kind, text) == ("mark", "."):
            return _Operand("ref", ".")
        if kind == "text":
            return _Operand("text", text[1:-1])
        if kind == "number":
            return _Operand("number", text)
        raise Unsayable(f"检查表没有“{text}”这样的函数和路径" if kind == "word" else f"“{text}”处读不懂")


def _flat(expression: Expression, key: str) -> tuple[Expression, ...]:
    """The parts of a group of the same kind; else the expression alone."""
    if isinstance(expression, Joined) and expression.key == key:
        return expression.parts
    return (expression,)
