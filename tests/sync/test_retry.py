"""When to try again."""

from hypothesis import given
from hypothesis import strategies as st

from inspector.sync.retry import LONGEST_WAIT_S, Pace, span_s
from tests.simulator import NOW_MS


@given(st.integers(0, 10_000), st.floats(0, 1))
def test_the_wait_is_anything_from_nothing_to_the_span(failures: int, fraction: float) -> None:
    def random(low: float, high: float) -> float:
        return low + (high - low) * fraction

    pace = Pace(failures=failures).failed(NOW_MS, random)
    assert pace.failures == failures + 1
    assert pace.next_ms == NOW_MS + round(fraction * span_s(failures + 1) * 1000)
    assert pace.next_ms - NOW_MS <= LONGEST_WAIT_S * 1000


def test_the_span_doubles_up_to_five_minutes() -> None:
    assert [span_s(count) for count in (1, 2, 3, 8, 9, 500)] == [2, 4, 8, 256, 300, 300]


@given(st.integers(0, 20), st.integers(0, 3600), st.floats(0, 1))
def test_nobody_comes_before_the_server_said(failures: int, asked_s: int, fraction: float) -> None:
    pace = Pace(failures=failures).failed(NOW_MS, lambda low, high: high * fraction, retry_after_s=asked_s)
    assert not pace.is_due(NOW_MS + asked_s * 1000 - 1)
    assert pace.is_due(NOW_MS + 2 * asked_s * 1000 + 1)


def test_success_begins_anew() -> None:
    assert Pace(failures=7, next_ms=NOW_MS + 9).succeeded(NOW_MS) == Pace(failures=0, next_ms=NOW_MS)


def test_a_clock_that_was_set_back_a_year_does_not_stop_the_exchange() -> None:
    pace = Pace(failures=3, next_ms=NOW_MS)
    assert pace.is_due(NOW_MS - 365 * 24 * 3600 * 1000)
