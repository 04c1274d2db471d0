"""The sockets of the pages: how long a request may take to arrive, and who makes room when there
are too many connections.

A connection costs no thread until its request is whole, but there are only so many; so one that
brings nothing, or a byte now and then, is closed, and the one that has waited longest first.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from functools import partial
from typing import Any

from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer, create_server

THREADS = 8
MOST_CONNECTIONS = 400
"""Beyond these the one that has waited longest for the rest of its request makes room."""
ARRIVE = 20.0
"""Seconds that a request may take to arrive, and one more for each SLOWEST bytes of it."""
SLOWEST = 10_000
MOST_BODY = 60 << 20
"""Bytes of a form with its file."""
IDLE = 60.0
"""Seconds for which a connection is kept that asks nothing, or does not take its answer."""


class Channel(HTTPChannel):
    """A connection. begun: when its present request began to arrive (for the first one, when it
    was opened), None between two. came: bytes of it so far."""

    def __init__(self, server: Any, *others: Any, **more: Any):
        make_room(server.active_channels.values())
        super().__init__(server, *others, **more)
        self.begun: float | None = time.monotonic()
        self.came = 0

    def received(self, data: bytes) -> bool:
        if self.begun is None:
            self.begun, self.came = time.monotonic(), 0
        self.came += len(data)
        taken = super().received(data)
        if self.request is None:
            self.begun = None
        return bool(taken)

    @property
    def at_work(self) -> bool:
        """Whether a request of it is being answered."""
        return bool(self.requests or self.total_outbufs_len)

    def overdue(self, elapsed: float, idle: float) -> bool:
        """elapsed: seconds since its request began to arrive. idle: since anything came or went."""
        if self.begun is not None and not self.at_work:
            return elapsed > ARRIVE + self.came / SLOWEST
        return idle > IDLE and not (self.requests and not self.total_outbufs_len)


def make_room(channels: Iterable[Any]) -> None:
    open_ones = [one for one in channels if not one.will_close]
    waiting = [one for one in open_ones if not one.at_work]
    if len(open_ones) >= MOST_CONNECTIONS and waiting:
        min(waiting, key=lambda one: one.last_activity).will_close = True


def close_overdue(server: Any, now: float, *, later: float = 0.0) -> None:
    """Closes the connections whose time is over. now: as time.time(). later: seconds by which it
    is taken to be later than it is."""
    for channel in list(server.active_channels.values()):
        elapsed = time.monotonic() + later - (channel.begun or time.monotonic())
        if channel.overdue(elapsed, now + later - channel.last_activity):
            channel.will_close = True


def listen(application: Any, host: str, port: int) -> Any:
    """The server, which answers when it is run. Raises OSError where the port cannot be had."""
    sockets: dict[int, Any] = {}
    serving = create_server(
        application,
        map=sockets,
        host=host,
        port=port,
        threads=THREADS,
        ident="galleyproof",
        connection_limit=MOST_CONNECTIONS * 2,
        asyncore_use_poll=True,
        cleanup_interval=5,
        max_request_body_size=MOST_BODY,
        clear_untrusted_proxy_headers=False,  # `proxies` does that, for several of them
    )
    for one in sockets.values():
        if isinstance(one, BaseWSGIServer):
            one.channel_class = Channel
            one.maintenance = partial(close_overdue, one)
    return serving
