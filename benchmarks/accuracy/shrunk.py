"""How often the interval of a TGI, and its shrunk range, hold the index of all users."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from benchmarks.accuracy.markdown import count, markdown
from overlap import estimates

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Flags = NDArray[np.bool_]

SAMPLE = Path(__file__).parents[2] / "sample_data" / "events.parquet"
RATES = (1 / 4, 1 / 16, 1 / 64, 1 / 128)


@dataclass(frozen=True, slots=True)
class Held:
    """Shares of the cells of category × interest, over all samples kept at a rate."""

    rate: float
    users: float
    interval: float
    range: float
    cautious: float


def held(rate: float, runs: int, seed: int = 1) -> Held:
    """Keep each user of the sample data at a rate, and compare with the index of all of them."""
    categories, interests = _members()
    number = categories.shape[1]
    rng = np.random.default_rng([seed, round(1 / rate)])
    a, b = categories.sum(axis=1), interests.sum(axis=1)
    truth = 100 * (categories @ interests.T) * number / np.outer(a, b)
    inside = np.zeros(4)
    for _ in range(runs):
        kept = rng.random(number) < rate
        c, i = categories[:, kept], interests[:, kept]
        both, a, b, n = c @ i.T, c.sum(axis=1), i.sum(axis=1), int(kept.sum())
        for row, true in enumerate(truth):
            known = true > 0
            plain = estimates.tgi(both[row], np.full(len(b), a[row]), b, n, rate)
            shrunk = estimates.shrunk_tgi(both[row], a[row] * b / n)
            inside += [
                known.sum(),
                ((plain.low <= true) & (true <= plain.high))[known].sum(),
                ((shrunk.low <= true) & (true <= shrunk.high))[known].sum(),
                (shrunk.low <= true)[known].sum(),
            ]
    return Held(rate, rate * number, *(inside[1:] / inside[0]).tolist())


def _members() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return who is in each category and in each interest, float32[audiences, users] of 0 and 1."""
    events = pl.read_parquet(SAMPLE)
    users = events["user_id"].unique().sort()
    place = {user: at for at, user in enumerate(users.to_list())}

    def of(frame: pl.DataFrame, tag: str) -> NDArray[np.float32]:
        pairs = frame.select("user_id", tag).drop_nulls().unique()
        names = {name: at for at, name in enumerate(pairs[tag].unique().sort().to_list())}
        out = np.zeros((len(names), len(users)), dtype=np.float32)
        for user, name in pairs.iter_rows():
            out[names[name], place[user]] = 1
        return out

    return of(events, "category"), of(events.explode("interest"), "interest")


def lines(runs: int = 20) -> list[str]:
    """Return the table as Markdown."""
    found = [held(rate, runs) for rate in RATES]
    return [
        *markdown(
            ["users kept", "rate", "interval (tgi_low to tgi_high)", "shrunk range",
             "cautious end at most the truth"],
            [
                [count(f.users), f"1/{1 / f.rate:.0f}", f"{f.interval:.1%}", f"{f.range:.1%}",
                 f"{f.cautious:.1%}"]
                for f in found
            ],
        ),
        "",
        "All pairs of category and interest of the sample data, against the index of all users. "
        "`tgi_low` and `tgi_high` are the 95% interval of the sketch error. `tgi_shrunk_low` and "
        "`tgi_shrunk_high` are for ranking: they draw every index towards the others, so that they "
        "miss the strongest where few users were kept, and are no interval. What they are for "
        "holds at every rate: the cautious end promises too much in at most a few of a hundred.",
    ]  # fmt: skip
