"""The command that lays audiences across each other: `regions`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Optional

import typer

from overlap.cli.app import (
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
from overlap.cli.formats import EXACT, TEXT, USERS
from overlap.cli.giving import asked, give
from overlap.expressions import to_text
from overlap.insights.regions import MOST_AUDIENCES
from overlap.insights.regions import regions as find_regions
from overlap.panel import open_panel
from overlap.reports import about_store

_ALL: Callable[[Any], str] = " & ".join


@app.command()
def regions(
    store: StorePath,
    expressions: Annotated[
        list[str],
        typer.Argument(metavar="EXPR", help=f"Up to {MOST_AUDIENCES} expressions."),
    ],
    inside: Annotated[
        Optional[str],  # noqa: UP045  (typer reads the annotation at run time)
        typer.Option(metavar="EXPR", help="Count only users of this audience."),
    ] = None,
    from_: From = None,
    to: To = None,
    json: Json = False,
    csv: CsvFile = None,
    excel: ExcelFile = None,
    parquet: ParquetFile = None,
    min_users: MinUsers = None,
) -> None:
    """Lay audiences across each other: users in exactly these and no other, and in all of these."""
    opened, panel = open_panel(store)
    periods, _, (inside, *texts) = asked(opened, panel, from_, to, "", inside, *expressions)
    chosen = [text for text in texts if text is not None]
    frame = find_regions(
        panel, chosen, inside=inside, window=periods, policy=opened.policy,
        min_users=min_users,
    )  # fmt: skip
    question = {
        "audiences": " , ".join(to_text(panel.resolve(text)) for text in chosen),
        "inside": to_text(panel.resolve(inside)) if inside else None,
    }
    give(frame, json, csv, {
        "audiences": ("in all of", _ALL), "degree": ("of", TEXT),
        "exclusive_users": ("and no other", USERS), "exclusive_low": ("low", USERS),
        "exclusive_high": ("high", USERS), "exact": ("", EXACT),
        "inclusive_users": ("whatever else", USERS), "inclusive_low": ("low", USERS),
        "inclusive_high": ("high", USERS), "inclusive_exact": ("", EXACT),
        "suppressed": ("", TEXT),
    }, excel=excel, parquet=parquet,
        about=about_store(opened, "regions", question, window=periods))  # fmt: skip
