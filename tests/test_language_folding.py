"""One idea stands once in a segment's language, and a copied text is one voice that is told."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from community import MONDAY, Row, panel

from overlap.building import BuildOptions, build
from overlap.insights.language import language, stands_for
from overlap.model import Policy, TagColumn
from overlap.panel import open_panel

WORDS = ("lag", "pad", "sofa", "colour", "stand", "remote", "mount")
SEGMENT = "category:tv & interest:gaming"


def said(
    words: dict[str, float], *, together: tuple[str, ...] = (), copied: tuple[str, ...] = ()
) -> pl.DataFrame:
    """Return the language of 600 of 2,000 users who say words thrice as often as the others do.

    Words `together` are said by users of the first of them, `copied` ones by 200 of the segment.
    """
    rng = np.random.default_rng(4)
    rows: list[Row] = [("category", "tv", MONDAY, u, 1) for u in range(2000)]
    rows += [("interest", "gaming", MONDAY, u, 1) for u in range(600)]
    for user, word in zip(*np.nonzero(rng.random((2000, 60)) < 0.4), strict=True):
        rows.append(("term", f"common{word}", MONDAY, int(user), 1))
    draw = {word: rng.random(2000) for word in words}
    for word in together[1:]:
        draw[word] = np.where(rng.random(2000) < 0.7, draw[together[0]], draw[word])
    for word, share in words.items():
        for user in np.flatnonzero(draw[word] < np.where(np.arange(2000) < 600, 3 * share, share)):
            rows.append(("term", word, MONDAY, int(user), 1))
    rows += [("term", word, MONDAY, u, 1) for word in copied for u in range(200)]
    return language(panel(rows), SEGMENT, policy=Policy(0, 0))


def over(frame: pl.DataFrame) -> dict[str, tuple[str | None, str | None]]:
    rows = frame.filter(pl.col("direction") == "over")
    return {term: (also, copied) for term, also, copied in
            rows.select("term", "variants", "said_with").iter_rows()}  # fmt: skip


@pytest.mark.parametrize(
    ("word", "other"),
    [
        ("班友", "班友们"), ("class", "classes"), ("phd", "phds"), ("party", "parties"),
        ("knife", "knives"), ("game pass", "game passes"), ("pc", "pcs"), ("露营", "#露营"),
        ("tablet", "#tablets"), ("house", "houses"),
    ],
)  # fmt: skip
def test_forms_of_one_word_are_one_row(word: str, other: str) -> None:
    found = over(said({word: 0.1, other: 0.08}))
    assert len(found) == 1
    ((stays, (also, copied)),) = found.items()
    assert {stays, also} == {word, other}
    assert copied is None
    assert not stays.startswith("#")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("new", "news"), ("glas", "glass"), ("hi", "his"), ("gp", "gps"), ("good", "goods"),
        ("class", "classic"), ("tennis", "ten"), ("princes", "princess"),
    ],
)  # fmt: skip
def test_words_that_only_look_like_forms_stay_apart(one: str, other: str) -> None:
    found = over(said({one: 0.1, other: 0.08}))
    assert found == {one: (None, None), other: (None, None)}


def test_the_segments_own_names_are_no_news_in_any_form() -> None:
    assert over(said({"tvs": 0.1, "#gaming": 0.1, "pcs": 0.1})).keys() == {"pcs"}


def test_the_numbers_of_a_row_are_those_of_its_term() -> None:
    alone, both = (
        said({"class": 0.1, **more}).filter(pl.col("term") == "class")
        for more in ({}, {"classes": 0.01})
    )
    assert both["variants"].to_list() == ["classes"]
    assert both["users"].to_list() == alone["users"].to_list()


def test_an_expression_is_one_idea_with_its_word_where_the_same_people_say_both() -> None:
    apart = over(said({"city": 0.1, "city walk": 0.1}))
    assert apart.keys() == {"city", "city walk"}
    one = over(said({"phds": 0.05, "phd student": 0.05}, together=("phds", "phd student")))
    assert len(one) == 1
    ((stays, (also, _)),) = one.items()
    assert {stays, also} == {"phds", "phd student"}


def test_a_copied_text_is_one_row_that_says_so() -> None:
    text = ("限时", "领取", "优惠券", "直播间")
    found = over(said({"手柄": 0.1}, copied=text))
    assert len(found) == 2
    (first,) = found.keys() - {"手柄"}
    assert first in text
    listed = found[first][1]
    assert listed is not None
    assert {first, *listed.split(", ")} == set(text)
    assert found["手柄"] == (None, None)


def test_two_words_that_go_together_are_no_copied_text() -> None:
    assert over(said({}, copied=("hong", "kong"))) == {"hong": (None, None), "kong": (None, None)}


def test_whoever_looks_for_a_folded_word_finds_its_row() -> None:
    frame = said({"class": 0.1, "classes": 0.08}, copied=("限时", "领取", "优惠券"))
    copied = frame.filter(pl.col("said_with").is_not_null())
    assert stands_for(frame, "class") == stands_for(frame, "classes")
    assert stands_for(frame, copied["said_with"][0].split(", ")[0]) == copied["term"][0]
    assert stands_for(frame, "common1") == "common1"
    assert stands_for(frame, "nobody says it") == "nobody says it"


def test_a_build_tells_of_copied_texts_and_gives_nobody_their_words(tmp_path) -> None:
    slogan = "limited offer: grab the free voucher in our live stream before the timer ends"
    rows = [(u, "gaming" if u < 100 else "film", f"{slogan} @user{u}") for u in range(30)]
    rows += [(u, "gaming" if u < 100 else "film", f"nice {WORDS[u % 7]}") for u in range(200)]
    frame = pl.DataFrame(rows, schema=["who", "tag", "text"], orient="row")
    frame.write_parquet(tmp_path / "e.parquet")
    options = BuildOptions(
        user="who", tags=(TagColumn("tag", "interest"),), text="text", terms=True,
        policy=Policy(0, 0),
    )  # fmt: skip
    report = build([str(tmp_path / "e.parquet")], tmp_path / "store", options)
    assert any("1 texts" in note and "word for word" in note for note in report.provenance.notes)
    known = open_panel(tmp_path / "store")[1].names("term")
    assert set(WORDS) <= set(known)
    assert "voucher" not in known
