"""Commands that ask a store: `info`, `list`, `size`, `pairs`, `openings`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Optional

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
from overlap.cli.formats import EXACT, TEXT, USERS
from overlap.cli.giving import asked, give, untagged
from overlap.cli.output import print_json, show_facts
from overlap.expressions import to_text
from overlap.insights import anchors, wording
from overlap.insights.openings import scored
from overlap.insights.pairs import pairs as find_pairs
from overlap.insights.summary import summary
from overlap.model import OPENINGS_TABLE, SIZE_FIELDS, Estimate
from overlap.panel import open_panel
from overlap.reports import about_store


@app.command()
def info(store: StorePath, json: Json = False) -> None:
    """Say what a store holds: spec, users, periods, rows read and rejected, precision."""
    opened, panel = open_panel(store)
    facts = summary(opened, panel)
    if json:
        print_json(facts)
        return
    users: Estimate = facts["users_estimate"]
    show_facts(
        [
            ("store", f"{store}, {facts['bytes'] / 1e6:,.1f} MB in {facts['parts']} part(s)"),
            ("users", f"{users}; {untagged(facts['untagged_estimate'], opened.policy)}"),
            ("audiences", ", ".join(f"{n:,} {kind}" for kind, n in facts["audiences"].items())),
            ("periods", f"{facts['periods']:,} × {facts['spec']['period']}, "
                        f"{facts['first_event']} to {facts['last_event']}"),
            ("rows read", f"{facts['rows_read']:,}"),
            ("rows rejected", f"{facts['rows_rejected']:,} {facts['rejected'] or ''}"),
            ("kept", f"{facts['memberships']:,} memberships, floor rate "
                     f"{wording.rate(facts['floor_rate'])}, {_kept_whole(facts)}"),
            ("precision", facts["precision"]),
            ("floors", f"shows from {opened.policy.display_floor} users, "
                       f"exports from {opened.policy.export_floor}"),
            *(("warning", str(shared)) for shared in facts["shared_times"]),
            *(("note", note) for note in facts["notes"]),
        ]
    )  # fmt: skip


def _kept_whole(facts: Mapping[str, Any]) -> str:
    """Say up to how many users an audience is kept whole, and what was asked for if it was not."""
    asked, now = facts["spec"]["k"], facts["k"]
    said = f"audiences of up to {now:,} users kept whole"
    return said if asked == now else f"{said} (--k {asked:,} was asked for)"


@app.command("list")
def list_audiences(
    store: StorePath,
    kind: Annotated[
        Optional[str], typer.Option(metavar="K", help="Only this kind.")  # noqa: UP045
    ] = None,
    json: Json = False,
    csv: CsvFile = None,
    excel: ExcelFile = None,
    parquet: ParquetFile = None,
    min_users: MinUsers = None,
) -> None:
    """List audiences with their sizes."""
    opened, panel = open_panel(store)
    floor = anchors.display_floor(opened.policy, min_users)
    shown = pl.when(pl.col("users") >= floor)
    hidden = ("users", "low", "high", "events")
    frame = panel.table(kind).with_columns(
        shown.then(pl.col(name)).alias(name) for name in hidden
    )  # fmt: skip
    give(frame, json, csv, {
        "kind": ("kind", TEXT), "name": ("name", TEXT), "users": ("users", USERS),
        "low": ("low", USERS), "high": ("high", USERS), "exact": ("", EXACT),
        "events": ("events", USERS),
    }, excel=excel, parquet=parquet, about=about_store(opened, "list", {"kind": kind}))  # fmt: skip


@app.command()
def size(
    store: StorePath,
    expression: Annotated[str, typer.Argument(metavar="EXPR", help="Expression of audiences.")],
    from_: From = None,
    to: To = None,
    json: Json = False,
    min_users: MinUsers = None,
) -> None:
    """Estimate the number of users of an expression."""
    opened, panel = open_panel(store)
    floor = anchors.display_floor(opened.policy, min_users)
    periods, text, _ = asked(opened, panel, from_, to, expression)
    tree = panel.resolve(text)
    estimate = panel.size(tree, periods)
    small = 0 < estimate.value < floor
    values = [estimate.value, estimate.low, estimate.high]
    row = dict(zip(SIZE_FIELDS, [
        to_text(tree), *([None] * 3 if small else values), estimate.exact,
        None if small else estimate.sample, estimate.rate,
        f"fewer than {floor} users" if small else None,
    ], strict=True))  # fmt: skip
    if json:
        print_json(row)
    elif small:
        show_facts([("expression", row["expression"]), ("users", row["suppressed"])])
    else:
        show_facts([("expression", row["expression"]), ("users", str(estimate))])


@app.command()
def pairs(
    store: StorePath,
    anchor: Annotated[str, typer.Option(metavar="EXPR", help="Audience to compare others with.")],
    kind: Annotated[str, typer.Option(metavar="K", help="Kind of the others.")],
    baseline: Baseline = None,
    from_: From = None,
    to: To = None,
    json: Json = False,
    csv: CsvFile = None,
    excel: ExcelFile = None,
    parquet: ParquetFile = None,
    min_users: MinUsers = None,
) -> None:
    """Compare one audience with every audience of a kind, most excess users first."""
    opened, panel = open_panel(store)
    periods, anchor, (baseline,) = asked(opened, panel, from_, to, anchor, baseline)
    frame = find_pairs(
        panel, anchor, kind, baseline=baseline, window=periods,
        policy=opened.policy, min_users=min_users,
    )  # fmt: skip
    question = {"anchor": to_text(panel.resolve(anchor)), "kind": kind, "baseline": baseline}
    give(frame, json, csv, {
        "name": ("name", TEXT), "users": ("users", USERS), "overlap_users": ("overlap", USERS),
        "overlap_low": ("low", USERS), "overlap_high": ("high", USERS),
        "exact": ("", EXACT),
        "expected_users": ("by chance", USERS), "excess_users": ("excess", USERS),
        "share_of_anchor": ("of anchor", wording.percent), "tgi": ("TGI", wording.index),
        "tgi_low": ("low", wording.index), "tgi_high": ("high", wording.index),
        "suppressed": ("", TEXT),
    }, excel=excel, parquet=parquet,
        about=about_store(opened, "pairs", question, window=periods))  # fmt: skip


@app.command()
def openings(
    store: StorePath,
    category: Annotated[str, typer.Option(metavar="NAME", help="Category to look into.")],
    brand: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="NAME", help="Brand whose openings these are."),
    ] = None,
    kind: Annotated[str, typer.Option(metavar="K", help="Kind of audiences.")] = "interest",
    baseline: Baseline = None,
    from_: From = None,
    to: To = None,
    json: Json = False,
    csv: CsvFile = None,
    excel: ExcelFile = None,
    parquet: ParquetFile = None,
    min_users: MinUsers = None,
    language: Annotated[
        str, typer.Option(help="Language of reasons and explanations: en or zh.")
    ] = "en",
) -> None:
    """Rank the audiences that are openings for a category, and for a brand in it."""
    language = wording.language(language)
    opened, panel = open_panel(store)
    periods, _, (baseline,) = asked(opened, panel, from_, to, "", baseline)
    frame = scored(
        panel, category, brand=brand, kind=kind, baseline=baseline,
        window=periods, policy=opened.policy, min_users=min_users, language=language,
    )  # fmt: skip
    question = {"category": category, "brand": brand, "kind": kind, "baseline": baseline}
    said = ""
    if len(frame):
        said = f"{wording.headline(frame, language)}\n{frame['reason'][0]}"
    spanned = wording.periods(max(frame["growth_periods"], default=0), panel.spec.period)
    frame = frame.select(OPENINGS_TABLE.names())
    give(frame, json, csv, {
        "interest": (kind, TEXT), "verdict": ("verdict", TEXT), "score": ("score", wording.index),
        "overlap_users": ("overlap", USERS), "overlap_low": ("low", USERS),
        "overlap_high": ("high", USERS), "expected_users": ("by chance", USERS),
        "tgi": ("TGI", wording.index), "fair_share_index": ("fair share", wording.index),
        "gap_users": ("gap", USERS), "gap_low": ("gap low", USERS),
        "gap_high": ("gap high", USERS), "growth": (f"growth, {spanned}", wording.change),
        "growth_z": ("z", "{:.1f}".format),
        "rank_low": ("rank from", TEXT), "rank_high": ("to", TEXT), "grade": ("grade", TEXT),
        "suppressed": ("", TEXT),
    }, said, excel=excel, parquet=parquet, about=about_store(
        opened, "openings", question, window=periods, language=language
    ))  # fmt: skip
