"""Stores for tests of the dashboard, and what its page says."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from community import Row, sketched, with_universe
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from overlap.dashboard.parts import figures
from overlap.model import Policy, Provenance
from overlap.store import add_part

ROOT = Path(__file__).parents[1]


def write_store(path: Path, rows: Iterable[Row], policy: Policy | None = None, **spec: Any) -> Path:
    """Write a store of the given memberships, as `overlap build` would, without floors."""
    sketches = sketched(with_universe(rows), **spec)
    (leaf,) = sketches.lineage
    add_part(path, sketches, {leaf: Provenance(policy=policy or Policy(0, 0))})
    return path


def opener(monkeypatch: Any) -> Callable[..., AppTest]:
    """Return a function that runs a page on a store as a link with a query would open it.

    A parameter that is no name in Python is written with an underscore behind it: `from_`.
    """
    # No browser is here to paint anything meanwhile.
    monkeypatch.setattr(figures, "PAUSE", 0)

    def run(store: Path | None, floor: object = None, at: str = "", **query: str) -> AppTest:
        for name, value in (("OVERLAP_STORE", store), ("OVERLAP_DISPLAY_FLOOR", floor)):
            monkeypatch.delenv(name, raising=False)
            if value is not None:
                monkeypatch.setenv(name, str(value))
        app = AppTest.from_file(
            str(ROOT / "overlap" / "dashboard" / "server" / "script.py"), default_timeout=60
        )
        if at:
            app._page_hash = calc_hash(at)
        for name, value in query.items():
            app.query_params[name.strip("_")] = value
        app.run()
        assert not app.exception
        return app

    return run


def copyable(app: Any) -> list[str]:
    """Return the texts that a page offers to copy; links are no texts of the page's own."""
    found = re.findall(r'class="ov-copyable"><code>(.*?)</code>', page(app), re.DOTALL)
    return [html.unescape(said) for said in found if not said.startswith("/")]


def page(app: Any) -> str:
    """Return all HTML of a page run by AppTest, without the style sheet."""
    return "\n".join(h.proto.body for h in app.get("html") if "<style>" not in h.proto.body)
