"""Times: how a column says when, and the periods that follow."""

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overlap.events import Events, count_rows, parse_period, period_start, read_events
from overlap.events.times import decide, read_time
from overlap.model import NO_PERIOD, DataError, UsageError

NOON = datetime(2026, 5, 4, 12, 30, 15)


def understood(values: pl.Series) -> tuple[str, list[datetime | None]]:
    """Return the note and the times of a column, decided and read like any other."""
    reading = decide(values.drop_nulls(), "when")
    frame = values.alias("when").to_frame().select(read_time(reading, "when", values.dtype))
    return reading.note, frame.to_series().to_list()


def text(*values: str | None) -> pl.Series:
    return pl.Series(values, dtype=pl.String)


def table(folder: Path, *cells: str) -> str:
    path = folder / "events.csv"
    path.write_text("uid,tag,time\n" + "".join(f"{n},a,{c}\n" for n, c in enumerate(cells)))
    return str(path)


def times(events: Events) -> list[object]:
    return events.clean.select("time").collect()["time"].to_list()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-05-04", datetime(2026, 5, 4)),
        ("2026-5-4", datetime(2026, 5, 4)),
        ("2026/05/04", datetime(2026, 5, 4)),
        ("2026.05.04", datetime(2026, 5, 4)),
        ("2026年5月4日", datetime(2026, 5, 4)),
        ("2026年05月04日 12:30", NOON.replace(second=0)),
        ("2026-05-04 12:30", NOON.replace(second=0)),
        ("2026-05-04T12:30:15", NOON),
        (" 2026-05-04 12:30:15 ", NOON),
        ("2026/5/4 12:30:15", NOON),
        ("2026-05-04 12:30:15.25", NOON.replace(microsecond=250_000)),
        ("2026-05-04T12:30:15.123456789", NOON.replace(microsecond=123_456)),
        ("2026-05-04T12:30:15Z", NOON),
        ("2026-05-04T12:30:15.5+08:00", NOON.replace(microsecond=500_000)),
        ("2026-05-04 12:30:15 +0800", NOON),
        ("2026-05-04 12:30:15 UTC", NOON),
        ("2026-05-04T12:30-05:00", NOON.replace(second=0)),
        ("20260504", datetime(2026, 5, 4)),
        ("1777897815", NOON),
        ("1777897815.5", NOON.replace(microsecond=500_000)),
        ("1777897815000", NOON),
        ("1777897815000000", NOON),
        ("1777897815000000123", NOON),
    ],
)
def test_text_is_read_as_the_clock_showed_it(written: str, meant: datetime) -> None:
    note, read = understood(text(written))
    assert read == [meant]
    assert note.startswith("Time column 'when' ")


@pytest.mark.parametrize(
    ("values", "note"),
    [
        (pl.Series([NOON]), "holds datetimes."),
        (pl.Series([NOON], dtype=pl.Datetime("ns")), "holds datetimes."),
        (pl.Series([NOON], dtype=pl.Datetime("ms")), "holds datetimes."),
        (
            pl.Series([NOON]).dt.replace_time_zone("Asia/Shanghai"),
            "holds datetimes, the clock of Asia/Shanghai.",
        ),
        (pl.Series([1777897815], dtype=pl.Int32), "holds seconds since 1970 (UTC)."),
        (pl.Series([1777897815.0]), "holds seconds since 1970 (UTC)."),
        (pl.Series([1777897815000]), "holds milliseconds since 1970 (UTC)."),
        (pl.Series([1777897815 * 10**6]), "holds microseconds since 1970 (UTC)."),
        (pl.Series([1777897815 * 10**9]), "holds nanoseconds since 1970 (UTC)."),
        (text("1777897815"), "holds seconds since 1970 (UTC)."),
        (text("2026-05-04T12:30:15+08:00"), "is read as ISO dates and times, offsets dropped."),
    ],
)
def test_every_type_is_understood_and_the_note_says_how(values: pl.Series, note: str) -> None:
    assert understood(values) == (f"Time column 'when' {note}", [NOON])


