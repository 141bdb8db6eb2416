"""What every failure has, and the four branches that leaves hang on."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import ClassVar

_CODES: dict[str, type[InspectorError]] = {}


def error_class(code: str) -> type[InspectorError] | None:
    """The leaf that carries `code`, or None when this version does not know it."""
    return _CODES.get(code)


_SYSTEM_REASONS = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EISDIR: "这是文件夹",
    errno.ENOTDIR: "路径中有不是文件夹的部分",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "磁盘只读",
    errno.ENOSPC: "磁盘已满",
    errno.ENAMETOOLONG: "名称太长",
    errno.ELOOP: "快捷方式互相指向",
    errno.EEXIST: "已有同名文件",
}


def system_reason(error: OSError) -> str:
    """Why the operating system would not, in Chinese; it says so in English itself."""
    return _SYSTEM_REASONS.get(error.errno or 0, f"系统错误 {error.errno or type(error).__name__}")


def error_classes() -> Mapping[str, type[InspectorError]]:
    """All leaves by code."""
    return dict(_CODES)


class InspectorError(Exception):
    """A failure with a code, a sentence and a next step.

    Args:
        facts: exactly the placeholders of `says` and `hint`, by keyword.

    Raises:
        TypeError: a fact is missing or not known; the caller is wrong.
    """

    code: ClassVar[str] = ""
    says: ClassVar[str] = ""
    hint: ClassVar[str] = ""
    retry: ClassVar[bool] = False

    def __init_subclass__(cls) -> None:
        if cls.code and _CODES.setdefault(cls.code, cls) is not cls:
            raise TypeError(f"error code {cls.code} is used twice")

    def __init__(self, **facts: object) -> None:
        expected = self.fact_names()
        if set(facts) != expected:
            raise TypeError(f"{type(self).__name__} takes {sorted(expected)}, got {sorted(facts)}")
        self.facts = facts
        super().__init__(self.message)

    @classmethod
    def fact_names(cls) -> set[str]:
        """The placeholders that this error's sentences use."""
        return {name for _, name, _, _ in Formatter().parse(cls.says + cls.hint) if name}

    @property
    def message(self) -> str:
        """What happened, in Chinese."""
        return self.says.format_map(self.facts)

    @property
    def next_step(self) -> str:
        """What to do now, in Chinese."""
        return self.hint.format_map(self.facts)


class RefusalError(InspectorError):
    """The rules say no."""


class FormatError(InspectorError):
    """It cannot be read."""


class TrustError(InspectorError):
    """It can be read but must not be believed."""


class AvailabilityError(InspectorError):
    """It did not work this time; nothing is lost."""

    retry = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong in a file that somebody wrote: where, what, by which rule, what to write instead."""

    file: str
    place: str
    what: str
    rule: str
    suggestion: str = ""

    def __str__(self) -> str:
        hint = f"建议：{self.suggestion}。" if self.suggestion else ""
        return f"{self.file}，{self.place}：{self.what}。{self.rule}。{hint}"
