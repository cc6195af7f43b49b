"""What downloads are called."""

from __future__ import annotations

from datetime import date
from itertools import combinations

import pytest

from overlap.dashboard.parts.naming import LONGEST, file_name, segment_name, several_name
from overlap.model import Window

CN = 'category:"电视 TV" & interest:"电竞 Esports" - brand:"澄光 Chengguang"'


def words(name: str) -> str:
    """Leave out the mark, which tells apart what has the same words."""
    return name.rpartition("_")[0]


def test_whom_a_segment_leaves_out_is_named_so_and_the_platform_comes_last():
    name = segment_name("category:tv & interest:gamers - brand:chengguang", form="meta")
    assert words(name) == "tv_gamers_without-chengguang_meta"
    saved = segment_name("interest:x - brand:chengguang", saved="TV gamers", form="meta")
    assert words(saved) == "tv-gamers_without-chengguang_meta"
    assert words(segment_name("universe:all - brand:acme")) == "all_without-acme"


def test_chinese_names_and_saved_names_stay_as_they_are():
    assert words(segment_name(CN)) == "电视-tv_电竞-esports_without-澄光-chengguang"
    assert words(segment_name(CN, saved="五一 大促", form="oceanengine-phone")) == (
        "五一-大促_without-澄光-chengguang_oceanengine-phone"
    )


def test_a_window_is_in_the_name():
    window = Window(date(2026, 2, 2), None)
    assert words(segment_name("brand:a", window)) == "a_from-20260202"


def test_different_segments_never_have_the_same_name():
    expressions = [
        "category:tv", "interest:tv", "interest:TV", "interest:tv>=2", "interest:tv & brand:a",
        "interest:tv | brand:a", "interest:tv - brand:a", "interest:tv - interest:a",
        'interest:"tv a"', 'interest:"tv-a"', 'interest:"!!"', 'interest:"??"',
        "interest:tv & (brand:a | brand:b)", "interest:tv - (brand:a & brand:b)",
        *(f"interest:tv - ({' | '.join(f'brand:b{i}' for i in range(n))})" for n in range(2, 6)),
    ]  # fmt: skip
    windows = [None, Window(date(2026, 2, 2)), Window(None, date(2026, 2, 2))]
    for saved in (None, "Spring"):
        names = [segment_name(e, w, saved=saved) for e in expressions for w in windows]
        assert all(a != b for a, b in combinations(names, 2))
    assert len({segment_name(CN, form=form) for form in ("ids", "meta", "google")}) == 3


@pytest.mark.parametrize("char", ["x", "宝", "👶"])
def test_a_name_is_short_enough_for_any_disk_and_keeps_what_is_left_out(char):
    long = char * 150
    expression = " & ".join(f'interest:"{i}{long}"' for i in range(9))
    expression += f' - brand:"{long}1" - brand:"{long}2" - brand:"{long}3"'
    window = Window(date(2026, 2, 2), date(2026, 3, 2))
    for saved in (None, long):
        name = segment_name(expression, window, saved=saved, form="oceanengine-phone")
        held, main = file_name(f"{name}-holdout", "parquet"), file_name(name, "parquet")
        assert held != main
        for file in (held, main, file_name(f"opening-{long}-{long}-{long}", "csv")):
            assert len(file.encode()) <= LONGEST
        assert "without-" in main


def test_audiences_side_by_side_say_who_is_left_out_of_one():
    name = several_name(["category:tv", "interest:food - brand:acme"])
    assert words(name) == "tv_food-without-acme"
    assert name != several_name(["interest:tv", "interest:food - brand:acme"])
