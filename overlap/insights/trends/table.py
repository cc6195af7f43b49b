"""One audience by period: users, share, affinity, penetration, expectation, growth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from overlap import estimates
from overlap.estimates import Intervals, series
from overlap.expressions import Audience, Expression, to_text
from overlap.insights import anchors, floors
from overlap.insights.trends.axis import Axis, axis
from overlap.insights.trends.counting import Active, Inside, active, part_of, within
from overlap.insights.trends.following import Followed, follow
from overlap.insights.trends.growing import UNKNOWN, summary
from overlap.members import ALL_PERIODS
from overlap.model import UNIVERSE, Policy, UsageError, Window
from overlap.panel import Panel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

TRENDS_TABLE = pl.Schema(
    {"expression": pl.String, "period": pl.Date, "until": pl.Date, "whole": pl.Boolean,
     "users": pl.Float64, "users_low": pl.Float64, "users_high": pl.Float64,
     "exact": pl.Boolean, "baseline": pl.String, "baseline_users": pl.Float64,
     "share": pl.Float64, "share_low": pl.Float64, "share_high": pl.Float64,
     "change": pl.Float64, "change_low": pl.Float64, "change_high": pl.Float64,
     "cumulative_users": pl.Float64, "cumulative_low": pl.Float64,
     "cumulative_high": pl.Float64, "category": pl.String, "category_users": pl.Float64,
     "overlap_users": pl.Float64, "overlap_low": pl.Float64, "overlap_high": pl.Float64,
     "share_of_category": pl.Float64, "share_of_category_low": pl.Float64,
     "share_of_category_high": pl.Float64, "tgi": pl.Float64, "tgi_low": pl.Float64,
     "tgi_high": pl.Float64, "brand": pl.String, "brand_penetration": pl.Float64,
     "brand_penetration_low": pl.Float64, "brand_penetration_high": pl.Float64,
     "category_penetration": pl.Float64, "category_penetration_low": pl.Float64,
     "category_penetration_high": pl.Float64, "judged": pl.String,
     "expected_users": pl.Float64, "z": pl.Float64, "burst": pl.Boolean, "cycle": pl.Int64,
     "season": pl.Float64, "growth": pl.Float64, "growth_low": pl.Float64,
     "growth_high": pl.Float64, "direction": pl.String, "first_seen": pl.Date,
     "running": pl.Boolean, "doubling": pl.Float64, "doubling_low": pl.Float64,
     "doubling_high": pl.Float64, "suppressed": pl.String}
)  # fmt: skip
"""One row per period, gaps included. `period` and `until` are its first and last day. The columns
from `cycle` on, but for `season`, say the same in every row: they are about the whole trend."""

_OF_OVERLAP = (
    "overlap_users", "overlap_low", "overlap_high", "share_of_category", "share_of_category_low",
    "share_of_category_high", "tgi", "tgi_low", "tgi_high",
)  # fmt: skip
_PENETRATION = ("brand_penetration", "brand_penetration_low", "brand_penetration_high")
_OF_USERS = (
    "users", "users_low", "users_high", "share", "share_low", "share_high",
)  # fmt: skip
_CHANGE = ("change", "change_low", "change_high")
_CUMULATIVE = ("cumulative_users", "cumulative_low", "cumulative_high")
_JUDGED = ("expected_users", "z")
_GROWTH = ("growth", "growth_low", "growth_high")


def trends(
    panel: Panel,
    expression: str | Expression,
    *,
    baseline: str | None = None,
    category: str | None = None,
    brand: str | None = None,
    window: Window = ALL_PERIODS,
    every: str | None = None,
    cumulative: bool = False,
    policy: Policy | None = None,
    min_users: int | None = None,
) -> pl.DataFrame:
    """Return an audience period by period as TRENDS_TABLE.

    `users` are those active in the period: every audience of the expression, and of the baseline,
    is taken within the period alone, and the users are counted inside the baseline. `category` (any
    expression) and `brand` (a brand's name) are standing instead: who belongs to them at any time
    until the window's end, so that the same people are followed throughout, since few touch a
    category every week. `tgi` compares, among the baseline's active users of the period, the
    audience with the category's members; brand penetration is that of the overlap, or of the
    audience where there is no category. `change` is that of the share since the period before, from
    the people kept in both. `cumulative` adds the users reached since the first period shown.

    Judged are the users against the baseline, or with a category the overlap against its active
    members: `expected_users` and `z` by what came before, `burst`, `season`, and `growth` of the
    share from the first to the last whole period, smoothed, out of season, with an interval for
    both errors; `direction` is "flat" where that holds 0. A period that the data cover only in part
    is never a change, a growth or a burst. The window hides periods; those before it still tell
    what to expect. `every` joins periods into longer ones (week, month, quarter, year). Numbers
    below the display floor are null and `suppressed` says why. Raises UsageError.
    """
    floor = anchors.display_floor(policy or Policy(), min_users)
    tree, ours = panel.resolve(expression), axis(panel, every)
    universe = Audience(UNIVERSE.kind, UNIVERSE.name)
    base = panel.resolve(baseline) if baseline else universe
    start, stop = ours.since(window.start), ours.until(window.end)
    if start >= stop:
        raise UsageError(
            "no period of the data lies in this window",
            where=f"{window.start or 'the beginning'} to {window.end or 'the end'}",
            cure=f"the data go from {ours.first[0]} to {ours.last[-1]}",
        )
    found = active(panel, tree, None if base == universe else base, ours, stop)
    standing = panel.resolve(category) if category else None
    ever = Window(None, window.end)
    inside = within(panel, found, panel.sample(standing, ever)) if standing else None
    followed = _follow(found, inside, ours, stop, floor)
    columns: dict[str, Any] = {
        "expression": to_text(tree),
        "period": ours.first[:stop],
        "until": ours.last[:stop],
        "whole": ours.whole[:stop],
        "baseline": to_text(base),
        **_sizes(panel, tree, base, found, ours),
        **_changes(found, np.array(ours.whole[:stop])),
        **(_cumulative(panel, tree, base, ours, start, stop) if cumulative else {}),
        **(_of_category(to_text(standing), found, inside) if standing and inside else {}),
        **_penetration(panel, brand, ever, found, inside),
        "judged": "overlap_users" if inside else "users",
        "expected_users": followed.expected[0],
        "z": followed.z[0],
        "burst": followed.burst[0],
        "season": np.where(followed.cycle[0] > 0, followed.season[0], np.nan),
        **summary(followed, ours, start),
    }
    frame = pl.DataFrame(
        {name: columns.get(name) for name in TRENDS_TABLE.names()},
        schema=TRENDS_TABLE,
        strict=False,
    ).with_columns(pl.when(pl.col(pl.Float64).is_finite()).then(pl.col(pl.Float64)))
    return _hide(frame, floor, inside is not None).slice(start)


def _follow(found: Active, inside: Inside | None, ours: Axis, stop: int, floor: int) -> Followed:
    if inside is None:
        counts, rate, base, base_rate = found.users, found.rate, found.base, found.base_rate
    else:
        counts, rate, base, base_rate = inside.both, inside.rate, inside.members, inside.common
    return follow(
        counts[None], [rate], base, base_rate, ours.whole[:stop], unit=ours.unit, floor=floor
    )


# --- columns ----------------------------------------------------------------------------------


def _sizes(
    panel: Panel, tree: Expression, base: Expression, found: Active, ours: Axis
) -> dict[str, Any]:
    windows = ours.windows[: len(found.users)]
    # Evaluating every window again pays only where registers may sharpen the size.
    whole = (
        [estimates.count(hits, 1.0) for hits in found.base]
        if found.base_rate >= 1
        else [panel.size(base, w) for w in windows]
    )
    shares = series.nested_shares(found.users, found.rate, found.others, found.base_rate)
    alone = base == Audience(UNIVERSE.kind, UNIVERSE.name)
    users = (
        [panel.size(tree, w) for w in windows]
        if alone and found.rate < 1
        else [estimates.count(hits, found.rate) for hits in found.users]
    )
    return {
        "users": [u.value for u in users],
        "users_low": [u.low for u in users],
        "users_high": [u.high for u in users],
        "exact": [u.exact and n.exact for u, n in zip(users, whole, strict=True)],
        "baseline_users": [n.value for n in whole],
        **_ends("share", shares, users=False),
    }


def _changes(found: Active, whole: NDArray[np.bool_]) -> dict[str, Any]:
    now, before, base, base_before = (
        x.astype(float)
        for x in (found.users, _previous(found.users), found.base, _previous(found.base))
    )
    part = series.changes(now, before, found.stayed, found.rate)
    all_ = series.changes(base, base_before, found.base_stayed, found.base_rate)
    with np.errstate(divide="ignore", invalid="ignore"):
        # Both at one rate: people of the audience are in the baseline too, and cancel in part.
        common = (
            1 / base + 1 / base_before - found.mixed / (now * base_before)
            - found.mixed_back / (before * base)
        )  # fmt: skip
        own = 1 / now + 1 / before - 2 * found.stayed / (now * before)
        theirs = 1 / base + 1 / base_before - 2 * found.base_stayed / (base * base_before)
        correlation = np.clip(np.nan_to_num(common / np.sqrt(own * theirs), posinf=0), 0, 1)
    if found.rate != found.base_rate:
        correlation = 0 * correlation
    change = series.share_changes(part, all_, correlation)
    known = whole & np.append(False, whole[:-1]) & (base > 0) & (base_before > 0)
    return {
        "change": np.where(known, change.value - 1, np.nan),
        "change_low": np.where(known, change.low - 1, np.nan),
        "change_high": np.where(known, change.high - 1, np.nan),
    }


def _previous(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.append(0, counts[:-1]) if len(counts) else counts


def _cumulative(
    panel: Panel, tree: Expression, base: Expression, ours: Axis, start: int, stop: int
) -> dict[str, Any]:
    """Count who was active in any period since the first one shown."""
    alone = base == Audience(UNIVERSE.kind, UNIVERSE.name)
    reached = []
    for i in range(stop):
        window = Window(ours.windows[start].start, ours.windows[i].end)
        if i < start:
            reached.append(estimates.count(0, 1.0))
        elif alone:
            reached.append(panel.size(tree, window))
        else:
            reached.append(panel.size_of(panel.sample(tree, window), panel.sample(base, window)))
    return {
        "cumulative_users": [r.value for r in reached],
        "cumulative_low": [r.low for r in reached],
        "cumulative_high": [r.high for r in reached],
    }


def _of_category(name: str, found: Active, inside: Inside) -> dict[str, Any]:
    tgi = estimates.tgi(
        inside.both_common, inside.own, inside.members, inside.everybody, inside.common
    )
    return {
        "category": name,
        "category_users": inside.members / inside.common,
        **_ends("overlap", estimates.counts(inside.both, inside.rate)),
        **_ends("share_of_category", series.nested_shares(
            inside.both, inside.rate, inside.members - inside.both_common, inside.common,
        ), users=False),
        **_ends("tgi", tgi, users=False),
    }  # fmt: skip


def _penetration(
    panel: Panel, brand: str | None, window: Window, found: Active, inside: Inside | None
) -> dict[str, Any]:
    if brand is None:
        return {}
    audience = anchors.audience_of(panel, "brand", brand)
    users = panel.sample(audience, window)
    hits, whole, rate = part_of(panel, inside.samples if inside else found.samples, users)
    out = {
        "brand": audience.name,
        **_ends("brand_penetration", estimates.shares(hits, whole, rate), users=False),
    }
    if inside is not None:
        hits, whole, rate = part_of(panel, inside.standing, users)
        shares = estimates.shares(hits, whole, rate)
        out |= _ends("category_penetration", shares, users=False)
    return out


def _ends(name: str, found: Intervals, *, users: bool = True) -> dict[str, Floats]:
    """Return the columns of a measure, blank where there is nothing to measure."""
    known = np.isfinite(found.value)
    return {
        f"{name}_users" if users else name: found.value,
        f"{name}_low": np.where(known, found.low, np.nan),
        f"{name}_high": np.where(known, found.high, np.nan),
    }


def _hide(frame: pl.DataFrame, floor: int, has_category: bool) -> pl.DataFrame:
    """Blank the numbers of periods that tell of too few, and growth where none reaches the floor.

    A change gives back the share before it, and what is reached in all, beside the users of a
    period, those who came anew.
    """
    n, a, b, whole = (
        frame[name].fill_null(0.0).to_numpy()
        for name in ("overlap_users", "users", "category_users", "baseline_users")
    )
    few_whole = floors.few(whole, floor)
    few_users = floors.part_tells(floor, a, whole) | few_whole
    few_category = floors.part_tells(floor, b, whole) & has_category
    few_overlap = floors.telling(floor, n, a, b, whole) & has_category
    inside = n if has_category else a
    part = frame["brand_penetration"].fill_null(0.0).to_numpy() * inside
    member = frame["category_penetration"].fill_null(0.0).to_numpy() * b
    few_members = floors.part_tells(floor, member, b) | few_category
    few_brand = floors.part_tells(floor, part, inside)
    few_brand |= floors.telling(floor, part, inside, member, b) & has_category
    base, users, category, overlap = (
        pl.lit(pl.Series(flags)) for flags in (few_whole, few_users, few_category, few_overlap)
    )
    before = pl.lit(pl.Series(np.append(False, few_users[:-1])))
    cumulative = pl.lit(pl.Series(~_in_steps(frame["cumulative_users"], a, few_users, floor)))
    judged = (overlap | users | category) if has_category else users
    reaches = (pl.col("overlap_users" if has_category else "users") >= max(floor, 1)).any()
    why = pl.lit(floors.why(floor))

    def blank(names: tuple[str, ...], hidden: pl.Expr) -> list[pl.Expr]:
        return [pl.when(~hidden).then(pl.col(name)).alias(name) for name in names]

    return frame.with_columns(
        pl.when(users | overlap | category).then(why).alias("suppressed"),
        *blank(("baseline_users",), base),
        *blank(_OF_USERS, users),
        *blank(_CHANGE, users | before),
        *blank(_CUMULATIVE, cumulative | base),
        *blank(_OF_OVERLAP, users | overlap | category),
        *blank(("category_users",), category),
        *blank(("category_penetration", "category_penetration_low",
                "category_penetration_high"), pl.lit(pl.Series(few_members))),
        *blank(_PENETRATION, judged | pl.lit(pl.Series(few_brand))),
        *blank(_JUDGED, judged),
        *blank(_GROWTH, ~reaches),
        pl.when(reaches).then(pl.col("direction")).otherwise(pl.lit(UNKNOWN)).alias("direction"),
    )  # fmt: skip


def _in_steps(totals: pl.Series, users: Floats, hidden: Flags, floor: int) -> Flags:
    """Return which totals may be shown beside each other and the users of their periods."""
    shown = np.zeros(len(users), dtype=bool)
    reached = totals.fill_null(0.0).to_numpy()
    last = None
    for t, total in enumerate(reached.tolist()):
        # Nobody is reached in periods before the first one shown.
        inside = ~hidden[: t + 1] & (reached[: t + 1] > 0)
        told = [total - reached[last] if last is not None else total]
        told += (total - users[: t + 1][inside]).tolist()
        if last == t - 1 and not hidden[t]:
            told.append(users[t] - (total - reached[t - 1]))
        shown[t] = not floors.few(told, floor).any()
        last = t if shown[t] else last
    return shown
