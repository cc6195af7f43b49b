"""When people do what: memberships → rows of events, each membership seen at least once."""

from __future__ import annotations

from dataclasses import dataclass

import catalogue as c
import numpy as np
from numpy.typing import NDArray
from people import People, interest_names

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

ACTIONS = ("browse", "like", "comment", "post", "buy")
ACTION_SHARES = {
    "brand": (0.42, 0.19, 0.13, 0.06, 0.20),
    "category": (0.60, 0.20, 0.13, 0.07, 0.0),
    "interest": (0.36, 0.36, 0.18, 0.10, 0.0),
    "burst": (0.18, 0.22, 0.32, 0.28, 0.0),
}
DAY_SHARES = np.array([0.92, 0.90, 0.92, 0.95, 1.08, 1.26, 1.22])  # Monday first
HOUR_SHARES = np.array(
    [1.6, 0.8, 0.4, 0.2, 0.2, 0.3, 0.8, 1.8, 2.6, 3.0, 3.2, 3.6,
     4.6, 4.0, 3.2, 3.2, 3.4, 3.8, 4.6, 5.6, 6.8, 7.2, 6.0, 3.4]
)  # fmt: skip
NONE = -1


@dataclass(frozen=True, slots=True)
class Events:
    """Rows of events as positions in the catalogue; `NONE` where a row has no such tag."""

    user: Ints
    week: Ints
    second: Ints
    action: Ints
    category: Ints
    brand: Ints
    interest: Ints
    second_interest: Ints


def make_events(people: People) -> Events:
    """Return the events of 26 weeks, in no particular order."""
    rng = np.random.default_rng([c.SEED, 3])
    presence = _presence(rng, people)
    courses = _interest_courses(rng)
    flat = np.ones((1, c.WEEKS))
    draw = _Attach(rng, people, courses)

    # Brand rows first: they realise the category too.
    user, brand = np.nonzero(people.brands)
    n = 1 + rng.poisson(0.30 * people.activity[user])
    user, brand = np.repeat(user, n), np.repeat(brand, n)
    category = _brand_category()[brand]

    bare_user, bare_category = np.nonzero(people.categories)
    seen = np.zeros_like(people.categories)
    seen[user, category] = True
    n = rng.poisson(0.55 * people.activity[bare_user]) + ~seen[bare_user, bare_category]
    shop_user = np.concatenate([user, np.repeat(bare_user, n)])
    shop_category = np.concatenate([category, np.repeat(bare_category, n)])
    shop_brand = np.concatenate([brand, np.full(n.sum(), NONE)])
    shop_week = _weeks(rng, shop_user, presence, flat, np.zeros_like(shop_user))
    shop_first = draw.interest(shop_user, shop_week, shop_category, np.full_like(shop_user, NONE))
    shop_second = draw.interest(shop_user, shop_week, shop_category, shop_first, keep=0.45)

    # Interest rows: at least one where no shopping row has shown the interest.
    fan_user, fan_interest = np.nonzero(people.interests)
    seen = np.zeros_like(people.interests)
    for shown in (shop_first, shop_second):
        seen[shop_user[shown >= 0], shown[shown >= 0]] = True
    n = rng.poisson(0.34 * people.activity[fan_user]) + ~seen[fan_user, fan_interest]
    fan_user, fan_interest = np.repeat(fan_user, n), np.repeat(fan_interest, n)
    fan_week = _weeks(rng, fan_user, presence, courses, fan_interest)
    fan_category = draw.category(fan_user, fan_interest)
    fan_second = draw.interest(fan_user, fan_week, fan_category, fan_interest, keep=0.4)

    interest = np.concatenate([shop_first, fan_interest])
    second = np.concatenate([shop_second, fan_second])
    week = np.concatenate([shop_week, fan_week])
    row_brand = np.concatenate([shop_brand, np.full(len(fan_user), NONE)])
    return Events(
        user=np.concatenate([shop_user, fan_user]),
        week=week,
        second=_seconds(rng, week),
        action=_actions(rng, len(shop_user), row_brand, interest, second),
        category=np.concatenate([shop_category, fan_category]),
        brand=row_brand,
        interest=interest,
        second_interest=second,
    )


def _presence(rng: np.random.Generator, people: People) -> Floats:
    # The gamma noise makes people come in a few busy weeks rather than evenly.
    week = np.arange(c.WEEKS)
    here = (week >= people.joined[:, None]) & (week < people.left[:, None])
    return here * (rng.gamma(0.7, 1.0, here.shape) + 0.02)


