"""A visitor uploads a file, mends what is to be mended, builds, and opens the store."""

from __future__ import annotations

import io
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import polars as pl
import pytest
from browsing import IDLE

from overlap.dashboard.launch import UPLOAD_MB

pytestmark = [pytest.mark.browser, pytest.mark.slow]

REJECTED = ["1,昨天,电视,电竞,澄光", ",2026-05-04,冰箱,露营,远山", "3,2026-05-04,电视"]


def events() -> pl.DataFrame:
    """2,000 users of two categories; fans of e-sports mostly own televisions."""
    users = range(2000)
    rows = [(u, "电视" if u % 2 else "手机") for u in users]
    rows += [(u, "电视") for u in users if u % 4 == 0]
    fans = {u for u in users if (u % 2 and u % 3 == 0) or u % 20 == 0}
    shown = [
        (u, f"2026-05-{u % 28 + 1:02}", category,
         "电竞|足球" if u in fans else ("足球", "露营")[u % 2], "澄光" if u % 5 == 0 else "远山")
        for u, category in rows
    ]  # fmt: skip
    return pl.DataFrame(shown, ["用户ID", "时间", "品类", "兴趣", "品牌"], orient="row")


def test_a_gb18030_file_with_bad_rows_becomes_a_store_with_exact_numbers(visit, tmp_path):
    clean = events()
    lines = clean.write_csv().splitlines()
    for place, line in enumerate(REJECTED):
        lines.insert(20 * (place + 1), line)
    file = tmp_path / "五月行为.csv"
    file.write_bytes("\n".join(lines).encode("gb18030"))

    page = visit("data?tab=upload")
    page.locator(".st-key-upload_files input[type=file]").set_input_files(file)
    page.wait_for_selector(f"{IDLE} .st-key-upload_build")
    assert page.locator("h1").last.inner_text() == "五月行为 is ready to be built"
    assert "GB18030" in page.locator(".ov-upload-files").inner_text()
    assert "3 would be rejected" in page.locator(".ov-answer").last.inner_text()
    page.locator(".st-key-upload_build button").click()
    page.wait_for_selector(f"{IDLE} .st-key-upload_open a")
    total = len(clean) + len(REJECTED)
    assert page.locator("h1").last.inner_text() == f"{total:,} rows read, 3 rejected"

    with page.expect_download() as waiting:
        page.locator(".st-key-upload_rejected_csv .stDownloadButton button").first.click()
    content = Path(waiting.value.path()).read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rejected = pl.read_csv(io.BytesIO(content), infer_schema=False)
    assert rejected["reason"].to_list() == ["unparsable_time", "missing_user", "malformed_row"]
    assert rejected["row"].to_list() == ["20", "40", "60"]
    assert rejected["source"].unique().to_list() == ["五月行为.csv"]
    assert rejected["品类"].to_list() == ["电视", "冰箱", "电视"]

    page.locator(".st-key-upload_open a").click()
    page.wait_for_selector(f"{IDLE} .ov-card")
    query = parse_qs(urlsplit(page.url).query)
    assert query["store"] == ["五月行为"]
    category, interest = query["category"][0], page.locator(".ov-card h2").inner_text()
    both = clean.filter(
        (pl.col("品类") == category)
        & pl.col("用户ID").is_in(
            clean.filter(pl.col("兴趣").str.split("|").list.contains(interest))["用户ID"].implode()
        )
    )["用户ID"].n_unique()
    assert page.locator(".ov-card .ov-figures dd b").first.inner_text() == f"{both:,}"
    assert "Store 五月行为" in page.locator(".ov-foot").inner_text()


def test_a_build_is_found_again_after_a_reload_and_a_file_too_large_is_explained(visit, tmp_path):
    page = visit("data?tab=upload&lang=zh")
    large = tmp_path / "large.csv"
    with large.open("wb") as file:
        file.truncate(UPLOAD_MB * 10**6 + 1)
    box = page.locator(".st-key-upload_files input[type=file]")
    box.set_input_files(large)
    page.wait_for_selector(".ov-upload-large:visible")
    assert "超过 200 MB" in page.locator(".ov-upload-large").inner_text()

    file = tmp_path / "large enough.csv"
    pl.concat([events()] * 150).write_csv(file)
    page.reload()
    page.wait_for_selector(f"{IDLE} .ov-foot")
    box.set_input_files(file)
    page.wait_for_selector(f"{IDLE} .st-key-upload_build")
    page.locator(".st-key-upload_build button").click()
    page.wait_for_selector(".st-key-upload_cancel")
    page.reload()
    page.wait_for_selector(".st-key-upload_cancel button, .st-key-upload_open a")
    page.wait_for_selector(f"{IDLE} .st-key-upload_open a")
    assert re.search(r"读取 [\d,]+ 行，剔除 0 行", page.locator("h1").last.inner_text())
