"""Wherever an expression may stand, `@name` stands for a saved segment."""

import json
import re
import shlex
import shutil
from pathlib import Path

import pytest

from overlap.cli import main
from overlap.cli.serving import sample_events, sample_store

SEGMENT = 'category:"电视 TV" & interest:"电竞 Esports"'


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample_store(tmp_path_factory.mktemp("names") / "store")


@pytest.fixture
def store(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(built, tmp_path / "store")
    ran(monkeypatch, "segments", "save", tmp_path / "store", SEGMENT, "--name", "tv gamers")
    return tmp_path / "store"


def ran(monkeypatch: pytest.MonkeyPatch, *argv: object) -> None:
    monkeypatch.setattr("sys.argv", ["overlap", *map(str, argv)])
    with pytest.raises(SystemExit) as stop:
        main()
    assert not stop.value.code


@pytest.mark.parametrize(
    "command",
    [
        ("size", "STORE", "EXPR"),
        ("pairs", "STORE", "--anchor", "EXPR", "--kind", "interest"),
        ("openings", "STORE", "--category", "电视 TV", "--baseline", "EXPR"),
        ("profile", "STORE", "EXPR"),
        ("plan", "STORE", "EXPR"),
        ("regions", "STORE", "EXPR", "interest:美食"),
        ("trends", "STORE", "EXPR"),
        ("language", "STORE", "EXPR"),
        ("needs", "STORE", "--category", "EXPR"),
        ("map", "STORE", "--category", "EXPR"),
    ],
    ids=lambda command: command[0],
)
def test_a_name_answers_as_its_expression_does(
    command: tuple[str, ...],
    store: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    answers = []
    for text in (SEGMENT, '@"tv gamers"'):
        put = {"STORE": str(store), "EXPR": text, "interest:美食": 'interest:"美食 Food"'}
        capsys.readouterr()
        ran(monkeypatch, *(put.get(word, word) for word in command), "--json")
        answers.append(json.loads(capsys.readouterr().out))
    assert answers[0]
    assert answers[0] == answers[1]


def test_an_export_takes_a_name_and_reports_it(
    store: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    target = tmp_path / "members.csv"
    capsys.readouterr()
    ran(monkeypatch, "export", store, '@"tv gamers"',
        "--events", sample_events(), "--to", target, "--json")  # fmt: skip
    report = json.loads(capsys.readouterr().out)
    assert (report["segment"], report["expression"]) == ('@"tv gamers"', SEGMENT)
    assert report["exact"] == 4104


def test_the_segments_and_needs_of_the_readme_are_found_by_its_commands(
    built: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", readme, re.S)
    shutil.copytree(built, tmp_path / "store")
    (tmp_path / "events").mkdir()
    shutil.copy(sample_events(), tmp_path / "events" / "week.parquet")
    monkeypatch.chdir(tmp_path)
    lines = [line for block in blocks if "@" in block or "--terms" in block
             for line in block.splitlines() if "postgresql" not in block]  # fmt: skip
    commands = [words for line in lines if (words := shlex.split(line, comments=True))]
    assert [words[1] for words in commands] == [
        "profile", "plan", "regions", "segments", "export",
        "build", "trends", "language", "needs", "map",
    ]  # fmt: skip
    for words in commands:
        ran(monkeypatch, *words[1:])
    assert "城市漫步 City walk" in capsys.readouterr().out
    members = (tmp_path / "tv-gamers.csv").read_text("utf-8-sig").splitlines()
    held = (tmp_path / "tv-gamers-holdout.csv").read_text("utf-8-sig").splitlines()
    assert len(members) + len(held) - 2 == 4104


def test_a_name_nobody_saved_is_pointed_at(
    store: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["overlap", "size", str(store), "@nobody"])
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == 2
    assert "nobody" in capsys.readouterr().err
