"""A client without a screen: it drives Flet pages as a person would, in plain pytest and in milliseconds.

    @screen_test
    async def test_a_tap_counts():
        ui = Harness()
        await ui.run(main)
        await ui.tap("count")
        assert "1 次" in ui.texts()
        assert ui.errors() == []

* Controls are found by the `identifier` of the `ft.Semantics` around them: the name that a browser shows too.
* Only what a person could do is possible: a hidden or disabled control cannot be tapped.
* Every message is packed as it would be on the wire, so a property that cannot be sent fails here.
* After each act the harness waits until nothing moves: handlers, effects, threads, replies of services.
"""

from __future__ import annotations

import asyncio
import dataclasses
import functools
from collections.abc import Awaitable, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any, ParamSpec

import flet as ft
import msgpack
from flet.controls.base_control import BaseControl
from flet.controls.context import _context_page, context
from flet.messaging.connection import Connection
from flet.messaging.protocol import (
    Message,
    MessageAction,
    RegisterClientResponseBody,
    configure_encode_object_for_msgpack,
)
from flet.messaging.session import Session
from flet.pubsub.pubsub_hub import PubSubHub

P = ParamSpec("P")
_ENCODE = configure_encode_object_for_msgpack(BaseControl)
_TEXT_PROPERTIES = ("value", "label", "hint_text", "helper", "error", "text", "title", "subtitle", "content")
_TAPPED = ("click", "tap", "select", "tap_down")
_TOGGLES = (ft.Checkbox, ft.Switch)
_CHOICES = (ft.Dropdown, ft.RadioGroup, ft.SegmentedButton, ft.Slider)
_NUMBERED = (ft.NavigationBar, ft.NavigationRail, ft.Tabs)
_PLAIN = frozenset({type(None), bool, int, float, str, bytes})
"""Most of what a control holds; no control is in it."""
_ROUNDS = 12
"""Turns of the event loop that count as quiet: a render, its effects and what they start take about four."""


def screen_test(test: Callable[P, Awaitable[None]]) -> Callable[P, None]:
    """Run an `async def` test in an event loop of its own; fixtures work as usual."""

    @functools.wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        asyncio.run(test(*args, **kwargs))  # type: ignore[arg-type]

    return run


class _Threads(ThreadPoolExecutor):
    """A pool of which the loop knows what it is still doing, so that the harness can wait for it.

    The loop's own futures are watched, not the pool's: those are done a moment before anybody on the loop can
    know, and a harness that looks in that moment would find everything at rest.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(max_workers=4)
        self.running: set[asyncio.Future[Any]] = set()
        self.ended = 0
        run = loop.run_in_executor

        def watched(executor: Any, fn: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:
            future = run(executor, fn, *args)
            self.running.add(future)
            future.add_done_callback(self._end)
            return future

        loop.run_in_executor = watched  # type: ignore[method-assign, assignment]

    def _end(self, future: asyncio.Future[Any]) -> None:
        self.running.discard(future)
        self.ended += 1


class _Client(Connection):
    """The far end of the wire: remembers what it is sent and answers what it is asked."""

    def __init__(self, replies: Mapping[str, object], threads: _Threads) -> None:
        super().__init__()
        self.loop = asyncio.get_running_loop()
        self.executor = threads
        self.pubsubhub = PubSubHub(loop=self.loop, executor=threads)
        self.page_url, self.page_name = "http://127.0.0.1/", ""
        self.replies = dict(replies)
        self.sent: list[Message] = []
        self.calls: list[tuple[str, Any]] = []
        self.focus = 0
        """The control that was given the focus last, by its number at the client."""
        self.session: Session

    def send_message(self, message: Message) -> None:
        msgpack.packb([message.action, message.body], default=_ENCODE)
        self.sent.append(message)
        if message.action == MessageAction.INVOKE_METHOD:
            self._answer(message.body)

    def _answer(self, call: Any) -> None:
        self.calls.append((call.name, call.args))
        if call.name == "focus":
            self.focus = call.control_id
        reply, error = self.replies.get(call.name), None
        if callable(reply):
            reply = reply(call.args)
        if isinstance(reply, Exception):
            reply, error = None, str(reply)
        self.loop.call_soon(
            self.session.handle_invoke_method_results, call.control_id, call.call_id, reply, error
        )
        if call.name == "push_route":
            self.loop.call_soon(self._route_changed, call.args["route"])

    def _route_changed(self, route: str) -> None:
        self.session.apply_page_patch({"route": route})
        page = self.session.page
        self.loop.create_task(self.session.dispatch_event(page._i, "route_change", {"route": route}))

    def dispose(self) -> None:
        """Nothing: the threads are the loop's, and outlive a client as they do in a server."""