def test_dates_and_days_as_numbers_are_midnights() -> None:
    midnight = datetime(2026, 5, 4)
    for values in (pl.Series([date(2026, 5, 4)]), pl.Series([20260504]), pl.Series([20260504.0])):
        assert understood(values)[1] == [midnight]


def test_values_that_do_not_fit_the_decision_are_null() -> None:
    note, read = understood(
        text(*["2026-05-04"] * 3, "2026-13-01", "yesterday", "2026-02-30", "", None, "1777897815")
    )
    assert note == "Time column 'when' is read as ISO dates."
    assert read == [datetime(2026, 5, 4)] * 3 + [None] * 6
    _, read = understood(pl.Series([1777897815] * 3 + [1777897815000, -(10**17), None]))
    assert read == [NOON] * 3 + [None] * 3
    _, read = understood(text("20260504", "20260505", "20260506", "20261301", "202605041", "x"))
    assert read == [datetime(2026, 5, day) for day in (4, 5, 6)] + [None] * 3


def test_shapes_may_differ_within_a_column() -> None:
    _, read = understood(text("2026-05-04", "2026-05-04 12:30:15", "2026-05-04T12:30", "bad"))
    assert read == [datetime(2026, 5, 4), NOON, NOON.replace(second=0), None]


MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1))


@given(st.lists(MOMENTS, min_size=1, max_size=20), st.sampled_from([" ", "T"]))
def test_any_iso_text_comes_back(moments: list[datetime], between: str) -> None:
    assert understood(text(*(m.isoformat(between) for m in moments)))[1] == moments


