"""`overlap build`: events in, one part of a store out."""

from __future__ import annotations

import sys
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Optional

import typer

from overlap import building, events
from overlap.cli.app import Json, app
from overlap.cli.giving import untagged
from overlap.cli.output import print_json, progress, show_facts, warn
from overlap.insights.wording import percent, users
from overlap.model import DEFAULT_BUDGET, DEFAULT_FLOOR, DEFAULT_K, Policy, UsageError
from overlap.sketching import Forecast


class Period(StrEnum):
    """Length of the periods that memberships are counted in."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    NONE = "none"


class Engine(StrEnum):
    """What runs the build."""

    LOCAL = "local"
    SPARK = "spark"


@app.command()
def build(
    source: Annotated[
        list[str],
        typer.Argument(metavar="SOURCE...", help="Files, globs, folders or URLs of events."),
    ],
    store: Annotated[Path, typer.Option(help="Folder of the store; made when not there.")],
    query: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            metavar="SELECT",
            help="What to ask a database given as SOURCE, as in postgresql://user@host/db.",
        ),
    ] = None,
    user: Annotated[
        Optional[str], typer.Option(metavar="COL", help="Column of user ids.")  # noqa: UP045
    ] = None,
    tags: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(metavar="COL=KIND", help="Column whose values are audiences; repeatable."),
    ] = None,
    time: Annotated[
        Optional[str], typer.Option(metavar="COL", help="Column of times.")  # noqa: UP045
    ] = None,
    text: Annotated[
        Optional[str], typer.Option(metavar="COL", help="Column of post text.")  # noqa: UP045
    ] = None,
    action: Annotated[
        Optional[str], typer.Option(metavar="COL", help="Column of actions.")  # noqa: UP045
    ] = None,
    audiences: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(metavar="FILE.toml", help="Definitions of audiences."),
    ] = None,
    period: Annotated[Period, typer.Option(help="Length of a period.")] = Period.NONE,
    budget: Annotated[int, typer.Option(help="Most memberships to keep.")] = DEFAULT_BUDGET,
    rate: Annotated[float, typer.Option(help="Largest share of users to keep.")] = 1.0,
    k: Annotated[int, typer.Option(help="Least users kept of an audience.")] = DEFAULT_K,
    key_file: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(metavar="F", help="File with a secret key for the user hash."),
    ] = None,
    rejects: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(metavar="FILE", help="Write the rejected rows here, with reasons."),
    ] = None,
    display_floor: Annotated[
        int, typer.Option(metavar="N", help="Show no audience below N users; 0 shows all.")
    ] = DEFAULT_FLOOR,
    export_floor: Annotated[
        int, typer.Option(metavar="N", help="Export no audience below N users; 0 exports all.")
    ] = DEFAULT_FLOOR,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace an earlier reading of the same source.")
    ] = False,
    terms: Annotated[
        bool, typer.Option("--terms", help="Make audiences of the words in posts; see --text.")
    ] = False,
    lexicon: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            metavar="FILE", help="Words to read posts by, not the store's or learnt ones."
        ),
    ] = None,
    engine: Annotated[Engine, typer.Option(help="What runs the build.")] = Engine.LOCAL,
    json: Json = False,
) -> None:
    """Read events and add them to a store as one part.

    Columns that are not named are found by their usual English or Chinese names.
    """
    if engine is Engine.SPARK:
        raise UsageError(
            "this version builds with --engine local only",
            cure="leave --engine out; several machines can build parts of their own, "
            "which `overlap merge` brings together",
        )
    options = building.BuildOptions(
        user=user,
        tags=tuple(events.parse_tag_option(tag) for tag in tags or []),
        time=time,
        text=text,
        action=action,
        definitions=audiences,
        period=period.value,
        budget=budget,
        rate=rate,
        k=k,
        key_file=key_file,
        rejects=rejects,
        policy=Policy(display_floor, export_floor),
        replace_sources=replace,
        query=query,
        terms=terms or lexicon is not None,
        lexicon=lexicon,
    )
    with progress() as step:
        report = building.build(source, store, options, step, _expect)
    for shared in report.shared:
        warn(str(shared))
    if json:
        print_json({"store": str(store), **asdict(report)})
        return
    facts = [
        ("store", f"{store} (part {report.part})"),
        ("rows read", f"{report.provenance.rows_read:,}"),
        ("rows rejected", _rejected(report)),
        ("users", untagged(report.untagged, report.provenance.policy)),
        ("audiences", f"{report.audiences:,}"),
        ("memberships", f"{report.memberships:,} kept"),
        ("users kept", "all: every number is exact" if report.floor_rate >= 1 else
         f"at least {percent(report.floor_rate, 3)} of every audience"),
    ]  # fmt: skip
    show_facts([*facts, *(("note", note) for note in report.provenance.notes)])


def _expect(forecast: Forecast) -> None:
    if not sys.stderr.isatty():
        return
    what = (
        "all users will be kept and every number be exact"
        if forecast.floor_rate >= 1
        else f"at least {percent(forecast.floor_rate, 3)} of the users will be kept; overlaps from "
        f"about {users(forecast.smallest_overlap)} users will be seen within 20%"
    )
    sys.stderr.write(f"{forecast.rows:,} rows: {what}\n")


def _rejected(report: building.BuildReport) -> str:
    reasons = report.provenance.rejected
    if not report.provenance.rows_rejected:
        return "0"
    why = ", ".join(f"{reason} {n:,}" for reason, n in reasons.items() if n)
    return f"{report.provenance.rows_rejected:,} ({why})"
