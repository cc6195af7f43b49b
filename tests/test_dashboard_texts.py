"""Every sentence is there in both languages, with the same values in it, and is used."""

from __future__ import annotations

import re
from datetime import date
from string import Formatter

import pytest
from dashboards import ROOT

from overlap.charts.words import WORDS
from overlap.dashboard import texts
from overlap.dashboard.texts import day, text

SOURCE = "\n".join(f.read_text("utf-8") for f in (ROOT / "overlap" / "dashboard").rglob("*.py"))
BUILT = {prefix + rest for prefix, rests in texts.families().items() for rest in rests}


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


@pytest.mark.parametrize("key", texts.keys())
def test_a_sentence_holds_the_same_values_in_both_languages(key):
    english, chinese = text(key, "en"), text(key, "zh")
    assert english
    assert chinese
    assert fields(chinese) == fields(english)


@pytest.mark.parametrize("key", texts.keys())
def test_a_sentence_is_used(key):
    from_links = (
        "period_moved",
        "brand_elsewhere",
        "own_baseline",
        "name_in_doubt",
        "window_without_periods",
        "window_reversed",
        "window_outside",
        "window_beyond",
    )
    used = f"[\"']{re.escape(key)}[\"'](?!: \\()"
    assert re.search(used, SOURCE) or key in BUILT or key in from_links


def test_no_sentence_is_missing():
    said = set(re.findall(r'\btext\(\s*"(\w+)"', SOURCE))
    assert said <= set(texts.keys())
    assert set(texts.keys()) >= BUILT


def test_no_key_is_defined_twice():
    assert sum(len(module.TEXTS) for module in texts.MODULES) == len(texts.keys())


def test_charts_speak_both_languages():
    assert WORDS["en"].keys() == WORDS["zh"].keys()


def test_dates_are_written_as_the_language_does():
    assert day(date(2026, 5, 4), "en") == "4 May 2026"
    assert day(date(2026, 5, 4), "zh") == "2026年5月4日"