class Harness:
    """One client with one session. Make it inside the running loop (see `screen_test`).

    Args:
        replies: answers of services by method name: a value, a function of the arguments, or an exception
            whose text the client reports. Methods that are not named answer None.
        page: first properties of the page, such as `route`, `width`, `platform`.
    """

    def __init__(self, replies: Mapping[str, object] | None = None, **page: object) -> None:
        loop = asyncio.get_running_loop()
        self._threads = _Threads(loop)
        loop.set_default_executor(self._threads)
        self.client = _Client(replies or {}, self._threads)
        self.session = Session(self.client)
        self.client.session = self.session
        self.page: ft.Page = self.session.page
        _context_page.set(self.page)
        first = {"route": "/", "web": True, "platform": "linux", "width": 1280, "height": 800}
        self.session.apply_page_patch(first | page)
        # Packing this message is what takes the first snapshot; without it later updates send nothing.
        welcome = RegisterClientResponseBody(self.session.id, self.session.get_page_patch(), "")
        self.client.send_message(Message(MessageAction.REGISTER_CLIENT, welcome))

    # --- acts ---------------------------------------------------------------------------------------

    async def run(self, main: Callable[[ft.Page], object]) -> None:
        """Start the app, as the first visit does."""
        context.reset_auto_update()
        outcome = main(self.page)
        if isinstance(outcome, Awaitable):
            await outcome
        await self.session.after_event(self.page)
        await self.settle()

    async def tap(self, identifier: str) -> None:
        """One tap on the control inside the Semantics of that name."""
        control = self.by_identifier(identifier)
        assert not self._is_disabled(control), f"{identifier} is disabled"
        if isinstance(control, _TOGGLES):
            await self.set(control, not control.value)
            return
        if isinstance(control, ft.Radio):
            await self.set(self._group_of(control), control.value)
            return
        name = next((name for name in _TAPPED if getattr(control, f"on_{name}", None)), None)
        assert name, f"nothing happens when {identifier} ({type(control).__name__}) is tapped"
        await self.fire(control, name)

    async def type(self, identifier: str, text: str) -> None:
        """Replace the text of a field, as typing does."""
        field = self.by_identifier(identifier)
        assert isinstance(field, ft.TextField), f"{identifier} is a {type(field).__name__}"
        assert not self._is_disabled(field) and not field.read_only, f"{identifier} takes no text"
        await self.set(field, text)

    async def submit(self, identifier: str) -> None:
        """The enter key in a field."""
        await self.fire(self.by_identifier(identifier), "submit")

    async def choose(self, identifier: str, value: Any) -> None:
        """Choose in a dropdown, a group of radios, a segmented button, a slider, or a bar by its number."""
        control = self.by_identifier(identifier)
        assert not self._is_disabled(control), f"{identifier} is disabled"
        if isinstance(control, _NUMBERED):
            self.session.apply_patch(control._i, {"selected_index": value})
            await self.fire(control, "change", value)
        elif isinstance(control, ft.Dropdown):
            self.session.apply_patch(control._i, {"value": value})
            await self.fire(control, "select", value)
        else:
            await self.set(control, value)

    async def set(self, control: BaseControl, value: Any) -> None:
        """What the client does when a value changes: the property first, then the event."""
        name = "selected" if isinstance(control, ft.SegmentedButton) else "value"
        self.session.apply_patch(control._i, {name: value})
        await self.fire(control, "change", value)

    async def go(self, route: str) -> None:
        """The address bar."""
        self.client._route_changed(route)
        await self.settle()

    async def back(self) -> None:
        """The back button of the top view."""
        await self.fire(self.page, "view_pop", {"route": self.page.views[-1].route})

    async def fire(self, control: BaseControl, event: str, data: object = None) -> None:
        """Any event of any control, `data` as the client sends it."""
        await self.session.dispatch_event(control._i, event, data)
        await self.settle()

    async def settle(self) -> None:
        """Wait until handlers, effects, threads and replies are at rest, and closed dialogs are gone."""
        while True:
            ended = self._threads.ended
            for _ in range(_ROUNDS):
                await asyncio.sleep(0)
            if ended != self._threads.ended:
                continue  # what waited for a thread goes on only now
            if running := set(self._threads.running):
                await asyncio.wait(running)
                continue
            closed = [dialog for dialog in self.page._dialogs.controls if not dialog.open]
            if not closed:
                return
            for dialog in closed:
                await self.session.dispatch_event(dialog._i, "dismiss", None)

    async def leave(self) -> None:
        """The browser is closed or loads the page anew: from here on nobody is there."""
        await self.session.disconnect(600)
        await self.settle()

    async def come_back(self) -> None:
        """The browser still has its session's id: it gets the page as it stands, as from the server."""
        welcome = RegisterClientResponseBody(self.session.id, self.page, "")
        self.client.send_message(Message(MessageAction.REGISTER_CLIENT, welcome))
        await self.session.connect(self.client)
        await self.settle()

    # --- what can be seen ---------------------------------------------------------------------------

    def walk(self) -> Iterator[BaseControl]:
        """What a person has in front of them, in reading order: the top view, then open dialogs."""
        if self.page.views:
            yield from _tree(self.page.views[-1])
        for dialog in self.page._dialogs.controls:
            if dialog.open:
                yield from _tree(dialog)

    def all(self, kind: type[BaseControl]) -> list[Any]:
        """Every visible control of a kind, in reading order."""
        return [control for control in self.walk() if isinstance(control, kind)]

    def identifiers(self) -> list[str]:
        """The names of everything that can be found by name, in reading order."""
        return [s.identifier for s in self._named()]

    def by_identifier(self, identifier: str) -> Any:
        """The control inside the Semantics of that name: the first that does something, else its content."""
        named = [s for s in self._named() if s.identifier == identifier]
        assert named, f"no {identifier!r} on the screen; there are {self.identifiers()}"
        assert len(named) == 1, f"{len(named)} controls are called {identifier!r}"
        inside = list(_tree(named[0]))[1:]
        return next((control for control in inside if _acts(control)), inside[0])

    def has(self, identifier: str) -> bool:
        """Whether something of that name is on the screen."""
        return identifier in self.identifiers()

    def texts(self) -> list[str]:
        """Every text on the screen, in reading order."""
        return [text for control in self.walk() for text in _texts_of(control)]

    def errors(self) -> list[str]:
        """What handlers raised, as the client was told."""
        return [m.body.message for m in self.client.sent if m.action == MessageAction.SESSION_CRASHED]

    @property
    def calls(self) -> list[tuple[str, Any]]:
        """What services were asked for: method names and arguments, in order."""
        return self.client.calls

    def has_focus(self, identifier: str) -> bool:
        """Whether the program last gave the focus to this control."""
        return bool(self.by_identifier(identifier)._i == self.client.focus)

    def _named(self) -> list[ft.Semantics]:
        """Semantics with a name and something visible in them."""
        return [s for s in self.all(ft.Semantics) if s.identifier and len(list(islice(_tree(s), 2))) == 2]

    def _is_disabled(self, control: BaseControl) -> bool:
        while control is not None and control is not self.page:
            if getattr(control, "disabled", False):
                return True
            control = control.parent
        return False

    def _group_of(self, radio: ft.Radio) -> BaseControl:
        control = radio.parent
        while not isinstance(control, ft.RadioGroup):
            assert control is not None, "a radio outside of a group"
            control = control.parent
        return control


