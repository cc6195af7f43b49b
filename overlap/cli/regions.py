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
from overlap.cli.giving import asked, give
from overlap.expressions import to_text
from overlap.insights import wording
from overlap.insights.regions import MOST_AUDIENCES
from overlap.insights.regions import regions as find_regions
from overlap.panel import open_panel
from overlap.reports import about_store

_TEXT: Callable[[Any], str] = str
_ALL: Callable[[Any], str] = " & ".join
_USERS: Callable[[Any], str] = wording.users
_EXACT: Callable[[Any], str] = lambda exact: "exact" if exact else "95%"  # noqa: E731


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
    periods, _, (inside, *texts) = asked(store, panel, from_, to, "", inside, *expressions)
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
        "audiences": ("in all of", _ALL), "degree": ("of", _TEXT),
        "exclusive_users": ("and no other", _USERS), "exclusive_low": ("low", _USERS),
        "exclusive_high": ("high", _USERS), "exact": ("", _EXACT),
        "inclusive_users": ("whatever else", _USERS), "inclusive_low": ("low", _USERS),
        "inclusive_high": ("high", _USERS), "inclusive_exact": ("", _EXACT),
        "suppressed": ("", _TEXT),
    }, excel=excel, parquet=parquet,
        about=about_store(opened, "regions", question, window=periods))  # fmt: skip
