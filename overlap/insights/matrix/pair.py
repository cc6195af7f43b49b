"""Two audiences in full: what they share, what chance would give, who is only in one of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from overlap import estimates
from overlap.expressions import And, Audience, Expression, Minus, to_text
from overlap.insights import anchors, floors
from overlap.insights.matrix.cells import EXPECTED, OVER, UNDER
from overlap.insights.matrix.counting import counted, within
from overlap.insights.regions import incremental_reach, regions
from overlap.members import ALL_PERIODS
from overlap.model import FULL_THETA, Estimate, Policy, Window
from overlap.panel import Panel

PARTS_TABLE = pl.Schema(
    {"part": pl.String, "expression": pl.String, "users": pl.Float64, "users_low": pl.Float64,
     "users_high": pl.Float64, "exact": pl.Boolean, "suppressed": pl.String}
)  # fmt: skip
"""The parts of two audiences: `first`, `second`, `both`, `only_first`, `only_second`, `either`,
and with a brand `unreached`, those in both without it."""

_SURE = 0.05


@dataclass(frozen=True, slots=True)
class Brand:
    """A brand among the users of both audiences; measures with `category` are None without one.

    `category` is the one of the two that is a category: what the brand reaches there is what it
    should reach here. `gap` = n · max(0, p₀ − p), `fair_share` = 100 · p/p₀; their intervals, and
    that of the penetration, cover chance variation as those of `openings` do, and `known` says
    whether the two penetrations are told from each other, at 5%.
    """

    name: str
    penetration: Estimate
    unreached: Estimate
    unreached_expression: str
    category: str | None = None
    category_penetration: Estimate | None = None
    fair_share: Estimate | None = None
    gap: Estimate | None = None
    known: bool = False
    counted: tuple[float, ...] = ()

    def tells(self, floor: int) -> bool:
        """Whether too few are with or without it, among both audiences or in the category.

        `counted` are the users in all three, in both audiences, and with a category in it and the
        brand, and in it.
        """
        test = floors.telling if len(self.counted) > 2 else floors.part_tells
        return bool(test(floor, *self.counted))


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """Two audiences inside a baseline, in users, ratios 0–1 and indices with 100 for chance.

    What may not be shown is None, and `suppressed` says why; `brand_suppressed` where that is the
    brand alone. `direction` is "over" or "under"
    where the overlap is told from chance, else "as expected". `regions` is REGIONS_TABLE and
    `parts` PARTS_TABLE, both of users inside the baseline.
    """

    first: str
    second: str
    expression: str
    first_users: Estimate | None
    second_users: Estimate | None
    overlap: Estimate | None
    expected: Estimate | None
    excess: Estimate | None
    share_of_first: Estimate | None
    share_of_second: Estimate | None
    tgi: Estimate | None
    direction: str | None
    baseline: str
    baseline_users: Estimate
    regions: pl.DataFrame
    parts: pl.DataFrame
    suppressed: str | None
    brand: Brand | None = None
    brand_suppressed: str | None = None


def pair(
    panel: Panel,
    first: str | Expression,
    second: str | Expression,
    *,
    brand: str | None = None,
    baseline: str | None = None,
    window: Window = ALL_PERIODS,
    policy: Policy | None = None,
    min_users: int | None = None,
) -> Pair:
    """Return two audiences or expressions in full, with a brand's part in what they share.

    Overlap, expected, TGI and shares are those of `pairs`, the brand's measures those of
    `openings`, whose gap they give an interval: with x of s kept users in both and y of c in the
    category, the gap is that of the excess s·y/c − x, 0 at the least. Raises UsageError for
    unknown names and for one segment given twice.
    """
    policy = policy or Policy()
    floor = anchors.display_floor(policy, min_users)
    a, b = panel.resolve(first), panel.resolve(second)
    base = anchors.baseline(panel, baseline, window)
    inside = None if base.sample is None else base.text
    how: dict[str, Any] = {"inside": inside, "window": window, "policy": policy}
    table = regions(panel, [a, b], **how, min_users=min_users)
    reach = incremental_reach(panel, [a, b], **how, min_users=min_users)
    samples = [within(panel.sample(tree, window), base) for tree in (a, b)]
    counts = counted(panel, samples[:1], samples[1:], base, window)
    s, sa, sb, n = (
        float(x.sum()) for x in (counts.both, counts.anchor, counts.audience, counts.baseline)
    )
    hits, rate, own = (s, sa, sb, n), float(counts.rate[0]), float(counts.baseline_rate[0])
    overlap = estimates.count(s, rate)
    told = Pair(
        first=to_text(a),
        second=to_text(b),
        expression=to_text(And((a, b))),
        first_users=anchors.users_inside(panel, a, base, window),
        second_users=anchors.users_inside(panel, b, base, window),
        overlap=replace(overlap, exact=overlap.exact and own >= 1),
        expected=_known(estimates.expected(*hits, rate, own).at(0)),
        excess=_known(estimates.excess(*hits, rate, own).at(0)),
        share_of_first=_known(estimates.share(s, sa, rate)),
        share_of_second=_known(estimates.share(s, sb, rate)),
        tgi=_known(estimates.tgi(*hits, rate, own).at(0)),
        direction=None,
        baseline=base.text,
        baseline_users=base.users,
        regions=table,
        parts=pl.DataFrame(schema=PARTS_TABLE),
        suppressed=None,
        brand=None if brand is None else _brand(panel, (a, b), brand, base, window, overlap),
    )
    told = replace(told, direction=_direction(told.tgi, hits, rate, own))
    told = replace(told, parts=_parts(told, reach))
    if told.brand is not None and told.brand.tells(floor):
        told = replace(told, brand=None, brand_suppressed=floors.why(floor))
    told = _suppressed(told, floor, bool(floors.telling(floor, *(x / rate for x in hits))))
    return replace(told, parts=_blank_parts(told, floor))


def _known(value: Estimate) -> Estimate | None:
    return None if np.isnan(value.value) else value


def _direction(
    tgi: Estimate | None, hits: tuple[float, float, float, float], rate: float, own: float
) -> str | None:
    if tgi is None:
        return None
    p = float(estimates.chance_p(*hits, rate, own)[0])
    if not p <= _SURE:
        return EXPECTED
    return OVER if tgi.low > 100 else UNDER if tgi.high < 100 else EXPECTED


# --- the brand ----------------------------------------------------------------------------------


def _brand(
    panel: Panel,
    trees: tuple[Expression, Expression],
    brand: str,
    base: anchors.Baseline,
    window: Window,
    overlap: Estimate,
) -> Brand | None:
    """Count a brand among the users of both and of the category, None where nobody is in both."""
    audience = anchors.audience_of(panel, "brand", brand)
    category = next(
        (t for t in trees if isinstance(t, Audience) and t.kind == "category"), None
    )  # fmt: skip
    mine, both = (
        within(panel.sample(tree, window), base)
        for tree in (audience, And(trees))
    )  # fmt: skip
    theta = min(mine.theta, both.theta)
    rate = theta / FULL_THETA
    mine, both = panel.below(mine, theta), panel.below(both, theta)
    x, s = len(mine.users & both.users), both.hits
    if not s:
        return None
    # The overlap may be known at a better rate than the brand's part of it.
    better = overlap.value / (s / rate)
    told = Brand(
        name=audience.name,
        penetration=estimates.share(x, s, rate),
        unreached=_scaled(estimates.count(s - x, rate), better),
        unreached_expression=to_text(Minus(And(trees), audience)),
        counted=(x / rate, s / rate),
    )
    if category is None:
        return told
    whole = panel.below(within(panel.sample(category, window), base), theta)
    y, c = len(whole.users & mine.users), whole.hits
    told = replace(told, counted=(x / rate, s / rate, y / rate, c / rate))
    if not y:
        return told
    found = estimates.brand_gaps(x, s, y, c, rate)
    return replace(
        told,
        penetration=_ranged(found.penetration, x, rate),
        category=to_text(category),
        category_penetration=estimates.share(y, c, rate),
        fair_share=_known(_ranged(found.fair_share, x, rate)),
        gap=_scaled(_ranged(found.users, x, rate, least=0.0), better),
        known=bool(found.p[0] <= _SURE),
    )


def _ranged(found: estimates.Range, x: int, rate: float, least: float = -np.inf) -> Estimate:
    value, low, high = (max(least, float(end[0])) for end in (found.value, found.low, found.high))
    return Estimate(value, low, high, exact=False, sample=x, rate=rate)


def _scaled(x: Estimate, by: float) -> Estimate:
    return replace(x, value=x.value * by, low=x.low * by, high=x.high * by)


# --- parts and floors ---------------------------------------------------------------------------


def _parts(told: Pair, reach: pl.DataFrame) -> pl.DataFrame:
    rows = [*_regions(told), _part("either", reach.row(1, named=True), "reach", "exact")]
    if told.brand is not None:
        unreached = told.brand.unreached
        rows.append({
            "part": "unreached",
            "expression": told.brand.unreached_expression,
            "users": unreached.value,
            "users_low": unreached.low,
            "users_high": unreached.high,
            "exact": unreached.exact,
        })  # fmt: skip
    return pl.DataFrame(rows, schema=PARTS_TABLE)


def _blank_parts(told: Pair, floor: int) -> pl.DataFrame:
    """Blank the parts that the pair or its brand may not show, and say of all blank ones why."""
    part = pl.col("part")
    tiny = {"first": told.first_users is None, "second": told.second_users is None}
    hidden = part.is_in([name for name, hides in tiny.items() if hides])
    if told.suppressed is not None:
        hidden |= ~part.is_in(["first", "second"])
    if told.brand is None:
        hidden |= part == "unreached"
    frame = told.parts.with_columns(
        pl.when(~hidden).then(pl.col(name)).alias(name)
        for name in ("users", "users_low", "users_high")
    )
    return frame.with_columns(
        suppressed=pl.when(pl.col("users").is_null()).then(pl.lit(floors.why(floor)))
    )


def _regions(told: Pair) -> Iterator[dict[str, Any]]:
    found = {tuple(row["audiences"]): row for row in told.regions.to_dicts()}
    first, second = found[(told.first,)], found[(told.second,)]
    both = found[(told.first, told.second)]
    for part, row in (("first", first), ("second", second), ("both", both)):
        yield _part(part, row, "inclusive", "inclusive_exact")
    yield _part("only_first", first, "exclusive", "exact")
    yield _part("only_second", second, "exclusive", "exact")


def _part(part: str, row: dict[str, Any], which: str, exact: str) -> dict[str, Any]:
    text = {"exclusive": "expression", "inclusive": "inclusive_expression"}
    return {
        "part": part,
        "expression": row[text.get(which, "reach_expression")],
        "users": row[f"{which}_users"],
        "users_low": row[f"{which}_low"],
        "users_high": row[f"{which}_high"],
        "exact": row[exact],
    }


def _suppressed(told: Pair, floor: int, telling: bool) -> Pair:
    """Blank what is too small to be shown, and all that could be computed back from it."""
    hidden: dict[str, Any] = {}
    for name in ("first_users", "second_users"):
        size = getattr(told, name)
        if size is not None and floors.part_tells(floor, size.value, told.baseline_users.value):
            hidden[name] = None
    if not hidden and not telling:
        return told
    numbers = ("overlap", "expected", "excess", "share_of_first", "share_of_second", "tgi")
    hidden |= dict.fromkeys((*numbers, "direction", "brand", "brand_suppressed"))
    sizes = {told.first: "first_users" not in hidden, told.second: "second_users" not in hidden}
    regions = _blank_regions(told.regions, [name for name, shown in sizes.items() if shown], floor)
    return replace(told, **hidden, regions=regions, suppressed=floors.why(floor))


def _blank_regions(regions: pl.DataFrame, sizes: list[str], floor: int) -> pl.DataFrame:
    """Leave of the regions of two audiences nothing but some sizes."""
    own = (pl.col("degree") == 1) & pl.col("audiences").list.first().is_in(sizes)
    exclusive = ("exclusive_users", "exclusive_low", "exclusive_high", "sample")
    inclusive = ("inclusive_users", "inclusive_low", "inclusive_high")
    return regions.with_columns(
        pl.lit(floors.why(floor)).alias("suppressed"),
        *(pl.lit(None, dtype=regions.schema[name]).alias(name) for name in exclusive),
        *(pl.when(own).then(pl.col(name)).alias(name) for name in inclusive),
    )
