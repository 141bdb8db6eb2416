"""How often one device or one address may ask: a token bucket each, in memory.

* A flood costs the server a dictionary look-up; what it would have cost is told as `Retry-After`.
* Each process counts for itself: the limits protect the server, they are no part of who may do what.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from math import ceil

from inspector.errors import RequestTooOftenError

MAX_BUCKETS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A bucket's size and how fast it fills again."""

    burst: int
    per_minute: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The rates of one server.

    Attributes:
        device: requests of one enrolled device.
        address: requests of one address, whoever sends them; wide, because an office shares one.
        enrolment: requests of one address to the letter boxes of enrolment, where guessing would pay.
        reply_address: tries of a reply code from one address, of whatever notice.
        reply_notice: tries of the reply code of one notice, from wherever.
    """

    device: Rate = Rate(burst=300, per_minute=1_200)
    address: Rate = Rate(burst=2_000, per_minute=12_000)
    enrolment: Rate = Rate(burst=30, per_minute=60)
    reply_address: Rate = Rate(burst=40, per_minute=12)
    reply_notice: Rate = Rate(burst=20, per_minute=6)


class Buckets:
    """Token buckets by name.

    Args:
        rate: of every bucket here.
    """

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._levels: OrderedDict[str, tuple[float, int]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, name: str, now_ms: int) -> None:
        """Take one token of the bucket called `name`.

        Raises:
            RequestTooOftenError: it is empty; says after how many seconds it no longer is.
        """
        per_ms = self._rate.per_minute / 60_000
        with self._lock:
            level, then_ms = self._levels.pop(name, (float(self._rate.burst), now_ms))
            level = min(float(self._rate.burst), level + max(0, now_ms - then_ms) * per_ms)
            taken = level >= 1
            self._levels[name] = (level - 1 if taken else level, now_ms)
            while len(self._levels) > MAX_BUCKETS:
                self._levels.popitem(last=False)
        if not taken:
            raise RequestTooOftenError(retry_after_s=max(1, ceil((1 - level) / per_ms / 1000)))
