"""The page that loads the app is ours: its name, its server, what it loads first."""

from __future__ import annotations

import asyncio
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import uvicorn
import websockets
from community import random_rows
from dashboards import write_store
from streamlit import file_util

from overlap.dashboard.server import SCRIPT, Page, changed
from overlap.dashboard.server.parts import ANSWER, EVIDENCE, preloads

INDEX = (Path(file_util.get_static_dir()) / "index.html").read_text("utf-8")


def answer(path: str, kind: str, content: bytes) -> tuple[dict[bytes, bytes], bytes, list]:
    """Return what a browser gets for a path from an app that answers with some content."""
    asked, got = [], []

    async def app(scope, receive, send):
        asked.extend(scope["headers"])
        headers = [(b"content-type", kind.encode()), (b"etag", b"1"), (b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": content[:10], "more_body": True})
        await send({"type": "http.response.body", "body": content[10:]})

    async def receive():
        return {"type": "http.request"}

    async def send(message):
        got.append(message)

    scope = {"type": "http", "path": path, "headers": [(b"accept-encoding", b"gzip")]}
    # In a thread of its own: where a browser is open, this one runs a loop already.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(Page(app)(scope, receive, send))).result()
    return dict(got[0]["headers"]), b"".join(m.get("body", b"") for m in got[1:]), asked


def test_the_page_has_our_name_and_knows_where_its_server_is():
    page = changed(INDEX)
    assert "<title>overlap</title>" in page
    assert 'BACKEND_BASE_URL: location.origin + "/"' in page
    assert page.index("BACKEND_BASE_URL") < page.index('type="module"')


def test_what_shows_an_answer_is_in_the_version_installed_and_loaded_first():
    files = re.findall(r'href="\./(static/js/[^"]+)"', preloads())
    assert len(files) == len({*ANSWER, *EVIDENCE})
    for file in files:
        assert (Path(file_util.get_static_dir()) / file).is_file()
    assert preloads() in changed(INDEX)


@pytest.mark.parametrize("path", ["/", "/overlaps"])
def test_a_page_comes_whole_plain_and_changed(path):
    headers, body, asked = answer(path, "text/html; charset=utf-8", INDEX.encode())
    assert body.decode() == changed(INDEX)
    assert headers[b"content-length"] == str(len(body)).encode()
    assert b"etag" not in headers
    assert asked == []


@pytest.mark.parametrize("path", ["/static/js/index.js", "/_stcore/health", "/media/a.csv"])
def test_everything_else_is_left_alone(path):
    headers, body, asked = answer(path, "text/html", INDEX.encode())
    assert body.decode() == INDEX
    assert headers[b"etag"] == b"1"
    assert asked == [(b"accept-encoding", b"gzip")]


def test_no_folder_beside_the_script_is_taken_for_pages():
    assert not (SCRIPT.parent / "pages").exists()


@pytest.mark.slow
def test_stopping_the_command_stops_the_server(tmp_path):
    store = write_store(tmp_path / "store", random_rows(3))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    overlap = str(Path(sys.executable).with_name("overlap"))
    argv = [overlap, "serve", str(store), "--no-browser", "--port", str(port)]
    health = f"http://127.0.0.1:{port}/_stcore/health"
    command = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while command.poll() is None and time.monotonic() < until:
        try:
            urllib.request.urlopen(health, timeout=1)
        except OSError:
            time.sleep(0.1)
        else:
            break
    assert urllib.request.urlopen(health, timeout=5).status == 200
    command.send_signal(signal.SIGTERM)
    command.wait(30)
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(health, timeout=5)


def test_a_connection_sends_small_messages_without_waiting_for_the_last_one_to_arrive():
    seen = []

    async def app(scope, receive, send):
        if scope["type"] == "websocket":
            connection = receive.__self__.transport.get_extra_info("socket")
            seen.append(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            await receive()
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.close"})

    async def talk():
        # As streamlit makes it: for a socket like this, asyncio does not ask by itself.
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            listening.listen()
            server = uvicorn.Server(
                uvicorn.Config(Page(app), ws="websockets-sansio", lifespan="off", log_level="error")
            )
            serving = asyncio.create_task(server.serve(sockets=[listening]))
            while not server.started:
                await asyncio.sleep(0)
            port = listening.getsockname()[1]
            async with websockets.connect(f"ws://127.0.0.1:{port}/_stcore/stream"):
                pass
            server.should_exit = True
            await serving

    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(talk())).result(30)
    assert len(seen) == 1
    assert seen[0]
