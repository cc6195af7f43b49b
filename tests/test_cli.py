"""The command line keeps its contract: exit codes, one message, JSON alone, CSV with BOM."""

from __future__ import annotations

import io
import json
import re
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import pytest

from overlap.cli import main
from overlap.cli.serving import sample_events, sample_store
from overlap.model import LIST_TABLE, OPENINGS_TABLE, PAIRS_TABLE, SIZE_FIELDS

BRAND = "澄光 Chengguang"
TV, ESPORTS = 'category:"电视 TV"', 'interest:"电竞 Esports"'


class Ran(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Ran]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def once(*argv: object) -> Ran:
        monkeypatch.setattr("sys.argv", ["overlap", *map(str, argv)])
        capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = int(stop.code or 0)
        out, err = capsys.readouterr()
        return Ran(code, out, err)

    return once


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample_store(tmp_path_factory.mktemp("cli") / "store")


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    file = tmp_path / "events.csv"
    rows = "".join(f"u{i},{'tv' if i % 2 else 'tea'},2026-01-{1 + i % 28:02d}\n" for i in range(40))
    file.write_text("user_id,tag,time\n" + rows, "utf-8")
    return file


def fails(ran: Ran, code: int, *pieces: str) -> None:
    assert ran.code == code, ran
    assert ran.out == ""
    assert "Traceback" not in ran.err
    for piece in pieces:
        assert piece in ran.err, ran.err


# --- what is answered -------------------------------------------------------------------------


def test_a_csv_is_built_and_every_row_accounted_for(run: Run, csv: Path, tmp_path: Path) -> None:
    with csv.open("a") as file:
        file.write(",tv,2026-01-01\nu1,,2026-01-01\nu2,tv,some day\n")
    rejects = tmp_path / "rejects.csv"
    ran = run("build", csv, "--store", tmp_path / "s", "--period", "week", "--rejects", rejects,
              "--json")  # fmt: skip
    assert ran.code == 0, ran.err
    assert ran.json["provenance"]["rows_read"] == 43
    assert sum(ran.json["provenance"]["rejected"].values()) == 2
    rejected = pl.read_csv(rejects)
    assert sorted(rejected["reason"]) == ["missing_user", "unparsable_time"]
    info = run("info", tmp_path / "s", "--json").json
    assert info["rows_read"] == 43
    assert info["rows_rejected"] == 2
    assert info["users"] == 40


def test_json_tables_have_the_columns_of_the_contract_in_order(run: Run, store: Path) -> None:
    for argv, table in [
        (("list", store), LIST_TABLE),
        (("pairs", store, "--anchor", TV, "--kind", "interest"), PAIRS_TABLE),
        (("openings", store, "--category", "电视 TV"), OPENINGS_TABLE),
        (("openings", store, "--category", "电视 TV", "--brand", BRAND), OPENINGS_TABLE),
    ]:  # fmt: skip
        ran = run(*argv, "--json")
        assert ran.code == 0, ran.err
        assert ran.err == ""
        assert list(ran.json[0]) == table.names()


def test_the_csv_opens_in_excel_with_its_chinese_intact(
    run: Run, store: Path, tmp_path: Path
) -> None:
    file = tmp_path / "openings.csv"
    ran = run(
        "openings", store, "--category", "电视 TV", "--brand", "澄光 Chengguang", "--csv", file
    )
    assert ran.code == 0
    assert ran.out == ""
    raw = file.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    frame = pl.read_csv(io.BytesIO(raw))
    assert frame.columns == OPENINGS_TABLE.names()
    assert frame["interest"][0] == "电竞 Esports"
    assert frame["overlap_users"][0] == 4104


