"""Rejected rows: each shown with its reason and place; used and rejected rows add up."""

import tempfile
from datetime import datetime
from pathlib import Path

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from overlap.events import count_rows, read_events, reading
from overlap.events.reader import tallied
from overlap.model import RejectReason


def test_rejected_rows_show_their_own_cells_as_text_with_reason_file_and_row(
    tmp_path: Path,
) -> None:
    frame = pl.DataFrame(
        {
            "uid": [1, None, None],
            "tag": [["a", "b"], ["c", "d"], []],
            "source": ["web", "app", "app"],
            "place": [{"x": 1}, {"x": 2}, {"x": 3}],
            "raw": [b"\x00", b"\xff", b"a"],
            "deep": [[[1]], [[2, 3]], []],
        }
    )
    path = tmp_path / "a.parquet"
    frame.write_parquet(path)
    other = tmp_path / "b.csv"
    other.write_text("uid,tag,extra\n,,seen\n8,x,\n")
    rejected = read_events([str(path), str(other)]).rejected.collect()
    assert set(rejected.schema.values()) == {pl.String(), pl.UInt64()}
    assert rejected.select("reason", "source", "row", "uid", "tag").rows() == [
        ("missing_user", str(path), 2, None, "c|d"),
        ("missing_user", str(path), 3, None, ""),
        ("missing_user", str(other), 1, None, None),
    ]
    assert rejected["source (column)"].to_list() == ["app", "app", None]
    assert rejected["place"].to_list() == ['{"x":2}', '{"x":3}', None]
    assert rejected["raw"].to_list() == ["ff", "61", None]
    assert rejected["extra"].to_list() == [None, None, "seen"]


def test_the_first_reason_in_order_is_the_one_given(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("uid,tag,time\n,,\n1,,\n1,,bad\n1,,2026-05-04\n1,a,2026-05-04\n1\n")
    events = read_events([str(path)], period="day")
    assert events.rejected.collect()["reason"].to_list() == [
        "missing_user",
        "missing_time",
        "unparsable_time",
        "malformed_row",
    ]


def test_each_file_numbers_its_own_rows(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.csv").write_text("uid,tag\n1,x\n,x\n")
        pl.DataFrame({"uid": [1, None], "tag": ["x", "x"]}).write_parquet(
            tmp_path / f"{name}.parquet"
        )
        (tmp_path / f"{name}.jsonl").write_text('{"uid":1,"tag":"x"}\n\n{"uid":null,"tag":"x"}\n')
    rejected = read_events([str(tmp_path)]).rejected.collect()
    assert rejected["row"].to_list() == [2] * 6
    assert rejected["source"].n_unique() == 6


def test_counting_shares_the_reading_with_other_frames(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("uid,tag,time\n1,a,2026-05-04\n,a,2026-05-05\n")
    events = read_events([str(path)])
    with reading(*events.sources):
        clean, tally = pl.collect_all([events.clean, events.tally], engine="streaming")
    assert tallied(tally) == count_rows(events)
    assert tallied(tally) == (2, {"missing_user": 1}, datetime(2026, 5, 4), datetime(2026, 5, 4))
    assert len(clean) == 1
    assert tallied(tally).rows_used == 1


CELLS = st.sampled_from(["", " ", "1", "x", "a", "2026-05-04", "bad"])


@given(
    st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=30),
    st.sampled_from(["none", "day"]),
)
def test_every_row_is_used_or_rejected_and_none_is_lost(
    rows: list[tuple[str, str, str]], period: str
) -> None:
    rows = [*rows, *[("end", "a", "2026-05-04")] * (len(rows) + 1)]
    with tempfile.TemporaryDirectory() as folder:
        source = str(Path(folder) / "a.csv")
        pl.DataFrame(rows, schema=["uid", "tag", "time"], orient="row").write_csv(source)
        events = read_events([source], period=period)  # type: ignore[arg-type]
        counts = count_rows(events)
        clean, rejected = events.clean.collect(), events.rejected.collect()
    assert counts.rows_read == len(rows) == len(clean) + len(rejected)
    by_reason = dict(rejected.group_by("reason").len().iter_rows())
    assert by_reason == counts.rejected
    assert set(by_reason) <= {str(reason) for reason in RejectReason}
    assert clean["user"].null_count() == clean["period"].null_count() == 0
