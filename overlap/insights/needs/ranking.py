"""Emerging needs, ranked by growth × size × distinctiveness on lower bounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from overlap import estimates
from overlap.expressions import And, Audience, Expression, leaves, to_text
from overlap.insights import anchors, wording
from overlap.insights.floors import require_users
from overlap.insights.needs.company import Company
from overlap.insights.needs.coverage import STRATA, Jump, jumped, within_interests
from overlap.insights.needs.finding import active, counted, find
from overlap.insights.needs.people import Crowd, People, crowd, heads, people_of, plain, sizes
from overlap.insights.needs.saying import reason
from overlap.insights.trends.axis import Axis, axis
from overlap.members import ALL_PERIODS
from overlap.model import (
    TERM_KIND,
    UNIVERSE,
    AudienceKey,
    Policy,
    UsageError,
    Window,
)
from overlap.panel import Panel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

KINDS = (TERM_KIND, "interest")
"""Where needs are looked for unless something else is asked for."""

MOST_NEEDS = 50
TENFOLD, THREEFOLD = 10.0, 3.0
"""Ten times what was expected is as much growth as counts, three times chance as much affinity."""

_ENDS = pl.Schema(
    {"users": pl.Float64, "users_low": pl.Float64, "users_high": pl.Float64, "tgi": pl.Float64,
     "tgi_low": pl.Float64, "tgi_high": pl.Float64, "tgi_shrunk_low": pl.Float64}
)  # fmt: skip
_NAME = pl.Schema({"name": pl.String})
_KEY = pl.Schema({"kind": pl.String, "name": pl.String})
_POINT: Mapping[str, pl.DataType] = {
    "period": pl.Date(), "users": pl.Float64(), "whole": pl.Boolean(),
}  # fmt: skip
_NUMBERS = (
    "users", "users_low", "users_high", "burst_users", "burst_users_low", "burst_users_high",
    "expected_users", "growth", "growth_low", "growth_high", "doubling", "doubling_low",
    "doubling_high", "inside_users", "tgi", "tgi_low", "tgi_high", "tgi_shrunk_low", "z",
    "p_value", "q_value", "score", "events_per_user",
)  # fmt: skip
_LISTS: Mapping[str, pl.DataType] = {
    "also": pl.List(pl.Struct({**_KEY, "users": pl.Float64})),
    "carriers": pl.List(pl.Struct({**_KEY, **_ENDS})),
    "words": pl.List(pl.Struct({**_NAME, **_ENDS})),
    "trend": pl.List(pl.Struct(_POINT)),
}

NEEDS_TABLE = pl.Schema(
    [
        ("inside", pl.String()),
        *_KEY.items(),
        ("also", _LISTS["also"]),
        ("since", pl.Date()),
        ("last_seen", pl.Date()),
        ("running", pl.Boolean()),
        ("exact", pl.Boolean()),
        *((name, pl.Float64()) for name in _NUMBERS),
        *((name, _LISTS[name]) for name in ("carriers", "words", "trend")),
        ("suppressed", pl.String()),
        ("reason", pl.String()),
    ]
)
"""One row per need. `users` are those of the last period of the burst, `burst_users` all since it
began, each counted once; `growth` is users over expected users, minus one; `doubling` in periods;
`inside_users` the anchor's members who did anything meanwhile; the TGI columns are null where needs
are looked for everywhere; `score` 0–100. `trend` has every period until the window's end."""


