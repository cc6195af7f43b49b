"""The command that follows an audience through time: `trends`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Annotated, Any, Optional

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
from overlap.cli.formats import TEXT, USERS
from overlap.cli.giving import Columns, asked, give
from overlap.expressions import to_text
from overlap.insights import wording
from overlap.insights.needs import caution, jumps
from overlap.insights.trends import axis, notes, sentence
from overlap.insights.trends import trends as follow_trends
from overlap.panel import open_panel
from overlap.reports import about_store

_SHARE: Callable[[Any], str] = lambda share: wording.percent(share, 2)  # noqa: E731
_MARK: Callable[[Any], str] = lambda burst: "burst" if burst else ""  # noqa: E731
_WHOLE: Callable[[Any], str] = lambda whole: "" if whole else "in part"  # noqa: E731
_Z: Callable[[Any], str] = lambda z: f"{z:.1f}"  # noqa: E731


@app.command()
def trends(
    store: StorePath,
    expression: Annotated[str, typer.Argument(metavar="EXPR", help="Expression of audiences.")],
    category: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="EXPR", help="Standing audience to follow the overlap with."),
    ] = None,
    brand: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="NAME", help="Brand whose penetration to follow."),
    ] = None,
    baseline: Baseline = None,
    every: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="UNIT", help="Join periods into a week, month, quarter or year."),
    ] = None,
    cumulative: Annotated[
        bool, typer.Option("--cumulative", help="Add the users reached since the first period.")
    ] = False,
    from_: From = None,
    to: To = None,
    json: Json = False,
    csv: CsvFile = None,
    excel: ExcelFile = None,
    parquet: ParquetFile = None,
    min_users: MinUsers = None,
    language: Annotated[str, typer.Option(help="Language of what is said: en or zh.")] = "en",
) -> None:
    """Follow an audience by period: users, share, affinity, expectation, growth and bursts."""
    language = wording.language(language)
    opened, panel = open_panel(store)
    ours = axis(panel, every)
    periods, expression, (baseline, category) = asked(
        opened, panel, from_, to, expression, baseline, category
    )
    frame = follow_trends(
        panel, expression, baseline=baseline, category=category, brand=brand, window=periods,
        every=every, cumulative=cumulative, policy=opened.policy, min_users=min_users,
    )  # fmt: skip
    moved = jumps(panel, category=category, window=periods)
    for note in (*notes(ours, language), *caution(moved, language, of_needs=False)):
        sys.stderr.write(f"{note}\n")
    question = {
        "expression": to_text(panel.resolve(expression)), "category": category, "brand": brand,
        "baseline": baseline, "every": every,
    }  # fmt: skip
    about = about_store(opened, "trends", question, window=periods, language=language)
    give(
        frame, json, csv, _shown(category, brand), sentence(frame, ours.unit, language),
        excel=excel, parquet=parquet, about=about,
    )  # fmt: skip


def _shown(category: str | None, brand: str | None) -> Columns:
    columns: dict[str, tuple[str, Callable[[Any], str]]] = {
        "period": ("period", TEXT), "whole": ("", _WHOLE), "users": ("users", USERS),
        "users_low": ("low", USERS), "users_high": ("high", USERS),
        "share": ("share", _SHARE),
    }  # fmt: skip
    if category is not None:
        columns |= {
            "overlap_users": ("overlap", USERS), "overlap_low": ("low", USERS),
            "overlap_high": ("high", USERS), "tgi": ("TGI", wording.index),
            "tgi_low": ("low", wording.index), "tgi_high": ("high", wording.index),
        }  # fmt: skip
    if brand is not None:
        columns["brand_penetration"] = ("penetration", wording.percent)
    return columns | {
        "expected_users": ("expected", USERS), "z": ("z", _Z), "burst": ("", _MARK),
        "suppressed": ("", TEXT),
    }  # fmt: skip
