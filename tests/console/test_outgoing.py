"""What tablets are told: kept before it is posted, numbered, chained, given again to a restored server."""

from dataclasses import dataclass, field, replace
from hashlib import sha256

import pytest

from inspector.console.database import DeskDatabase
from inspector.console.outgoing import Outgoing
from inspector.domain.delivery import NO_PREVIOUS, FeedMessage
from inspector.domain.enterprise import Enterprise
from inspector.errors import FeedConflictError, OfficeUnreachableError
from inspector.trust import dsse
from inspector.trust.certificates import Certificate
from inspector.trust.strict_json import parse_object
from inspector.work.feed import EnterpriseList, FeedBody, Greeting
from tests.simulator import NOW_MS, TENANT, Cast

OTHER = "0192d3a4-0000-7000-8000-000000000002"


@dataclass
class Post:
    """A server's feeds, with the server's rule; `down` breaks the line after so many requests."""

    feeds: dict[str, list[bytes]] = field(default_factory=dict)
    down: int = 1_000
    requests: int = 0
    largest: int = 0

    def post_feed(self, device: str, envelopes: list[bytes]) -> None:
        self.requests += 1
        self.largest = max(self.largest, sum(map(len, envelopes)))
        if self.requests > self.down:
            raise OfficeUnreachableError()
        feed = list(self.feeds.get(device, []))
        for envelope in envelopes:
            message = read(envelope)
            if message.n <= len(feed) and feed[message.n - 1] == envelope:
                continue
            last = sha256(feed[-1]).hexdigest() if feed else NO_PREVIOUS
            if (message.n, message.prev) != (len(feed) + 1, last):
                raise FeedConflictError(n=len(feed))
            feed.append(envelope)
        self.feeds[device] = feed

    def feed_head(self, device: str) -> tuple[int, str]:
        feed = self.feeds.get(device, [])
        return len(feed), sha256(feed[-1]).hexdigest() if feed else NO_PREVIOUS


def read(envelope: bytes) -> FeedMessage:
    return FeedMessage.from_payload(parse_object(dsse.peek(envelope).payload))


CAST = Cast.new()
HELLO = Greeting()


def other() -> Certificate:
    return replace(CAST.certificate, id=OTHER)


@pytest.fixture
def database(tmp_path):
    found = DeskDatabase(tmp_path / "desk.db", bytes(32))
    yield found
    found.close()


@pytest.fixture
def outgoing(database) -> Outgoing:
    return Outgoing(database, tenant=TENANT)


def write(
    outgoing: Outgoing, count: int, device: Certificate = CAST.certificate, body: FeedBody = HELLO
) -> None:
    for n in range(count):
        outgoing.write(body, device=device, feed=CAST.feed, at_ms=NOW_MS + n)


def kept(database, device: str = CAST.certificate.id) -> list[bytes]:
    return [
        row["bytes"] for row in database.rows("SELECT bytes FROM feed WHERE device = ? ORDER BY n", device)
    ]


def test_messages_of_a_tablet_are_numbered_and_each_names_the_last(outgoing, database):
    write(outgoing, 4)
    write(outgoing, 2, other())
    chain = [read(each) for each in kept(database)]
    assert [one.n for one in chain] == [1, 2, 3, 4]
    assert [one.prev for one in chain[1:]] == [sha256(each).hexdigest() for each in kept(database)[:-1]]
    assert [read(each).n for each in kept(database, OTHER)] == [1, 2]


def test_a_message_is_in_the_journal_before_anything_is_posted(outgoing, database):
    write(outgoing, 3)
    post = Post(down=0)
    with pytest.raises(OfficeUnreachableError):
        outgoing.post(post)
    assert len(kept(database)) == 3
    assert outgoing.post(healthy := Post()) == 3
    assert healthy.feeds[CAST.certificate.id] == kept(database)


def test_what_was_posted_goes_out_once(outgoing):
    write(outgoing, 3)
    post = Post()
    assert outgoing.post(post) == 3
    assert outgoing.post(post) == 0
    assert post.requests == 1


def test_a_line_that_breaks_between_two_pages_continues_where_it_was(outgoing, database):
    write(outgoing, 7)
    post = Post(down=2)
    with pytest.raises(OfficeUnreachableError):
        outgoing.post(post, most=3)
    assert len(post.feeds[CAST.certificate.id]) == 6
    post.down = 1_000
    assert outgoing.post(post, most=3) == 1
    assert post.feeds[CAST.certificate.id] == kept(database)


@pytest.mark.parametrize("lost", [1, 3, 6])
def test_a_restored_server_gets_what_it_lost_again_in_the_old_bytes_and_it_is_told(database, lost):
    told: list[tuple[int, int]] = []
    outgoing = Outgoing(database, tenant=TENANT, on_lost=lambda *what: told.append(what))
    write(outgoing, 6)
    post = Post()
    outgoing.post(post, most=2)
    before = kept(database)
    del post.feeds[CAST.certificate.id][-lost:]
    write(outgoing, 1)
    assert outgoing.post(post, most=2) == lost + 1
    assert post.feeds[CAST.certificate.id] == kept(database)
    assert kept(database)[:6] == before
    assert told == [(lost, 1)]


def test_two_histories_end_in_a_conflict_and_not_in_a_circle(outgoing):
    write(outgoing, 6)
    post = Post()
    outgoing.post(post, most=2)
    # The server has messages that this console, put back from an old backup, never wrote.
    feed = post.feeds[CAST.certificate.id]
    feed.append(CAST.message(Greeting(), n=7, prev=sha256(feed[-1]).hexdigest(), at_ms=1))
    write(outgoing, 1)
    with pytest.raises(FeedConflictError):
        outgoing.post(post, most=2)
    assert post.requests < 12


def test_what_several_tablets_lost_is_laid_out_before_anything_new_is_said(outgoing, database):
    write(outgoing, 3)
    write(outgoing, 2, other())
    post = Post()
    outgoing.post(post)
    post.feeds = {CAST.certificate.id: post.feeds[CAST.certificate.id][:1]}
    assert outgoing.lay_out_again(post, [CAST.certificate.id, OTHER]) == 4
    assert outgoing.lay_out_again(post, [CAST.certificate.id, OTHER]) == 0, "once"
    outgoing.post(post)
    assert post.feeds == {id: kept(database, id) for id in (CAST.certificate.id, OTHER)}


def test_a_tablet_that_the_server_refuses_does_not_hold_up_the_others(outgoing, database):
    write(outgoing, 2)
    write(outgoing, 2, other())
    post = Post(feeds={CAST.certificate.id: [CAST.message(Greeting(), n=1, prev=NO_PREVIOUS, at_ms=1)]})
    with pytest.raises(FeedConflictError):
        outgoing.post(post)
    assert post.feeds[OTHER] == kept(database, OTHER)


def test_large_messages_are_posted_in_pages_that_a_request_can_carry(outgoing, database):
    many = tuple(Enterprise(id=f"{n}", name="样例单位（样例）" * 20) for n in range(500))
    write(outgoing, 6, body=EnterpriseList(enterprises=many))
    post = Post()
    assert outgoing.post(post) == 6
    assert post.requests > 1
    assert post.largest <= 1024 * 1024
    assert post.feeds[CAST.certificate.id] == kept(database)


def test_when_a_tablet_was_last_told_something_is_known(outgoing):
    assert outgoing.last_ms(CAST.certificate.id) == 0
    write(outgoing, 3)
    assert outgoing.last_ms(CAST.certificate.id) == NOW_MS + 2
