"""The users of each burst: how many, how particular to the anchor, and which bursts are one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy import sparse

from overlap import estimates
from overlap.expressions import Audience, Expression
from overlap.insights.trends.axis import Axis
from overlap.model import FULL_THETA, Window
from overlap.panel import Panel, Sample

if TYPE_CHECKING:
    from numpy.typing import NDArray

PART = 0.8
"""A burst whose users are in so great a share those of a larger one is a part of that need."""
SAME_TEXT = 0.5
"""The same where one's name stands in the other's: a word, its hashtag and its interest."""


@dataclass(frozen=True, slots=True, eq=False)
class Crowd:
    """Whom the bursts are counted among: an anchor's standing members, or everybody.

    The anchor (None: everybody) is whoever belonged to it at any time until `end`; `active` are
    those who did anything from one period to another.
    """

    panel: Panel
    anchor: Sample | None
    end: date | None
    _active: dict[Window, Sample] = field(default_factory=dict)

    def active(self, window: Window) -> Sample:
        """Return everybody who did anything in a window."""
        if window not in self._active:
            self._active[window] = self.panel.universe(window)
        return self._active[window]

    def members(self, window: Window) -> Sample:
        """Return the anchor's members who did anything in a window."""
        everybody = self.active(window)
        return everybody if self.anchor is None else both(self.panel, everybody, self.anchor)

    @property
    def ever(self) -> Window:
        """All periods until the end."""
        return Window(None, self.end)


def crowd(panel: Panel, tree: Expression | None, end: date | None) -> Crowd:
    """Return the members of an expression until a day as a crowd, everybody for None."""
    return Crowd(panel, panel.sample(tree, Window(None, end)) if tree else None, end)


def both(panel: Panel, a: Sample, b: Sample) -> Sample:
    """Return the kept users of two samples at the smaller rate."""
    theta = min(a.theta, b.theta)
    return Sample(panel.below(a, theta).users & panel.below(b, theta).users, theta)


def burst_window(ours: Axis, first: int, last: int) -> Window:
    """Return the panel's periods from the first to the last of a burst."""
    return Window(ours.windows[first].start, ours.windows[last].end)


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """A burst's users within the crowd, with its window; `everywhere` also those outside it."""

    window: Window
    users: Sample
    everywhere: Sample


def people_of(found: pl.DataFrame, who: Crowd, ours: Axis) -> list[People]:
    """Return the users of every row of finding.FOUND, from the burst's first period to its last."""
    out = []
    for row in found.select("kind", "name", "first", "last").iter_rows(named=True):
        window = burst_window(ours, row["first"], row["last"])
        everywhere = who.panel.sample(Audience(row["kind"], row["name"]), window)
        inside = everywhere if who.anchor is None else both(who.panel, everywhere, who.anchor)
        out.append(People(window, inside, everywhere))
    return out


def sizes(people: Sequence[People], who: Crowd) -> dict[str, NDArray[np.float64]]:
    """Return users, members and affinity of every burst, a column each.

    `inside_users` did anything while it lasted, and the TGI compares the anchor's share among the
    burst's users with its share among all who did: 100 · both · all / (burst · members), NaN where
    the crowd is everybody. Its shrunk end is that among the bursts themselves.
    """
    cells = np.array([_cell(p, who) for p in people], dtype=np.float64).reshape(-1, 7)
    hits, rate, s, b, a, n, common = cells.T
    burst = estimates.counts(hits, rate)
    out = {
        "burst_users": burst.value,
        "burst_users_low": burst.low,
        "burst_users_high": burst.high,
        "inside_users": a / common,
    }
    if who.anchor is None or not len(people):
        nothing = np.full(len(people), np.nan)
        return out | dict.fromkeys(("tgi", "tgi_low", "tgi_high", "tgi_shrunk_low"), nothing)
    tgi = estimates.tgi(s, a, b, n, common)
    with np.errstate(divide="ignore", invalid="ignore"):
        shrunk = estimates.shrunk_tgi(s, np.where(n > 0, a * b / n, np.nan))
    return out | {
        "tgi": tgi.value,
        "tgi_low": tgi.low,
        "tgi_high": tgi.high,
        "tgi_shrunk_low": shrunk.low,
    }


def _cell(p: People, who: Crowd) -> tuple[float, ...]:
    """Return the burst's hits and rate; at a common rate both, the burst's, members', all's."""
    everybody, members = who.active(p.window), who.members(p.window)
    theta = min(p.users.theta, members.theta)
    counts = [
        who.panel.below(sample, theta).hits
        for sample in (p.users, p.everywhere, members, everybody)
    ]
    return p.users.hits, p.users.rate, *counts, theta / FULL_THETA


# --- one need under several names ---------------------------------------------------------------


def heads(found: pl.DataFrame, people: Sequence[People], who: Crowd) -> NDArray[np.int64]:
    """Return for every burst the row of the need it belongs to, its own where it stands alone.

    From the largest on, a burst joins the first need that holds PART of its users, or SAME_TEXT of
    them where the name of one stands in the other's.
    """
    out = np.arange(len(people))
    if not len(people):
        return out
    theta = min(p.users.theta for p in people)
    users = [who.panel.below(p.users, theta).users for p in people]
    shared, size = _shared([np.asarray(u.to_array()) for u in users])
    texts = [plain(name) for name in found["name"]]
    rank = {(kind, name): i for i, (kind, name) in enumerate(_by_size(found, size))}
    order = sorted(out.tolist(), key=lambda i: rank[found["kind"][i], found["name"][i]])
    tops: list[int] = []
    for i in order:
        part = shared[i, tops] / max(size[i], 1)
        for top, share in zip(tops, part.tolist(), strict=True):
            alike = texts[i] in texts[top] or texts[top] in texts[i]
            if share >= (SAME_TEXT if alike else PART):
                out[i] = top
                break
        else:
            tops.append(i)
    return out


def plain(name: str) -> str:
    """Return the text of a name or hashtag, folded."""
    return re.sub(r"\s+", " ", name.removeprefix("#").casefold()).strip()


def _by_size(found: pl.DataFrame, size: NDArray[np.int64]) -> list[tuple[str, str]]:
    """Return the bursts from the largest on; of equals, interests before words before hashtags."""
    keyed = found.select("kind", "name").to_dicts()
    order = sorted(
        range(len(keyed)),
        key=lambda i: (-size[i], keyed[i]["kind"], keyed[i]["name"].startswith("#"),
                       keyed[i]["name"]),
    )  # fmt: skip
    return [(keyed[i]["kind"], keyed[i]["name"]) for i in order]


def _shared(users: list[NDArray[np.uint32]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the users every two have in common, int64[bursts, bursts], and those of each."""
    size = np.array([len(u) for u in users], dtype=np.int64)
    numbers = np.concatenate(users)
    starts = np.concatenate([[0], np.cumsum(size)])
    columns = int(numbers.max()) + 1 if len(numbers) else 1
    matrix = sparse.csr_matrix(
        (np.ones(len(numbers), dtype=np.int32), numbers.astype(np.int64), starts),
        shape=(len(users), columns),
    )
    return (matrix @ matrix.T).toarray().astype(np.int64), size
