"""Twenty people at once without their browsers: what the server alone takes to answer them.

Twenty browsers on the two cores of the server measure themselves. Here each visitor speaks the
server's own protocol: every click asks for a whole page, which is more than a click on one does.
"""

from __future__ import annotations

import asyncio
import random
import time
from urllib.parse import urlencode, urlsplit

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.util import calc_hash

PAGES = ("openings", "overlaps", "demand", "saved", "data")


async def crowd(address: str, views: list[dict[str, str]], people: int, clicks: int) -> list[float]:
    """Return the milliseconds from each click to the end of its answer; raises where one fails.

    `views` are the parameters that visitors choose among, as in links.
    """
    everybody = (_person(address, views, number, clicks) for number in range(people))
    return [took for several in await asyncio.gather(*everybody) for took in several]


async def _person(
    address: str, views: list[dict[str, str]], number: int, clicks: int
) -> list[float]:
    chance = random.Random(number)
    place = urlsplit(address).netloc
    taken = []
    async with websockets.connect(
        f"ws://{place}/_stcore/stream", subprotocols=["streamlit"], max_size=None
    ) as socket:
        await _ask(socket, "", chance.choice(views))
        for _ in range(clicks):
            taken.append(await _ask(socket, chance.choice(PAGES), chance.choice(views)))
    return taken


async def _ask(socket: websockets.ClientConnection, page: str, view: dict[str, str]) -> float:
    asked = BackMsg()
    asked.rerun_script.query_string = urlencode(view)
    asked.rerun_script.page_script_hash = calc_hash(page) if page else ""
    started = time.perf_counter()
    await socket.send(asked.SerializeToString())
    async for content in socket:
        told = ForwardMsg()
        told.ParseFromString(content)
        if told.WhichOneof("type") == "script_finished":
            assert told.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
            return (time.perf_counter() - started) * 1000
    raise ConnectionError("the server hung up")
