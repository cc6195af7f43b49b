"""The dashboard as a server: the app, in a page that says its name and loads at once."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from starlette.middleware import Middleware

from overlap.dashboard.navigation import base_path
from overlap.dashboard.server.browser import PROGRAM
from overlap.dashboard.server.parts import preloads
from overlap.dashboard.server.sockets import send_at_once

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

SCRIPT = Path(__file__).with_name("script.py")
"""What runs at every interaction. A folder `pages` beside it would be taken for pages of files."""

_ASKED_TWICE = (b"accept-encoding", b"if-none-match", b"if-modified-since")
"""Headers that would keep the page from coming whole and plain."""


class Page:
    """Changes the page that loads the app: our title, where its server is, what it will need.

    Without being told, the app asks for its server below the address of the page it was opened at,
    and every link to a page but the first begins with two errors. The parts of it that show an
    answer come last on their own, and the answer with them.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the app does, pages changed."""
        send_at_once(receive)
        path = PurePosixPath(scope.get("path", ""))
        if scope["type"] != "http" or path.suffix or "_stcore" in path.parts:
            await self.app(scope, receive, send)
            return
        headers = [(name, value) for name, value in scope["headers"] if name not in _ASKED_TWICE]
        held: list[Message] = []
        body = b""

        async def change(message: Message) -> None:
            nonlocal body
            if message["type"] == "http.response.start":
                held.append(message)
                return
            body += message.get("body", b"")
            if message.get("more_body"):
                return
            start = held[0]
            said = dict(start["headers"])
            if said.get(b"content-type", b"").startswith(b"text/html"):
                body = changed(body.decode("utf-8")).encode("utf-8")
                said.pop(b"etag", None)
                said.pop(b"last-modified", None)
                said[b"content-length"] = str(len(body)).encode()
            await send({**start, "headers": list(said.items())})
            await send({"type": "http.response.body", "body": body})

        await self.app({**scope, "headers": headers}, receive, change)


def changed(page: str) -> str:
    """Return the page with our title and program, its server's address, what to load early."""
    settings = f"{{BACKEND_BASE_URL: location.origin + {json.dumps(base_path() or '/')}}}"
    page = page.replace("<title>Streamlit</title>", "<title>overlap</title>")
    page = page.replace("</head>", f"{preloads()}</head>", 1)
    ours = f"<script>window.__streamlit = {settings}</script><script>{PROGRAM}</script>"
    return page.replace("<head>", f"<head>{ours}", 1)


def middleware() -> list[Middleware]:
    """Return what stands between the app and the browser."""
    return [Middleware(Page)]