def _acts(control: BaseControl) -> bool:
    if isinstance(control, (ft.TextField, ft.Radio, *_TOGGLES, *_CHOICES, *_NUMBERED)):
        return True
    return any(getattr(control, f"on_{name}", None) for name in (*_TAPPED, "change"))


def _tree(value: Any) -> Iterator[BaseControl]:
    """Controls below a value, depth first, without what is hidden."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, BaseControl):
            if getattr(value, "visible", True) is False:
                continue
            yield value
        if isinstance(value, list | tuple):
            waiting += reversed(value)
        elif isinstance(value, dict):
            waiting += reversed(value.values())
        else:
            found = [getattr(value, name, None) for name in _set_fields_of(value)]
            waiting += [inside for inside in found if type(inside) not in _PLAIN]


def _set_fields_of(value: Any) -> list[str]:
    """Where a value may hold controls, the last field first.

    Flet keeps what differs from the default in `_values`; looking there, and not at each of the sixty fields
    that a control has, is what makes the harness quick.
    """
    places, structural = _fields_of(type(value))
    names = [name for name in getattr(value, "_values", ()) if name in places]
    return sorted({*names, *structural}, key=places.__getitem__, reverse=True)


@functools.cache
def _fields_of(kind: type) -> tuple[Mapping[str, int], frozenset[str]]:
    """The fields of this kind that may hold controls, by place, and those of them not kept in `_values`."""
    if not dataclasses.is_dataclass(kind):
        return {}, frozenset()
    fields = [field for field in dataclasses.fields(kind) if not field.metadata.get("skip", False)]
    places = {field.name: place for place, field in enumerate(fields) if field.name != "_parent"}
    structural = frozenset(getattr(kind, "_structural_fields", places))
    return places, structural & places.keys()


def _texts_of(control: BaseControl) -> Iterator[str]:
    if isinstance(control, ft.Text) and control.spans:
        yield (control.value or "") + "".join(span.text or "" for span in control.spans)
        return
    for name in _TEXT_PROPERTIES:
        text = getattr(control, name, None)
        if isinstance(text, str) and text:
            yield text
