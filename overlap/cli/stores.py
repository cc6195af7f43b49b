"""Commands that bring stores together: `merge` and `compact`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from overlap import store as stores
from overlap.cli.app import Json, StorePath, app
from overlap.cli.output import print_json, progress, show_facts, warn


@app.command()
def merge(
    source: Annotated[
        list[Path], typer.Argument(metavar="STORE...", help="Stores to bring together.")
    ],
    store: Annotated[Path, typer.Option(help="Folder of the store they go into.")],
    json: Json = False,
) -> None:
    """Bring the parts of several stores together; a part that is in two counts once."""
    with progress() as step:
        step("merging")
        stores.merge_stores(source, store)
    _tell(store, json)


@app.command()
def compact(store: StorePath, json: Json = False) -> None:
    """Merge all parts of a store into one; no number changes."""
    with progress() as step:
        step("compacting")
        stores.compact(store)
    _tell(store, json)


def _tell(path: Path, json: bool) -> None:
    merged = stores.read_store(path)
    facts = {
        "store": str(path),
        "parts": len(merged.parts),
        "audiences": len(merged.sketches.audiences),
        "floor_rate": merged.sketches.floor_rate,
        "snapshot": merged.snapshot,
    }
    for shared in stores.shared_times(merged.provenance):
        warn(str(shared))
    if json:
        print_json(facts)
    else:
        show_facts([(name.replace("_", " "), str(value)) for name, value in facts.items()])
