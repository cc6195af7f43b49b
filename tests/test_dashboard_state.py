"""A link carries the whole view, and a link that does not fit the store says so."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from overlap.dashboard.state import Choices, View, choose, from_query, real_periods, to_query
from overlap.model import NO_PERIOD

names = st.none() | st.text(min_size=1)
days = st.none() | st.dates()
CHOICES = Choices(
    categories=("电视 TV", "手机 Phone"),
    brands=("澄光", "远山", "elsewhere"),
    present=frozenset({"澄光", "远山"}),
    periods=(date(2026, 1, 5), date(2026, 1, 12), date(2026, 1, 19), date(2026, 1, 26)),
)
DEFAULT = ("电视 TV", "澄光")


@given(names, names, names, days, days, names, st.sampled_from(["en", "zh"]))
def test_a_link_restores_the_exact_view(category, brand, baseline, start, end, opening, language):
    view = View(category, brand, baseline, start, end, opening, language)
    assert from_query(to_query(view)) == (view, [])


@given(st.dictionaries(st.text(), st.text()))
def test_no_link_can_break_the_view(query):
    view, _ = from_query(query)
    fitted, _ = choose(view, CHOICES, DEFAULT)
    assert fitted.category in CHOICES.categories
    assert fitted.brand is None or fitted.brand in CHOICES.present


def test_a_newcomer_gets_the_default():
    assert choose(View(), CHOICES, DEFAULT) == (View("电视 TV", "澄光"), [])


def test_a_category_without_a_brand_is_shown_without_a_brand():
    view, notes = choose(View("手机 Phone"), CHOICES, (None, None))
    assert (view.category, view.brand, notes) == ("手机 Phone", None, [])


def test_an_unknown_category_falls_back_and_names_the_nearest():
    view, notes = choose(View("手机 Phon", opening="电竞"), CHOICES, DEFAULT)
    assert view == View("电视 TV", "澄光")
    assert notes[0].key == "unknown_category"
    assert notes[0].values == {
        "wanted": "手机 Phon", "instead": "电视 TV", "nearest": "手机 Phone",
    }  # fmt: skip


def test_an_unknown_brand_is_left_out_and_said():
    view, notes = choose(View("电视 TV", "nobody"), CHOICES, DEFAULT)
    assert view.brand is None
    assert [note.key for note in notes] == ["unknown_brand"]


def test_a_brand_without_users_in_the_category_is_left_out_and_said():
    view, notes = choose(View("电视 TV", "elsewhere"), CHOICES, DEFAULT)
    assert view.brand is None
    assert [note.key for note in notes] == ["brand_elsewhere"]


def test_a_day_inside_a_period_stands_for_the_period_and_is_said():
    view, notes = choose(View("电视 TV", start=date(2026, 1, 14)), CHOICES, DEFAULT)
    assert view.start == date(2026, 1, 12)
    assert notes[0].values == {"wanted": "2026-01-14", "instead": "2026-01-12"}


def test_the_first_and_last_period_leave_the_window_open():
    asked = View("电视 TV", start=date(2026, 1, 5), end=date(2026, 1, 26))
    view, notes = choose(asked, CHOICES, DEFAULT)
    assert (view.start, view.end, notes) == (None, None, [])


def test_a_window_that_ends_before_it_starts_is_turned_round():
    asked = View("电视 TV", start=date(2026, 1, 19), end=date(2026, 1, 12))
    view, _ = choose(asked, CHOICES, DEFAULT)
    assert (view.start, view.end) == (date(2026, 1, 12), date(2026, 1, 19))


def test_a_date_that_is_none_is_ignored_and_said():
    view, notes = from_query({"from": "soon", "lang": "fr"})
    assert view.start is None
    assert {note.key for note in notes} == {"unknown_period", "unknown_language"}


def test_data_without_periods_has_no_window():
    assert real_periods([NO_PERIOD]) == ()
    view, notes = choose(View("电视 TV", start=date(2026, 1, 5)), Choices(("电视 TV",)), DEFAULT)
    assert (view.start, [note.key for note in notes]) == (None, ["window_without_periods"])
