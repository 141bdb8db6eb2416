"""Streams put together from parts: any reader of zlib reads them as one."""

import zlib

from hypothesis import given
from hypothesis import strategies as st

from inspector.notices.deflate import Part, joined, packed

# Runs and repeats, so that there is something to refer back to; long ones, so that it would lie far behind.
CONTENTS = st.builds(lambda piece, times: piece * times, st.binary(max_size=40), st.integers(1, 400))
PARTS = st.lists(st.tuples(CONTENTS, st.booleans()), max_size=8)


@given(PARTS, st.integers(1, 9))
def test_parts_packed_before_and_parts_that_were_not_read_back_as_one(parts, level):
    given_parts = [packed(content) if is_ready else Part(content) for content, is_ready in parts]
    reader = zlib.decompressobj()
    assert reader.decompress(joined(given_parts, level)) == b"".join(content for content, _ in parts)
    assert reader.eof
    assert not reader.unused_data


def test_a_part_refers_to_nothing_before_itself():
    content = bytes(range(256)) * 8
    for around in (b"", content, content[:100]):
        stream = joined([Part(around), packed(content), Part(content)], 6)
        assert packed(content).ready in stream
        assert zlib.decompress(stream) == around + content + content
