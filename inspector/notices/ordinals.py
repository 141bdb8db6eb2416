"""Ordinals of findings in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def items(ordinals: Iterable[int]) -> str:
    """`第1、3至6项`; empty for none."""
    numbers = list(ordinals)
    return f"第{'、'.join(_ranges(numbers))}项" if numbers else ""


def _ranges(numbers: Sequence[int]) -> list[str]:
    """Runs of three and more are joined: `1`, `3至6`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    words: list[str] = []
    for run in runs:
        words += [f"{run[0]}至{run[-1]}"] if len(run) > 2 else [str(number) for number in run]
    return words
