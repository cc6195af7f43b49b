"""Settings and fixtures that all tests share."""

from collections.abc import Callable

import pytest
from hypothesis import settings

from overlap.cli import main

pytest_plugins = ["browsing"]

settings.register_profile("overlap", deadline=None, derandomize=True)
settings.load_profile("overlap")

THOROUGH = frozenset({
    "test_accuracy_harness", "test_bursts", "test_events_database", "test_language",
    "test_language_charts", "test_needs", "test_needs_charts", "test_needs_map",
    "test_planner", "test_planted_truths", "test_profile",
    "test_profile_charts", "test_regions", "test_regions_charts", "test_reports",
    "test_saved_names", "test_segments_export", "test_segments_identities",
    "test_segments_members", "test_terms_planted", "test_text_audiences", "test_trends",
    "test_trends_charts", "test_workspace", "test_workspace_postgres",
})  # fmt: skip
"""Modules that build the sample's store, start a database or simulate: for `make test`, since with
them `make check` would take five minutes."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.stem in THOROUGH:
            item.add_marker(pytest.mark.slow)


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Return what runs the command with arguments, and gives its code and what it wrote."""

    def once(*argv: object) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["overlap", *map(str, argv)])
        capsys.readouterr()
        code = 0
        try:
            main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        return code, *capsys.readouterr()

    return once
