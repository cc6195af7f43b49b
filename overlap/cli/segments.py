"""Commands about one segment: `profile` and `plan`."""

from __future__ import annotations

from typing import Annotated, Optional

import polars as pl
import typer

from overlap.cli.app import (
    Baseline,
    CsvFile,
    ExcelFile,
    From,
    Json,
    MinUsers,
    ParquetFile,
    StorePath,
    To,
    app,
)
from overlap.cli.formats import CHANCE, EXACT, TEXT, USERS
from overlap.cli.giving import asked, give
from overlap.expressions import to_text
from overlap.insights import planner, wording
from overlap.insights.profile import profile as find_profile
from overlap.model import UsageError
from overlap.panel import open_panel
from overlap.reports import about_store

Segment = Annotated[
    str, typer.Argument(metavar="EXPR", help="Expression of the segment.", show_default=False)
]


@app.command()
def profile(
    store: StorePath,
    expression: Segment,
    kind: Annotated[str, typer.Option(metavar="K", help="Kind of audiences.")] = "interest",
    baseline: Baseline = None,
    from_: From = None,
    to: To = None,
    json: Json = False,
    csv: CsvFile = None,
    excel: ExcelFile = None,
    parquet: ParquetFile = None,
    min_users: MinUsers = None,
    fdr: Annotated[
        float,
        typer.Option(metavar="RATE", help="Share of the discoveries that may be luck."),
    ] = 0.05,
) -> None:
    """Compare a segment with every audience of a kind: over-represented, then under, then rest."""
    opened, panel = open_panel(store)
    periods, expression, (baseline,) = asked(opened, panel, from_, to, expression, baseline)
    frame = find_profile(
        panel, expression, kind, baseline=baseline, window=periods, policy=opened.policy,
        min_users=min_users, fdr=fdr,
    )  # fmt: skip
    question = {
        "expression": to_text(panel.resolve(expression)),
        "kind": kind,
        "baseline": baseline,
    }
    give(frame, json, csv, {
        "name": (kind, TEXT), "direction": ("", TEXT), "tgi": ("TGI", wording.index),
        "tgi_low": ("low", wording.index), "tgi_high": ("high", wording.index),
        "tgi_shrunk_low": ("cautious", wording.index),
        "tgi_shrunk_high": ("to", wording.index), "q_value": ("q", CHANCE),
        "overlap_users": ("overlap", USERS), "overlap_low": ("low", USERS),
        "overlap_high": ("high", USERS), "exact": ("", EXACT),
        "expected_users": ("by chance", USERS),
        "share_of_segment": ("of segment", wording.percent),
        "share_of_baseline": ("of all", wording.percent), "suppressed": ("", TEXT),
    }, _told(frame, fdr), excel=excel, parquet=parquet,
        about=about_store(opened, "profile", question, window=periods))  # fmt: skip


@app.command()
def plan(
    store: StorePath,
    category: Annotated[
        str, typer.Argument(metavar="EXPR", help="Expression of the category to reach.")
    ],
    kind: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="K", help="Kind to choose from; interest unless given."),
    ] = None,
    candidate: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(metavar="EXPR", help="Choose among these only; give it several times."),
    ] = None,
    target: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="N|P%", help="Users to reach, or that share of the category."),
    ] = None,
    steps: Annotated[
        int, typer.Option(metavar="N", help="At most so many audiences.")
    ] = planner.STEPS,
    least: Annotated[
        float,
        typer.Option(metavar="SHARE", help="Share of the category that each step must add."),
    ] = 0.01,
    order: Annotated[
        str,
        typer.Option(metavar="ORDER", help="affinity (core, likely, broad) or reach (largest)."),
    ] = "affinity",
    from_: From = None,
    to: To = None,
    json: Json = False,
    csv: CsvFile = None,
    excel: ExcelFile = None,
    parquet: ParquetFile = None,
    min_users: MinUsers = None,
) -> None:
    """Plan which audiences reach a category: core, then likely, then broad."""
    if kind is not None and candidate:
        raise UsageError(
            f"--kind {kind} and --candidate do not go together",
            cure="leave --kind out, or all the --candidate options",
        )
    opened, panel = open_panel(store)
    periods, category, _ = asked(opened, panel, from_, to, category)
    frame = planner.plan(
        panel, category, candidate or kind or "interest", target=target, steps=steps, least=least,
        order=order, window=periods, policy=opened.policy, min_users=min_users,  # type: ignore[arg-type]
    )  # fmt: skip
    question = {
        "category": to_text(panel.resolve(category)),
        "kind": None if candidate else kind or "interest",
        "candidates": ", ".join(candidate or []),
        "target": target,
    }
    give(frame, json, csv, {
        "step": ("step", TEXT), "tier": ("tier", TEXT), "audience": ("audience", TEXT),
        "tgi": ("TGI", wording.index), "tgi_shrunk_low": ("cautious", wording.index),
        "new_users": ("adds", USERS), "new_users_low": ("low", USERS),
        "new_users_high": ("high", USERS), "cumulative_users": ("in all", USERS),
        "cumulative_users_low": ("low", USERS), "cumulative_users_high": ("high", USERS),
        "cumulative_share": ("of category", wording.percent),
        "reached_users": ("reached", USERS),
        "efficiency": ("of them category", wording.percent), "exact": ("", EXACT),
        "suppressed": ("", TEXT),
    }, _ends(frame, target), excel=excel, parquet=parquet,
        about=about_store(opened, "plan", question, window=periods))  # fmt: skip


def _told(frame: pl.DataFrame, fdr: float) -> str:
    count = {way: (frame["direction"] == way).sum() for way in ("over", "under", "as expected")}
    hidden = frame["suppressed"].is_not_null().sum()
    return (
        f"{count['over']} over-represented, {count['under']} under-represented, "
        f"{count['as expected']} as expected, {hidden} not shown. Of those called over or under "
        f"at most {wording.percent(fdr, 0)} are luck, on average."
    )


def _ends(frame: pl.DataFrame, target: str | None) -> str:
    steps = frame.filter(pl.col("step").is_not_null())
    if not len(steps):
        return "No audience adds enough users of the category to make a step."
    last = steps.row(-1, named=True)
    if target is not None and last["cumulative_users"] < last["target_users"]:
        return (
            f"The target of {wording.users(last['target_users'])} users is not reached: "
            f"{wording.users(last['cumulative_users'])} with these steps."
        )
    return f"Segment of the last step: {last['expression']}"
