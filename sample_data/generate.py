"""Make the sample community: `python sample_data/generate.py` writes events.parquet and truths.toml.

Needs numpy and polars only. The same seed gives the same rows, whatever the machine.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import catalogue as c
import numpy as np
import polars as pl
from activity import ACTIONS, Events, make_events
from numpy.typing import NDArray
from people import People, interest_names, make_people
from posts import Row, Writer, text_share
from truths import measure, to_toml

HERE = Path(__file__).parent

EVENTS_SCHEMA = pl.Schema(
    {"user_id": pl.Int64, "time": pl.Datetime("ms"), "action": pl.String, "category": pl.String,
     "interest": pl.List(pl.String), "brand": pl.String, "text": pl.String}
)  # fmt: skip


def make_frame(users: int) -> pl.DataFrame:
    """Return the events of `users` people in the order of time, with `EVENTS_SCHEMA`."""
    people = make_people(users)
    events = make_events(people)
    order = np.lexsort((events.user, events.second))
    interests = _named(_lists(events, order), interest_names())
    start = np.datetime64(c.START, "ms")
    frame = pl.DataFrame(
        {
            "user_id": people.ids[events.user[order]],
            "time": start + events.second[order].astype("timedelta64[s]"),
            "action": _named(events.action[order], ACTIONS),
            "category": _named(events.category[order], [a.name for a in c.CATEGORIES]),
            "interest": interests,
            "brand": _named(events.brand[order], [b.name for b in c.BRANDS]),
        }
    )
    is_player = _players(people)[events.user[order]]
    texts = _texts(frame, events.week[order], is_player)
    return frame.with_columns(text=texts).cast(EVENTS_SCHEMA).select(EVENTS_SCHEMA.names())


def _named(positions: NDArray[np.int64] | pl.Series, names: object) -> pl.Series:
    raise NotImplementedError
