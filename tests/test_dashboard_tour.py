"""A newcomer is shown round in three steps, once, and only over what there is to see."""

from __future__ import annotations

import re

import pytest
from community import random_rows
from dashboards import opener, page, write_store

from overlap.dashboard.parts.tour import STEPS


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return write_store(tmp_path_factory.mktemp("tour") / "store", random_rows(3))


@pytest.fixture
def run(monkeypatch):
    return opener(monkeypatch)


def place(app) -> str | None:
    """Return where the tour is, None where it is off."""
    strip = re.search(r'<p class="ov-tour".*?</p>', page(app))
    at = strip and re.search("<b>(.*)</b>", strip[0])
    return (at[1] if at else "") if strip else None


def outlined(app) -> str:
    """Return what on the page is outlined."""
    styles = "\n".join(h.proto.body for h in app.get("html") if "<style>" in h.proto.body)
    return "".join(re.findall(r"@media screen { (\S+) { outline", styles))


def press(app, key):
    return app.button(key=key).click().run()


def test_a_newcomer_is_led_from_the_answer_to_the_buttons(run, store):
    app = run(store)
    seen = [(place(app), outlined(app))]
    for _ in range(2):
        press(app, "tour_next")
        seen.append((place(app), outlined(app)))
    assert seen == list(zip(["1 of 3", "2 of 3", "3 of 3"], STEPS.values(), strict=True))
    press(app, "tour_next")
    assert place(app) is None
    assert outlined(app) == ""


def test_a_step_back_is_a_step_back_and_the_first_has_none(run, store):
    app = run(store)
    assert app.button(key="tour_back").disabled
    press(app, "tour_next")
    press(app, "tour_back")
    assert place(app) == "1 of 3"


def test_who_opens_a_link_knows_the_way(run, store):
    app = run(store, category="tv")
    assert place(app) is None


def test_a_tour_that_is_closed_stays_closed_until_the_foot_starts_it_again(run, store):
    app = run(store)
    assert not [b for b in app.button if b.key == "tour_again"]
    press(app, "tour_next")
    press(app, "tour_close")
    app.selectbox(key="bar_category").select("phone").run()
    assert place(app) is None
    press(app, "tour_again")
    assert place(app) == "1 of 3"


def test_looking_round_and_another_language_do_not_end_the_tour(run, store):
    app = run(store)
    press(app, "tour_next")
    app.selectbox(key="bar_category").select("phone").run()
    assert place(app) == "2 of 3"
    app.segmented_control(key="bar_language").set_value("zh").run()
    assert place(app) == "2 / 3"
    assert app.button(key="tour_next").label == "下一步"
    assert app.query_params["category"] == "phone"


def test_where_there_is_nothing_to_see_nobody_is_led_round(run, store):
    app = run(store, floor=100_000)
    assert "below the floor" in page(app)
    assert place(app) is None


def test_the_tour_leaves_the_address_alone(run, store):
    app = run(store)
    before = dict(app.query_params)
    press(app, "tour_next")
    assert dict(app.query_params) == before


def test_on_another_page_one_sentence_leads_back_or_on(run, store):
    strips = {
        query: page(run(store, **dict(query))).count("ov-tour")
        for query in [(("at", "demand"),), (("at", "segment"),), (("category", "tv"),)]
    }
    assert list(strips.values()) == [1, 1, 0]
    app = run(store, at="segment")
    assert "The tour goes on at the openings" in page(app)
    press(app, "tour_close")
    assert place(app) is None
