"""`overlap export`: a segment's exact members as a file for an advertising platform."""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Optional

import typer

from overlap.cli.app import From, Json, StorePath, app
from overlap.cli.giving import asked
from overlap.cli.output import print_json, progress, show_facts, warn
from overlap.cli.several import Several
from overlap.model import UsageError
from overlap.panel import open_panel
from overlap.segments import DEFAULT_SALT, ExportOptions, ExportReport, FormatName, export
from overlap.segments.formats import FORMATS


class Hash(StrEnum):
    """What ids of the Chinese platforms are hashed with."""

    SHA256 = "sha256"
    MD5 = "md5"


@app.command("export", cls=Several)
def export_members(
    store: StorePath,
    expression: Annotated[str, typer.Argument(metavar="EXPR", help="Expression of audiences.")],
    events: Annotated[
        list[str],
        typer.Option(metavar="SOURCE...", help="The events that the store was built from."),
    ],
    to: Annotated[
        Path,
        typer.Option(metavar="FILE", help="File to write: .csv, .csv.gz; for ids also .parquet."),
    ],
    format: Annotated[
        FormatName, typer.Option("--format", help="Who the file is for.")
    ] = FormatName.IDS,
    identity: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(metavar="FIELD=COL...", help="Column that holds a field, as email=mail."),
    ] = None,
    identities: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="FILE", help="Identities in a file of their own, not in the events."),
    ] = None,
    id_column: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="COL", help="Column of user ids in that file."),
    ] = None,
    holdout: Annotated[
        float, typer.Option(metavar="RATE", help="Share of members to keep out of the file.")
    ] = 0.0,
    holdout_to: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(metavar="FILE", help="Where they go; FILE-holdout unless given."),
    ] = None,
    salt: Annotated[
        str, typer.Option(metavar="TEXT", help="Draws other people for another campaign.")
    ] = DEFAULT_SALT,
    hash: Annotated[
        Optional[Hash],  # noqa: UP045
        typer.Option("--hash", help="What tencent and oceanengine compare."),
    ] = None,
    country: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="CODE", help="Calling code of phone numbers without one, as 86."),
    ] = None,
    rejects: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(metavar="FILE", help="Write the identities that were not used, with reasons."),
    ] = None,
    query: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="SQL", help="What to ask a database among the sources."),
    ] = None,
    from_: From = None,
    until: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="P", help="Last period, included."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Write over files that are there.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse events that are not those of the store.")
    ] = False,
    json: Json = False,
) -> None:
    """Write a segment's exact members to a file, counted from the events.

    The report has the store's estimate beside the exact count.
    """
    with progress() as step:
        step("reading the store")
        opened, panel = open_panel(store)
        periods, spelled, _ = asked(opened, panel, from_, until, expression)
        options = ExportOptions(
            format=format,
            window=periods,
            identity=tuple(_pair(text, format) for text in identity or []),
            identities=identities,
            id_column=id_column,
            holdout=holdout,
            holdout_to=holdout_to,
            salt=salt,
            hash=hash.value if hash else None,
            country=country,
            rejects=rejects,
            query=query,
            force=force,
            strict=strict,
            segment=expression if spelled != expression else None,
        )
        report = export((opened, panel), spelled, events, to, options, progress=step, warn=warn)
    if json:
        print_json(asdict(report))
    else:
        show_facts(_facts(report))


def _pair(text: str, format: FormatName) -> tuple[str, str]:
    field, equals, column = text.partition("=")
    if not equals or not field.strip() or not column.strip():
        form = FORMATS.get(format)
        fields = f"; fields: {', '.join(f.key for f in form.fields)}" if form else ""
        raise UsageError(
            f"{text!r} does not name a field and its column",
            where="--identity",
            cure=f"write FIELD=COLUMN, as in --identity email=mail{fields}",
        )
    return field.strip(), column.strip()


def _facts(report: ExportReport) -> list[tuple[str, str]]:
    inside = "inside" if report.inside_interval else "outside"
    facts = [
        ("file", f"{report.target}, {report.written:,} rows"),
        ("expression", report.expression),
        ("estimate", f"{report.estimate}, snapshot {report.snapshot}"),
        ("exact", f"{report.exact:,} members, {inside} the interval"),
        ("events", f"{report.rows_read:,} rows read, {report.rows_rejected:,} rejected"),
    ]
    if report.holdout_target is not None:
        facts.append(
            ("holdout", f"{report.holdout_target}, {report.holdout:,} members, "
             f"{report.holdout_written:,} rows; {report.exported:,} members are not held out")
        )  # fmt: skip
    if report.dropped:
        facts.append(
            ("dropped", ", ".join(f"{why} {n:,}" for why, n in sorted(report.dropped.items())))
        )
    if report.already_hashed:
        facts.append(("hashed before", f"{report.already_hashed:,} values passed on"))
    facts += [("warning", str(each)) for each in report.mismatches]
    return facts + [("note", note) for note in report.notes]
