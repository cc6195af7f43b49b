"""The selected opening in full, as HTML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from overlap.charts import bar_widths
from overlap.dashboard.look import safe
from overlap.dashboard.pages.openings.evidence import Words
from overlap.dashboard.texts import day, text
from overlap.insights import wording

Row = Mapping[str, Any]


def card(row: Row, rank: int | None, ranked: int, rate: float, language: str) -> str:
    """Return the card of one row of insights.openings.scored, its values made safe.

    `rank` of `ranked` rows is its place, None where it has none; `rate` is the share of users it
    was counted on.
    """
    return (
        f'<section class="ov-card" lang="{language}" data-verdict="{safe(row["verdict"])}">'
        + _head(row, rank, ranked, language)
        + f'<p class="why">{safe(row["reason"])}</p>'
        + ("" if row["suppressed"] else _bars(row, language) + _figures(row, rate, language))
        + "</section>"
    )


def _head(row: Row, rank: int | None, ranked: int, language: str) -> str:
    def say(key: str, **values: object) -> str:
        return text(key, language, **values)

    said = row["verdict"]
    pills = [(say(f"verdict_{said}"), say(f"verdict_help_{said}"))]
    if rank is not None:
        low, high = row["rank_low"], row["rank_high"]
        pills.append(
            (say("openings_rank_sure", rank=rank, all=ranked), say("openings_rank_sure_help"))
            if low == high == rank
            else (
                say("openings_rank", rank=rank, all=ranked, ends=rank_interval(low, high)),
                say("help_rank_interval"),
            )
        )
        branded = row["fair_share_index"] is not None
        pills.append(
            (say("openings_score", score=wording.index(row["score"])),
             say("score_note" if branded else "score_note_no_brand"))
        )  # fmt: skip
    if not row["suppressed"]:
        about = say("card_grade_help")
        pills.append((say("card_grade", grade=say(f"grade_{row['grade']}")), about))
        if row["gap_grade"] is not None:
            pills.append((say("card_gap_grade", grade=say(f"grade_{row['gap_grade']}")), about))
    shown = "".join(
        f'<span class="pill" title="{safe(note)}">{safe(pill)}</span>' for pill, note in pills
    )
    return f'<div class="head"><h2>{safe(row["interest"])}</h2>{shown}</div>'


def _bars(row: Row, language: str) -> str:
    both, expected = row["overlap_users"], row["expected_users"]
    pairs = [
        _bar(text("bar_both", language), "a", both, (both, expected),
             wording.users(both, language, exact=row["exact"])),
        _bar(text("bar_expected", language), "b", expected, (both, expected),
             _users(expected, language)),
    ]  # fmt: skip
    if row["brand_penetration"] is not None:
        p, p0 = row["brand_penetration"], row["category_penetration"]
        brand = row["brand"]
        pairs += [
            '<span class="gap"></span>',
            _bar(text("bar_brand", language, brand=brand), "a", p, (p, p0), wording.percent(p)),
            _bar(text("bar_category", language, brand=brand), "b", p0, (p, p0),
                 wording.percent(p0)),
        ]  # fmt: skip
    return f'<div class="ov-bars">{"".join(pairs)}</div>'


def _bar(
    label: str, style: str, value: float, together: tuple[float | None, ...], shown: str
) -> str:  # fmt: skip
    width = dict(zip(together, bar_widths(together), strict=True))[value]
    return (
        f'<span>{safe(label)}</span><span class="track"><span class="fill {style}" '
        f'style="display:block;width:{width:.1f}%"></span></span>'
        f'<span class="n">{safe(shown)}</span>'
    )


def _figures(row: Row, rate: float, language: str) -> str:
    def say(key: str, **values: object) -> str:
        return text(key, language, **values)

    exact = row["exact"]
    size_note = (
        say("exact")
        if exact
        else say("interval", ends=_ends(row["overlap_low"], row["overlap_high"], language))
        + f", {say('rate_note', rate=wording.rate(rate))}"
    )
    cautious = say("cautious", index=wording.index(row["tgi_cautious"]))
    tgi_note = (
        cautious
        if exact
        else f"{wording.index(row['tgi_low'])}–{wording.index(row['tgi_high'])}; {cautious}"
    )
    figures = [
        (say("size"), wording.users(row["overlap_users"], language, exact=exact), size_note),
        (say("tgi"), wording.index(row["tgi"]), tgi_note),
        (say("excess"), _users(row["excess_users"], language),
         say("excess_note", expected=_users(row["expected_users"], language))),
    ]  # fmt: skip
    if row["fair_share_index"] is not None:
        known = row["standing"] == "behind"
        share = f"{wording.index(row['fair_share_low'])}–{wording.index(row['fair_share_high'])}"
        ends = _ends(row["gap_low"], row["gap_high"], language)
        figures += [
            (say("fair_share"), wording.index(row["fair_share_index"]),
             say("fair_note", ends=share)),
            (say("gap"), _users(row["gap_users"] if known else None, language),
             say("gap_note", ends=ends) if known else say("gap_unknown_note")),
            (say("unreached"), _users(row["unreached_users"], language),
             say("unreached_note", brand=row["brand"])),
        ]  # fmt: skip
    else:
        figures += [
            (say("share_of_category"), wording.percent(row["share_of_category"]), row["category"]),
            (say("share_of_interest"), wording.percent(row["share_of_interest"]), row["interest"]),
        ]
    cells = "".join(
        f"<div><dt>{safe(name)}</dt><dd><b>{safe(value)}</b><small>{safe(note)}</small></dd></div>"
        for name, value, note in figures
    )
    return f'<dl class="ov-figures">{cells}</dl>'


# --- what stands behind it ----------------------------------------------------------------------


def trend_words(frame: pl.DataFrame | None, row: Row, unit: str, language: str) -> str:
    """Say how an opening moves against its category over the whole window.

    `frame` has rows of trends.TRENDS_TABLE or is None where there is no trend; `unit` is the length
    of its periods.
    """

    def say(key: str, **values: object) -> str:
        return text(key, language, **values)

    if frame is None or not frame["whole"].sum() > 1:
        return say("growth_none_note")
    last = frame.row(-1, named=True)
    parts = []
    if last["growth"] is None:
        parts.append(say("openings_trend_unknown"))
    else:
        key = "openings_trend_flat" if last["direction"] == "flat" else "openings_trend_moves"
        ends = {end: wording.change(last[f"growth_{end}"]) for end in ("low", "high")}
        spanned = wording.periods(int(frame["whole"].sum()), unit, language)
        parts.append(say(key, change=wording.change(last["growth"]), span=spanned, **ends))
    if last["running"]:
        parts.append(say("openings_trend_burst", day=day(last["first_seen"], language)))
    return say("openings_stop").join(parts)


def word_chips(words: Words, row: Row, language: str) -> str:
    """Return the words of an opening as HTML, each with its odds; a sentence where none is."""
    if words.heard != "words":
        return _quiet(text(f"openings_words_{words.heard}", language))
    chips = []
    for word in words.frame.iter_rows(named=True):
        others = (
            text("openings_word_hidden", language)
            if word["share_of_rest"] is None
            else wording.percent(word["share_of_rest"])
        )
        low, odds, high = (_odds(word[name]) for name in ("odds_low", "odds", "odds_high"))
        note = text(
            "openings_word_least" if word["suppressed"] else "openings_word",
            language,
            share=wording.percent(word["share_of_segment"]),
            others=others,
            category=row["category"],
            odds=odds,
            ends=f"{low}–{high}",
        )
        chips.append(_chip(word["term"], "", note))
    return "".join(chips)


def carrier_chips(found: pl.DataFrame, row: Row, language: str) -> str:
    """Return the interests that go with an opening as HTML, each with its TGI."""
    if found.is_empty():
        return _quiet(text("openings_carriers_none", language, category=row["category"]))
    chips = []
    for other in found.iter_rows(named=True):
        index, note = wording.index(other["tgi"]), ""
        if not other["exact"]:
            ends = f"{wording.index(other['tgi_low'])}–{wording.index(other['tgi_high'])}"
            note = f" ({ends})"
        said = text(
            "openings_carrier",
            language,
            users=_users(other["overlap_users"], language),
            share=wording.percent(other["share_of_segment"]),
            category=row["category"],
            tgi=index + note,
        )
        chips.append(_chip(other["name"], index, said))
    return "".join(chips)


def _chip(name: str, number: str, note: str) -> str:
    shown = f"<b>{safe(number)}</b>" if number else ""
    return f'<span class="ov-chip" title="{safe(note)}">{safe(name)}{shown}</span>'


def _quiet(said: str) -> str:
    return f'<span class="quiet">{safe(said)}</span>'


def _odds(ratio: float) -> str:
    return wording.times(ratio)


def rank_interval(low: int | None, high: int | None) -> str:
    """Write the ranks a row could have: 1, or 2–5."""
    if low is None or high is None:
        return "–"
    return f"{low}" if low == high else f"{low}–{high}"


def _users(value: float | None, language: str) -> str:
    return wording.users(value, language)


def _ends(low: float | None, high: float | None, language: str) -> str:
    return wording.interval(low, high, language)
