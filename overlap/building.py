"""From events to a part of a store, in one call that every face uses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from overlap import audiences, estimates, events, hashing, sketching, store
from overlap.model import (
    DEFAULT_BUDGET,
    DEFAULT_HLL_P,
    DEFAULT_K,
    PERIOD_HLL_P,
    DataError,
    Estimate,
    PeriodUnit,
    Policy,
    Provenance,
    SketchSpec,
    TagColumn,
    UsageError,
)
from overlap.sketching import Forecast
from overlap.terms import Lexicon

LEAST_K = 16
"""Below this many kept users an interval is too wide to say anything."""

LEAST_KEY_BYTES = 16
"""A shorter key could be found by trying all of them."""


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """How to read sources and how much to keep of them; columns left out are guessed by name.

    `query` is what to ask the databases among the sources. With `terms` the words of posts become
    audiences, read by the lexicon in a file, else by that of the store, else by one learnt.
    """

    user: str | None = None
    tags: tuple[TagColumn, ...] = ()
    time: str | None = None
    text: str | None = None
    action: str | None = None
    definitions: Path | None = None
    period: PeriodUnit = "none"
    budget: int = DEFAULT_BUDGET
    rate: float = 1.0
    k: int = DEFAULT_K
    key_file: Path | None = None
    rejects: Path | None = None
    policy: Policy = field(default_factory=Policy)
    replace_sources: bool = False
    query: str | None = None
    terms: bool = False
    lexicon: Path | None = None


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did: the part it wrote and what became of every row.

    `untagged` are the users of the part who are in no audience but those of words.
    `shared` are the times that the part has events of and another part of the store as well.
    """

    part: str
    provenance: Provenance
    memberships: int
    audiences: int
    floor_rate: float
    untagged: Estimate
    shared: tuple[store.SharedTime, ...] = ()


def build(
    sources: Sequence[str],
    target: Path,
    options: BuildOptions,
    progress: Callable[[str], None] = lambda _: None,
    expect: Callable[[Forecast], None] = lambda _: None,
) -> BuildReport:
    """Read sources, sketch every audience and add the part to the store at `target`.

    `progress` is told each step as it starts, `expect` the precision to expect before the sketching
    does. Raises UsageError for options that cannot be, and
    DataError for data that cannot be used; the store is then as it was.
    """
    _check(options)
    key = _read_key(options.key_file)
    definitions = (
        audiences.load_definitions(options.definitions)
        if options.definitions
        else audiences.Definitions()
    )
    progress("reading columns")
    read = events.read_events(
        sources,
        user=options.user,
        tags=options.tags,
        time=options.time,
        text=options.text,
        action=options.action,
        period=options.period,
        query=options.query,
        progress=progress,
    )
    try:
        return _build(read, target, options, definitions, key, progress, expect)
    finally:
        read.close()


def _build(
    read: events.Events,
    target: Path,
    options: BuildOptions,
    definitions: audiences.Definitions,
    key: bytes | None,
    progress: Callable[[str], None],
    expect: Callable[[Forecast], None],
) -> BuildReport:
    if options.rejects is not None:
        progress("writing rejected rows")
        with events.reading(*read.sources):
            write_rejects(read.rejected, options.rejects)
    spec = SketchSpec(
        id_type=read.id_type,
        period=options.period,
        k=options.k,
        budget=options.budget,
        rate=options.rate,
        hll_p=DEFAULT_HLL_P if options.period == "none" else PERIOD_HLL_P,
        key_id=hashing.key_id(key) if key else None,
    )
    with events.reading(*read.sources):
        lexicon = _lexicon(read, target, options, progress)
        built, rows = sketching.sketch(
            read, definitions, spec, key=key, lexicon=lexicon, progress=progress, expect=expect
        )
    provenance = Provenance(
        sources=read.sources,
        rows_read=rows.rows_read,
        rejected=rows.rejected,
        roles=read.roles,
        notes=(*read.notes, *_words(lexicon)),
        definitions=definitions.text,
        lexicon=lexicon.to_json() if lexicon is not None else "",
        first_event=rows.first_event,
        last_event=rows.last_event,
        policy=options.policy,
    )
    progress("writing the store")
    (leaf,) = built.lineage
    part = store.add_part(
        target, built, {leaf: provenance}, replace_sources=options.replace_sources
    )  # fmt: skip
    return BuildReport(
        part=part.name,
        provenance=provenance,
        memberships=built.memberships,
        audiences=len(built.audiences),
        floor_rate=built.floor_rate,
        untagged=estimates.count(built.untagged(), built.floor_rate),
        shared=tuple(
            each for each in store.shared_times(store.read_provenance(target)) if leaf in each.parts
        ),
    )


