"""The project keeps its own rules."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from importlinter.cli import lint_imports
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
PINS = (ROOT / "constraints.txt").read_text().split("\n")[:-1]


def test_imports_flow_one_way(capfd) -> None:  # type: ignore[no-untyped-def]
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml")) == 0, capfd.readouterr().out


def test_importing_overlap_loads_neither_streamlit_nor_plotly_nor_pyspark() -> None:
    code = (
        "import sys, overlap, overlap.cli, overlap.building; "
        "print(sorted({'streamlit', 'plotly', 'pyspark'} & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_every_constraint_is_one_name_and_one_version() -> None:
    assert [p for p in PINS if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", p)] == []
    assert len({_name(p.split("==")[0]) for p in PINS}) == len(PINS)


def test_everything_that_is_needed_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = [Requirement(r) for r in project["project"]["dependencies"]]
    wanted += [Requirement(r) for r in project["build-system"]["requires"]]
    for extra in project["project"]["optional-dependencies"].values():
        wanted += [Requirement(r) for r in extra]
    pinned = {_name(p.split("==")[0]) for p in PINS}
    seen: set[str] = set()
    while wanted:
        requirement = wanted.pop()
        name = _name(requirement.name)
        if name in seen or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        seen.add(name)
        assert name in pinned, f"{name} is needed but not pinned"
        wanted += [Requirement(r) for r in _required_by(name)]
    assert len(seen) > 30


def _required_by(name: str) -> list[str]:
    try:
        return requires(name) or []
    except PackageNotFoundError:
        # The build backend lives elsewhere, and the peers of the benchmarks come with them.
        return []


def _name(raw: str) -> str:
    return re.sub(r"[-_.]+", "-", raw).lower()
