"""In Python a store answers as the command line does."""

import re
import shutil
import subprocess
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest
from community import Row, random_rows
from dashboards import write_store

import overlap
from overlap.building import BuildOptions, build
from overlap.cli import main
from overlap.insights.pairs import pairs
from overlap.model import Policy, TagColumn

ROOT = Path(__file__).parents[1]
ROWS: list[Row] = random_rows(3, users=600)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> overlap.OpenStore:
    path = tmp_path_factory.mktemp("api") / "store"
    return overlap.open(write_store(path, ROWS, Policy(display_floor=20, export_floor=20)))


def test_importing_the_package_loads_none_of_it_until_asked() -> None:
    code = "import overlap, sys; print([m for m in sys.modules if m.startswith('overlap.')])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
    code = (
        "import overlap, sys; overlap.open; "
        "print([m for m in ('streamlit', 'plotly', 'sqlalchemy') if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_the_package_names_what_it_lacks() -> None:
    with pytest.raises(AttributeError, match="no attribute 'opne'"):
        _ = overlap.opne  # type: ignore[attr-defined]


def test_frames_are_those_of_the_insights(store: overlap.OpenStore) -> None:
    expected = pairs(store.panel, "category:tv", "interest", policy=store.policy)
    assert store.pairs("category:tv").equals(expected)


def test_an_estimate_shows_itself_in_a_line(store: overlap.OpenStore) -> None:
    size = store.size("category:tv")
    users = {row[3] for row in ROWS if row[:2] == ("category", "tv")}
    assert repr(size) == f"Estimate({len(users)} exact)"
    part = overlap.Estimate(41_000, 40_000.2, 42_000, False, 512, 0.0125)
    assert repr(part) == "Estimate(41,000 [40,000.2, 42,000], 512 users kept of 0.0125)"


def test_fewer_users_than_the_floor_are_not_told(store: overlap.OpenStore) -> None:
    strict = overlap.open(store.store.path, min_users=10_000)
    with pytest.raises(overlap.DataError, match="fewer than 10000 users"):
        strict.size("category:tv")
    assert strict.audiences()["users"].is_null().all()
    with pytest.raises(overlap.UsageError, match="below this store's floor"):
        overlap.open(store.store.path, min_users=1)


def test_a_window_takes_periods_as_the_command_line_does(store: overlap.OpenStore) -> None:
    first = store.panel.periods[0]
    users = {row[3] for row in ROWS if row[:2] == ("category", "tv") and row[2] == first}
    assert store.size("category:tv", start=first, end=first).value == len(users)
    year, week, _ = first.isocalendar()
    assert store.size("category:tv", end=f"{year}-W{week:02d}").value == len(users)


def test_members_below_the_export_floor_are_not_listed(tmp_path: Path) -> None:
    events = tmp_path / "events.csv"
    events.write_text("user,tag\n" + "".join(f"{i},tv\n" for i in range(50)), "utf-8")
    options = BuildOptions(user="user", tags=(TagColumn("tag", "category"),))
    build([str(events)], tmp_path / "store", options)
    with pytest.raises(overlap.DataError, match="fewer than 100 members"):
        overlap.open(tmp_path / "store").members("tv", [events])
    lax = BuildOptions(user="user", tags=(TagColumn("tag", "category"),), policy=Policy(0, 0))
    build([str(events)], tmp_path / "lax", lax)
    members = overlap.open(tmp_path / "lax").members("tv", [events])
    assert sorted(members["user"]) == list(range(50))


@pytest.mark.slow
def test_the_session_in_the_docs_runs_and_prints_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (ROOT / "docs" / "python.md").read_text("utf-8")
    shutil.copytree(ROOT / "sample_data", tmp_path / "sample_data")
    monkeypatch.chdir(tmp_path)
    command = re.search(r"```sh\n(.*?)```", page, re.S)
    assert command is not None
    monkeypatch.setattr("sys.argv", command[1].split())
    with pytest.raises(SystemExit, match=r"^0$"):
        main()
    names: dict[str, object] = {}
    blocks = re.findall(r"```python\n(.*?)```(?:\n\n```\n(.*?)```)?", page, re.S)
    assert len(blocks) > 8
    for block, printed in blocks:
        out = StringIO()
        with redirect_stdout(out):
            exec(compile(block, "docs/python.md", "exec"), names)
        if printed:
            assert out.getvalue() == printed
    assert len((tmp_path / "tv-gamers.csv").read_text("utf-8").splitlines()) > 3000
