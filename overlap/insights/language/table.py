"""The language of a segment: its terms beside those of the rest of its category."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from overlap import estimates
from overlap.expressions import Expression, leaves
from overlap.insights import anchors
from overlap.insights.floors import require_users
from overlap.insights.language import keyness
from overlap.insights.language.folding import fold, forms
from overlap.insights.language.sides import Sides, sides, texts
from overlap.insights.language.voices import REST, SEGMENT, Voices, listen
from overlap.members import ALL_PERIODS
from overlap.model import Policy, UsageError, Window
from overlap.panel import Panel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

LANGUAGE_TABLE = pl.Schema(
    {"segment": pl.String, "rest": pl.String, "term": pl.String, "users": pl.Float64,
     "users_low": pl.Float64, "users_high": pl.Float64, "rest_users": pl.Float64,
     "rest_users_low": pl.Float64, "rest_users_high": pl.Float64, "exact": pl.Boolean,
     "segment_speakers": pl.Float64, "rest_speakers": pl.Float64,
     "share_of_segment": pl.Float64, "share_of_rest": pl.Float64,
     "adjusted_share_of_rest": pl.Float64, "expected_users": pl.Float64,
     "log_odds": pl.Float64, "log_odds_low": pl.Float64, "log_odds_high": pl.Float64,
     "z": pl.Float64, "p_value": pl.Float64, "q_value": pl.Float64, "direction": pl.String,
     "suppressed": pl.String, "segment_compared": pl.Float64, "variants": pl.String,
     "said_with": pl.String}
)  # fmt: skip
"""Users, shares 0–1, natural logarithms of odds ratios; null where not shown.

Speakers are users with any term. Expected users, the adjusted share and the odds are those at equal
activity and period; `segment_compared` is the share of the segment's speakers, in hundredths, who
have users of the rest to compare with, and 0 where the sides are too small or too far apart.
`direction` is "over" or "under" where the q-value is within the false discovery rate, else "as
expected". `suppressed` names the side whose numbers are not shown. `variants` and `said_with` are
the terms that a row stands for too, see folding.fold.
"""

NEARLY_ALL = 0.9
"""Share of the segment's speakers that are compared, below which that is said."""

_Z = 1.959963984540054
_ORDER = ("over", "under", "as expected")


def language(
    panel: Panel,
    segment: str | Expression,
    *,
    category: str | None = None,
    rest: str | None = None,
    window: Window = ALL_PERIODS,
    policy: Policy | None = None,
    min_users: int | None = None,
    fdr: float = 0.05,
    limit: int | None = None,
) -> pl.DataFrame:
    """Return the terms of a segment beside those of the rest as LANGUAGE_TABLE.

    What the rest is, says `sides`. A user counts once per term. Users are compared with such as
    have about as many terms and wrote at about the same time, since who writes more says more of
    everything and every time has its words: see voices.listen for the strata, keyness.log_odds
    for the log-odds and z, keyness.together for p, estimates.false_discovery_rates for q. Tested
    are the terms that both sides together have enough users of to be shown.

    Where one side has fewer users than may be shown, its numbers are null, and all others are those
    of the number below the floor that makes the log-odds least; where both have fewer, all are
    null. First come terms over by z, then under, then the others; `limit` leaves so many over and
    as many under. Each idea stands once (folding.fold). Left out are the terms of the segment's own
    expression, and words that are the very names of its audiences.

    Raises UsageError for unknown names, a store without terms, a side of nobody or with fewer
    speakers than may be shown, `fdr` outside (0, 1) and a limit below 1.
    """
    compared = compare(
        panel, segment, category=category, rest=rest, window=window, policy=policy,
        min_users=min_users, fdr=fdr,
    )  # fmt: skip
    if limit is None:
        return compared.frame
    if limit < 1:
        raise UsageError(f"{limit} terms are no list", cure="ask for 1 or more")
    place = pl.int_range(pl.len()).over("direction")
    found = pl.col("direction").is_in(["over", "under"])
    return compared.frame.filter(found & (place < limit))


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """A comparison of two sides: what was compared, the kept users behind it, LANGUAGE_TABLE."""

    sides: Sides
    voices: Voices
    floor: int
    frame: pl.DataFrame