def test_the_size_of_an_expression_is_exact_and_in_contract_order(run: Run, store: Path) -> None:
    ran = run("size", store, f"{TV} & {ESPORTS}", "--json")
    assert tuple(ran.json) == SIZE_FIELDS
    assert ran.json["users"] == ran.json["low"] == ran.json["high"] == 4104
    assert ran.json["exact"] is True
    events = pl.read_parquet(sample_events())
    weeks = events.filter(
        pl.col("time").dt.date().is_between(pl.date(2026, 6, 1), pl.date(2026, 6, 14))
    )
    often = (
        weeks.explode("interest").filter(pl.col("interest") == "电竞 Esports")
        .group_by("user_id").len().filter(pl.col("len") >= 2)
    )  # fmt: skip
    ran = run("size", store, f"{ESPORTS}>=2", "--from", "2026-W23", "--to", "2026-06-08", "--json")
    assert ran.json["users"] == len(often)


def test_people_get_tables_without_json(run: Run, store: Path) -> None:
    ran = run("openings", store, "--category", "电视 TV", "--brand", "澄光 Chengguang")
    assert ran.code == 0
    assert re.search(r"电竞 Esports\s+opening\s+\d+\s+4,104", ran.out)
    assert "TGI 188" in ran.out
    assert "电视 TV" in run("list", store, "--kind", "category").out
    assert "59.7K" not in run("info", store).out
    assert "exact" in run("info", store).out


def test_the_reasons_can_be_read_in_chinese(run: Run, store: Path) -> None:
    ran = run("openings", store, "--category", "电视 TV", "--language", "zh", "--json")
    assert "随机期望" in ran.json[0]["reason"]


def test_two_halves_merged_answer_like_the_whole(run: Run, tmp_path: Path, store: Path) -> None:
    events = pl.read_parquet(sample_events())
    for i in range(2):
        events.filter(pl.int_range(pl.len()) % 2 == i).write_parquet(tmp_path / f"half{i}.parquet")
        ran = run("build", tmp_path / f"half{i}.parquet", "--store", tmp_path / f"s{i}", "--user",
                  "user_id", "--tags", "category=category", "--tags", "interest=interest",
                  "--tags", "brand=brand", "--time", "time", "--text", "text", "--action",
                  "action", "--period", "week")  # fmt: skip
        assert ran.code == 0, ran.err
    ran = run("merge", tmp_path / "s0", tmp_path / "s1", "--store", tmp_path / "both", "--json")
    assert ran.json["parts"] == 2
    argv = ("--category", "电视 TV", "--brand", "澄光 Chengguang", "--json")
    whole = run("openings", store, *argv).json
    assert run("openings", tmp_path / "both", *argv).json == whole
    assert run("compact", tmp_path / "both", "--json").json["parts"] == 1
    assert run("openings", tmp_path / "both", *argv).json == whole


def test_whole_numbers_of_users_have_no_decimals_in_json_and_csv(
    run: Run, store: Path, tmp_path: Path
) -> None:
    file = tmp_path / "openings.csv"
    argv = ("openings", store, "--category", "电视 TV", "--brand", BRAND)
    rows = run(*argv, "--json").json
    counted = ("category_users", "interest_users", "overlap_users", "overlap_low", "baseline_users")
    assert {type(row[name]) for row in rows for name in counted} <= {int, type(None)}
    assert run(*argv, "--csv", file).code == 0
    frame = pl.read_csv(file)
    assert {frame[name].dtype for name in counted} == {pl.Int64}
    assert frame["expected_users"].dtype == pl.Float64
    assert frame["tgi"].to_list() == [row["tgi"] for row in rows]
    assert isinstance(run("size", store, TV, "--json").json["users"], int)
    assert isinstance(run("info", store, "--json").json["users_estimate"]["value"], int)


def test_info_says_the_k_in_force_beside_the_k_asked_for(run: Run, tmp_path: Path) -> None:
    tight = tmp_path / "tight"
    ran = run("build", sample_events(), "--store", tight, "--user", "user_id", "--tags",
              "interest=interest", "--budget", "20000")  # fmt: skip
    assert ran.code == 0, ran.err
    facts = run("info", tight, "--json").json
    assert facts["k"] < facts["spec"]["k"]
    said = run("info", tight).out
    assert f"{facts['k']:,} users" in said
    assert f"--k {facts['spec']['k']:,}" in said


