"""Members → files: raw ids, or the identities a platform takes, with the holdout apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from overlap import reports
from overlap.events import reading
from overlap.model import DataError
from overlap.segments import holdout
from overlap.segments.cleaning import check_country, cleaned
from overlap.segments.files import Draft, drafts
from overlap.segments.formats import Format, check_enough, check_single
from overlap.segments.gathering import ExactMembers
from overlap.segments.identities import Identities, find_identities
from overlap.segments.records import ExportOptions
from overlap.segments.spool import scratching
from overlap.store import Store

_ROWS = 250_000
"""Rows that are cleaned and written at once."""


def holdout_target(options: ExportOptions, target: Path) -> Path | None:
    """Return where the members held out go, None where nobody is."""
    if not options.holdout:
        return None
    if options.holdout_to is not None:
        return options.holdout_to
    stem, dot, endings = target.name.partition(".")
    return target.with_name(f"{stem}-holdout{dot}{endings}")


@dataclass(slots=True)
class Outcome:
    """What was written: rows of the file and of the holdout; the rest as in ExportReport."""

    held_out: int = 0
    written: tuple[int, int] = (0, 0)
    dropped: Counter[str] = field(default_factory=Counter)
    already_hashed: int = 0


def write_ids(
    found: ExactMembers, target: Path, options: ExportOptions, progress: Callable[[str], None]
) -> Outcome:
    """Write the ids of members, as they come, and those held out apart."""
    held_target = holdout_target(options, target)
    outcome = Outcome()
    with drafts([target, *([held_target] if held_target else [])], header=True) as files:
        for users in found.batches():
            held = pl.Series(holdout.held_out(users, options.holdout, options.salt))
            frame = users.alias(found.user_column).to_frame()
            files[0].write(frame.filter(~held))
            if held_target:
                files[1].write(frame.filter(held))
            outcome.held_out += int(held.sum())
            progress(f"writing members, {files[0].rows:,} rows")
        outcome.written = (files[0].rows, files[1].rows if held_target else 0)
    return outcome


def write_identities(
    store: Store,
    found: ExactMembers,
    events: Sequence[str],
    form: Format,
    target: Path,
    options: ExportOptions,
    progress: Callable[[str], None],
) -> Outcome:
    """Write the members' identities as a platform compares them, each row once.

    Finished rows of the segment are held in memory, about 100 bytes a field; nothing else is.
    Raises DataError where no member has an identity of use.
    """
    outcome = Outcome()
    for users in found.batches():
        outcome.held_out += int(holdout.held_out(users, options.holdout, options.salt).sum())
    identities = find_identities(store, found, events, form, options)
    try:
        check_single(form, identities.keys)
        check_enough(form, identities.keys)
        rejected = _clean_rows(found, identities, form, options, outcome, progress)
    finally:
        identities.close()
    held_target = holdout_target(options, target)
    paths = [target, *([held_target] if held_target else [])]
    if options.rejects is not None:
        paths.append(options.rejects)
    sent, held = _final_rows(found, identities, form, outcome)
    if not len(sent):
        reasons = ", ".join(f"{why} {n:,}" for why, n in outcome.dropped.items())
        raise DataError(
            f"none of the {found.count:,} members has an identity that {form.name} takes",
            where=f"{identities.where}: {reasons}",
            cure="check which columns --identity names; --country gives phone numbers their code",
        )
    progress("writing the file")
    with drafts(paths, header=not form.single) as files:
        _write_rows(files[0], sent)
        if held_target:
            _write_rows(files[1], held)
        if options.rejects is not None:
            files[-1].write_bytes(reports.csv_bytes(rejected))
    outcome.written = (len(sent), len(held))
    return outcome


def _write_rows(file: Draft, rows: pl.DataFrame) -> None:
    for part in rows.iter_slices(_ROWS) if len(rows) else [rows]:
        file.write(part)


REJECTED = pl.Schema(
    {"user": pl.String, "field": pl.String, "value": pl.String, "reason": pl.String}
)
"""The identities that were not used."""


def _clean_rows(
    found: ExactMembers,
    identities: Identities,
    form: Format,
    options: ExportOptions,
    outcome: Outcome,
    progress: Callable[[str], None],
) -> pl.DataFrame:
    """Write the members' rows, cleaned, to a scratch file; return the rejected identities.

    Its columns: user, held, usable, and each field's values.
    """
    country = check_country(options.country)
    rejected = [pl.DataFrame(schema=REJECTED)]
    writer: pq.ParquetWriter | None = None
    done = 0
    try:
        with reading(*identities.names), scratching(found.file.parent):
            for rows in identities.rows.collect_batches(chunk_size=_ROWS, maintain_order=False):
                if not len(rows):
                    continue
                held = holdout.held_out(rows["user"], options.holdout, options.salt)
                columns = {"user": rows["user"], "held": pl.Series(held)}
                for key in identities.keys:
                    spec = form.field(key)
                    function = (options.hash or spec.hash) if spec.hash else None
                    found_values = cleaned(rows[key], spec, function, country)
                    columns[key] = found_values.values
                    outcome.already_hashed += found_values.already_hashed
                    rejected.append(_rejected(rows, key, found_values.reasons, outcome))
                frame = pl.DataFrame(columns)
                frame = frame.with_columns(usable=_usable(form, identities.keys))
                table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
                writer = writer or pq.ParquetWriter(_scratch(found), table.schema)
                writer.write_table(table)
                done += len(rows)
                progress(f"preparing identities, {done:,} rows")
    finally:
        if writer is not None:
            writer.close()
    if writer is None:
        raise DataError(
            f"none of the {found.count:,} members is in {identities.where}",
            where=f"identities {', '.join(identities.keys)}",
            cure="check that its column of ids (--id-column) holds the ids of the events",
        )
    return pl.concat(rejected) if options.rejects else rejected[0]


def _scratch(found: ExactMembers) -> Path:
    return found.file.with_name("identities.parquet")


def _rejected(rows: pl.DataFrame, key: str, reasons: pl.Series, outcome: Outcome) -> pl.DataFrame:
    bad = pl.DataFrame(
        {
            "user": rows["user"].cast(pl.String),
            "field": pl.Series([key]).new_from_index(0, len(rows)),
            "value": rows[key],
            "reason": reasons,
        },
        schema=REJECTED,
    ).filter(pl.col("reason").is_not_null())
    outcome.dropped.update(dict(bad["reason"].value_counts().iter_rows()))
    return bad


def _usable(form: Format, keys: Sequence[str]) -> pl.Expr:
    enough = [need for need in form.enough if all(key in keys for key in need)]
    return pl.any_horizontal(
        pl.all_horizontal(pl.col(key).is_not_null() for key in need) for need in enough
    )


def _final_rows(
    found: ExactMembers, identities: Identities, form: Format, outcome: Outcome
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the distinct rows of the file and of the holdout, nobody's in both."""
    rows = pl.scan_parquet(_scratch(found))
    users = rows.group_by("user").agg(pl.col("usable").any())
    matched, usable = (
        users.select(pl.len(), pl.col("usable").sum()).collect(engine="streaming").row(0)
    )
    headers = {key: form.field(key).header for key in identities.keys}
    values = [field.key for field in form.fields if field.key in identities.keys]

    def distinct(frame: pl.LazyFrame) -> tuple[pl.DataFrame, int]:
        every = frame.select(values)
        # Sorted by hashed values: the order tells nothing, and is the same every time.
        once = every.unique().sort(values).collect(engine="streaming")
        return once, int(every.select(pl.len()).collect(engine="streaming").item())

    held, held_rows = distinct(rows.filter(pl.col("usable") & pl.col("held")))
    free = rows.filter(pl.col("usable") & ~pl.col("held"))
    apart = free
    for key in values:
        if key in form.identifying and len(held):
            others = held.lazy().select(key).drop_nulls().unique()
            apart = apart.join(others, on=key, how="anti")
    sent, sent_rows = distinct(apart)
    all_rows = int(free.select(pl.len()).collect(engine="streaming").item())
    counts = {
        "no_identity": found.count - matched,
        "no_usable_identity": matched - usable,
        "shared_with_holdout": all_rows - sent_rows,
        "repeated_row": sent_rows - len(sent) + held_rows - len(held),
    }
    outcome.dropped.update({why: n for why, n in counts.items() if n})
    return sent.rename(headers, strict=False), held.rename(headers, strict=False)