def _interest_courses(rng: np.random.Generator) -> Floats:
    # The small noise around each course is what a real week does.
    courses = np.array([c.COURSES[a.course] for a in c.INTERESTS] + [c.COURSES["flat"]])
    return courses * np.exp(0.03 * rng.standard_normal(courses.shape))


def _weeks(
    rng: np.random.Generator, user: Ints, presence: Floats, courses: Floats, course: Ints
) -> Ints:
    weeks = np.empty(len(user), dtype=np.int64)
    for start in range(0, len(user), 50_000):
        part = slice(start, start + 50_000)
        total = np.cumsum(presence[user[part]] * courses[course[part]], axis=1)
        pick = rng.random(len(total))[:, None] * total[:, -1:]
        weeks[part] = (total <= pick).sum(axis=1)
    return weeks


def _brand_category() -> Ints:
    names = [a.name for a in c.CATEGORIES]
    return np.array([names.index(b.category) for b in c.BRANDS])


def _attraction() -> Floats:
    # Categories (and, in the last row, no category) × interests: how readily one row has both.
    interests = interest_names()
    table = np.ones((len(c.CATEGORIES) + 1, len(interests)))
    for j, audience in enumerate(c.INTERESTS):
        for i, category in enumerate(c.CATEGORIES):
            table[i, j] = np.exp(1.2 * audience.pull.get(category.name, 0.0))
            table[i, j] *= c.TOGETHER.get((category.name, audience.name), 1.0)
    return table


class _Attach:
    """Draws a further tag of the same user for a row."""

    def __init__(self, rng: np.random.Generator, people: People, courses: Floats) -> None:
        self.rng, self.courses, self.attraction = rng, courses, _attraction()
        self.interests = _lists(people.interests)
        self.categories = _lists(people.categories)

    def interest(
        self, user: Ints, week: Ints, category: Ints, already: Ints, keep: float = 1.0
    ) -> Ints:
        """Return an interest other than `already` for each row, or NONE."""
        row, candidate = _expand(user, *self.interests)
        weight = self.attraction[category[row], candidate] * self.courses[candidate, week[row]]
        weight = np.where(candidate == already[row], 0.0, weight)
        chosen = self._choose(len(user), row, candidate, weight, nothing=1.6)
        return np.where(self.rng.random(len(user)) < keep, chosen, NONE)

    def category(self, user: Ints, interest: Ints) -> Ints:
        """Return a category for each row, or NONE."""
        row, candidate = _expand(user, *self.categories)
        weight = self.attraction[candidate, interest[row]]
        return self._choose(len(user), row, candidate, weight, nothing=4.0)

    def _choose(
        self, rows: int, row: Ints, candidate: Ints, weight: Floats, nothing: float
    ) -> Ints:
        # The least of exponential clocks picks each candidate in proportion to its weight.
        best = self.rng.exponential(1.0, rows) / nothing
        with np.errstate(divide="ignore"):
            clock = self.rng.exponential(1.0, len(row)) / weight
        np.minimum.at(best, row, clock)
        winner = clock == best[row]
        chosen = np.full(rows, NONE)
        chosen[row[winner]] = candidate[winner]
        return chosen


def _lists(members: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    starts = np.concatenate([[0], np.cumsum(members.sum(axis=1))])
    return starts, np.nonzero(members)[1]


def _expand(user: Ints, starts: Ints, items: Ints) -> tuple[Ints, Ints]:
    length = starts[user + 1] - starts[user]
    row = np.repeat(np.arange(len(user)), length)
    offset = np.arange(len(row)) - np.repeat(np.cumsum(length) - length, length)
    return row, items[starts[user[row]] + offset]


def _seconds(rng: np.random.Generator, week: Ints) -> Ints:
    day = rng.choice(7, len(week), p=DAY_SHARES / DAY_SHARES.sum())
    hour = rng.choice(24, len(week), p=HOUR_SHARES / HOUR_SHARES.sum())
    return ((week * 7 + day) * 24 + hour) * 3600 + rng.integers(0, 3600, len(week))


def _actions(
    rng: np.random.Generator, shop_rows: int, brand: Ints, interest: Ints, second: Ints
) -> Ints:
    burst = interest_names().index(c.CITY_WALK)
    kind = np.full(len(brand), 2)
    kind[:shop_rows] = 1
    kind[brand >= 0] = 0
    kind[(interest == burst) | (second == burst)] = 3
    edges = np.cumsum(np.array(list(ACTION_SHARES.values())), axis=1)
    pick = rng.random(len(brand))[:, None]
    return (edges[kind] <= pick).sum(axis=1).clip(max=len(ACTIONS) - 1)
