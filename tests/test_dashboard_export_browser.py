"""From a link to the file in hand, in a real Chromium, checked against the sample events."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from urllib.parse import urlencode

import polars as pl
import pytest
from browsing import IDLE

from overlap.cli.serving import sample_events
from overlap.segments import ExportOptions, export, held_out

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HERO = 'category:"电视 TV" & interest:"电竞 Esports"'


def link(**query: str) -> str:
    return "segment?" + urlencode({"expr": HERO, "tab": "export", **query})


def members() -> set[int]:
    """Who is in the segment, by plain polars over the events."""
    events = pl.scan_parquet(sample_events())
    tv = events.filter(pl.col("category") == "电视 TV").select("user_id").unique()
    esports = events.filter(pl.col("interest").list.contains("电竞 Esports"))
    both = tv.join(esports, on="user_id", how="semi").collect()
    return set(both["user_id"])


def fetch(page, key: str) -> tuple[str, bytes]:
    with page.expect_download() as waiting:
        page.locator(f".st-key-{key} button").first.click()
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


def prepare(page) -> None:
    page.locator(".st-key-segment_export_prepare button").click()
    page.wait_for_selector(f"{IDLE} .st-key-segment_export_download button")


def test_two_clicks_bring_exactly_the_members_and_a_language_switch_keeps_them(
    visit, store, tmp_path
):
    page = visit(link())
    assert "4,104" in page.locator(".ov-export h2").first.inner_text()
    prepare(page)
    assert "4,104 rows are ready" in page.locator(".ov-export .done").inner_text()
    name, content = fetch(page, "segment_export_download")
    assert re.fullmatch("电视-tv_电竞-esports_ids_[0-9a-f]{8}[.]csv", name)
    ids = pl.read_csv(content)["user_id"]
    assert len(ids) == 4104
    assert set(ids) == members()
    export(store, HERO, [str(sample_events())], tmp_path / "cli.csv")
    assert content == (tmp_path / "cli.csv").read_bytes()
    page.get_by_text("中文", exact=True).click()
    page.wait_for_selector(f"{IDLE} .ov-export[lang=zh] .done")
    assert fetch(page, "segment_export_download")[1] == content


def test_a_control_group_comes_apart_and_nobody_is_in_both(visit, store, tmp_path):
    page = visit(link(holdout="0.1", draw="spring"))
    prepare(page)
    sent = fetch(page, "segment_export_download")[1]
    held = fetch(page, "segment_export_download_holdout")[1]
    about = json.loads(fetch(page, "segment_export_report")[1])
    everybody = pl.Series(sorted(members()))
    out = set(everybody.filter(pl.Series(held_out(everybody, 0.1, "spring"))))
    assert set(pl.read_csv(held)["user_id"]) == out
    assert set(pl.read_csv(sent)["user_id"]) == set(everybody) - out
    assert about["sha256"] == hashlib.sha256(sent).hexdigest()
    assert about["holdout_sha256"] == hashlib.sha256(held).hexdigest()
    assert (about["exact"], about["holdout"]) == (4104, len(out))
    options = ExportOptions(holdout=0.1, salt="spring")
    export(store, HERO, [str(sample_events())], tmp_path / "cli.csv", options)
    assert sent == (tmp_path / "cli.csv").read_bytes()
    assert held == (tmp_path / "cli-holdout.csv").read_bytes()
