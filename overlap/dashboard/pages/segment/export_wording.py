"""An export in words: names of files and fields, what was left out, the same by command line."""

from __future__ import annotations

import json
import shlex
from dataclasses import asdict
from typing import Any

from overlap.dashboard.pages.segment.export_job import Asked, Prepared
from overlap.dashboard.pages.segment.export_sources import name_of
from overlap.dashboard.pages.segment.export_ways import IDS, PARQUET, Place, Way
from overlap.dashboard.parts.naming import file_name, segment_name
from overlap.dashboard.texts import day, text
from overlap.model import Window
from overlap.segments import DEFAULT_SALT, FormatName, Mismatch

MOST_SOURCES = 4
"""A command names so many files of events at the most."""
_INVALID = "invalid_"


def label(way: Way, language: str) -> str:
    """Return what a file is called among the choices."""
    if way.key in (IDS, PARQUET):
        return text(f"export_{way.key}", language)
    platform = text(f"export_platform_{way.form}", language)
    return text("export_way", language, platform=platform, fields=fields(way, language))


def fields(way: Way, language: str) -> str:
    """Return the names of a platform's fields in a file."""
    named = (text(f"export_field_{key}", language) for key in dict.fromkeys(way.fields))
    return text("export_list", language).join(named)


def listed(names: list[str] | tuple[str, ...], language: str, most: int = 3) -> str:
    """Return names one after the other, a few of many."""
    said = text("export_list", language).join(names[:most])
    if len(names) <= most:
        return said
    return text("export_and_more", language, names=said, n=len(names) - most)


def files(asked: Asked) -> tuple[str, str, str]:
    """Return the names of the file, of the control group's and of the report."""
    form, ending = asked.way.key.removesuffix(f"-{asked.way.ending}"), asked.way.ending
    stem = segment_name(asked.expression, asked.window, saved=asked.saved, form=form)
    return file_name(stem, ending), file_name(f"{stem}-holdout", ending), file_name(stem, "json")


def window(asked: Window, language: str) -> str:
    """Write the window of an export."""
    start = day(asked.start, language) if asked.start else ""
    end = day(asked.end, language) if asked.end else ""
    if start and end:
        return text("export_window_ends", language, start=start, end=end)
    if start:
        return text("export_window_from", language, start=start)
    if end:
        return text("export_window_until", language, end=end)
    return text("export_window_all", language)


def dropped(prepared: Prepared, language: str) -> str:
    """Say what did not get into the file, nothing where all did."""
    found = prepared.report.dropped
    reasons = [
        text("export_dropped_one", language, n=f"{n:,}", why=_reason(why, language))
        for why, n in sorted(found.items())
        if n
    ]
    if not reasons:
        return ""
    return text("export_dropped", language, reasons=text("export_list", language).join(reasons))


def _reason(why: str, language: str) -> str:
    if why.startswith(_INVALID):
        field = text(f"export_field_{why.removeprefix(_INVALID)}", language)
        return text("export_why_invalid", language, field=field)
    return text(f"export_why_{why}", language)


def differs(mismatch: Mismatch, language: str) -> str:
    """Return what the store and the events do not agree on."""
    before, of, segment = mismatch.what.partition("users of ")
    if of and not before:
        return text("export_differs_users", language, segment=segment)
    return text(f"export_differs_{mismatch.what.replace(' ', '_')}", language)


def report(prepared: Prepared) -> str:
    """Return what was asked and what was written as JSON, files by the names they are given."""
    named, held, _ = files(prepared.asked)
    out: dict[str, Any] = asdict(prepared.report)
    out["target"] = named
    out["holdout_target"] = held if prepared.report.holdout_target else None
    out["sha256"] = prepared.digests[0]
    out["holdout_sha256"] = prepared.digests[1] if len(prepared.digests) > 1 else None
    out["holdout_rate"] = prepared.asked.holdout
    out["salt"] = prepared.asked.options.salt
    return json.dumps(out, ensure_ascii=False, indent=1, default=str)


def command(asked: Asked) -> str:
    """Return the command that writes the same file; of paths the last parts."""
    options = asked.options
    words = ["overlap", "export", asked.path.name, asked.expression, "--events"]
    paths = asked.sources.paths
    words += map(name_of, paths) if len(paths) <= MOST_SOURCES else ["EVENTS"]
    words += ["--to", files(asked)[0]]
    if asked.window.start:
        words += ["--from", asked.window.start.isoformat()]
    if asked.window.end:
        words += ["--until", asked.window.end.isoformat()]
    if options.format is not FormatName.IDS:
        words += ["--format", options.format, "--identity"]
        words += [f"{field}={column}" for field, column in options.identity]
    if asked.way.place is Place.FILE and options.identities:
        words += ["--identities", name_of(options.identities)]
        words += ["--id-column", options.id_column] if options.id_column else []
    if options.country:
        words += ["--country", options.country]
    if asked.holdout:
        words += ["--holdout", f"{asked.holdout:g}"]
        words += ["--salt", options.salt] if options.salt != DEFAULT_SALT else []
    if options.query:
        words += ["--query", "SQL"]
    return shlex.join(words)
