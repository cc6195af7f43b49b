"""Defaults of k, of the budget and of its split, from what they cost and what they show."""

from __future__ import annotations

import numpy as np

from benchmarks.accuracy.bytemodel import expected_bytes
from benchmarks.accuracy.markdown import count, markdown, percent, three_digits
from benchmarks.accuracy.platforms import (
    FINER,
    IN_USE,
    PLAIN,
    Allocation,
    Platform,
    Rule,
    classical,
    settle,
)
from benchmarks.accuracy.simulate import Pair, kept_pair, relative_rmse
from overlap.model import DEFAULT_BUDGET, DEFAULT_K, SketchSpec

USERS = (1_000_000, 20_000_000, 200_000_000)
AUDIENCES = (100, 1_000, 10_000)
BUDGETS = tuple(1_000_000 << i for i in range(7))
KS = (1024, 2048, 4096, 8192, 16384)
RULES = (
    IN_USE,
    PLAIN,
    Rule("finer steps, half for k", 0.5, FINER),
    Rule("finer steps, half for k, floor takes the spare", 0.5, FINER, spare=True),
    Rule("finer steps, an eighth for k, floor takes the spare", 0.125, FINER, spare=True),
)
SMALLER_K = 2048
SMALL = (
    Pair("2 k ∩ 2 k, 500", 2_000, 2_000, 500),
    Pair("10 k ∩ 10 k, 1 k", 10_000, 10_000, 1_000),
    Pair("100 k ∩ 100 k, 5 k", 100_000, 100_000, 5_000),
    Pair("1 M ∩ 1 M, 20 k", 1_000_000, 1_000_000, 20_000),
)
SEEN_AT = 0.2
_RUNS = 400


def smallest_seen(rate: float, error: float = SEEN_AT) -> float:
    """Return the overlap in users whose relative standard error √((1/T − 1)/n) is `error`."""
    return (1 / rate - 1) / error**2


def size_errors(platform: Platform, kept: Allocation) -> np.ndarray:
    """Return the relative standard errors of all sizes, kept set and registers taken together."""
    sizes = platform.everything
    rates = kept.rates(sizes)
    hll = 1.04 / np.sqrt(1 << SketchSpec("integer").hll_p)
    with np.errstate(divide="ignore"):
        known = np.where(rates < 1, rates * sizes / np.maximum(1 - rates, 1e-12), np.inf)
    errors: np.ndarray = 1 / np.sqrt(known + 1 / hll**2)
    return np.where(rates < 1, errors, 0.0)


def lines() -> list[str]:
    """Return the tables as Markdown."""
    return [
        "The r-th audience of these platforms has half of all users divided by r. The smallest "
        "overlap seen is that between two large audiences with a relative standard error of "
        f"{100 * SEEN_AT:.0f}%, 25·(1/F − 1) users.",
        "",
        f"### Budget: smallest overlap seen (and F), rule in use, k = {DEFAULT_K:,}",
        "",
        *_budgets(),
        "",
        f"### The rule, at the default budget of {count(DEFAULT_BUDGET)} and k = {DEFAULT_K:,}",
        "",
        *_rules(),
        "",
        f"### k, at the default budget of {count(DEFAULT_BUDGET)}",
        "",
        *_ks(),
        "",
        *_conclusion(),
    ]


def _budgets() -> list[str]:
    rows = []
    for users in USERS:
        for audiences in AUDIENCES:
            platform = classical(users, audiences)
            cells = []
            for budget in BUDGETS:
                floor = settle(platform, budget, DEFAULT_K).floor
                seen = "exact" if floor == 1 else f"{count(smallest_seen(floor))} ({_rate(floor)})"
                cells.append(seen)
            rows.append([f"{count(users)} × {audiences:,}", count(platform.memberships), *cells])
    return markdown(["users × audiences", "memberships", *map(count, BUDGETS)], rows)


def _rules() -> list[str]:
    rows = []
    for users in USERS[1:]:
        for audiences in AUDIENCES:
            platform = classical(users, audiences)
            for rule in RULES:
                kept = settle(platform, DEFAULT_BUDGET, DEFAULT_K, rule)
                rows.append(
                    [f"{count(users)} × {audiences:,}", rule.name, *_figures(platform, kept)]
                )
    head = ["users × audiences", "rule", *_FIGURES]
    return markdown(head, rows, text=(0, 1))


