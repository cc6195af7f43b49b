"""A table of compact theta sketches → one part of a store."""

from __future__ import annotations

import base64
import binascii
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from overlap import store
from overlap.events.opening import Opened, open_sources
from overlap.events.roles import check_kind
from overlap.exchange.gathering import Gathering
from overlap.exchange.rows import SketchRow, read_rows
from overlap.exchange.theta import Theta, from_bytes
from overlap.hashing import DEFAULT_SEED
from overlap.model import (
    DEFAULT_BUDGET,
    UNIVERSE_KIND,
    AudienceKey,
    DataError,
    IdType,
    PeriodUnit,
    Policy,
    Provenance,
    SketchSpec,
    UsageError,
    nearest,
)

IMPORT_K = 1 << 16
"""Users kept of every audience while the budget lasts: no usual warehouse sketch has more.

It is no option, so that stores made of sketches can always be merged with each other.
"""

_UNITS: tuple[PeriodUnit, ...] = ("day", "week", "month")


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """Which columns hold what, and what the sketches themselves do not tell.

    `kind` is a column, or else the kind of every audience; without it a column `kind` is taken if
    there is one. `universe` is the name of the audience that holds everybody.
    """

    id_type: IdType
    sketch: str = "sketch"
    name: str = "name"
    kind: str | None = None
    period_column: str | None = None
    period: PeriodUnit = "none"
    universe: str | None = None
    seed: int = DEFAULT_SEED
    budget: int = DEFAULT_BUDGET
    policy: Policy = field(default_factory=Policy)
    replace_sources: bool = False


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did: the part it wrote and what became of every row."""

    part: str
    provenance: Provenance
    memberships: int
    audiences: int
    floor_rate: float


def parse_period_option(text: str) -> tuple[str, PeriodUnit]:
    """Read `COLUMN=UNIT`, as in `week_start=week`; raises UsageError with an example."""
    column, _, word = text.rpartition("=")
    for unit in _UNITS:
        if word.strip() == unit and column.strip():
            return column.strip(), unit
    raise UsageError(
        f"{text!r} does not name a column of periods and their length",
        where="--period",
        cure=f"write COLUMN=UNIT with one of {', '.join(_UNITS)}, as in --period day=day",
    )


def import_sketches(
    sources: Sequence[str],
    target: Path,
    options: ImportOptions,
    progress: Callable[[str], None] = lambda _: None,
) -> ImportReport:
    """Read tables of compact theta sketches and add them as one part to the store at `target`.

    Raises UsageError for options that cannot be, and DataError for tables or sketches that cannot
    be used, naming the row; the store is then as it was.
    """
    _check(options, target)
    progress("reading columns")
    opened = open_sources(sources)
    try:
        return _import(opened, target, options, progress)
    finally:
        for table in opened.tables:
            for path in table.scratch:
                path.unlink(missing_ok=True)


def _import(
    opened: Opened, target: Path, options: ImportOptions, progress: Callable[[str], None]
) -> ImportReport:
    gathering = Gathering(options.budget, IMPORT_K)
    rejected: Counter[str] = Counter()
    key_ids: set[str | None] = set()
    kinds: set[str] = set()
    rows, notes = read_rows(opened, options)
    read = 0
    for row in rows:
        read += 1
        if read % 1000 == 1:
            progress(f"reading sketches, {read:,} rows")
        if row.rejected:
            rejected[row.rejected] += 1
            continue
        if row.kind not in kinds:
            _check_kind_of(row)
            kinds.add(row.kind)
        key_ids.add(row.key_id)
        gathering.add(AudienceKey(row.kind, row.name), row.day, _read(row, options.seed))
    where = ", ".join(opened.names[:3])
    _check_read(read, rejected, where)
    universe = _universe(gathering.keys, options.universe, where)
    spec = SketchSpec(
        id_type=options.id_type,
        period=options.period,
        seed=options.seed,
        k=IMPORT_K,
        budget=options.budget,
        # The registers of a sampled audience cannot be made of what was kept of it.
        hll_p=0,
        key_id=_one_key(key_ids, where),
    )
    progress("bringing the audiences together")
    built, lacking = gathering.finish(spec, "\0".join(opened.names), universe)
    provenance = Provenance(
        sources=opened.names,
        rows_read=read,
        rejected=dict(sorted(rejected.items())),
        notes=(*opened.notes, *notes, *_said(options, universe, lacking)),
        policy=options.policy,
    )
    progress("writing the store")
    (leaf,) = built.lineage
    part = store.add_part(
        target, built, {leaf: provenance}, replace_sources=options.replace_sources
    )  # fmt: skip
    return ImportReport(
        part=part.name,
        provenance=provenance,
        memberships=built.memberships,
        audiences=len(built.audiences),
        floor_rate=built.floor_rate,
    )


def _read(row: SketchRow, seed: int) -> Theta:
    try:
        data = row.sketch
        if isinstance(data, str):
            data = base64.b64decode(data, validate=True)
        return from_bytes(data, seed)
    except binascii.Error as error:
        raise DataError(
            "this text is no sketch: it is not base64",
            where=row.where,
            cure="write sketches as binary, or as base64 text",
        ) from error
    except DataError as error:
        raise DataError(error.what, where=row.where, cure=error.cure) from error


def _said(options: ImportOptions, universe: AudienceKey | None, lacking: int) -> list[str]:
    said = [
        f"Made of theta sketches of {options.id_type} ids (seed {options.seed}): a user counts as "
        "one event per audience and period.",
        "The universe is everybody in any of the audiences."
        if universe is None
        else f"The universe is the audience {universe}.",
    ]
    if lacking:
        said.append(
            f"It lacked {lacking:,} users kept of other audiences, so it was made the union of all."
        )
    return said


# --- what can be wrong ------------------------------------------------------------------------


def _check(options: ImportOptions, target: Path) -> None:
    if options.budget < 1:
        raise UsageError(
            f"--budget {options.budget} leaves room for nobody",
            cure=f"give the number of memberships to keep; the default is {DEFAULT_BUDGET:,}",
        )
    for name, floor in (
        ("--display-floor", options.policy.display_floor),
        ("--export-floor", options.policy.export_floor),
    ):
        if floor < 0:
            raise UsageError(f"{name} is a number of users, not {floor}", cure="0 switches it off")
    if any(target.glob("parts/[!.]*/part.json")):
        there = store.read_store(target)
        if there.sketches.spec.hll_p:
            raise DataError(
                "this store was built from events, and sketches cannot be added to it",
                where=str(target),
                cure="import into a folder of its own",
            )


def _check_kind_of(row: SketchRow) -> None:
    if row.kind == UNIVERSE_KIND:
        return
    try:
        check_kind(row.kind, row.where)
    except UsageError as error:
        raise DataError(error.what, where=error.where, cure=error.cure) from error


def _check_read(read: int, rejected: Counter[str], where: str) -> None:
    if not read:
        raise DataError("there are no rows of sketches", where=where, cure="give a table with rows")
    if rejected.total() == read:
        reasons = ", ".join(f"{why} {n:,}" for why, n in sorted(rejected.items()))
        raise DataError(
            f"all {read:,} rows were rejected ({reasons})",
            where=where,
            cure="check the columns given as --sketch, --name, --kind and --period",
        )


def _universe(
    keys: Sequence[AudienceKey], wanted: str | None, where: str
) -> AudienceKey | None:  # fmt: skip
    """Return which audience is the universe, None where it has to be made."""
    tellers = [key for key in keys if key.kind == UNIVERSE_KIND]
    named = tellers if wanted is None else [key for key in keys if wanted in (key.name, str(key))]
    if wanted is not None and not named:
        close = nearest(wanted, [key.name for key in keys])
        raise UsageError(
            f"no audience is named {wanted!r}",
            where="--universe",
            cure=f"did you mean {', '.join(map(repr, close))}?" if close else "leave it out",
        )
    several = sorted({*named, *tellers})
    if len(several) > 1:
        raise DataError(
            f"{len(several)} audiences could be the universe: "
            f"{', '.join(str(key) for key in several[:3])}",
            where=where,
            cure="name one as --universe KIND:NAME, and let no other have the kind 'universe'",
        )
    return several[0] if several else None


def _one_key(key_ids: set[str | None], where: str) -> str | None:
    if len(key_ids) > 1:
        shown = ", ".join(sorted("none" if key is None else repr(key) for key in key_ids))
        raise DataError(
            f"the ids were hashed with different secret keys: {shown}",
            where=f"{where}, column 'key_id'",
            cure="import the sketches of one key at a time",
        )
    return next(iter(key_ids), None)
