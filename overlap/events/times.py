"""Times: how a column says when, decided once per column; and the periods they fall into."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import polars as pl

from overlap.model import NO_PERIOD, PeriodUnit, UsageError

SAMPLE = 1000
"""Values that a decision is made from."""

_TYPE = pl.Datetime("us")
_DATES = {"-": "%Y-%m-%d", "/": "%Y/%m/%d", ".": "%Y.%m.%d", "年": "%Y年%m月%d日"}
_ISO = re.compile(
    r"\d{4}(?P<sep>[-/.年])\d{1,2}[-/.月]\d{1,2}日?"
    r"(?:(?P<between>[T ])\d{1,2}:\d{2}(?P<seconds>:\d{2}(?:\.\d+)?)?"
    r"(?P<zone>\s?(?:[Zz]|UTC|[+-]\d{2}:?\d{2}))?)?"
)
_ZONE = r"(:\d{2}(?:\.\d+)?)\s?(?:[Zz]|UTC|[+-]\d{2}:?\d{2})$"
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_UNITS = {"seconds": 1, "milliseconds": 1_000, "microseconds": 1_000_000, "nanoseconds": 10**9}
_FIRST, _LAST = -62_135_596_800, 253_402_300_799  # years 1 and 9999 in epoch seconds
_LEAST_EPOCH = 10**8
"""Smaller numbers are no epoch seconds that anybody records (March 1973)."""

Kind = Literal["datetime", "iso", "epoch", "compact", "empty", "unknown"]


@dataclass(frozen=True, slots=True)
class TimeReading:
    """How one column is read: `detail` is the epoch's unit or the formats, `note` says it."""

    kind: Kind
    note: str
    formats: tuple[str, ...] = ()
    unit: str = ""
    zoned: bool = False
    example: str = ""


def decide(sample: pl.Series, column: str) -> TimeReading:
    """Decide from non-null values of a column how its times are written.

    Datetimes and dates are taken as declared; text as ISO ("2026-05-04", "2026/5/4 10:11",
    "2026年5月4日", with T, fraction, Z or offset); numbers and numeric text as YYYYMMDD or as time
    since 1970 in seconds, milli-, micro- or nanoseconds by their size. A zone or an offset is
    dropped: the time stays as its clock showed it. `kind` is "unknown" where fewer than half of
    the values fit. Raises UsageError for a type that is no time.
    """
    dtype, name = sample.dtype, f"Time column {column!r}"
    if isinstance(dtype, pl.Datetime):
        zone = f", the clock of {dtype.time_zone}" if dtype.time_zone else ""
        return TimeReading("datetime", f"{name} holds datetimes{zone}.")
    if dtype == pl.Date:
        return TimeReading("datetime", f"{name} holds dates.")
    if dtype.is_integer() or dtype.is_float():
        return _numeric(sample.cast(pl.Float64), name)
    if not isinstance(dtype, (pl.String, pl.Categorical, pl.Enum, pl.Null)):
        raise UsageError(
            f"column {column!r} is of type {dtype}, which says no time",
            where="--time",
            cure="name a column of datetimes, dates, ISO text or epoch numbers",
        )
    texts = [t for t in (str(v).strip() for v in sample.cast(pl.String)) if t]
    if not texts:
        return TimeReading("empty", f"{name} is empty.")
    if 2 * sum(bool(_NUMBER.fullmatch(t)) for t in texts) > len(texts):
        return _numeric(pl.Series(texts).cast(pl.Float64, strict=False).drop_nulls(), name)
    return _iso(texts, name)


def read_time(reading: TimeReading, column: str, dtype: pl.DataType) -> pl.Expr:
    """Return the column as Datetime("us"), null where a value does not fit the reading."""
    raw = pl.col(column)
    if reading.kind == "datetime":
        return raw.cast(_TYPE) if dtype == pl.Date else raw.dt.replace_time_zone(None).cast(_TYPE)
    if reading.kind in ("empty", "unknown"):
        return pl.lit(None, _TYPE)
    if reading.kind == "epoch" and dtype.is_numeric():
        return _epoch(raw, _UNITS[reading.unit], fractions=dtype.is_float())
    text = raw.cast(pl.String).str.strip_chars()
    if reading.kind == "iso":
        if reading.zoned:
            text = text.str.replace(_ZONE, "${1}")
        return pl.coalesce(
            text.str.to_datetime(form, strict=False, time_unit="us") for form in reading.formats
        )
    if reading.kind == "compact":
        digits = text.str.strip_suffix(".0")
        day = pl.when(digits.str.len_bytes() == 8).then(digits)
        return day.str.to_date("%Y%m%d", strict=False).cast(_TYPE)
    return _epoch(text, _UNITS[reading.unit])


def present(column: str, dtype: pl.DataType) -> pl.Expr:
    """Return whether there is anything in a time cell; blank text is nothing."""
    raw = pl.col(column)
    if isinstance(dtype, pl.String):
        return (raw.str.strip_chars() != "").fill_null(False)
    if dtype.is_float():
        return raw.is_not_null() & raw.is_not_nan()
    return raw.is_not_null()