_FIGURES = (
    "F", "k", "budget used", "smallest overlap seen", "error of sizes, median", "worst",
    "MB", "bytes a membership",
)  # fmt: skip


def _figures(platform: Platform, kept: Allocation) -> list[str]:
    held = kept.kept(platform)
    size = expected_bytes(platform, kept).total
    errors = size_errors(platform, kept)
    return [
        _rate(kept.floor),
        f"{kept.least:,}",
        f"{100 * held / DEFAULT_BUDGET:.0f}%",
        count(smallest_seen(kept.floor)),
        percent(float(np.median(errors))),
        percent(float(errors.max())),
        f"{size / 1e6:.0f}",
        f"{size / held:.1f}",
    ]


def _ks() -> list[str]:
    rows = []
    for users, audiences in ((20_000_000, 1_000), (200_000_000, 1_000), (200_000_000, 10_000)):
        platform = classical(users, audiences)
        for rule, name in ((IN_USE, "in use"), (PLAIN, "halving, half for k")):
            asked: dict[Allocation, list[int]] = {}
            for k in KS:
                asked.setdefault(settle(platform, DEFAULT_BUDGET, k, rule), []).append(k)
            for kept, ks in asked.items():
                rng = np.random.default_rng(12)
                errors = [
                    relative_rmse(
                        kept_pair(pair, kept.k, _RUNS, rng, floor=kept.floor, least=kept.least),
                        pair.both,
                    )
                    for pair in SMALL
                ]
                rows.append(
                    [
                        f"{count(users)} × {audiences:,}",
                        name,
                        f"{ks[0]:,}" if len(ks) == 1 else f"{ks[0]:,} to {ks[-1]:,}",
                        f"{kept.k:,}",
                        _rate(kept.floor),
                        count(smallest_seen(kept.floor)),
                        *map(percent, errors),
                        f"{expected_bytes(platform, kept).total / 1e6:.0f}",
                    ]
                )
    head = ["users × audiences", "rule", "k asked", "k kept", "F", "smallest overlap seen"]
    return markdown([*head, *(pair.name for pair in SMALL), "MB"], rows, text=(0, 1))


def _conclusion() -> list[str]:
    gains, used = [], []
    for users in USERS[1:]:
        for audiences in AUDIENCES:
            platform = classical(users, audiences)
            now = settle(platform, DEFAULT_BUDGET, DEFAULT_K)
            then = settle(platform, DEFAULT_BUDGET, DEFAULT_K, PLAIN)
            used.append(now.kept(platform) / DEFAULT_BUDGET)
            gains.append(
                f"{count(users)} × {audiences:,}: {count(smallest_seen(now.floor))} → "
                f"{count(smallest_seen(then.floor))}"
            )
    whole = max(
        users
        for users in range(100_000, 20_000_000, 100_000)
        if classical(users, 1_000).memberships <= DEFAULT_BUDGET
    )
    return [
        "What follows:",
        "",
        f"- Budget: {count(DEFAULT_BUDGET)} keeps a platform of 1,000 audiences whole up to "
        f"{count(whole)} users, and takes a laptop some tens of MB. Above, twice the budget shows "
        "overlaps half as large; no budget stands out, and none argues for another default.",
        f"- Rule: the one in use spends {100 * min(used):.0f}% to {100 * max(used):.0f}% of the "
        "budget. Were F and k halved until half of the budget holds each, the smallest overlap "
        "seen at the same budget would become: " + "; ".join(gains) + ".",
        "- k: it buys only overlaps between audiences that are both small; with a large one the "
        "pair is counted at F whatever k is. Sizes do not need it, registers hold them to 1.6%. "
        f"At a quarter of the budget k = {DEFAULT_K:,} is affordable to "
        f"{DEFAULT_BUDGET // 4 // DEFAULT_K:,} audiences above it and k = {SMALLER_K:,} to "
        f"{DEFAULT_BUDGET // 4 // SMALLER_K:,}; beyond, k falls by itself. More than "
        f"{DEFAULT_K:,} only takes from the floor.",
    ]


def _rate(floor: float) -> str:
    return "1" if floor == 1 else f"1/{three_digits(1 / floor)}"