def compare(
    panel: Panel,
    segment: str | Expression,
    *,
    category: str | None = None,
    rest: str | None = None,
    window: Window = ALL_PERIODS,
    policy: Policy | None = None,
    min_users: int | None = None,
    fdr: float = 0.05,
) -> Compared:
    """Compare a segment's language with the rest's; see `language`."""
    if not 0 < fdr < 1:
        raise UsageError(
            f"a false discovery rate of {fdr:g} is not between 0 and 1",
            cure="0.05 lets one in twenty of the discoveries be luck",
        )
    floor = anchors.display_floor(policy or Policy(), min_users)
    both = sides(panel, segment, category, rest, window)
    ours, others = texts(both)
    voices = listen(panel, both.ours, both.others, window)
    for side, what, where in ((SEGMENT, "segment", ours), (REST, "rest", others)):
        said = float(voices.speakers[side].sum()) / voices.rate
        require_users(said, floor, what=f"{what}, of users who wrote anything,", where=where)
    own = _own_words(both.segment)
    said_by = voices.users.any(axis=(1, 2))
    rows = [i for i in np.flatnonzero(said_by) if own.isdisjoint(forms(voices.terms[i]))]
    frame = pl.DataFrame(
        {"segment": ours, "rest": others, "term": [voices.terms[i] for i in rows],
         **_numbers(voices, np.array(rows, dtype=np.int64), floor)},
    ).with_columns(pl.col(pl.Float64).fill_nan(None))  # fmt: skip
    return Compared(both, voices, floor, _in_order(_judged(frame, fdr), voices))


def _own_words(segment: Expression) -> set[str]:
    """Return the names of a segment's audiences, whole and by script: 电竞 and esports."""
    names = [leaf.name.casefold() for leaf in leaves(segment)]
    halves = [half for name in names for half in re.split(r"(?<=[⺀-鿿]) +(?=[^⺀-鿿])", name)]
    return {name.removeprefix("#") for name in (*names, *halves)}


def _numbers(voices: Voices, rows: NDArray[np.int64], floor: int) -> dict[str, object]:
    users = voices.users[rows].astype(np.float64)
    speakers = voices.speakers.astype(np.float64)
    hits = users.sum(axis=2)
    hidden = hits / voices.rate < floor
    # Whom nobody of the other side compares to is counted, and not compared.
    alike = speakers[:, : voices.alike]
    least, unsure = _least_difference(
        users[:, :, : voices.alike], alike, hidden, floor * voices.rate
    )
    odds = keyness.log_odds(least, alike)
    chance = keyness.together(
        least[:, SEGMENT].sum(axis=1), least.sum(axis=1), alike[SEGMENT], alike.sum(axis=0)
    )
    sure = ~unsure
    p = np.where(sure, chance.p, 1.0)
    p[hits.sum(axis=1) / voices.rate < floor] = np.nan
    agrees = (least[:, SEGMENT].sum(axis=1) > chance.expected) == (odds.value > 0)
    counted = [estimates.counts(hits[:, side], voices.rate) for side in (SEGMENT, REST)]
    out: dict[str, object] = {}
    for side, name in ((SEGMENT, "users"), (REST, "rest_users")):
        found = counted[side]
        for end, values in (("", found.value), ("_low", found.low), ("_high", found.high)):
            out[name + end] = _shown(values, ~hidden[:, side])
    out["exact"] = voices.rate >= 1
    for side, name in ((SEGMENT, "segment"), (REST, "rest")):
        whole = float(speakers[side].sum())
        out[f"{name}_speakers"] = whole / voices.rate
        out[f"share_of_{name}"] = _shown(hits[:, side] / whole, ~hidden[:, side])
    expected = keyness.expected(users[:, :, : voices.alike], alike)
    out["adjusted_share_of_rest"] = _shown(expected / alike[SEGMENT].sum(), ~hidden[:, REST])
    out["expected_users"] = _shown(expected / voices.rate, ~hidden[:, REST])
    out["segment_compared"] = round(voices.compared, 2)
    for end, z in (("", 0.0), ("_low", -_Z), ("_high", _Z)):
        out[f"log_odds{end}"] = _shown(odds.value + z * odds.error, sure)
    out["z"] = _shown(odds.z, sure)
    out["p_value"] = np.where(agrees | np.isnan(p), p, 1.0)
    said = [_hidden_text(ours, rest, floor) for ours, rest in hidden.tolist()]
    out["suppressed"] = pl.Series(said, dtype=pl.String)
    return out