def _epoch(value: pl.Expr, per_second: int, *, fractions: bool = False) -> pl.Expr:
    low, high = max(_FIRST * per_second, -(2**63)), min(_LAST * per_second, 2**63 - 1)
    part = value.cast(pl.Float64, strict=False)
    micros = (pl.when(part.is_between(low, high)).then(part) * (1e6 / per_second)).round()
    micros = micros.cast(pl.Int64, strict=False)
    if not fractions:
        # Whole numbers go through integers: floats cannot hold nanoseconds since 1970.
        whole = value.cast(pl.Int64, strict=False)
        whole = pl.when(whole.is_between(low, high)).then(whole)
        scaled = (
            whole * (1_000_000 // per_second)
            if per_second <= 1_000_000
            else whole // (per_second // 1_000_000)
        )
        micros = pl.coalesce(scaled, micros)
    return micros.cast(_TYPE)


def _numeric(values: pl.Series, name: str) -> TimeReading:
    values = values.filter(values.is_finite()) if len(values) else values
    if not len(values):
        return TimeReading("empty", f"{name} is empty.")
    days = (
        values.cast(pl.Int64, strict=False)
        .cast(pl.String)
        .str.to_date("%Y%m%d", strict=False)
        .is_between(date(1900, 1, 1), date(2200, 1, 1))
    )
    if 2 * (days.sum() or 0) > len(values):
        return TimeReading("compact", f"{name} holds dates as YYYYMMDD.")
    middle = abs(float(values.median() or 0.0))  # type: ignore[arg-type]
    if middle < _LEAST_EPOCH:
        return TimeReading("unknown", "", example=f"{values[0]:.15g}")
    unit = (
        "seconds" if middle < 1e11
        else "milliseconds" if middle < 1e14
        else "microseconds" if middle < 1e17
        else "nanoseconds"
    )  # fmt: skip
    return TimeReading("epoch", f"{name} holds {unit} since 1970 (UTC).", unit=unit)


def _iso(texts: list[str], name: str) -> TimeReading:
    shapes: Counter[str] = Counter()
    zoned = False
    for text in texts:
        match = _ISO.fullmatch(text)
        if match is None:
            continue
        clock = ""
        if match["between"]:
            clock = f"{match['between']}%H:%M" + (":%S%.f" if match["seconds"] else "")
        zoned = zoned or bool(match["zone"])
        shapes[_DATES[match["sep"]] + clock] += 1
    if 2 * shapes.total() < len(texts):
        stray = next(text for text in texts if not _ISO.fullmatch(text))
        return TimeReading("unknown", "", example=stray[:60])
    formats = tuple(form for form, _ in shapes.most_common())
    what = "dates" if all("%H" not in form for form in formats) else "dates and times"
    dropped = ", offsets dropped" if zoned else ""
    return TimeReading("iso", f"{name} is read as ISO {what}{dropped}.", formats, zoned=zoned)


# --- periods ----------------------------------------------------------------------------------


def period_start(expr: pl.Expr, unit: PeriodUnit) -> pl.Expr:
    """Return the first day of the period a time falls into, as a Date; weeks begin on Monday.

    With "none" every row, dated or not, falls into `NO_PERIOD`.
    """
    if unit == "none":
        return pl.lit(NO_PERIOD, pl.Date)
    if unit == "day":
        return expr.cast(pl.Date)
    return expr.cast(pl.Date).dt.truncate("1w" if unit == "week" else "1mo")


def period_end(period: date, unit: PeriodUnit) -> date:
    """Return the last day of the period that begins on a day."""
    if unit == "month":
        return (period.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return period + timedelta(days=6 if unit == "week" else 0)


def parse_period(text: str, unit: PeriodUnit, *, end: bool = False) -> date:
    """Return the first day of the period that "2026-05-04", "2026-05" or "2026-W19" names.

    Where the text names a longer time than the unit, it is its first period, or its last with
    `end`, so that `--from 2026-05 --to 2026-05` is all of May. Raises UsageError otherwise.
    """
    if unit == "none":
        raise UsageError(
            "the data have no periods",
            where=text,
            cure="leave --from and --to out, or build with --period day, week or month",
        )
    first, last = _span(text.strip())
    day = last if end else first
    if unit == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if unit == "month" else day


def _span(text: str) -> tuple[date, date]:
    try:
        if match := re.fullmatch(r"(\d{4})-?[Ww](\d{1,2})", text):
            first = date.fromisocalendar(int(match[1]), int(match[2]), 1)
            return first, first + timedelta(days=6)
        if match := re.fullmatch(r"(\d{4})-(\d{1,2})", text):
            first = date(int(match[1]), int(match[2]), 1)
            return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        if match := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text):
            first = date(int(match[1]), int(match[2]), int(match[3]))
            return first, first
    except (ValueError, OverflowError) as error:
        raise UsageError(
            f"{text!r} is not in the calendar", cure="write 2026-05-04, 2026-05 or 2026-W19"
        ) from error
    raise UsageError(f"{text!r} names no period", cure="write 2026-05-04, 2026-05 or 2026-W19")