@given(
    st.lists(MOMENTS, min_size=1, max_size=20),
    st.sampled_from([(1, 0), (10**3, 3), (10**6, 6), (10**9, 6)]),
    st.booleans(),
)
def test_any_epoch_comes_back_to_its_precision(
    moments: list[datetime], unit: tuple[int, int], as_text: bool
) -> None:
    per_second, digits = unit
    micros = [
        (m.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
        for m in moments
    ]
    kept = [n // 10 ** (6 - digits) * 10 ** (6 - digits) for n in micros]
    numbers = [n * per_second // 10**6 for n in kept]
    series = pl.Series(numbers, dtype=pl.Int64)
    assert understood(series.cast(pl.String) if as_text else series)[1] == [
        datetime(1970, 1, 1) + timedelta(microseconds=n) for n in kept
    ]


@given(MOMENTS, st.integers(-14, 14))
def test_an_offset_is_dropped_not_applied(moment: datetime, hours: int) -> None:
    zoned = moment.replace(tzinfo=timezone(timedelta(hours=hours)))
    assert understood(text(zoned.isoformat()))[1] == [moment]


@pytest.mark.parametrize("cells", [("04/05/2026 10 PM",), ("soon", "later", "2026-05-04"), ("17",)])
def test_a_named_column_of_no_known_times_is_refused_with_an_example(
    tmp_path: Path, cells: tuple[str, ...]
) -> None:
    with pytest.raises(DataError, match=f"'time' holds '{cells[0]}'"):
        read_events([table(tmp_path, *cells)], time="time")
    with pytest.raises(DataError, match="no time known here"):
        read_events([table(tmp_path, *cells)], period="day")
    guessed = read_events([table(tmp_path, *cells)])
    assert guessed.roles.time is None
    assert any("not used after all" in note for note in guessed.notes)


@pytest.mark.parametrize("values", [[True], [[1]], [timedelta(1)]])
def test_a_type_that_says_no_time_is_refused(tmp_path: Path, values: list[object]) -> None:
    path = tmp_path / "events.parquet"
    pl.DataFrame({"uid": [1], "tag": ["a"], "time": values}).write_parquet(path)
    with pytest.raises(UsageError, match="says no time"):
        read_events([str(path)], time="time")


def test_with_periods_a_row_needs_a_time(tmp_path: Path) -> None:
    source = table(tmp_path, "2026-05-04", "", " ", "bad", "2026-05-11")
    counts = count_rows(read_events([source], period="week"))
    assert counts.rejected == {"missing_time": 2, "unparsable_time": 1}
    assert (counts.first_event, counts.last_event) == (
        datetime(2026, 5, 4),
        datetime(2026, 5, 11),
    )


def test_without_periods_a_row_is_used_and_its_time_may_be_null(tmp_path: Path) -> None:
    events = read_events([table(tmp_path, "2026-05-04", "", "bad", "2026-05-05")])
    assert times(events) == [datetime(2026, 5, 4), None, None, datetime(2026, 5, 5)]
    assert count_rows(events).rejected == {}
    assert events.clean.collect()["period"].unique().to_list() == [NO_PERIOD]


def test_an_empty_time_column_is_no_error_until_periods_need_it(tmp_path: Path) -> None:
    source = table(tmp_path, "", "")
    assert times(read_events([source], time="time")) == [None, None]
    assert count_rows(read_events([source], period="day")).rejected == {"missing_time": 2}


# --- periods ----------------------------------------------------------------------------------


@given(MOMENTS)
def test_a_period_begins_on_its_first_day(moment: datetime) -> None:
    frame = pl.DataFrame({"t": [moment]}, schema={"t": pl.Datetime("us")})
    day, week, month, none = frame.select(
        period_start(pl.col("t"), unit).alias(unit)  # type: ignore[arg-type]
        for unit in ("day", "week", "month", "none")
    ).row(0)
    assert day == moment.date()
    assert week == moment.date() - timedelta(days=moment.weekday())
    assert month == moment.date().replace(day=1)
    assert none == NO_PERIOD


@pytest.mark.parametrize(
    ("written", "unit", "first", "last"),
    [
        ("2026-05-04", "day", date(2026, 5, 4), date(2026, 5, 4)),
        ("2026-05-07", "week", date(2026, 5, 4), date(2026, 5, 4)),
        ("2026-05-07", "month", date(2026, 5, 1), date(2026, 5, 1)),
        ("2026-W19", "week", date(2026, 5, 4), date(2026, 5, 4)),
        ("2026w19", "day", date(2026, 5, 4), date(2026, 5, 10)),
        ("2026-W18", "month", date(2026, 4, 1), date(2026, 5, 1)),
        ("2026-05", "month", date(2026, 5, 1), date(2026, 5, 1)),
        ("2026-05", "week", date(2026, 4, 27), date(2026, 5, 25)),
        (" 2026-2 ", "day", date(2026, 2, 1), date(2026, 2, 28)),
        ("2026-12", "day", date(2026, 12, 1), date(2026, 12, 31)),
    ],
)
def test_a_period_is_named_by_day_week_or_month(
    written: str, unit: str, first: date, last: date
) -> None:
    assert parse_period(written, unit) == first  # type: ignore[arg-type]
    assert parse_period(written, unit, end=True) == last  # type: ignore[arg-type]


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.sampled_from(["day", "week", "month"]))
def test_what_is_parsed_is_the_start_of_a_period(day: date, unit: str) -> None:
    parsed = parse_period(day.isoformat(), unit)  # type: ignore[arg-type]
    frame = pl.DataFrame({"t": [day]})
    assert frame.select(period_start(pl.col("t"), unit)).item() == parsed  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "written", ["", "May", "2026", "2026-13", "2026-02-30", "2026-W54", "0000-01"]
)
def test_what_names_no_period_is_refused_with_examples(written: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_period(written, "day")
    assert "2026-W19" in caught.value.cure


def test_data_without_periods_have_none_to_name() -> None:
    with pytest.raises(UsageError, match="no periods"):
        parse_period("2026-05", "none")