def needs(
    panel: Panel,
    *,
    category: str | Expression | None = None,
    interest: str | Expression | None = None,
    kinds: Sequence[str] = KINDS,
    window: Window = ALL_PERIODS,
    policy: Policy | None = None,
    min_users: int | None = None,
    fdr: float = 0.05,
    limit: int | None = MOST_NEEDS,
    language: str = "en",
) -> pl.DataFrame:
    """Return what bursts inside a category, an interest, both or everywhere, as NEEDS_TABLE.

    The people are the anchor's standing members, who belonged to it at any time until the window's
    end; what they do in each period is compared with how many of them did anything in it. A need is
    a burst of insights.trends (z ≥ 3 in two whole periods running, the floor's users at the lower
    end, out of season), and a discovery at the false discovery rate `fdr` over every audience of
    all `kinds` that these people used. Bursts with mostly the same users are one need: the largest
    stands for it, the others are its `also`.

    Those still running come first, by score = 100·(G·S·D)^⅓ with G = ln(low growth + 1)/ln 10,
    S = ln(low users of the burst / floor) / ln(members / floor) and D = ln(low shrunk TGI/100)/ln 3
    (left out where needs are looked for everywhere: 100·(G·S)^½), each within 0–1. Carriers are
    audiences that the burst's users belong to beyond what the crowd does, words terms that they
    used meanwhile. `events_per_user` is known only where counts are exact. `limit` keeps the first
    so many, None all. Periods after the window's end are left out; its beginning only hides bursts
    that were over before it. Raises UsageError for unknown names and kinds, a store without
    periods, an anchor below the display floor, `fdr` outside (0, 1) and a `limit` below 1.
    """
    _check(fdr, limit)
    wording.language(language)
    floor = anchors.display_floor(policy or Policy(), min_users)
    ours = axis(panel)
    start, stop = ours.since(window.start), ours.until(window.end)
    if start >= stop:
        raise UsageError(
            "no period of the data lies in this window",
            where=f"{window.start or 'the beginning'} to {window.end or 'the end'}",
            cure=f"the data go from {ours.first[0]} to {ours.last[-1]}",
        )
    tree = _anchor(panel, category, interest)
    who = crowd(panel, tree, window.end)
    if tree is not None:
        assert who.anchor is not None
        users = panel.size_of(who.anchor, who.anchor).value
        require_users(users, floor, what="audience to look into", where=to_text(tree))
    chosen = _kinds(panel, kinds)
    own = {AudienceKey(leaf.kind or "", leaf.name) for leaf in leaves(tree)} if tree else set()
    counts = [counted(panel, kind, who.anchor, ours, stop) for kind in chosen]
    baseline, rate = active(panel, who.anchor, ours, stop)
    found = find(counts, baseline, rate, ours.whole[:stop], unit=ours.unit,
                 floor=max(floor, 1), fdr=fdr)  # fmt: skip
    mine = [_is_own(k, n, own) for k, n in found.select("kind", "name").iter_rows()]
    found = found.filter(pl.col("last") >= start, ~pl.Series(mine, dtype=pl.Boolean))
    strata = next((c for c in counts if c.kind == STRATA), None)
    if strata is None and STRATA in panel.known:
        strata = counted(panel, STRATA, who.anchor, ours, stop)
    found = within_interests(
        found, people_of(found, who, ours), who, ours, counts, strata, baseline, rate,
        max(floor, 1), fdr,
    )  # fmt: skip
    return _table(panel, found, who, ours, stop, tree, own, floor, fdr, limit, language)


def jumps(
    panel: Panel,
    *,
    category: str | Expression | None = None,
    interest: str | Expression | None = None,
    window: Window = ALL_PERIODS,
) -> list[Jump]:
    """Return where the active users of what `needs` looks into jumped within a window.

    Raises UsageError where the panel has no periods.
    """
    ours, tree = axis(panel), _anchor(panel, category, interest)
    stop, since = ours.until(window.end), ours.since(window.start)
    hits, _ = active(panel, crowd(panel, tree, window.end).anchor, ours, stop)
    found = jumped(hits, ours.whole[:stop], ours.unit)
    return [Jump(ours.first[a], ours.first[b], times) for a, b, times in found if b >= since]


def _is_own(kind: str, name: str, own: set[AudienceKey]) -> bool:
    """Whether an audience is the one looked into, or but its name as a word."""
    texts = {plain(key.name) for key in own}
    return AudienceKey(kind, name) in own or (kind == TERM_KIND and plain(name) in texts)


def _check(fdr: float, limit: int | None) -> None:
    if not 0 < fdr < 1:
        raise UsageError(
            f"a false discovery rate of {fdr:g} is not between 0 and 1",
            cure="0.05 lets one in twenty of the discoveries be luck",
        )
    if limit is not None and limit < 1:
        raise UsageError(f"{limit} needs are none", cure="ask for 1 or more")


def _anchor(
    panel: Panel, category: str | Expression | None, interest: str | Expression | None
) -> Expression | None:
    trees = [_inside(panel, "category", category), _inside(panel, "interest", interest)]
    given = [tree for tree in trees if tree is not None]
    if len(given) == 2:
        return And(tuple(given))
    tree = given[0] if given else None
    return None if tree == Audience(UNIVERSE.kind, UNIVERSE.name) else tree


def _inside(panel: Panel, kind: str, given: str | Expression | None) -> Expression | None:
    """Return an expression resolved; a plain name of the kind needs no quotes."""
    if given is None:
        return None
    if isinstance(given, str) and given in panel.known.get(kind, {}):
        return Audience(kind, given)
    return panel.resolve(given)


def _kinds(panel: Panel, kinds: Sequence[str]) -> list[str]:
    """Return the kinds to look at, each once; of those that are usual, the ones there are."""
    usual = tuple(kinds) == KINDS
    chosen = [k for k in dict.fromkeys(kinds) if k in panel.known] if usual else []
    if not usual:
        for kind in dict.fromkeys(kinds):
            panel.names(kind)
            chosen.append(kind)
    if not chosen:
        raise UsageError(
            "this store has neither terms nor interests that could be needs",
            where=f"the kinds here are: {', '.join(panel.known)}",
            cure="build it with --text COLUMN --terms, or name one of these kinds",
        )
    return chosen


# --- the table --------------------------------------------------------------------------------


