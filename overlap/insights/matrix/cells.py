"""Every audience of one side against every one of the other: the long form of a matrix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from overlap import estimates
from overlap.expressions import And, Audience, to_text
from overlap.insights import anchors, floors
from overlap.insights.matrix.counting import counted, within
from overlap.insights.matrix.order import clustered, logs
from overlap.insights.matrix.sides import Side, chosen
from overlap.insights.measures import measure
from overlap.members import ALL_PERIODS
from overlap.model import Policy, Window
from overlap.panel import CoOccurrence, Panel, Sample

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from overlap.insights.anchors import Baseline

MATRIX_TABLE = pl.Schema(
    {"row_kind": pl.String, "row": pl.String, "column_kind": pl.String, "column": pl.String,
     "expression": pl.String, "row_users": pl.Float64, "column_users": pl.Float64,
     "overlap_users": pl.Float64, "overlap_low": pl.Float64, "overlap_high": pl.Float64,
     "exact": pl.Boolean, "expected_users": pl.Float64, "excess_users": pl.Float64,
     "share_of_row": pl.Float64, "share_of_column": pl.Float64, "jaccard": pl.Float64,
     "tgi": pl.Float64, "tgi_low": pl.Float64, "tgi_high": pl.Float64, "q_value": pl.Float64,
     "direction": pl.String, "baseline": pl.String, "baseline_users": pl.Float64,
     "grade": pl.String, "suppressed": pl.String, "row_place": pl.Int64,
     "column_place": pl.Int64}
)  # fmt: skip
"""A cell of a matrix a row, users and ratios 0–1, indices with 100 for chance.

