"""The bodies of requests and answers, read as they are written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.domain.delivery import EntryStatus
from inspector.errors import MessageMalformedError
from inspector.sync import messages
from inspector.trust.strict_json import canonical, parse
from inspector.work.ports import EntryResult, FeedPage, Gap, GivenReceipt, Hello, Holdings, Problem

HASHES = st.binary(min_size=32, max_size=32).map(bytes.hex)
BYTES = st.binary(max_size=50)
NUMBERS = st.integers(0, 2**53 - 1)
PROBLEMS = st.builds(
    Problem,
    code=st.text(max_size=64).filter(lambda text: text.isprintable()),
    message=st.text(max_size=50),
    hint=st.text(max_size=50),
)
RESULTS = st.builds(
    EntryResult,
    sha256=HASHES,
    status=st.sampled_from(EntryStatus),
    missing=st.lists(HASHES, max_size=4).map(tuple),
    problem=st.none() | PROBLEMS,
)
PAIRS: list[tuple[st.SearchStrategy[Any], Callable[[Any], object], Callable[[Any], object]]] = [
    (
        st.builds(Hello, tenant=st.just("t"), audience=st.text(max_size=9), statement=BYTES, time_ms=NUMBERS),
        messages.hello_payload,
        messages.read_hello,
    ),
    (
        st.builds(messages.HaveQuestion, last_seq=NUMBERS, hashes=st.lists(HASHES, max_size=9).map(tuple)),
        messages.have_payload,
        messages.read_have,
    ),
    (
        st.builds(Holdings, last_seq=NUMBERS, head=HASHES, missing=st.frozensets(HASHES, max_size=9)),
        messages.holdings_payload,
        messages.read_holdings,
    ),
    (
        st.builds(
            messages.EntriesQuestion,
            entries=st.lists(BYTES, max_size=5).map(tuple),
            gaps=st.lists(st.builds(Gap, seq=st.integers(1, 9), sha256=HASHES), max_size=3).map(tuple),
        ),
        messages.entries_payload,
        messages.read_entries,
    ),
    (st.lists(RESULTS, max_size=5).map(tuple), messages.results_payload, messages.read_results),
    (
        st.lists(HASHES, max_size=9).map(tuple),
        messages.receipts_question_payload,
        messages.read_receipts_question,
    ),
    (
        st.lists(st.builds(GivenReceipt, entry=HASHES, receipt=BYTES), max_size=5).map(tuple),
        messages.receipts_payload,
        messages.read_receipts,
    ),
    (
        st.builds(FeedPage, messages=st.lists(BYTES, max_size=5).map(tuple), more=st.booleans()),
        messages.feed_payload,
        messages.read_feed,
    ),
    (
        st.lists(st.binary(min_size=32, max_size=32), max_size=9).map(tuple),
        messages.proof_payload,
        messages.read_proof,
    ),
    (
        st.builds(
            messages.LogPage,
            entries=st.lists(st.tuples(NUMBERS, BYTES), max_size=5).map(tuple),
            size=NUMBERS,
        ),
        messages.log_page_payload,
        messages.read_log_page,
    ),
]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair[2].__name__)
@given(data=st.data())
def test_what_is_written_is_read_the_same(pair: tuple[Any, Any, Any], data: st.DataObject) -> None:
    values, write, read = pair
    value = data.draw(values)
    assert read(parse(canonical(write(value)))) == value


REQUESTS = (messages.read_have, messages.read_entries, messages.read_receipts_question)
READERS = [pair[2] for pair in PAIRS] + [messages.read_problem, messages.read_aside]
NAMES = [
    "v",
    "tenant",
    "last_seq",
    "hashes",
    "entries",
    "gaps",
    "results",
    "messages",
    "more",
    "code",
    "message",
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 2**53) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=5), inner, max_size=5)
    ),
    max_leaves=8,
)


@given(value=JSON)
def test_anything_else_is_refused_as_malformed(value: object) -> None:
    accepting = [read for read in READERS if is_accepted(read, value)]
    assert isinstance(value, dict) or not accepting


def is_accepted(read: Callable[[Any], object], value: object) -> bool:
    try:
        read(value)
    except MessageMalformedError:
        return False
    return True


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair[2].__name__)
@given(data=st.data())
def test_a_field_of_another_kind_is_refused_or_kept_as_it_is(
    pair: tuple[Any, Any, Any], data: st.DataObject
) -> None:
    values, write, read = pair
    payload = dict(write(data.draw(values)))
    # An optional field that is null is as good as absent: nothing to keep.
    other = JSON.filter(lambda value: value is not None)
    payload[data.draw(st.sampled_from(sorted(payload)))] = data.draw(other)
    if is_accepted(read, payload):
        assert canonical(write(read(payload))) == canonical(payload)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair[2].__name__)
@given(data=st.data())
def test_requests_have_no_surplus_fields_and_answers_may(
    pair: tuple[Any, Any, Any], data: st.DataObject
) -> None:
    values, write, read = pair
    value = data.draw(values)
    payload = {**write(value), "newer": 1}
    if read in REQUESTS:
        with pytest.raises(MessageMalformedError):
            read(payload)
    else:
        assert read(payload) == value