def _table(
    panel: Panel, found: pl.DataFrame, who: Crowd, ours: Axis, stop: int, tree: Expression | None,
    own: set[AudienceKey], floor: int, fdr: float, limit: int | None, language: str,
) -> pl.DataFrame:  # fmt: skip
    people = people_of(found, who, ours)
    columns = sizes(people, who)
    head = heads(found, people, who)
    days = pl.Series(ours.first, dtype=pl.Date)
    frame = found.with_columns(
        *(pl.Series(name, values, dtype=pl.Float64) for name, values in columns.items()),
        pl.Series("row", np.arange(len(found)), dtype=pl.Int64),
        pl.Series("head", head, dtype=pl.Int64),
        days.gather(found["first"]).alias("since"),
        days.gather(found["last"]).alias("last_seen"),
        (pl.col("times") - 1).alias("growth"),
        (pl.col("times_low") - 1).alias("growth_low"),
        (pl.col("times_high") - 1).alias("growth_high"),
        (pl.col("rate") >= 1).alias("exact"),
        pl.lit(to_text(tree or Audience(UNIVERSE.kind, UNIVERSE.name))).alias("inside"),
    )
    frame = frame.with_columns(pl.Series("score", _score(frame, floor, tree is not None)))
    tops = frame.filter(pl.col("row") == pl.col("head")).sort(
        ["running", "score", "z", "kind", "name"], descending=[True, True, True, False, False]
    )
    if limit is not None:
        tops = tops.head(limit)
    company = Company(who, floor, fdr)
    rows = []
    for row in tops.to_dicts():
        parts = frame.filter(pl.col("head") == row["row"], pl.col("row") != row["row"])
        rows.append(_row(panel, row, parts, people[row["row"]], company, ours, own, floor))
    return _finished(rows, ours, language)


def _score(frame: pl.DataFrame, floor: int, has_anchor: bool) -> Floats:
    """Return the scores; see `needs`."""
    least = float(max(floor, 1))
    times, users, inside, tgi = (
        frame[c].to_numpy() for c in ("times_low", "burst_users_low", "inside_users",
                                      "tgi_shrunk_low")
    )  # fmt: skip
    with np.errstate(divide="ignore", invalid="ignore"):
        growth = np.clip(np.log(times) / np.log(TENFOLD), 0, 1)
        room = np.log(np.maximum(inside / least, 1 + 1e-9))
        size = np.clip(np.log(np.maximum(users / least, 1.0)) / room, 0, 1)
        parts = [growth, size]
        if has_anchor:
            parts.append(np.clip(np.nan_to_num(np.log(tgi / 100) / np.log(THREEFOLD)), 0, 1))
        out: Floats = 100 * np.prod(parts, axis=0) ** (1 / len(parts))
    return out


def _row(
    panel: Panel, row: dict[str, Any], parts: pl.DataFrame, people: People, company: Company,
    ours: Axis, own: set[AudienceKey], floor: int,
) -> dict[str, Any]:  # fmt: skip
    also = parts.sort(["burst_users", "kind", "name"], descending=[True, False, False])
    key = AudienceKey(row["kind"], row["name"])
    same = {key, *(AudienceKey(k, n) for k, n in also.select("kind", "name").iter_rows())}
    hits = row["hits"]
    trend = [
        {"period": day, "users": n / row["rate"], "whole": whole}
        for day, n, whole in zip(ours.first, hits, ours.whole, strict=False)
    ]
    hidden = [point for point in trend if 0 < point["users"] < floor]
    for point in hidden:
        point["users"] = None
    out = {name: row.get(name) for name in NEEDS_TABLE.names()}
    out |= _users(hits[row["last"]], row["rate"])
    return out | {
        "also": also.select("kind", "name", users="burst_users").to_dicts(),
        "carriers": company.carriers(people, same | own),
        # Other names of the need are words for it too, unless they are but the same text.
        "words": company.words(people, {key} | own),
        "trend": trend,
        "suppressed": f"fewer than {floor} users in some periods" if hidden else None,
        "events_per_user": _events(panel, key, people, row["rate"]),
    }


def _users(hits: int, rate: float) -> dict[str, float]:
    users = estimates.count(hits, rate)
    return {"users": users.value, "users_low": users.low, "users_high": users.high}


def _events(panel: Panel, key: AudienceKey, people: People, rate: float) -> float | None:
    """Return events per user during the burst; None where the users left out have some too."""
    if rate < 1 or people.everywhere.theta != people.users.theta or not people.everywhere.hits:
        return None
    table = panel.table(key.kind, people.window).filter(pl.col("name") == key.name)
    return float(table["events"][0]) / people.everywhere.hits


def _finished(rows: list[dict[str, Any]], ours: Axis, language: str) -> pl.DataFrame:
    for row in rows:
        row["reason"] = reason(row, ours.unit, language)
    frame = pl.DataFrame(rows, schema=NEEDS_TABLE, strict=False)
    return frame.with_columns(pl.col(pl.Float64).fill_nan(None))