`direction` is "over" or "under" where the cell is told from chance: its TGI's interval leaves 100
out and its q-value is within the false discovery rate; else "as expected". `row_place` and
`column_place` are the places in the clustered order, from 0.
"""

OVER, UNDER, EXPECTED = "over", "under", "as expected"

_HIDDEN = (
    "overlap_users", "overlap_low", "overlap_high", "expected_users", "excess_users",
    "share_of_row", "share_of_column", "jaccard", "tgi", "tgi_low", "tgi_high", "q_value",
    "direction", "grade",
)  # fmt: skip


def matrix(
    panel: Panel,
    rows: str | Side,
    columns: str | Side,
    *,
    baseline: str | None = None,
    window: Window = ALL_PERIODS,
    policy: Policy | None = None,
    min_users: int | None = None,
    fdr: float = 0.05,
) -> pl.DataFrame:
    """Return two kinds of audiences against each other as MATRIX_TABLE, in clustered order.

    A side is a kind, of which the largest audiences are taken, or a `Side`. Every cell is what
    `pairs` gives for its row and column. An audience meets itself in no cell. Numbers below the
    display floor are null and `suppressed` says why; where only the overlap is below it, the cell
    still counts as a test that found nothing (see `profile`). Raises UsageError for unknown names
    and kinds and for sides that are too long.
    """
    floor = anchors.display_floor(policy or Policy(), min_users)
    sides = [Side(side) if isinstance(side, str) else side for side in (rows, columns)]
    base = anchors.baseline(panel, baseline, window)
    row, column = (_line(panel, side, base, window, floor) for side in sides)
    if not row.names or not column.names:
        return pl.DataFrame(schema=MATRIX_TABLE)
    counts = counted(panel, row.samples, column.samples, base, window)
    frame = _measured(counts, row, column, base, floor)
    return _in_order(_suppressed(_judged(frame, floor, fdr), floor), row, column)


def best_cell(
    frame: pl.DataFrame, *, row: str | None = None, column: str | None = None
) -> tuple[str, str] | None:
    """Return the row and column that share most beyond chance, None where nothing is shown.

    Takes MATRIX_TABLE; `row` and `column` look along one line only. Where no cell is told from
    chance it is the largest overlap.
    """
    shown = frame.filter(pl.col("overlap_users").is_not_null())
    for name, wanted in (("row", row), ("column", column)):
        if wanted is not None:
            shown = shown.filter(pl.col(name) == wanted)
    over = shown.filter(pl.col("direction") == OVER)
    by = ["excess_users"] if len(over) else ["overlap_users"]
    best = (over if len(over) else shown).sort(
        [*by, "row", "column"], descending=[True, False, False]
    )
    return (best["row"][0], best["column"][0]) if len(best) else None


@dataclass(frozen=True, slots=True, eq=False)
class _Line:
    """The audiences along a side, with their kept users and sizes inside the baseline."""

    kind: str
    names: list[str]
    samples: list[Sample]
    users: list[float]


def _line(panel: Panel, side: Side, base: Baseline, window: Window, floor: int) -> _Line:
    names = chosen(panel, side, window, floor)
    samples = [within(panel.sample(Audience(side.kind, name), window), base) for name in names]
    if base.sample is None:
        sizes = dict(panel.table(side.kind, window).select("name", "users").iter_rows())
        users = [sizes[name] for name in names]
    else:
        users = [estimates.count(s.hits, s.rate).value for s in samples]
    return _Line(side.kind, names, samples, users)


def _measured(
    counts: CoOccurrence, row: _Line, column: _Line, base: Baseline, floor: int
) -> pl.DataFrame:
    across, down = len(column.names), len(row.names)
    m = measure(counts)
    both, a, b, n = (
        x.sum(axis=1).astype(float)
        for x in (counts.both, counts.anchor, counts.audience, counts.baseline)
    )
    frame = pl.DataFrame(
        {
            "row_kind": row.kind,
            "row": [name for name in row.names for _ in range(across)],
            "column_kind": column.kind,
            "column": column.names * down,
            "row_users": np.repeat(row.users, across),
            "column_users": np.tile(column.users, down),
            "overlap_users": m.overlap,
            "overlap_low": m.overlap_low,
            "overlap_high": m.overlap_high,
            "exact": m.exact,
            "expected_users": m.expected,
            "excess_users": m.excess,
            "share_of_row": m.share_of_anchor,
            "share_of_column": m.share_of_audience,
            "jaccard": m.jaccard,
            "tgi": m.tgi,
            "tgi_low": m.tgi_low,
            "tgi_high": m.tgi_high,
            "p_value": estimates.chance_p(both, a, b, n, counts.rate, counts.baseline_rate),
            "baseline": base.text,
            "baseline_users": base.users.value,
            "grade": [grade.value for grade in estimates.grades(both)],
            "tiny_row": floors.part_tells(floor, m.anchor, m.baseline),
            "tiny_column": floors.part_tells(floor, m.audience, m.baseline),
            "telling": m.flags(floor)["telling"],
        },
        schema_overrides={"row": pl.String, "column": pl.String},
    )
    same = (pl.col("row_kind") == pl.col("column_kind")) & (pl.col("row") == pl.col("column"))
    return frame.filter(~same).with_columns(pl.col(pl.Float64).fill_nan(None))


def _judged(frame: pl.DataFrame, floor: int, fdr: float) -> pl.DataFrame:
    """Fill in the q-values and directions of cells whose audiences may be shown."""
    tiny = (pl.col("row_users") < floor) | (pl.col("column_users") < floor)
    p = (
        pl.when(tiny)
        .then(None)
        .when((pl.col("overlap_users") < floor) & pl.col("p_value").is_not_null())
        .then(1.0)
        .otherwise(pl.col("p_value"))
    )
    tested = frame.select(p.cast(pl.Float64)).to_series().fill_null(np.nan).to_numpy()
    q = pl.Series("q_value", estimates.false_discovery_rates(tested)).fill_nan(None)
    found = pl.col("q_value") <= fdr
    return frame.with_columns(q).with_columns(
        direction=pl.when(found & (pl.col("tgi_low") > 100))
        .then(pl.lit(OVER))
        .when(found & (pl.col("tgi_high") < 100))
        .then(pl.lit(UNDER))
        .otherwise(pl.lit(EXPECTED))
    )


def _suppressed(frame: pl.DataFrame, floor: int) -> pl.DataFrame:
    """Blank the numbers of cells whose overlap or either audience may not be shown."""
    tiny = {
        side: (pl.col(f"{side}_users") < floor) | pl.col(f"tiny_{side}")
        for side in ("row", "column")
    }
    small = pl.col("overlap_users").fill_null(0.0) < floor
    hide = tiny["row"] | tiny["column"] | small | pl.col("telling")
    return frame.with_columns(
        pl.when(hide).then(pl.lit(floors.why(floor))).alias("suppressed"),
        *(pl.when(~hide).then(pl.col(name)).alias(name) for name in _HIDDEN),
        *(
            pl.when(~few).then(pl.col(f"{side}_users")).alias(f"{side}_users")
            for side, few in tiny.items()
        ),
    )


def _in_order(frame: pl.DataFrame, row: _Line, column: _Line) -> pl.DataFrame:
    """Sort the cells into their clustered places and write their expressions."""
    mirrored = row.kind == column.kind and row.names == column.names
    x = logs(_grid(frame, row, column), mirrored=mirrored)
    down = clustered(x, np.array(row.users))
    across = down if mirrored else clustered(x.T, np.array(column.users))
    places = [
        pl.DataFrame(
            {name: [line.names[i] for i in order], f"{name}_place": range(len(order))},
            schema={name: pl.String, f"{name}_place": pl.Int64},
        )
        for name, line, order in (("row", row, down), ("column", column, across))
    ]
    out = frame.join(places[0], on="row").join(places[1], on="column")
    out = out.sort("row_place", "column_place")
    texts = [
        to_text(And((Audience(row.kind, r), Audience(column.kind, c))))
        for r, c in out.select("row", "column").iter_rows()
    ]
    return (
        out.with_columns(pl.Series("expression", texts, dtype=pl.String))
        .select(MATRIX_TABLE.names())
        .cast(MATRIX_TABLE)
    )


def _grid(frame: pl.DataFrame, row: _Line, column: _Line) -> NDArray[np.float64]:
    """Return the TGI of every cell, float64[rows, columns], NaN where it is not shown."""
    grid = np.full((len(row.names), len(column.names)), np.nan)
    at = [{name: i for i, name in enumerate(line.names)} for line in (row, column)]
    for r, c, tgi in frame.select("row", "column", "tgi").iter_rows():
        grid[at[0][r], at[1][c]] = np.nan if tgi is None else tgi
    return grid
