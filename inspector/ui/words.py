"""How times, deadlines, sizes and counts read on the screen; always in +08:00."""

from __future__ import annotations

from datetime import date

from inspector.domain.working_days import Deadline, china_date, china_time

_KILO = 1000
_UNITS = ("B", "KB", "MB", "GB", "TB")
_DAY_MS = 86_400_000
_HOUR_MS = 3_600_000
_MINUTE_MS = 60_000


def moment(at_ms: int, *, now_ms: int | None = None) -> str:
    """`11月23日 14:32`; with the year in front when it is another one than that of `now_ms`.

    Args:
        at_ms, now_ms: milliseconds since the Unix epoch.

    Raises:
        IdentifierMalformedError: before 1970 or after the year 9998.
    """
    time = china_time(at_ms)
    text = f"{time.month}月{time.day}日 {time.hour:02}:{time.minute:02}"
    other_year = now_ms is not None and china_date(now_ms).year != time.year
    return f"{time.year}年{text}" if other_year else text


def day(value: date, *, today: date | None = None) -> str:
    """`12月8日`; with the year in front when it is another one than that of `today`."""
    text = f"{value.month}月{value.day}日"
    return f"{value.year}年{text}" if today is not None and today.year != value.year else text


def days_left(last: date, now_ms: int) -> int:
    """Days from today (+08:00) to `last`, which still counts; negative once it is overdue."""
    return (last - china_date(now_ms)).days


def time_left(last: date, now_ms: int) -> str:
    """`还有 11 天`, `今天到期` or `已逾期 3 天`."""
    left = days_left(last, now_ms)
    if left > 0:
        return f"还有 {left} 天"
    return f"已逾期 {-left} 天" if left else "今天到期"


def deadline(value: Deadline | date, now_ms: int) -> str:
    """`12月8日前（还有 11 天）`; after it `12月8日前（已逾期 3 天）`.

    A deadline that waits for a holiday notice says that as well.
    """
    last, mark = (value.date, value.mark) if isinstance(value, Deadline) else (value, "")
    return f"{day(last, today=china_date(now_ms))}前（{time_left(last, now_ms)}）{mark}"


def ago(at_ms: int, now_ms: int) -> str:
    """`刚刚`, `5 分钟前`, `3 小时前`, then the date; a time ahead of the clock is given as it is."""
    passed = now_ms - at_ms
    if not 0 <= passed < _DAY_MS:
        return moment(at_ms, now_ms=now_ms)
    if passed < _MINUTE_MS:
        return "刚刚"
    if passed < _HOUR_MS:
        return f"{passed // _MINUTE_MS} 分钟前"
    return f"{passed // _HOUR_MS} 小时前"


def span(ms: int) -> str:
    """`40 分钟`, `3 小时`, from two days on `12 天`."""
    if ms >= 2 * _DAY_MS:
        return f"{ms // _DAY_MS} 天"
    return f"{ms // _HOUR_MS} 小时" if ms >= _HOUR_MS else f"{ms // _MINUTE_MS} 分钟"


def size(count: int) -> str:
    """`3.2 MB`, in thousands as phones show it; bytes below a thousand are whole."""
    value, unit = float(count), 0
    while value >= _KILO - 0.05 and unit < len(_UNITS) - 1:
        value, unit = value / _KILO, unit + 1
    return f"{count} B" if unit == 0 else f"{value:.1f} {_UNITS[unit]}"


def transferred(done: int, total: int) -> str:
    """`1.2 MB / 3.2 MB`."""
    return f"{size(done)} / {size(total)}"


def tally(number: int, counter: str, what: str) -> str:
    """`3 项未检`: a number with its measure word and what is counted."""
    return f"{number} {counter}{what}"


def missing(number: int, counter: str, what: str) -> str:
    """`还差 3 项未检`, or `没有未检` when there is none."""
    return f"还差 {tally(number, counter, what)}" if number else f"没有{what}"
