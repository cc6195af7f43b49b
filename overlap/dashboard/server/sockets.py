"""The connection behind a request."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import Receive

_INTERNET = (socket.AF_INET, socket.AF_INET6)


def send_at_once(receive: Receive) -> None:
    """Let the connection that `receive` reads from send what it has without waiting for more.

    The server's own socket does not ask for it (asyncio does, but not for sockets made without a
    protocol number), so that the second small message of an answer waits for the browser to
    acknowledge the first: 40 ms. Does nothing where there is no such connection.
    """
    transport = getattr(getattr(receive, "__self__", None), "transport", None)
    connection = transport.get_extra_info("socket") if transport is not None else None
    if connection is not None and connection.family in _INTERNET:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
