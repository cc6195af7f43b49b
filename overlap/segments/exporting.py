"""Export: exact members → a file that a platform takes, a holdout, and a report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from overlap.expressions import Expression, to_text
from overlap.model import DataError, UsageError
from overlap.panel import Panel, open_panel
from overlap.segments import checking, holdout
from overlap.segments.cleaning import check_country
from overlap.segments.files import check_targets
from overlap.segments.formats import FORMATS, Format, check_enough, check_hash, check_single
from overlap.segments.gathering import ExactMembers, Limits, members
from overlap.segments.records import ExportOptions, ExportReport
from overlap.segments.writing import holdout_target, write_identities, write_ids
from overlap.store import Store


class BelowFloorError(DataError):
    """A segment has fewer members than the store lets anybody export."""


def export(
    store: Path | tuple[Store, Panel],
    expression: str | Expression,
    events: Sequence[str],
    target: Path,
    options: ExportOptions | None = None,
    *,
    limits: Limits | None = None,
    progress: Callable[[str], None] = lambda _: None,
    warn: Callable[[str], None] = lambda _: None,
) -> ExportReport:
    """Write the exact members of an expression to a file, and return what was written.

    `events` are the sources that the store was built from. `warn` is told, before anything is
    written, where they and the store do not agree. Raises UsageError for what cannot be asked (a
    target that is there already, an unknown field, column or name), BelowFloorError for segments
    below the store's export floor, DataError for identities without a match, data that cannot be
    read, and a disk that is full; no file is then left, or left changed.
    """
    options = options or ExportOptions()
    form = _checked(options, target)
    _check_files(options, target, events)
    opened, panel = open_panel(store) if isinstance(store, Path) else store
    tree = panel.resolve(expression)
    with members(
        opened, panel, tree, events, options.window,
        query=options.query, limits=limits, progress=progress,
    ) as found:  # fmt: skip
        _check_floor(opened, found, to_text(tree))
        differing = checking.mismatches(opened, panel, found, options.window)
        if differing and options.strict:
            raise DataError(
                "these are not the events that the store was built from: "
                + "; ".join(map(str, differing)),
                where=", ".join(events[:3]),
                cure="give the events it was built from, or build it again; without --strict the "
                "export goes on and says so",
            )
        for each in differing:
            warn(f"the events are not those of the store: {each}")
        if form is None:
            outcome = write_ids(found, target, options, progress)
        else:
            outcome = write_identities(opened, found, events, form, target, options, progress)
        estimate = panel.size(tree, options.window)
        return ExportReport(
            segment=options.segment,
            expression=to_text(tree),
            snapshot=opened.snapshot,
            format=options.format,
            estimate=estimate,
            exact=found.count,
            inside_interval=estimate.low <= found.count <= estimate.high,
            rows_read=found.rows.rows_read,
            rows_rejected=sum(found.rows.rejected.values()),
            members=found.count,
            exported=found.count - outcome.held_out,
            holdout=outcome.held_out,
            written=outcome.written[0],
            holdout_written=outcome.written[1],
            target=target,
            holdout_target=holdout_target(options, target),
            dropped=dict(outcome.dropped),
            already_hashed=outcome.already_hashed,
            mismatches=differing,
            notes=found.notes,
            window=options.window,
        )


# --- what is asked ------------------------------------------------------------------------------


def _checked(options: ExportOptions, target: Path) -> Format | None:
    holdout.check_rate(options.holdout)
    if options.holdout_to is not None and not options.holdout:
        raise UsageError(
            "--holdout-to has nothing to write", cure="say how many with --holdout 0.1"
        )
    check_country(options.country)
    form = FORMATS.get(options.format)
    if form is None:
        for option, given in (
            ("--identity", options.identity),
            ("--identities", options.identities),
            ("--id-column", options.id_column),
            ("--hash", options.hash),
            ("--country", options.country),
            ("--rejects", options.rejects),
        ):
            if given:
                raise UsageError(
                    "the format ids holds the user ids alone",
                    where=option,
                    cure=f"leave {option} out, or choose a platform with --format: "
                    + ", ".join(FORMATS),
                )
        return None
    check_hash(form, options.hash)
    keys = [form.field(key).key for key, _ in options.identity]
    check_single(form, keys)
    if keys:
        check_enough(form, keys)
    if options.id_column is not None and options.identities is None:
        raise UsageError(
            "--id-column names a column of --identities", cure="name that file, or leave it out"
        )
    if target.suffix.lower() == ".parquet":
        raise UsageError(
            f"{form.name} takes no Parquet files",
            where=f"--to {target}",
            cure="let the name end in .csv" + (" or .txt" if form.single else ""),
        )
    return form


def _check_files(options: ExportOptions, target: Path, events: Sequence[str]) -> None:
    targets = {"--to": target}
    held = holdout_target(options, target)
    if held is not None:
        targets["--holdout-to" if options.holdout_to else "--holdout"] = held
    if options.rejects is not None:
        targets["--rejects"] = options.rejects
    sources = [*events, *([options.identities] if options.identities else [])]
    check_targets(targets, sources, force=options.force)


def _check_floor(store: Store, found: ExactMembers, expression: str) -> None:
    floor = store.policy.export_floor
    if found.count >= max(floor, 1):
        return
    raise BelowFloorError(
        f"the segment has fewer than {floor:,} members, the least this store exports"
        if floor
        else "nobody is in this segment: there is nothing to write",
        where=expression,
        cure="widen the segment"
        + ("; a build with --export-floor 0 lets analysts export any" if floor else ""),
    )
