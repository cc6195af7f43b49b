"""Who the users are and what they belong to: a Gaussian copula with audiences of exact sizes."""

from __future__ import annotations

from dataclasses import dataclass

import catalogue as c
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class People:
    """Users and their memberships.

    `ids`, `activity` (mean 1), `joined` and `left` (weeks from 0, `left` excluded) have one entry
    per user; `categories`, `interests` and `brands`
    are users × audiences, in the order of the catalogue.
    """

    ids: NDArray[np.int64]
    activity: NDArray[np.float64]
    joined: NDArray[np.int64]
    left: NDArray[np.int64]
    categories: NDArray[np.bool_]
    interests: NDArray[np.bool_]
    brands: NDArray[np.bool_]


def make_people(users: int) -> People:
    """Return `users` people; sizes shrink in proportion below the full scale."""
    scale = users / c.FULL_SCALE
    rng = np.random.default_rng([c.SEED, 1])
    traits = {name: rng.standard_normal(users) for name in c.TRAITS}
    breadth = rng.standard_normal(users)
    activity = np.exp(1.25 * (0.5 * breadth + 0.87 * rng.standard_normal(users)))
    joined, left = _stay(users, np.random.default_rng([c.SEED, 4]))
    members: dict[str, NDArray[np.bool_]] = {}

    def taste(loadings: dict[str, float], pull: dict[str, float]) -> NDArray[np.float64]:
        # What the traits do not explain is noise, so that every taste has about unit variance.
        noise = np.sqrt(1 - sum(load**2 for load in loadings.values()) - c.BREADTH**2)
        score = noise * rng.standard_normal(users) + c.BREADTH * breadth
        for name, load in loadings.items():
            score += load * traits[name]
        for name, shift in pull.items():
            score += shift * members[name]
        return score

    for audience in (*c.CATEGORIES, *c.INTERESTS):
        free = rng.standard_normal(users)
        score = free if audience.alone else taste(audience.traits, audience.pull)
        if audience.present is not None:
            first, last = audience.present
            score = np.where((joined <= first) & (left > last), score, -np.inf)
        members[audience.name] = _highest(score, round(audience.users * scale))
    members[c.FLUKE] = _fluke(members[c.TV], rng)
    for brand in c.BRANDS:
        buyers = members[brand.category]
        score = np.where(buyers, taste(brand.traits, brand.pull), -np.inf)
        members[brand.name] = _highest(score, round(brand.penetration * buyers.sum()))

    def columns(names: list[str]) -> NDArray[np.bool_]:
        return np.stack([members[name] for name in names], axis=1)

    return People(
        ids=_ids(users, np.random.default_rng([c.SEED, 2])),
        activity=activity / activity.mean(),
        joined=joined,
        left=left,
        categories=columns([a.name for a in c.CATEGORIES]),
        interests=columns(interest_names()),
        brands=columns([b.name for b in c.BRANDS]),
    )


def interest_names() -> list[str]:
    """Return the interests in the order of the columns, the planted fluke last."""
    return [*(a.name for a in c.INTERESTS), c.FLUKE]


def _stay(users: int, rng: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    # A seventh joins during the window and a tenth leaves: the platform grows slowly.
    joined = np.where(rng.random(users) < 0.15, rng.integers(1, c.WEEKS - 1, users), 0)
    left = np.where(rng.random(users) < 0.10, rng.integers(6, c.WEEKS, users), c.WEEKS)
    return joined, np.where(left <= joined, c.WEEKS, left)


def _highest(score: NDArray[np.float64], n: int) -> NDArray[np.bool_]:
    chosen = np.zeros(len(score), dtype=bool)
    chosen[np.argsort(-score, kind="stable")[:n]] = True
    return chosen


def _fluke(tv: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.bool_]:
    chosen = np.zeros(len(tv), dtype=bool)
    chosen[rng.choice(np.flatnonzero(tv), c.FLUKE_TV_USERS, replace=False)] = True
    outside = c.FLUKE_USERS - c.FLUKE_TV_USERS
    chosen[rng.choice(np.flatnonzero(~tv), outside, replace=False)] = True
    return chosen


def _ids(users: int, rng: np.random.Generator) -> NDArray[np.int64]:
    drawn = np.unique(rng.integers(1_000_000_000, 10_000_000_000, size=2 * users + 10))
    return rng.permutation(drawn)[:users]
