"""The selected opening in full, as HTML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from overlap.charts import bar_widths
from overlap.dashboard.look import safe
from overlap.dashboard.texts import text
from overlap.insights import wording

Row = Mapping[str, Any]

FLAT_Z = 2.0
"""Within two standard errors a change is called flat."""


def card(row: Row, rank: int | None, ranked: int, rate: float, language: str) -> str:
    """Return the card of one row of insights.openings.scored, its values made safe.

    `rank` of `ranked` rows is its place, None where it has none; `rate` is the share of users it
    was counted on.
    """
    return (
        f'<section class="ov-card" lang="{language}">'
        + _head(row, rank, ranked, language)
        + f'<p class="why">{safe(row["reason"])}</p>'
        + ("" if row["suppressed"] else _bars(row, language) + _figures(row, rate, language))
        + "</section>"
    )


def _head(row: Row, rank: int | None, ranked: int, language: str) -> str:
    place = (
        text("card_rank", language, rank=rank, all=ranked)
        if rank is not None
        else text("card_not_ranked", language)
    )
    pills = [place]
    if not row["suppressed"]:
        pills.append(text("card_grade", language, grade=text(f"grade_{row['grade']}", language)))
    shown = "".join(f'<span class="pill">{safe(pill)}</span>' for pill in pills)
    return f'<div class="head"><h2>{safe(row["interest"])}</h2>{shown}</div>'


def _bars(row: Row, language: str) -> str:
    both, expected = row["overlap_users"], row["expected_users"]
    pairs = [
        _bar(text("bar_both", language), "a", both, (both, expected), _users(both, language)),
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
        + f", {say('rate_note', rate=wording.percent(rate, 1 if rate >= 0.01 else 3))}"
    )
    cautious = say("cautious", index=wording.index(row["tgi_cautious"]))
    tgi_note = (
        cautious
        if exact
        else f"{wording.index(row['tgi_low'])}–{wording.index(row['tgi_high'])}; {cautious}"
    )
    figures = [
        (say("size"), _users(row["overlap_users"], language), size_note),
        (say("tgi"), wording.index(row["tgi"]), tgi_note),
    ]
    if row["fair_share_index"] is not None:
        figures += [
            (say("fair_share"), wording.index(row["fair_share_index"]), say("fair_note")),
            (say("gap"), _users(row["gap_users"], language), say("gap_note")),
            (say("unreached"), _users(row["unreached_users"], language),
             say("unreached_note", brand=row["brand"])),
        ]  # fmt: skip
    else:
        figures += [
            (say("share_of_category"), wording.percent(row["share_of_category"]), row["category"]),
            (say("share_of_interest"), wording.percent(row["share_of_interest"]), row["interest"]),
            (
                say("excess"),
                _users(row["excess_users"], language),
                say("excess_note", expected=_users(row["expected_users"], language)),
            ),
        ]
    figures.append((say("growth"), *_growth(row, language)))
    if row["score"] is not None:
        branded = row["fair_share_index"] is not None
        figures += [
            (say("score"), wording.index(row["score"]),
             say("score_note" if branded else "score_note_no_brand")),
            (say("rank"), rank_interval(row["rank_low"], row["rank_high"]), say("rank_note")),
        ]  # fmt: skip
    cells = "".join(
        f"<div><dt>{safe(name)}</dt><dd><b>{safe(value)}</b><small>{safe(note)}</small></dd></div>"
        for name, value, note in figures
    )
    return f'<dl class="ov-figures">{cells}</dl>'


def _growth(row: Row, language: str) -> tuple[str, str]:
    change, z = row["growth"], row["growth_z"]
    if change is None or z is None:
        return text("growth_none", language), text("growth_none_note", language)
    if abs(z) < FLAT_Z:
        return text("growth_flat", language), text("growth_flat_note", language)
    return f"{'+' if change > 0 else ''}{wording.percent(change, 0)}", text("growth_note", language)


def rank_interval(low: int | None, high: int | None) -> str:
    """Write the ranks a row could have: 1, or 2–5."""
    if low is None or high is None:
        return "–"
    return f"{low}" if low == high else f"{low}–{high}"


def _users(value: float | None, language: str) -> str:
    return wording.users(value, language)


def _ends(low: float | None, high: float | None, language: str) -> str:
    return wording.interval(low, high, language)
