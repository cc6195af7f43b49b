"""The words of posts become audiences, read from the posts of users below the floor only."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from overlap import sketching
from overlap.building import BuildOptions, build
from overlap.cli.serving import sample_events
from overlap.hashing import hash_users
from overlap.model import DataError, TagColumn, UsageError
from overlap.panel import open_panel
from overlap.sketching import posts
from overlap.store import compact, read_provenance
from overlap.terms import Lexicon, term_rows, terms_of

OPTIONS = BuildOptions(
    user="user_id", tags=(TagColumn("interest", "interest"),), time="time", text="text",
    period="week", terms=True,
)  # fmt: skip


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("posts") / "events.parquet"
    pl.read_parquet(sample_events()).head(120_000).write_parquet(file, row_group_size=40_000)
    return file


def spoken(file: Path, lexicon: Lexicon) -> pl.DataFrame:
    """Every user, week and term, once for each post."""
    frame = pl.read_parquet(file).filter(pl.col("text").is_not_null())
    rows = term_rows(frame["text"], lexicon)
    by = frame.select("user_id", week=pl.col("time").dt.truncate("1w").cast(pl.Date))
    return rows.with_columns(by[rows["row"]])


def lexicon_of(store: Path) -> Lexicon:
    (record,) = read_provenance(store).values()
    return Lexicon.from_json(record.lexicon)


def test_terms_are_audiences_of_everybody_who_wrote_them(events: Path, tmp_path: Path) -> None:
    build([str(events)], tmp_path / "s", OPTIONS)
    _, panel = open_panel(tmp_path / "s")
    said = spoken(events, lexicon_of(tmp_path / "s"))
    expected = said.group_by("term").agg(
        users=pl.col("user_id").n_unique().cast(pl.Float64), events=pl.len().cast(pl.UInt64)
    )
    table = panel.table("term").select(pl.col("name").alias("term"), "users", "events")
    assert table.sort("term").equals(expected.sort("term"))
    week = date(2026, 1, 5)
    users = said.filter(pl.col("week") == week).group_by("term").agg(pl.col("user_id").n_unique())
    counts = panel.by_period(panel.universe(), "term")[:, panel.periods.index(week)]
    by_name = dict(zip(panel.names("term"), counts.tolist(), strict=True))
    assert {term: n for term, n in by_name.items() if n} == dict(users.iter_rows())


def test_only_posts_of_users_below_the_floor_are_read(
    events: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []

    def counted(texts: pl.Series, lexicon: Lexicon, *, rows: pl.Series) -> pl.DataFrame:
        read.append(int(rows.sum()))
        return term_rows(texts, lexicon, rows=rows)

    monkeypatch.setattr(posts, "term_rows", counted)
    monkeypatch.setattr(posts, "POSTS", 1000)
    options = BuildOptions(**{**_fields(OPTIONS), "budget": 20_000})
    build([str(events)], tmp_path / "s", options)
    _, panel = open_panel(tmp_path / "s")
    frame = pl.read_parquet(events).filter(pl.col("text").is_not_null())
    assert panel.floor_rate < 0.3
    assert panel.floor_rate * len(frame) * 0.8 < sum(read) < 0.8 * len(frame)
    said = spoken(events, lexicon_of(tmp_path / "s"))
    theta = int(panel.floor_rate * 2**63)
    below = said.filter(pl.Series(hash_users(said["user_id"]) < theta))
    expected = dict(below.group_by("term").agg(pl.col("user_id").n_unique()).iter_rows())
    kept = panel.kept("term")
    sizes = dict(zip(kept.names, (kept.bounds[1:] - kept.bounds[:-1]).tolist(), strict=True))
    assert {term: n for term, n in sizes.items() if n} == expected
    assert all(theta == int(t) for t in kept.theta)


def test_a_second_part_is_read_by_the_first_ones_lexicon_and_adds_up_to_the_whole(
    events: Path, tmp_path: Path
) -> None:
    frame = pl.read_parquet(events)
    halves = [frame.head(70_000), frame.tail(50_000)]
    for number, half in enumerate(halves):
        half.write_parquet(tmp_path / f"{number}.parquet")
        build([str(tmp_path / f"{number}.parquet")], tmp_path / "s", OPTIONS)
    lexicons = {record.lexicon for record in read_provenance(tmp_path / "s").values()}
    assert len(lexicons) == 1
    (tmp_path / "words.json").write_text(lexicons.pop(), "utf-8")
    whole = BuildOptions(**{**_fields(OPTIONS), "lexicon": tmp_path / "words.json"})
    build([str(events)], tmp_path / "whole", whole)
    compact(tmp_path / "s")
    ours, theirs = (open_panel(tmp_path / name)[1].table("term") for name in ("s", "whole"))
    assert ours.equals(theirs)


def test_a_lexicon_of_ones_own_finds_ones_own_words(tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_text("user,text\n" + "1,我要口袋纪录片\n" * 3, "utf-8")
    (tmp_path / "l.json").write_text(Lexicon(words=("口袋纪录片",)).to_json(), "utf-8")
    options = BuildOptions(user="user", text="text", terms=True, lexicon=tmp_path / "l.json")
    build([str(tmp_path / "e.csv")], tmp_path / "s", options)
    _, panel = open_panel(tmp_path / "s")
    assert panel.size("term:口袋纪录片").value == 1
    assert "口袋纪录片" in terms_of(pl.Series(["我要口袋纪录片"]), lexicon_of(tmp_path / "s"))[0]


def test_terms_without_text_say_which_option_is_missing(tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_text("user,tag\n1,tv\n", "utf-8")
    options = BuildOptions(user="user", tags=(TagColumn("tag", "interest"),), terms=True)
    with pytest.raises(UsageError, match="no column holds any"):
        build([str(tmp_path / "e.csv")], tmp_path / "s", options)
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize(
    ("content", "error"), [(None, UsageError), ("{", DataError), ("[]", DataError)]
)
def test_a_lexicon_that_cannot_be_read_is_named(
    tmp_path: Path, content: str | None, error: type[Exception]
) -> None:
    (tmp_path / "e.csv").write_text("user,text\n1,tv\n", "utf-8")
    file = tmp_path / "l.json"
    if content is not None:
        file.write_text(content, "utf-8")
    options = BuildOptions(user="user", text="text", terms=True, lexicon=file)
    with pytest.raises(error, match=r"lexicon|there is no file"):
        build([str(tmp_path / "e.csv")], tmp_path / "s", options)


def test_the_forecast_counts_the_words_of_posts(events: Path, tmp_path: Path) -> None:
    told: list[sketching.Forecast] = []
    options = BuildOptions(**{**_fields(OPTIONS), "budget": 400_000})
    build([str(events)], tmp_path / "s", options, expect=told.append)
    _, panel = open_panel(tmp_path / "s")
    assert told[0].floor_rate <= panel.floor_rate


def _fields(options: BuildOptions) -> dict[str, object]:
    return {name: getattr(options, name) for name in BuildOptions.__slots__}
