"""What the server tells anybody: who it is, and what its log can prove."""

from __future__ import annotations

from inspector.sync import messages, protocol
from inspector.sync.transport import Transport, understood
from inspector.work.ports import Hello

_NOTE_HEADERS = {"Content-Type": protocol.CHECKPOINT_TYPE}


class LogReader:
    """The questions that a tablet and the console ask alike."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def hello(self) -> Hello:
        """Who answers."""
        return self._transport.hello()

    def checkpoint(self) -> bytes:
        """The log's newest signed note."""
        return self._transport.checkpoint()

    def show_checkpoint(self, note: bytes) -> None:
        """Show the server a larger checkpoint of its own: it must be refilled before it goes on."""
        self._transport.call("POST", protocol.LOG_CHECKPOINT, body=note, headers=_NOTE_HEADERS, signed=False)

    def consistency(self, first: int, second: int) -> tuple[bytes, ...]:
        """The proof that the log of size `first` is the beginning of that of size `second`."""
        path = protocol.consistency_path(first, second)
        return understood(messages.read_proof, self._transport.json("GET", path, signed=False))
