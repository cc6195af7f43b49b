"""What people write: short Chinese posts and comments put together from phrases."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import catalogue as c
import numpy as np

T = TypeVar("T")

PHRASES: dict[str, dict[str, list[str]]] = tomllib.loads(
    (Path(__file__).parent / "vocabulary.toml").read_text(encoding="utf-8")
)
"""Section → name → phrases to choose from."""
ANYWHERE, TELEVISION, PLANTED = (PHRASES[s] for s in ("anywhere", "television", "planted"))

TEXT_SHARE = 0.55
"""Share of posts and comments that keep their text; planted themes keep more."""
TV_TEXT_SHARE = 0.85
BURST_TEXT_SHARE = 0.9
BURST_WORD_SHARE = 0.75
WORD_NEED_SHARES = (0.24, 0.32, 0.38, 0.44, 0.48, 0.52, 0.55)
"""Share of phone texts with the coinage in each week from its first."""

# How television is spoken of: the sheet, the living room, the player, sheet and player in one.
TV_VOICES = ("spec", "home", "player", "bridge", "plain")
PLAYERS_VOICE = (0.12, 0.06, 0.62, 0.12, 0.08)
OTHERS_VOICE = (0.42, 0.32, 0.03, 0.03, 0.20)


@dataclass(frozen=True, slots=True)
class Row:
    """What is known of an event when its text is written."""

    week: int
    is_post: bool
    is_player: bool
    category: str | None
    brand: str | None
    interests: tuple[str, ...]


def chinese(name: str) -> str:
    """Return the Chinese half of a bilingual name."""
    return name.split(" ", 1)[0]


def text_share(row: Row) -> float:
    """Return the probability that this post or comment keeps its text."""
    if c.CITY_WALK in row.interests:
        return BURST_TEXT_SHARE
    return TV_TEXT_SHARE if row.category == c.TV else TEXT_SHARE


class Writer:
    """Writes the texts of rows, one after the other, from one stream of random numbers."""

    def __init__(self, seed: Sequence[int]) -> None:
        self._rng = np.random.default_rng(list(seed))
        self._stock: list[float] = []

    def write(self, row: Row) -> str:
        """Return the text of one row."""
        clauses, hashtags = self._theme(row)
        if self._chance(0.45):
            clauses.insert(0, self._one(ANYWHERE["openers"]))
        if self._chance(0.25):
            clauses.append(self._one(ANYWHERE["asks"]))
        if row.is_post and self._chance(0.6):
            clauses.append(self._one(ANYWHERE["closers"]))
        text = self._one(("，", "，", "。", " ")).join(clauses) + self._one(("", "。", "！", "～"))
        if self._chance(0.06):
            text += self._one(ANYWHERE["emoji"])
        keep = 0.7 if row.is_post else 0.15
        return text + "".join(f" #{tag}#" for tag in hashtags if self._chance(keep))

    def _theme(self, row: Row) -> tuple[list[str], list[str]]:
        clauses: list[str] = []
        hashtags: list[str] = []
        if row.category is not None:
            clauses += self._about_category(row)
            if self._chance(0.4):
                hashtags.append(chinese(row.category))
        if row.category == c.TV and c.ESPORTS in row.interests:
            hashtags.append("电竞电视")
        for interest in row.interests:
            if interest == c.CITY_WALK and row.week >= c.BURST_WEEK:
                hashtags += [self._one(PLANTED["burst_tags"]), chinese(interest)]
                if self._chance(BURST_WORD_SHARE):
                    clauses.append(self._one(PLANTED["burst_clauses"]).format(w=c.BURST_WORD))
            else:
                hashtags.append(chinese(interest))
            if row.is_post or not clauses or self._chance(0.4):
                clauses.append(self._one(PHRASES["interests"][interest]))
        return clauses, list(dict.fromkeys(hashtags))

    def _about_category(self, row: Row) -> list[str]:
        assert row.category is not None
        clauses = []
        if row.brand is not None:
            clauses.append(self._about_brand(row.brand, row.category))
        since = row.week - c.WORD_NEED_WEEK
        if row.category == c.TV:
            clauses.append(self._about_tv(row))
        elif row.category == c.PHONE and since >= 0 and self._chance(WORD_NEED_SHARES[since]):
            clauses.append(self._one(PLANTED["word_need_clauses"]).format(w=c.WORD_NEED))
        elif self._chance(0.65):
            clauses.append(
                self._one(PHRASES["category_aspects"][row.category])
                + self._one(ANYWHERE["judgements"])
            )
        else:
            clauses.append(self._one(PHRASES["category_scenes"][row.category]))
        return clauses

    def _about_brand(self, brand: str, category: str) -> str:
        others = [b.name for b in c.BRANDS if b.category == category and b.name != brand]
        if self._chance(0.2):
            names = {"a": chinese(brand), "b": chinese(self._one(others))}
            return self._one(ANYWHERE["compares"]).format(**names)
        return self._one((*ANYWHERE["bought"], "看中", "在用")) + chinese(brand)

    def _about_tv(self, row: Row) -> str:
        shares = PLAYERS_VOICE if row.is_player else OTHERS_VOICE
        voice = TV_VOICES[int(np.searchsorted(np.cumsum(shares), self._random(), side="right"))]
        spec, player = self._one(c.SELLING_POINTS)
        other_spec, other_player = self._one([p for p in c.SELLING_POINTS if p[0] != spec])
        if voice == "spec":
            return self._one(TELEVISION["spec"]).format(s0=spec, s1=other_spec)
        if voice == "player":
            return self._one(TELEVISION["player"]).format(p0=player, p1=other_player)
        if voice == "bridge":
            return self._one(TELEVISION["bridge"]).format(s=spec, p=player)
        if voice == "home":
            return self._one(TELEVISION["home"])
        return self._one(PHRASES["category_aspects"][c.TV]) + self._one(ANYWHERE["judgements"])

    def _random(self) -> float:
        if not self._stock:
            self._stock = self._rng.random(50_000).tolist()
        return self._stock.pop()

    def _chance(self, share: float) -> bool:
        return self._random() < share

    def _one(self, options: Sequence[T]) -> T:
        return options[int(self._random() * len(options))]
