"""The server listens on this machine only, tells nobody, and is found wherever it is started."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from dashboards import ROOT

from overlap.dashboard import launch
from overlap.model import DataError


def flags(argv):
    return dict(arg[2:].split("=", 1) for arg in argv if arg.startswith("--"))


def test_the_server_is_safe_by_its_command_line_alone():
    argv, _ = launch.command(Path("store"))
    given = flags(argv)
    assert given["server.address"] == "127.0.0.1"
    assert given["browser.gatherUsageStats"] == "false"
    assert given["client.showErrorDetails"] == "none"
    assert given["server.headless"] == "true"
    assert "server.port" not in given


def test_no_visitor_waits_for_the_objects_of_a_whole_store_to_be_walked():
    argv, _ = launch.command(Path("store"))
    assert flags(argv)["runner.postScriptGC"] == "false"
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))
    assert settings["runner"]["postScriptGC"] is False


def test_port_browser_and_floor_are_passed_on(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    argv, env = launch.command(Path("store"), 8123, display_floor=0)
    assert flags(argv)["server.port"] == "8123"
    assert flags(argv)["server.headless"] == "true"
    assert env["OVERLAP_STORE"] == str(tmp_path / "store")
    assert env["OVERLAP_DISPLAY_FLOOR"] == "0"


def test_without_a_floor_the_environment_decides(monkeypatch):
    monkeypatch.setenv("OVERLAP_DISPLAY_FLOOR", "7")
    assert launch.command(Path("store"))[1]["OVERLAP_DISPLAY_FLOOR"] == "7"


def test_the_server_knows_every_flag_it_is_given():
    argv, _ = launch.command(Path("store"), 8123)
    done = subprocess.run(
        [sys.executable, "-m", "streamlit", "config", "show",
         *(arg for arg in argv if arg.startswith("--"))],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert 'address = "127.0.0.1"' in done.stdout


def test_the_app_of_the_project_is_found_from_anywhere(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert launch.app_file() == ROOT / "app.py"


def test_the_app_inside_an_installed_package_comes_first(monkeypatch, tmp_path):
    package = tmp_path / "overlap" / "dashboard"
    package.mkdir(parents=True)
    monkeypatch.setattr(launch, "__file__", str(package / "launch.py"))
    (tmp_path / "app.py").touch()
    assert launch.app_file() == tmp_path / "app.py"
    (package / "app.py").touch()
    assert launch.app_file() == package / "app.py"


def test_an_installation_without_the_app_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(launch, "__file__", str(tmp_path / "overlap" / "dashboard" / "launch.py"))
    with pytest.raises(DataError, match=r"app\.py is not installed"):
        launch.command(tmp_path)


def test_starting_needs_neither_streamlit_nor_plotly():
    code = (
        "import sys; from pathlib import Path; from overlap.dashboard.launch import command;"
        "command(Path('s')); print('streamlit' in sys.modules, 'plotly' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