def _least_difference(
    users: Floats, speakers: Floats, hidden: Flags, floor: float
) -> tuple[Floats, Flags]:
    """Return users with hidden numbers put where they make the least difference to the other side.

    A hidden number lies below the floor, in kept users, and is spread over the strata as the other
    side's habits have it. The second array tells where it may as well be no difference at all; it
    depends on nothing that is hidden either.
    """
    out = users.copy()
    unsure: Flags = np.asarray(hidden.all(axis=1))
    most = max(np.ceil(floor) - 1, 0.0)
    for side in (SEGMENT, REST):
        with np.errstate(divide="ignore", invalid="ignore"):
            habits = np.where(speakers[1 - side] > 0, users[:, 1 - side] / speakers[1 - side], 0.0)
            alike = habits * speakers[side]
            share = most / alike.sum(axis=1)
        at = hidden[:, side] & ~hidden[:, 1 - side]
        unsure = unsure | (at & (share >= 1))
        fits = at & (share < 1)
        out[fits, side] = alike[fits] * share[fits, None]
    return out, unsure


def _shown(values: Floats, where: Flags) -> Floats:
    out: Floats = np.where(where, values, np.nan)
    return out


def _hidden_text(segment: bool, rest: bool, floor: int) -> str | None:
    if not (segment or rest):
        return None
    side = "" if segment and rest else " in the segment" if segment else " in the rest"
    return f"fewer than {floor} users{side}"


def _judged(frame: pl.DataFrame, fdr: float) -> pl.DataFrame:
    p = frame["p_value"].fill_null(np.nan).to_numpy()
    q = pl.Series("q_value", estimates.false_discovery_rates(p)).fill_nan(None)
    found = pl.col("q_value") <= fdr
    whole = pl.col("suppressed").is_null() | pl.col("suppressed").str.contains(" in the ")
    tested = pl.col("p_value").is_not_null() & whole
    judged = frame.with_columns(q).with_columns(
        direction=pl.when(found & (pl.col("log_odds") > 0))
        .then(pl.lit("over"))
        .when(found & (pl.col("log_odds") < 0))
        .then(pl.lit("under"))
        .when(whole)
        .then(pl.lit("as expected"))
    )
    return judged.with_columns(
        pl.when(tested).then(pl.col(name)).alias(name) for name in ("p_value", "q_value")
    )


def _in_order(frame: pl.DataFrame, voices: Voices) -> pl.DataFrame:
    place = pl.col("direction").replace_strict(
        dict(zip(_ORDER, range(len(_ORDER)), strict=True)), default=None, return_dtype=pl.Int8
    )
    strength = pl.when(pl.col("direction") == "under").then(pl.col("z")).otherwise(-pl.col("z"))
    return (
        fold(frame.sort([place, strength, pl.col("term")], nulls_last=True), voices)
        .select(LANGUAGE_TABLE.names())
        .cast(LANGUAGE_TABLE)
    )