def test_small_audiences_are_blank_and_say_why(run: Run, store: Path) -> None:
    rows = run("pairs", store, "--anchor", TV, "--kind", "interest", "--json").json
    small = [row for row in rows if row["suppressed"]]
    assert small
    for row in small:
        assert row["suppressed"] == "fewer than 100 users in it or beside it"
        assert row["overlap_users"] is row["tgi"] is row["share_of_anchor"] is None
    rows = run(
        "pairs", store, "--anchor", TV, "--kind", "interest", "--min-users", 1000, "--json"
    ).json
    assert sum(bool(row["suppressed"]) for row in rows) > len(small)
    assert all(row["overlap_users"] >= 1000 for row in rows if not row["suppressed"])
    ran = run("size", store, f'{TV} & interest:"手摇留声机 Gramophone repair"', "--json")
    assert ran.json["users"] is None
    assert ran.json["suppressed"] == "fewer than 100 users"


def test_the_commands_of_the_readme_run(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
    block = next(b for b in re.findall(r"```sh\n(.*?)```", readme, re.S) if "overlap build" in b)
    (tmp_path / "events").mkdir()
    shutil.copy(sample_events(), tmp_path / "events" / "week.parquet")
    monkeypatch.chdir(tmp_path)
    commands = [shlex.split(c) for c in block.replace("\\\n", " ").splitlines() if c.strip()]
    assert len(commands) == 4
    for command in commands:
        if command[1] == "serve":
            continue
        ran = run(*command[1:])
        assert ran.code == 0, ran.err
    assert "exact" in ran.out


# --- what is wrong ----------------------------------------------------------------------------


def test_a_missing_column_names_the_columns_there_are_and_the_nearest(
    run: Run, csv: Path, tmp_path: Path
) -> None:
    ran = run(
        "build", csv, "--store", tmp_path / "s", "--user", "user_idd", "--tags", "tag=interest"
    )
    fails(ran, 2, "user_idd", "user_id", "tag", "time")
    assert not (tmp_path / "s").exists()


def test_an_unknown_audience_is_answered_with_the_nearest(run: Run, store: Path) -> None:
    fails(run("size", store, 'interest:"电竞 Esport"'), 2, "电竞 Esports")
    fails(run("openings", store, "--category", "电视 TVs"), 2, "电视 TV")
    fails(run("openings", store, "--category", "电视 TV", "--brand", "澄光"), 2, "澄光 Chengguang")
    fails(run("pairs", store, "--anchor", TV, "--kind", "interests"), 2, "did you mean 'interest'?")


def test_an_expression_that_cannot_be_parsed_is_pointed_at(run: Run, store: Path) -> None:
    ran = run("size", store, f"{TV} & & {ESPORTS}")
    fails(ran, 2, "^")


def test_empty_and_missing_input_is_one_message(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "folder").mkdir()
    (tmp_path / "cut.parquet").write_bytes(sample_events().read_bytes()[:5000])
    (tmp_path / "header.csv").write_text("user_id,tag\n")
    (tmp_path / "nobody.csv").write_text("user_id,tag\n,tv\n,tea\n")
    for name, words in [
        ("empty.csv", "empty"), ("folder", "folder"), ("cut.parquet", "cut.parquet"),
        ("header.csv", "no rows"), ("nobody.csv", "all 2 rows were rejected"),
    ]:  # fmt: skip
        ran = run("build", tmp_path / name, "--store", tmp_path / "s")
        fails(ran, 1, words)
        assert not (tmp_path / "s").exists()
    fails(run("build", tmp_path / "no.parquet", "--store", tmp_path / "s"), 2, "no.parquet")


def test_a_store_that_is_not_there_says_how_to_make_one(run: Run, tmp_path: Path) -> None:
    fails(run("info", tmp_path / "none"), 1, "no store", "overlap build")


def test_stores_of_different_id_types_are_not_merged(run: Run, csv: Path, tmp_path: Path) -> None:
    (tmp_path / "numbers.csv").write_text("user_id,tag\n" + "".join(f"{i},tv\n" for i in range(9)))
    for name in ("events", "numbers"):
        assert run("build", tmp_path / f"{name}.csv", "--store", tmp_path / name).code == 0
    ran = run("merge", tmp_path / "events", tmp_path / "numbers", "--store", tmp_path / "both")
    fails(ran, 1, "different id type", "'text' and 'integer'")
    assert not (tmp_path / "both").exists()


@pytest.mark.parametrize(
    ("option", "words"),
    [(("--rate", "0"), "--rate"), (("--rate", "1.5"), "--rate"), (("--k", "3"), "at least 16"),
     (("--budget", "0"), "--budget"), (("--display-floor", "-1"), "--display-floor"),
     (("--engine", "spark"), "--engine local"),
     (("--key-file", "nowhere"), "nowhere"), (("--audiences", "nowhere.toml"), "nowhere.toml")],
)  # fmt: skip
def test_an_option_that_cannot_be_is_named(
    run: Run, csv: Path, tmp_path: Path, option: tuple[str, str], words: str
) -> None:
    ran = run("build", csv, "--store", tmp_path / "s", *option)
    assert ran.code in (1, 2)
    fails(ran, ran.code, words)
    assert not (tmp_path / "s").exists()


def test_a_floor_below_the_stores_own_is_refused_with_the_way_out(run: Run, store: Path) -> None:
    fails(run("list", store, "--min-users", "1"), 2, "floor of 100", "--display-floor")


def test_a_budget_too_small_says_what_is_needed(run: Run, csv: Path, tmp_path: Path) -> None:
    ran = run("build", csv, "--store", tmp_path / "s", "--budget", "4")
    fails(ran, 1, "too small for 3 audiences", "at least 6")
    assert not (tmp_path / "s").exists()


def test_an_interrupted_build_says_so_and_leaves_no_store(
    run: Run, csv: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("overlap.sketches.SketchBuilder.finish", interrupted)
    ran = run("build", csv, "--store", tmp_path / "s")
    fails(ran, 130, "interrupted", "nothing was left half written")
    assert not (tmp_path / "s").exists()


def test_wrong_usage_exits_with_2(run: Run) -> None:
    assert run("size").code == 2
    assert run("nonsense").code == 2
    assert run("--help").code == 0


def test_the_definitions_in_the_docs_build_and_answer(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (Path(__file__).parents[1] / "docs" / "audiences.md").read_text("utf-8")
    toml, shell, *_ = re.findall(r"```(?:toml|sh)\n(.*?)```", page, re.S)
    (tmp_path / "audiences.toml").write_text(toml, "utf-8")
    shutil.copy(sample_events(), tmp_path / "events.parquet")
    monkeypatch.chdir(tmp_path)
    for command in shell.replace("\\\n", " ").splitlines():
        ran = run(*shlex.split(command)[1:])
        assert ran.code == 0, ran.err
    events = pl.read_parquet(sample_events())
    day = pl.col("time").dt.date()
    games = ["电竞 Esports", "主机游戏 Console games", "手游 Mobile games"]
    players = (
        events.filter(pl.col("interest").list.set_intersection(games).list.len() > 0)
        .filter(day >= pl.date(2026, 3, 1), day <= pl.date(2026, 5, 31))
        .group_by("user_id").len().filter(pl.col("len") >= 3)
    )  # fmt: skip
    buyers = events.filter(pl.col("category") == "电视 TV", pl.col("action") == "buy")
    both = set(players["user_id"]) & set(buyers["user_id"])
    assert both
    ran = run("size", "store", 'interest:players & intent:"bought a television"', "--json")
    assert ran.json["users"] == (len(both) if len(both) >= 100 else None)
    animals = pl.col("interest").is_in(["养猫 Cats", "养狗 Dogs"])
    pets = set(events.explode("interest").filter(animals)["user_id"])
    assert run("size", "store", "interest:pets", "--json").json["users"] == len(pets)
    listed = {row["name"] for row in run("list", "store", "--kind", "brand", "--json").json}
    assert "映川 Yingchuan" not in listed
    assert len(listed) == 29
