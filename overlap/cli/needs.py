"""Commands about demand: `needs`, what is emerging, and `map`, how all of it hangs together."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, Optional

import polars as pl
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
from overlap.cli.formats import CHANCE, TEXT, USERS
from overlap.cli.giving import asked, give
from overlap.cli.output import print_json, show
from overlap.insights import wording
from overlap.insights.needs import KINDS, caution, in_words, jumps, summary
from overlap.insights.needs import needs as find_needs
from overlap.insights.needs_map import MOST_NODES, needs_map, read_map
from overlap.insights.trends import axis, notes
from overlap.model import TERM_KIND
from overlap.panel import asking, open_panel
from overlap.reports import about_store

_RUNNING: Callable[[Any], str] = lambda running: "running" if running else "over"  # noqa: E731
_TIMES: Callable[[Any], str] = lambda growth: f"×{wording.times(1 + growth)}"  # noqa: E731
_SCORE: Callable[[Any], str] = lambda score: f"{score:.0f}"  # noqa: E731
_PRECISION: Callable[[Any], str] = lambda exact: "exact" if exact else "95%"  # noqa: E731
_FIRST = 3

Category = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(metavar="EXPR", help="Category to look into: its name or any expression."),
]
Fdr = Annotated[
    float, typer.Option(metavar="RATE", help="Share of the discoveries that may be luck.")
]


@app.command()
def needs(
    store: StorePath,
    category: Category = None,
    interest: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="EXPR", help="Interest to look into: its name or any expression."),
    ] = None,
    kind: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(metavar="K", help="Kind of what may burst; repeatable. Terms and interests."),
    ] = None,
    from_: From = None,
    to: To = None,
    limit: Annotated[int, typer.Option(metavar="N", help="At most so many needs.")] = 50,
    fdr: Fdr = 0.05,
    json: Json = False,
    csv: CsvFile = None,
    excel: ExcelFile = None,
    parquet: ParquetFile = None,
    min_users: MinUsers = None,
    language: Annotated[str, typer.Option(help="Language of what is said: en or zh.")] = "en",
) -> None:
    """Find what is emerging: terms and interests that burst, who carries them, in which words."""
    language = wording.language(language)
    opened, panel = open_panel(store)
    ours = axis(panel)
    periods, _, (category, interest) = asked(
        opened, panel, from_, to, "", asking.spelled(panel, "category", category),
        asking.spelled(panel, "interest", interest),
    )  # fmt: skip
    frame = find_needs(
        panel, category=category, interest=interest, kinds=kind or KINDS, window=periods,
        policy=opened.policy, min_users=min_users, fdr=fdr, limit=limit, language=language,
    )  # fmt: skip
    moved = jumps(panel, category=category, interest=interest, window=periods)
    for note in (*notes(ours, language), *caution(moved, language)):
        sys.stderr.write(f"{note}\n")
    if not kind and TERM_KIND not in panel.known:
        sys.stderr.write(_NO_TERMS[language] + "\n")
    question = {
        "category": category, "interest": interest, "kind": ", ".join(kind or KINDS),
    }  # fmt: skip
    told = "\n".join([summary(frame, fdr, language), *frame["reason"].head(_FIRST)])
    about = about_store(opened, "needs", question, window=periods, language=language)
    if csv or excel:
        give(in_words(frame), False, csv, {}, excel=excel, about=about)
    if parquet:
        give(frame, False, None, {}, parquet=parquet, about=about)
    if json:
        give(frame, True, None, {})
    elif not (csv or excel or parquet):
        give(_shortly(frame), False, None, {
            "name": ("need", TEXT), "kind": ("kind", TEXT), "since": ("since", TEXT),
            "running": ("", _RUNNING), "users": ("users", USERS), "users_low": ("low", USERS),
            "users_high": ("high", USERS), "burst_users": ("in the burst", USERS),
            "exact": ("", _PRECISION), "growth": ("growth", _TIMES), "growth_low": ("low", _TIMES),
            "tgi": ("TGI", wording.index), "tgi_shrunk_low": ("cautious", wording.index),
            "q_value": ("q", CHANCE), "score": ("score", _SCORE), "carriers": ("carriers", TEXT),
            "words": ("words", TEXT),
        }, told)  # fmt: skip


_NO_TERMS = {
    "en": "this store has no terms, so only interests were looked at: "
    "build it with --text COLUMN --terms",
    "zh": "此数据没有词语，仅分析了兴趣：请用 --text COLUMN --terms 建立数据",
}


def _shortly(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a table for the terminal: of its lists, the first few names."""

    def few(column: str, most: int) -> pl.Expr:
        names = pl.col(column).list.eval(pl.element().struct.field("name")).list.head(most)
        return names.list.join(", ").alias(column)

    return frame.with_columns(few("carriers", 2), few("words", _FIRST))


# The name of the builtin is the command's, not this module's.
@app.command("map")
def draw_map(
    store: StorePath,
    category: Category = None,
    kind: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(metavar="K", help="Kind of audiences; repeatable. Interests unless given."),
    ] = None,
    from_: From = None,
    to: To = None,
    most: Annotated[
        int, typer.Option(metavar="N", help="At most so many audiences, the largest.")
    ] = MOST_NODES,
    fdr: Fdr = 0.05,
    previous: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(metavar="FILE.json", help="Map of before, whose places to keep."),
    ] = None,
    json: Json = False,
    csv: CsvFile = None,
    excel: ExcelFile = None,
    parquet: ParquetFile = None,
    min_users: MinUsers = None,
) -> None:
    """Map how audiences hang together: links of affinity, communities with names, and places."""
    opened, panel = open_panel(store)
    periods, _, (category,) = asked(
        opened, panel, from_, to, "", asking.spelled(panel, "category", category)
    )
    found = needs_map(
        panel, category=category, kinds=kind or ("interest",), window=periods,
        policy=opened.policy, min_users=min_users, fdr=fdr, most=most,
        previous=read_map(previous) if previous else None,
    )  # fmt: skip
    if found.left_out:
        sys.stderr.write(
            f"{found.left_out:,} smaller audiences are left out; --most N takes more of them\n"
        )
    question = {"inside": found.inside, "kind": ", ".join(kind or ("interest",))}
    about = about_store(opened, "map", question, window=periods)
    if csv or excel or parquet:
        give(found.nodes, False, csv, {}, excel=excel, parquet=parquet, about=about)
    if json:
        print_json(found.to_dict())
    elif not (csv or excel or parquet):
        show(found.communities.with_columns(pl.col("largest", "terms").list.join(", ")), {
            "community": ("", TEXT), "name": ("community", TEXT),
            "audiences": ("audiences", TEXT), "core_users": ("users in two of them", USERS),
            "exact": ("", _PRECISION), "largest": ("largest", TEXT),
        }, _told(found.nodes, found.edges, found.inside, found.hidden))  # fmt: skip


def _told(nodes: pl.DataFrame, edges: pl.DataFrame, inside: str, hidden: int) -> str:
    alone = nodes["community"].null_count()
    where = "" if inside == "universe:all" else f" among the users of {inside}"
    parts: Sequence[str] = (
        f"{len(nodes):,} audiences{where}, {len(edges):,} links",
        f"{alone:,} without a link" if alone else "",
        f"{hidden:,} with too few users are not shown" if hidden else "",
    )
    return "; ".join(part for part in parts if part) + "."
