"""Sealed files: whole or in pieces, cut anywhere, over restarts, by their hash alone."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.server.office import Storage
from inspector.server.sweep import sweep
from inspector.sync import protocol
from tests.server.cast import Answer, Asker, Cast, Tablet, b64, name, sealed


@pytest.fixture
def cast(tmp_path: Path) -> Iterator[Cast]:
    made = Cast(tmp_path / "office", storage=Storage(quota_bytes=10_000))
    yield made
    made.close()


def begin(asker: Asker, content: bytes, size: int | None = None) -> Answer:
    metadata = "sha256 " + b64(name(content).encode())
    headers = {"Upload-Length": str(len(content) if size is None else size), "Upload-Metadata": metadata}
    return asker.ask("POST", protocol.UPLOADS, headers=headers)


def add(asker: Asker, path: str, offset: int, piece: bytes) -> Answer:
    headers = {"Upload-Offset": str(offset), "Content-Type": protocol.TUS_CHUNK_TYPE}
    return asker.ask("PATCH", path, piece, headers)


def offset(asker: Asker, path: str) -> int:
    return int(asker.ask("HEAD", path).headers["upload-offset"])


def files(cast: Cast) -> list[bytes]:
    return [path.read_bytes() for path in (cast.folder / "blobs").rglob("*") if path.is_file()]


def test_a_file_put_twice_is_kept_once(cast: Cast):
    photo = sealed("a", 3000)
    cast.tablet.statuses(cast.tablet.next(photo))
    assert [cast.tablet.put(photo).status for _ in range(2)] == [201, 200]
    assert files(cast) == [photo]


def test_a_file_nobody_declared_is_refused(cast: Cast):
    answer = cast.tablet.put(sealed("a"))
    assert (answer.status, answer.code) == (409, "blob.undeclared")
    assert begin(cast.tablet, sealed("a")).code == "blob.undeclared"
    assert (files(cast), cast.server.codes()) == ([], ["blob.undeclared"] * 2)


def test_a_file_that_another_device_declared_is_refused(cast: Cast):
    photo = sealed("a")
    other = cast.another()
    other.statuses(other.next(photo))
    assert cast.tablet.put(photo).code == "blob.undeclared"
    assert begin(cast.tablet, photo).code == "blob.undeclared"


def test_a_file_of_another_length_than_declared_is_refused(cast: Cast):
    photo = sealed("a", 100)
    cast.tablet.statuses(cast.tablet.next(photo))
    assert begin(cast.tablet, photo, size=101).code == "blob.undeclared"


def test_other_bytes_than_the_name_says_are_refused_and_not_kept(cast: Cast):
    photo = sealed("a", 100)
    cast.tablet.statuses(cast.tablet.next(photo))
    answer = cast.tablet.put(photo[:-1] + b"!", name(photo))
    assert (answer.status, answer.code) == (422, "blob.hash")
    assert (files(cast), cast.server.rows()["blobs"], cast.server.codes()) == ([], 0, ["blob.hash"])


def test_a_file_in_the_clear_is_refused(cast: Cast):
    photo = b"\xff\xd8\xff a picture that nobody sealed"
    cast.tablet.statuses(cast.tablet.next(photo))
    answer = cast.tablet.put(photo)
    assert (answer.status, answer.code) == (422, "entry.unsealed")
    assert files(cast) == []
    path = begin(cast.tablet, photo).headers["location"]
    assert add(cast.tablet, path, 0, photo).code == "entry.unsealed"
    assert (files(cast), cast.server.rows()["uploads"]) == ([], 0)


def test_a_file_too_long_for_one_request_is_told_so(cast: Cast):
    photo = sealed("a", protocol.MAX_PUT_BYTES + 1)
    cast.tablet.statuses(cast.tablet.next(photo))
    assert cast.tablet.put(photo).status == 413


def test_an_upload_goes_on_where_it_stopped(cast: Cast):
    photo = sealed("a", 5000)
    envelope = cast.tablet.next(photo)
    cast.tablet.statuses(envelope)
    begun = begin(cast.tablet, photo)
    path = begun.headers["location"]
    assert (begun.status, begun.headers["upload-offset"]) == (201, "0")
    assert add(cast.tablet, path, 0, photo[:1234]).headers["upload-offset"] == "1234"
    assert offset(cast.tablet, path) == 1234
    again = begin(cast.tablet, photo)
    assert (again.headers["location"], again.headers["upload-offset"]) == (path, "1234")
    assert add(cast.tablet, path, 1234, photo[1234:]).status == 204
    assert list(cast.tablet.receipts(envelope)) == [name(envelope)]
    assert files(cast) == [photo]
    assert cast.tablet.ask("HEAD", path).status == 404


def test_an_upload_survives_a_restart_of_the_server(cast: Cast):
    photo = sealed("a", 5000)
    cast.tablet.statuses(cast.tablet.next(photo))
    path = begin(cast.tablet, photo).headers["location"]
    add(cast.tablet, path, 0, photo[:3000])
    cast.restart()
    assert offset(cast.tablet, path) == 3000
    assert add(cast.tablet, path, 3000, photo[3000:]).status == 204
    assert files(cast) == [photo]


def test_a_piece_at_the_wrong_place_is_refused_with_the_right_one(cast: Cast):
    photo = sealed("a", 500)
    cast.tablet.statuses(cast.tablet.next(photo))
    path = begin(cast.tablet, photo).headers["location"]
    add(cast.tablet, path, 0, photo[:100])
    for wrong in (0, 99, 101, 500):
        answer = add(cast.tablet, path, wrong, photo[wrong : wrong + 1] or b"x")
        assert (answer.status, answer.code, answer.json["details"]) == (409, "upload.offset", {"offset": 100})
    assert add(cast.tablet, path, 100, photo[100:] + b"x").code == "upload.offset"
    assert offset(cast.tablet, path) == 100


def test_an_upload_with_the_wrong_bytes_is_dropped_at_its_end(cast: Cast):
    photo = sealed("a", 500)
    cast.tablet.statuses(cast.tablet.next(photo))
    path = begin(cast.tablet, photo).headers["location"]
    add(cast.tablet, path, 0, photo[:250])
    answer = add(cast.tablet, path, 250, b"?" * 250)
    assert (answer.status, answer.code) == (422, "blob.hash")
    assert (files(cast), cast.server.rows()["uploads"], cast.server.rows()["pieces"]) == ([], 0, 0)
    assert begin(cast.tablet, photo).headers["upload-offset"] == "0"


def test_nobody_else_can_see_or_extend_an_upload(cast: Cast):
    photo = sealed("a", 500)
    cast.tablet.statuses(cast.tablet.next(photo))
    path = begin(cast.tablet, photo).headers["location"]
    other = cast.another()
    assert other.ask("HEAD", path).status == 404
    assert add(other, path, 0, photo).code == "upload.unknown"


def test_what_is_announced_and_not_finished_has_a_limit_each(cast: Cast):
    one, two = sealed("a", 6000), sealed("b", 6000)
    cast.tablet.statuses(cast.tablet.next(one, two))
    path = begin(cast.tablet, one).headers["location"]
    refused = begin(cast.tablet, two)
    assert (refused.status, refused.code) == (507, "upload.quota")
    other = cast.another()
    other.statuses(other.next(two))
    assert begin(other, two).status == 201
    add(cast.tablet, path, 0, one)
    assert begin(cast.tablet, two).status == 201


@pytest.mark.parametrize(("header", "value"), [
    ("Upload-Length", ""), ("Upload-Length", "-1"), ("Upload-Length", "1e3"), ("Upload-Length", "9" * 30),
    ("Upload-Metadata", ""), ("Upload-Metadata", "sha256"), ("Upload-Metadata", "sha256 !!!"),
    ("Upload-Metadata", "sha256 " + b64(b"../../etc/passwd")),
    ("Upload-Metadata", "sha256 " + b64(b"\xff" * 64)),
])  # fmt: skip
def test_a_malformed_announcement_is_refused(cast: Cast, header: str, value: str):
    good = {"Upload-Length": "10", "Upload-Metadata": "sha256 " + b64(b"ab" * 32)}
    answer = cast.tablet.ask("POST", protocol.UPLOADS, headers=good | {header: value})
    assert (answer.status, answer.code) == (400, "message.malformed")


def test_a_piece_of_another_type_is_refused(cast: Cast):
    photo = sealed("a", 500)
    cast.tablet.statuses(cast.tablet.next(photo))
    path = begin(cast.tablet, photo).headers["location"]
    answer = cast.tablet.ask("PATCH", path, photo, {"Upload-Offset": "0", "Content-Type": "text/html"})
    assert (answer.status, answer.code) == (400, "message.malformed")


def test_a_complete_upload_whose_end_was_interrupted_is_finished_by_asking_again(cast: Cast):
    photo = sealed("a", 500)
    cast.tablet.statuses(cast.tablet.next(photo))
    path = begin(cast.tablet, photo).headers["location"]
    at = cast.server.office.uploads._at(cast.tablet.id, path.rsplit("/")[-1])
    cast.server.office.uploads._extended(at, photo)  # the process dies before it puts the pieces together
    cast.restart()
    assert offset(cast.tablet, path) == 500
    assert files(cast) == [photo]
    assert cast.server.rows()["blobs"] == 1


def test_what_another_device_has_brought_need_not_be_sent_again(cast: Cast):
    photo = sealed("a", 500)
    other = cast.another()
    other.statuses(other.next(photo))
    other.put(photo)
    cast.tablet.statuses(cast.tablet.next(photo))
    assert begin(cast.tablet, photo).headers["upload-offset"] == "500"
    assert cast.server.rows()["uploads"] == 0


@given(cuts=st.lists(st.integers(1, 699), unique=True, max_size=6), restarts=st.sets(st.integers(0, 6)))
@settings(max_examples=6)
def test_an_upload_cut_at_any_byte_arrives_whole(tmp_path_factory: pytest.TempPathFactory, cuts, restarts):
    cast = Cast(tmp_path_factory.mktemp("cut") / "office")
    photo = sealed("a", 700)
    cast.tablet.statuses(cast.tablet.next(photo))
    path = begin(cast.tablet, photo).headers["location"]
    edges = [0, *sorted(cuts), 700]
    for number, (start, end) in enumerate(pairwise(edges)):
        if number in restarts:
            cast.restart()
        assert offset(cast.tablet, path) == start
        assert add(cast.tablet, path, start, photo[start:end]).status == 204
    assert files(cast) == [photo]
    cast.close()


def test_a_piece_that_breaks_off_counts_for_nothing(cast: Cast):
    photo = sealed("a", 900)
    cast.tablet.statuses(cast.tablet.next(photo))
    path = begin(cast.tablet, photo).headers["location"]

    headers = {
        "Authorization": cast.tablet.authorization("PATCH", path, photo),
        "Upload-Offset": "0",
        "Content-Type": protocol.TUS_CHUNK_TYPE,
    }
    answer = cast.server.send("PATCH", path, photo[:400], headers)
    assert (answer.status, answer.code) == (401, "request.statement")
    assert offset(cast.tablet, path) == 0


def test_the_console_reads_a_file_whole_or_in_part(cast: Cast):
    photo = sealed("a", 3_000_000)
    cast.tablet.statuses(cast.tablet.next(photo))
    cast.console.put(photo)
    path = protocol.blob_path(name(photo))
    whole = cast.console.ask("GET", path)
    assert (whole.status, whole.body, whole.headers["content-length"]) == (200, photo, "3000000")
    tail = cast.console.ask("GET", path, headers={"Range": "bytes=2999000-"})
    assert (tail.status, tail.body) == (206, photo[2_999_000:])
    assert tail.headers["content-range"] == "bytes 2999000-2999999/3000000"
    middle = cast.console.ask("GET", path, headers={"Range": "bytes=10-19"})
    assert middle.body == photo[10:20]
    for wrong in ("bytes=3000000-", "bytes=5-4", "bytes=-5", "lines=1-2", "bytes=0-1,3-4"):
        assert cast.console.ask("GET", path, headers={"Range": wrong}).code == "message.malformed"


def test_a_file_lost_from_the_disk_is_told_as_lost(cast: Cast):
    photo = sealed("a", 300)
    cast.tablet.statuses(cast.tablet.next(photo))
    cast.tablet.put(photo)
    for path in (cast.folder / "blobs").rglob(f"{name(photo)}*"):
        path.unlink()
    assert cast.console.ask("GET", protocol.blob_path(name(photo))).code == "request.unknown"


def test_the_console_gives_back_what_any_entry_names(cast: Cast):
    big = sealed("a", protocol.MAX_PUT_BYTES + 5)
    cast.tablet.statuses(cast.tablet.next(big))
    assert cast.console.put(sealed("nobody's")).code == "blob.undeclared"
    assert cast.console.put(big).status == 201


def test_what_is_unfinished_or_needed_by_nothing_complete_goes_after_a_week(cast: Cast):
    whole, half, never = sealed("a", 100), sealed("b", 100), sealed("c", 100)
    cast.tablet.statuses(cast.tablet.next(whole))
    waiting = cast.tablet.next(whole, half, never)
    cast.tablet.statuses(waiting)
    cast.tablet.put(whole)
    cast.tablet.put(half)
    path = begin(cast.tablet, never).headers["location"]
    add(cast.tablet, path, 0, never[:50])
    sweep(cast.server.office, cast.clock.now_ms + protocol.BLOB_EXPIRY_MS - 1)
    assert len(files(cast)) == 3
    sweep(cast.server.office, cast.clock.now_ms + protocol.BLOB_EXPIRY_MS)
    assert files(cast) == [whole]
    [result] = cast.tablet.entries(waiting)
    assert (result["status"], result["missing"]) == ("duplicate", [name(half), name(never)])
    assert cast.tablet.receipts(waiting) == {}
    assert [cast.tablet.put(each).status for each in (half, never)] == [201, 201]
    assert list(cast.tablet.receipts(waiting)) == [name(waiting)]
    sweep(cast.server.office, cast.clock.now_ms + 9 * protocol.BLOB_EXPIRY_MS)
    assert sorted(files(cast)) == sorted([whole, half, never])


def test_two_processes_that_take_the_same_piece_count_it_once(cast: Cast):
    photo = sealed("a", 500)
    cast.tablet.statuses(cast.tablet.next(photo))
    upload = begin(cast.tablet, photo).headers["location"].rsplit("/")[-1]
    second = cast.start()
    at = second.office.uploads._at(cast.tablet.id, upload)
    cast.server.office.uploads.extend(cast.tablet.id, upload, 0, photo[:200], 0)
    from inspector.errors import UploadOffsetError

    with pytest.raises(UploadOffsetError):
        second.office.uploads._extended(at, photo[:300])
    assert second.office.uploads._at(cast.tablet.id, upload).received == 200
    assert len(files(cast)) == 1
    second.close()


def test_a_tablet_that_sends_all_at_once_is_served(cast: Cast):
    tablet: Tablet = cast.tablet
    photos = [sealed(str(number), 200) for number in range(20)]
    envelope = tablet.next(*photos)
    tablet.statuses(envelope)
    assert [tablet.put(photo).status for photo in photos] == [201] * 20
    assert list(tablet.receipts(envelope)) == [name(envelope)]
