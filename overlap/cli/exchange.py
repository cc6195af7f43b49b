"""Commands that exchange sketches: `export-sketches` and `import-sketches`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, Optional

import typer

from overlap import events, exchange
from overlap.cli.app import Json, StorePath, app
from overlap.cli.output import print_json, progress, show_facts
from overlap.hashing import DEFAULT_SEED
from overlap.insights.wording import percent
from overlap.model import DEFAULT_BUDGET, DEFAULT_FLOOR, PeriodUnit, Policy, UsageError
from overlap.store import read_store


class Form(StrEnum):
    """What an audience is written as."""

    THETA = "theta"
    HLL = "hll"


class Ids(StrEnum):
    """What the hashed user ids were."""

    INTEGER = "integer"
    TEXT = "text"


@app.command("export-sketches")
def export_sketches(
    store: StorePath,
    to: Annotated[Path, typer.Option(metavar="FILE.parquet", help="Table to write.")],
    kind: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(metavar="K", help="Only audiences of this kind; repeatable."),
    ] = None,
    as_: Annotated[
        Form,
        typer.Option("--as", help="Apache's compact theta sketches, or datasketch's registers."),
    ] = Form.THETA,
    period: Annotated[
        str,
        typer.Option(
            metavar="P", help="One period, as 2026-05-04, 2026-05 or 2026-W19; or each; or all."
        ),
    ] = "all",
    replace: Annotated[
        bool, typer.Option("--replace", help="Write over a file that is there.")
    ] = False,
    json: Json = False,
) -> None:
    """Write audiences as a table of sketches that warehouses read."""
    with progress() as step:
        step("reading the store")
        opened = read_store(store)
        step("writing sketches")
        table = exchange.sketch_table(
            opened,
            form=as_.value,
            kinds=tuple(kind or ()),
            period=_period(period, opened.sketches.spec.period),
        )
        exchange.write_sketches(table.rows, to, replace=replace)
    key_id = opened.sketches.spec.key_id
    size = to.stat().st_size
    facts = {
        "file": str(to),
        "as": as_.value,
        "rows": len(table.rows),
        "left_out": table.left_out,
        "export_floor": table.export_floor,
        "seed": opened.sketches.spec.seed,
        "id_type": opened.sketches.spec.id_type,
        "key_id": key_id,
        "bytes": size,
    }
    if json:
        print_json(facts)
        return
    shown = [
        ("file", f"{to}, {size / 1e6:,.1f} MB"),
        ("sketches", f"{len(table.rows):,}"),
        ("hashed", f"{facts['id_type']} ids, seed {facts['seed']}"),
    ]
    if table.left_out:
        shown.append(("left out", f"{table.left_out:,} below {table.export_floor:,} users"))
    if key_id:
        shown.append(("note", f"ids were keyed with the secret key {key_id} before hashing: these "
                      "sketches compare only with others of that key"))  # fmt: skip
    show_facts(shown)


@app.command("import-sketches")
def import_sketches(
    table: Annotated[
        list[str],
        typer.Argument(metavar="TABLE...", help="Tables of compact theta sketches."),
    ],
    store: Annotated[Path, typer.Option(help="Folder of the store; made when not there.")],
    ids: Annotated[Ids, typer.Option(help="What was hashed; sketches do not tell.")],
    sketch: Annotated[str, typer.Option(metavar="COL", help="Column of sketches.")] = "sketch",
    name: Annotated[str, typer.Option(metavar="COL", help="Column of audience names.")] = "name",
    kind: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="COL_OR_NAME", help="Column of kinds, or the kind of all."),
    ] = None,
    period: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="COL=UNIT", help="Column of periods: day, week or month."),
    ] = None,
    universe: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="NAME", help="Audience of all users; the union unless given."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Hash seed of the sketches.")] = DEFAULT_SEED,
    budget: Annotated[int, typer.Option(help="Most memberships to keep.")] = DEFAULT_BUDGET,
    display_floor: Annotated[
        int, typer.Option(metavar="N", help="Show no audience below N users; 0 shows all.")
    ] = DEFAULT_FLOOR,
    export_floor: Annotated[
        int, typer.Option(metavar="N", help="Export no audience below N users; 0 exports all.")
    ] = DEFAULT_FLOOR,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace an earlier import of the same table.")
    ] = False,
    json: Json = False,
) -> None:
    """Make a store of a warehouse's theta sketches."""
    column: str | None = None
    unit: PeriodUnit = "none"
    if period:
        column, unit = exchange.parse_period_option(period)
    options = exchange.ImportOptions(
        id_type=ids.value,
        sketch=sketch,
        name=name,
        kind=kind,
        period_column=column,
        period=unit,
        universe=universe,
        seed=seed,
        budget=budget,
        policy=Policy(display_floor, export_floor),
        replace_sources=replace,
    )
    with progress() as step:
        report = exchange.import_sketches(table, store, options, step)
    if json:
        print_json({"store": str(store), **asdict(report)})
        return
    facts = [
        ("store", f"{store} (part {report.part})"),
        ("rows read", f"{report.provenance.rows_read:,}"),
        ("rows rejected", f"{report.provenance.rows_rejected:,} "
                          f"{dict(report.provenance.rejected) or ''}".strip()),
        ("audiences", f"{report.audiences:,}"),
        ("memberships", f"{report.memberships:,} kept"),
        ("users kept", "all: every number is exact" if report.floor_rate >= 1 else
         f"at least {percent(report.floor_rate, 3)} of every audience"),
    ]  # fmt: skip
    show_facts([*facts, *(("note", note) for note in report.provenance.notes)])


def _period(text: str, unit: PeriodUnit) -> date | Literal["all", "each"]:
    if text == "all":
        return "all"
    if text == "each":
        return "each"
    if unit == "none":
        raise UsageError("the data have no periods", where=text, cure="leave --period out")
    return events.parse_period(text, unit)