def _lexicon(
    read: events.Events, target: Path, options: BuildOptions, progress: Callable[[str], None]
) -> Lexicon | None:
    if not options.terms:
        return None
    if read.roles.text is None:
        raise UsageError(
            "terms are made of text, and no column holds any",
            where="--terms",
            cure="name it with --text COLUMN",
        )
    if options.lexicon is not None:
        return _read_lexicon(options.lexicon)
    # Parts that are read alike can be compared: a new word in one is a new word, not a new reading.
    recorded = [record.lexicon for record in store.read_provenance(target).values()]
    known = next(filter(None, sorted(recorded)), None)
    if known is not None:
        return Lexicon.from_json(known)
    progress("learning the words of the posts")
    return sketching.learn_lexicon(read)


def _words(lexicon: Lexicon | None) -> tuple[str, ...]:
    if lexicon is None:
        return ()
    notes = [
        f"Posts were read by a lexicon of {len(lexicon.words):,} added words "
        f"({lexicon.fingerprint[:12]})."
    ]
    if lexicon.copied:
        notes.append(
            f"Left out as copied: posts with one of {len(lexicon.copied):,} texts that many users "
            "posted word for word; no words are told by them."
        )
    return tuple(notes)


def _read_lexicon(file: Path) -> Lexicon:
    try:
        return Lexicon.from_json(file.read_text("utf-8-sig"))
    except FileNotFoundError as error:
        raise UsageError(
            f"there is no file {str(file)!r}", where="--lexicon", cure="check the path"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(
            f"the lexicon cannot be read: {error}", where=str(file), cure="give a JSON file"
        ) from error


def write_rejects(rejected: pl.LazyFrame, target: Path) -> None:
    """Write rejected rows with their reasons as CSV with BOM, or as Parquet by the file's ending.

    Raises DataError when the file cannot be written.
    """
    try:
        if target.suffix == ".parquet":
            rejected.sink_parquet(target)
        else:
            rejected.sink_csv(target, include_bom=True)
    except OSError as error:
        raise DataError(
            f"the rejected rows cannot be written: {error}",
            where=str(target),
            cure="name a file in a folder that exists and may be written",
        ) from error


def _check(options: BuildOptions) -> None:
    if not 0 < options.rate <= 1:
        raise UsageError(
            f"--rate is the share of users to keep, above 0 and at most 1, not {options.rate:g}",
            cure="try --rate 0.1 to keep every tenth user",
        )
    if options.k < LEAST_K:
        raise UsageError(
            f"--k {options.k} keeps too few users of an audience to estimate anything",
            cure=f"give at least {LEAST_K}; the default is {DEFAULT_K:,}",
        )
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


def _read_key(file: Path | None) -> bytes | None:
    if file is None:
        return None
    try:
        key = file.read_bytes().strip()
    except OSError as error:
        raise UsageError(
            f"the key file cannot be read: {error.strerror}",
            where=str(file),
            cure="name a readable file that holds the secret key",
        ) from error
    if len(key) < LEAST_KEY_BYTES:
        raise UsageError(
            f"the key has {len(key)} bytes, which can be guessed",
            where=str(file),
            cure=f"use at least {LEAST_KEY_BYTES} random bytes",
        )
    return key
