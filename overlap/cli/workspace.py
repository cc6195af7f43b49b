"""Commands on saved segments: `overlap segments save|list|show|rename|remove|compare`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Optional

import polars as pl
import typer

from overlap import workspace as work
from overlap.cli.app import CsvFile, ExcelFile, From, Json, ParquetFile, StorePath, To, app
from overlap.cli.formats import EXACT, TEXT, USERS
from overlap.cli.giving import doubtful, give
from overlap.cli.output import print_json, show, show_facts
from overlap.model import Window
from overlap.panel import Panel, asking, open_panel
from overlap.reports import About, about_store

segments = typer.Typer(
    help="Keep segments under a name, find them again, see how they grew.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(segments, name="segments")

Address = Annotated[
    Optional[str],  # noqa: UP045  (typer reads the annotation at run time)
    typer.Option(
        "--workspace",
        metavar="URL",
        help=f"Database of the saved segments, or a file; ${work.SETTING} or {work.FILE} in the "
        "store unless given.",
    ),
]
Which = Annotated[str, typer.Argument(metavar="NAME", help="Name or id of a saved segment.")]

_DAY: Callable[[Any], str] = lambda moment: f"{moment:%Y-%m-%d %H:%M}"  # noqa: E731
_CHANGE: Callable[[Any], str] = lambda change: f"{100 * change:+.1f}%"  # noqa: E731
_SHORT: Callable[[Any], str] = lambda text: _shortened(text, 60)  # noqa: E731


@segments.command()
def save(
    store: StorePath,
    expression: Annotated[
        str, typer.Argument(metavar="EXPR", help="Expression of audiences; @name is a saved one.")
    ],
    name: Annotated[str, typer.Option(metavar="NAME", help="Name to find it by.")],
    note: Annotated[
        Optional[str], typer.Option(metavar="TEXT", help="What it is for.")  # noqa: UP045
    ] = None,
    owner: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="WHO", help="Whose it is; yours unless given."),
    ] = None,
    from_: From = None,
    to: To = None,
    change: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option("--change", metavar="VERSION", help="Change the segment saved as NAME, as "
                     "you saw it in this version, instead of saving a new one."),
    ] = None,
    workspace: Address = None,
    json: Json = False,
) -> None:  # fmt: skip
    """Save an expression under a name, with its size today."""
    opened, panel = open_panel(store)
    with _open(store, workspace) as kept:
        found = work.find(kept, expression, _asked(panel, from_, to))
        asking.check(panel, found.window)
        doubtful(opened, panel, found.window, [found.expression])
        if change is None:
            new = work.draft(
                opened, panel, found.expression, name=name, window=found.window, note=note or "",
                owner=owner,
            )  # fmt: skip
            saved = kept.save(new)
        else:
            changed = work.redraft(
                kept.get(name, change), opened, panel, found.expression, window=found.window,
                note=note, owner=owner,
            )  # fmt: skip
            saved = kept.update(changed)
        twins = [
            other.name
            for other in kept.segments(key=saved.key)
            if other.id != saved.id and other.window == saved.window
        ]
        _tell(saved, kept, json)
    if twins and not json:
        sys.stderr.write("the same users are saved as " + ", ".join(map(repr, twins)) + "\n")


@segments.command("list")
def list_segments(
    store: StorePath,
    owner: Annotated[
        Optional[str], typer.Option(metavar="WHO", help="Only theirs.")  # noqa: UP045
    ] = None,
    text: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="TEXT", help="Only with this in name, note or expression."),
    ] = None,
    workspace: Address = None,
    json: Json = False,
    csv: CsvFile = None,
    excel: ExcelFile = None,
    parquet: ParquetFile = None,
) -> None:
    """List saved segments, with the sizes they were saved with."""
    with _open(store, workspace) as kept:
        frame = work.listing(kept.segments(owner=owner, text=text))
        more = "" if len(frame) else f"no such segment is saved in {kept.where}"
    give(frame, json, csv, {
        "name": ("name", TEXT), "users": ("users when saved", USERS), "low": ("low", USERS),
        "high": ("high", USERS), "exact": ("", EXACT), "expression": ("expression", _SHORT),
        "window_from": ("from", TEXT), "window_to": ("to", TEXT), "owner": ("owner", TEXT),
        "updated": ("saved (UTC)", _DAY), "version": ("version", TEXT),
        "suppressed": ("", TEXT),
    }, more, excel=excel, parquet=parquet, about=About("segments"))  # fmt: skip


@segments.command("show")
def show_segment(
    store: StorePath,
    name: Which,
    version: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(metavar="N", help="As it was in this version."),
    ] = None,
    workspace: Address = None,
    json: Json = False,
) -> None:
    """Show a saved segment and its history."""
    with _open(store, workspace) as kept:
        segment = kept.get(name, version)
        entries = kept.history(segment.id)
        history = work.listing(entry.segment for entry in entries).with_columns(
            pl.Series("action", [entry.action.value for entry in entries], pl.String),
            pl.Series("current", [entry.current for entry in entries], pl.Boolean),
        )
        if json:
            print_json({**_row(segment), "history": history.to_dicts()})
            return
        _tell(segment, kept, json)
    sys.stdout.write("\n")
    show(history, {
        "version": ("version", TEXT), "action": ("", TEXT), "author": ("by", TEXT),
        "updated": ("at (UTC)", _DAY), "name": ("name", _SHORT), "users": ("users", USERS),
        "expression": ("expression", _SHORT), "note": ("note", _SHORT),
    })  # fmt: skip


@segments.command()
def rename(
    store: StorePath,
    name: Which,
    new: Annotated[str, typer.Argument(metavar="NEW", help="The new name.")],
    workspace: Address = None,
    json: Json = False,
) -> None:
    """Give a saved segment another name."""
    with _open(store, workspace) as kept:
        _tell(kept.rename(name, new), kept, json)


@segments.command()
def remove(
    store: StorePath,
    name: Which,
    undo: Annotated[bool, typer.Option("--undo", help="Bring a removed one back.")] = False,
    workspace: Address = None,
    json: Json = False,
) -> None:
    """Take a saved segment out of the list; its history is kept."""
    with _open(store, workspace) as kept:
        segment = kept.restore(name) if undo else kept.remove(name)
        _tell(segment, kept, json)
    if not undo and not json:
        sys.stderr.write(
            f"removed; overlap segments remove {store} {segment.id} --undo brings it back\n"
        )


@segments.command()
def compare(
    store: StorePath,
    name: Which,
    other: Annotated[
        Optional[list[Path]],  # noqa: UP045
        typer.Option("--with", metavar="STORE", help="Another store to size it in; may repeat."),
    ] = None,
    workspace: Address = None,
    json: Json = False,
    csv: CsvFile = None,
    excel: ExcelFile = None,
    parquet: ParquetFile = None,
) -> None:
    """Size a saved segment in this store, and in others, beside the size it was saved with."""
    with _open(store, workspace) as kept:
        segment = kept.get(name)
    opened = [open_panel(path) for path in (store, *(other or ()))]
    frame = work.compare(segment, opened)
    about = about_store(
        opened[0][0], "segments", {"expression": segment.expression}, window=segment.window
    )
    problems = [
        f"{row['store']}: {row['problem']}"
        for row in frame.iter_rows(named=True)
        if row["problem"] is not None
    ]
    give(frame, json, csv, {
        "store": ("store", TEXT), "snapshot": ("snapshot", TEXT),
        "saved_users": ("users when saved", USERS), "saved_low": ("low", USERS),
        "saved_high": ("high", USERS), "users": ("users now", USERS), "low": ("low", USERS),
        "high": ("high", USERS), "exact": ("", EXACT), "change": ("change", _CHANGE),
        "change_low": ("low", _CHANGE), "change_high": ("high", _CHANGE),
        "verdict": ("", TEXT), "suppressed": ("", TEXT),
    }, "\n".join([f"{segment.name}: {segment.expression}", *problems]),
        excel=excel, parquet=parquet, about=about)  # fmt: skip


def _open(store: Path, given: str | None) -> work.Workspace:
    return work.open_workspace(work.choose(store, given))


def _asked(panel: Panel, start: str | None, end: str | None) -> Window | None:
    return asking.window(panel, start, end) if start or end else None


def _tell(segment: work.SavedSegment, kept: work.Workspace, json: bool) -> None:
    row = _row(segment)
    if json:
        print_json(row)
        return
    ends = f"{row['window_from'] or 'the first'} to {row['window_to'] or 'the last'}"
    show_facts(
        [
            ("name", segment.name),
            ("id", segment.id),
            ("expression", segment.expression),
            ("window", "all periods" if segment.window == Window() else ends),
            ("users", row["suppressed"] or str(segment.users)),
            ("snapshot", f"{segment.snapshot} of {segment.store}"),
            ("owner", segment.owner),
            ("version", f"{segment.version}, saved by {segment.author} "
                        f"at {segment.updated:%Y-%m-%d %H:%M} UTC"),
            *([("note", segment.note)] if segment.note else []),
            ("workspace", kept.where),
        ]
    )  # fmt: skip


def _row(segment: work.SavedSegment) -> dict[str, Any]:
    return work.listing([segment]).row(0, named=True)


def _shortened(text: str, most: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"
