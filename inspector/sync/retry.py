"""When to try again: full jitter, and never before the server said.

Many tablets come back from the same outage at the same moment. A wait drawn from the whole span spreads them,
where an exponential wait alone would bring them back together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

LONGEST_WAIT_S = 300
_LARGEST_EXPONENT = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often in a row it failed, and when to try next.

    Attributes:
        failures: rounds in a row that did not get through.
        next_ms: not before this time, in milliseconds since the Unix epoch.
    """

    failures: int = 0
    next_ms: int = 0

    def failed(
        self, now_ms: int, random: Callable[[float, float], float], *, retry_after_s: int | None = None
    ) -> Pace:
        """The pace after a round that did not get through.

        Args:
            now_ms: the present.
            random: a number between two bounds, each equally likely, such as `random.uniform`.
            retry_after_s: what the server asked for.
        """
        wait_s = random(0, span_s(self.failures + 1))
        if retry_after_s is not None:
            # The jitter is kept on top: all were told the same second.
            wait_s = retry_after_s + min(wait_s, retry_after_s)
        return replace(self, failures=self.failures + 1, next_ms=now_ms + round(wait_s * 1000))

    def succeeded(self, now_ms: int) -> Pace:
        """The pace after a round that got through."""
        return Pace(failures=0, next_ms=now_ms)

    def is_due(self, now_ms: int) -> bool:
        """Whether to try now. A clock that was set back does not make the wait longer than its longest."""
        return now_ms >= self.next_ms or self.next_ms - now_ms > 2 * 3_600_000


def span_s(failures: int) -> float:
    """The longest wait after so many failures in a row: 2ⁿ seconds, at most `LONGEST_WAIT_S`."""
    return float(min(LONGEST_WAIT_S, 2 ** min(failures, _LARGEST_EXPONENT)))
