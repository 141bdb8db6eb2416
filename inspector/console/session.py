"""One window of the console: what every screen is handed.

* Screens reach disk, keys, pictures and network only through `act` (in order) or `beside` (reading).
* Nothing of a session outlives its login: a reload, a lost connection or idleness ends at the login screen.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextvars import copy_context
from functools import partial
from typing import ParamSpec, TypeVar

import flet as ft

from inspector.console.accounts import LoggedIn, Right
from inspector.console.desk import Desk
from inspector.console.hall import Hall
from inspector.errors import AccountClosedError, IllegalMoveError, InspectorError
from inspector.ui import theme
from inspector.ui.palette import Scheme
from inspector.ui.window import Loaded, Window, use_read, use_watched

P = ParamSpec("P")
T = TypeVar("T")


class Session(Window):
    """One window.

    Args:
        page: the window's page.
        hall: what every window of the desk shares.

    Attributes:
        search: what the inbox is searched for; kept here because names do not belong into addresses.
        inbox_route: the list that a record's screen goes back to.
        ledger_search, ledger_route: the same of the ledger of notices.
    """

    def __init__(self, page: ft.Page, hall: Hall) -> None:
        super().__init__(page, hall.mishaps, is_leaving=self._finds_nobody)
        self.hall = hall
        self.who: LoggedIn | None = None
        self.touched_ms = hall.elapsed()
        self.scheme = Scheme.LIGHT
        self.search = ""
        self.inbox_route = "/"
        self.ledger_search, self.ledger_route = "", "/notices"

    @property
    def desk(self) -> Desk:
        """The desk."""
        return self.hall.desk

    @property
    def me(self) -> LoggedIn:
        """Who works in this window.

        Raises:
            IllegalMoveError: nobody has logged in.
        """
        if self.who is None:
            raise IllegalMoveError(reason="请先登录")
        return self.who

    def may(self, right: Right) -> bool:
        """Whether who works here may do that; the core refuses it all the same."""
        return self.who is not None and self.who.account.may(right)

    def now_ms(self) -> int:
        """Milliseconds since the Unix epoch, by this machine's clock."""
        return self.hall.now_ms()

    def touch(self) -> None:
        """Somebody works."""
        self.touched_ms = self.hall.elapsed()

    async def act(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run an act in a thread, after every earlier one, and give what it returns.

        Raises:
            AccountClosedError: who works here was shut out meanwhile; the window is at the login again.
            InspectorError: what the act raises; a handler may let it pass, the window then shows it.
        """
        return await self._inside(self.hall.act, partial(fn, *args, **kwargs))

    async def told(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run an act that changes something: afterwards a pass begins and every window looks again."""
        done = await self.act(fn, *args, **kwargs)
        self.hall.background.kick()
        await self.hall.refresh()
        return done

    async def beside(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run something that only reads, or asks the server, without holding up any act."""
        return await self._inside(self.hall.beside, partial(fn, *args, **kwargs))

    def check(self) -> None:
        """Go to the login if who works here was shut out."""

        async def look() -> None:
            await self.beside(lambda: None)

        # In a task of this window's own: whoever shuts out does so in the context of another one.
        if self.who is not None:
            copy_context().run(self.run, look)

    async def _inside(self, run: Callable[[Callable[[], T]], Awaitable[T]], fn: Callable[[], T]) -> T:
        """Run `fn`, unless the account of this window was closed before its turn came."""
        who = self.who

        def checked() -> T:
            if who is not None and not self.desk.accounts.is_open(who.account):
                raise AccountClosedError()
            return fn()

        try:
            return await run(checked)
        except AccountClosedError as error:
            await self.log_out()
            self.show_error(error)
            raise

    def _finds_nobody(self, error: InspectorError) -> bool:
        # A screen that is rendered once more after the logout finds nobody: it is going.
        return isinstance(error, IllegalMoveError) and self.who is None

    # --- The door ---

    async def log_in(self, login: str, password: str) -> None:
        """Let somebody in.

        Raises:
            LoginWrongError, LoginWaitError: as `Accounts.log_in`.
        """
        self.enter(await self.act(self.desk.log_in, login, password))
        await self.hall.refresh()

    def enter(self, who: LoggedIn) -> None:
        """Somebody has given their password."""
        # A browser that comes back is given its old window, which was taken off the list when it went.
        self.hall.arrive(self)
        self.touch()
        self.who = who
        self.hall.changed()

    async def log_out(self) -> None:
        """Back to the login; the keys stay for others, and are locked when nobody comes."""
        who, self.who = self.who, None
        self.search, self.inbox_route = "", "/"
        self.ledger_search, self.ledger_route = "", "/notices"
        self.clear_error()
        self.hall.changed()
        if who is not None:
            await self.act(self.desk.note, who, "log-out", who.account.id)

    async def unlock(self, passphrase: str) -> None:
        """Take the office's keys out, for every window.

        Raises:
            NotPermittedError: a viewer.
            SecretWrongError: the passphrase is wrong.
        """
        await self.act(self.desk.unlock, self.me, passphrase)
        self.hall.background.kick()
        self.hall.changed()

    async def lock_keys(self) -> None:
        """Put the office's keys away, for every window."""
        await self.hall.lock_keys(self.me)

    # --- The window itself ---

    def dress(self, scheme: Scheme) -> None:
        """Give the window another scheme."""
        self.scheme = scheme
        theme.apply(self.page, scheme, theme.Device.CONSOLE)
        self.page.update()
        self.hall.changed()

    def attend(self) -> None:
        """Be known to the hall, and notice when the window goes."""
        self.hall.arrive(self)
        self.page.on_disconnect = self.depart
        self.page.on_close = self.depart

    async def depart(self) -> None:
        """The window is gone: a reconnected browser lands on the login screen."""
        self.hall.leave(self)
        await self.log_out()


def use_changes(session: Session) -> int:
    """Build the screen again whenever the desk changes; gives how often it did."""
    return use_watched(session.hall.watch)


def use_loaded(
    session: Session, fn: Callable[[], T], on: tuple[object, ...] = (), *, beside: bool = True
) -> Loaded[T]:
    """Read something in a thread when the screen opens, and again when a value of `on` changes."""
    run = session.beside if beside else session.act
    return use_read(session, lambda: run(fn), on)
