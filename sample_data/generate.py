"""Make the sample community.

`python sample_data/generate.py` writes events.parquet and truths.toml beside itself. It needs numpy
and polars only, and the same seed gives the same rows on every run.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import catalogue as c
import numpy as np
import polars as pl
from activity import ACTIONS, NONE, make_events
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
    interests = interest_names()
    frame = pl.DataFrame(
        {
            "user_id": people.ids[events.user[order]],
            "time": np.datetime64(c.START, "ms") + events.second[order].astype("timedelta64[s]"),
            "action": _named(events.action[order], ACTIONS),
            "category": _named(events.category[order], [a.name for a in c.CATEGORIES]),
            "first": _named(events.interest[order], interests),
            "second": _named(events.second_interest[order], interests),
            "brand": _named(events.brand[order], [b.name for b in c.BRANDS]),
            "week": events.week[order] + 1,
            "is_player": _players(people)[events.user[order]],
        }
    )
    both = pl.concat_list("first", "second").list.drop_nulls()
    frame = frame.with_columns(interest=pl.when(both.list.len() > 0).then(both))
    return frame.with_columns(text=_texts(frame)).select(EVENTS_SCHEMA.names()).cast(EVENTS_SCHEMA)


def write_parquet(frame: pl.DataFrame, path: Path) -> None:
    """Write the events so small that they can be kept beside the source."""
    frame.write_parquet(path, compression="zstd", compression_level=19, row_group_size=len(frame))


def _named(positions: NDArray[np.int64], names: Sequence[str]) -> pl.Series:
    with_null = pl.Series([*names, None], dtype=pl.String)
    return with_null.gather(np.where(positions == NONE, len(names), positions))


def _players(people: People) -> NDArray[np.bool_]:
    return people.interests[:, interest_names().index(c.ESPORTS)]


def _texts(frame: pl.DataFrame) -> pl.Series:
    rng = np.random.default_rng([c.SEED, 5])
    writer = Writer([c.SEED, 6])
    texts: list[str | None] = [None] * len(frame)
    spoken = frame.with_row_index().filter(pl.col("action").is_in(["post", "comment"]))
    keep = rng.random(len(spoken)).tolist()
    for chance, event in zip(keep, spoken.iter_rows(named=True), strict=True):
        row = Row(
            week=event["week"],
            is_post=event["action"] == "post",
            is_player=event["is_player"],
            category=event["category"],
            brand=event["brand"],
            interests=tuple(event["interest"] or ()),
        )
        if chance < text_share(row):
            texts[event["index"]] = writer.write(row)
    return pl.Series("text", texts, dtype=pl.String)


def main() -> None:
    """Write the sample data to a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=c.FULL_SCALE, help="default %(default)s")
    parser.add_argument("--to", type=Path, default=HERE, metavar="DIR", help="default: beside me")
    options = parser.parse_args()
    frame = make_frame(options.users)
    options.to.mkdir(parents=True, exist_ok=True)
    write_parquet(frame, options.to / "events.parquet")
    (options.to / "truths.toml").write_text(to_toml(measure(frame)), encoding="utf-8")
    print(f"{len(frame):,} events of {frame['user_id'].n_unique():,} users in {options.to}")


if __name__ == "__main__":
    main()
