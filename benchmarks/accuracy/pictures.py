"""Error against size (pitchfork plots) and error at equal bytes, as PNG."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np

from benchmarks.accuracy import simulate
from benchmarks.accuracy.equal_bytes import MORE, PAIRS, Compared
from benchmarks.accuracy.platforms import classical, settle
from overlap import estimates
from overlap.model import DEFAULT_BUDGET, DEFAULT_K, SketchSpec

mpl.use("Agg")

from matplotlib import pyplot as plt

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

QUANTILES = (0.025, 0.16, 0.5, 0.84, 0.975)
_COLOURS = ("#9ecae1", "#4292c6", "#08306b", "#4292c6", "#9ecae1")
_RUNS = 300
_USERS, _AUDIENCES = 200_000_000, 1_000
# Validated for colour-blind readers: Okabe and Ito.
_PALETTE = ("#0072b2", "#56b4e9", "#009e73", "#e69f00", "#d55e00", "#cc79a7", "#999999", "#000000")


def draw_all(folder: Path, compared: Compared) -> dict[str, str]:
    """Write every picture and return its file's name with what it shows, for the page."""
    folder.mkdir(parents=True, exist_ok=True)
    mpl.rcParams.update({"font.size": 9, "axes.spines.top": False, "axes.spines.right": False})
    kept = settle(classical(_USERS, _AUDIENCES), DEFAULT_BUDGET, DEFAULT_K)
    drawn = {
        "accuracy-sizes.png": _sizes(kept.floor),
        "accuracy-overlaps.png": _overlaps(kept.floor),
        "accuracy-equal-bytes.png": _equal_bytes(compared),
    }
    told = {}
    for name, text in drawn.items():
        # No version in the file: the same numbers give the same bytes.
        plt.figure(name).savefig(folder / name, dpi=110, metadata={"Software": None})
        plt.close(name)
        told[name] = text
    return told


def _sizes(floor: float) -> str:
    """Sizes of audiences by the kept set alone, and with the registers as the product does it."""
    sizes = np.unique(np.geomspace(500, 2e8, 40).astype(np.int64))
    rng = np.random.default_rng(31)
    p = SketchSpec("integer").hll_p
    alone, both = [], []
    for n in sizes.tolist():
        hits, rate = simulate.kept_size(n, DEFAULT_K, _RUNS, rng, floor=floor)
        alone.append(hits / rate / n - 1)
        if n <= DEFAULT_K:
            both.append(np.zeros(_RUNS))
            continue
        reach = simulate.hll_count(simulate.hll_registers(n, p, _RUNS, rng))
        together = estimates.combined(hits, rate, reach, 1.04 / 2 ** (p / 2))
        both.append(together.value / n - 1)
    figure, axes = plt.subplots(
        1, 2, figsize=(10, 4), sharey=True, num="accuracy-sizes.png", layout="constrained"
    )
    _fork(axes[0], sizes, alone, "kept set alone")
    _fork(axes[1], sizes, both, f"with HyperLogLog registers, p = {p}")
    axes[0].set_ylabel("relative error of the size, %")
    for axis in axes:
        axis.set_xlabel("users of the audience")
        axis.axvline(DEFAULT_K / floor, color="#999999", linewidth=0.8, linestyle=":")
    figure.suptitle(
        f"Sizes: exact up to k = {DEFAULT_K:,}, then h₍k+1₎, then F = 1/{1 / floor:,.0f}"
    )
    return (
        "Relative error of an audience's size against its size: median, 68% and 95% of "
        f"{_RUNS} simulated stores of the default budget, {_USERS:,} users and {_AUDIENCES:,} "
        "audiences. Right of the dotted line the floor keeps more than k."
    )


def _overlaps(floor: float) -> str:
    """Overlaps inside a category of 100 million, beside what theta sketches see there."""
    sizes = np.unique(np.geomspace(1_000, 5e7, 36).astype(np.int64))
    rng = np.random.default_rng(32)
    ours = [rng.binomial(n, floor, _RUNS) / floor / n - 1 for n in sizes]
    theta = [
        simulate.kept_pair(
            simulate.Pair("", 2 * int(n), 100_000_000, int(n)), DEFAULT_K, _RUNS, rng
        )
        / n
        - 1
        for n in sizes
    ]
    figure, axes = plt.subplots(
        1, 2, figsize=(10, 4), sharey=True, num="accuracy-overlaps.png", layout="constrained"
    )
    _fork(axes[0], sizes, ours, f"overlap, floor F = 1/{1 / floor:,.0f}")
    _fork(axes[1], sizes, theta, f"theta sketches, k = {DEFAULT_K:,}")
    axes[0].set_ylim(-105, 205)
    axes[0].set_ylabel("relative error of the overlap, %")
    for axis in axes:
        axis.set_xlabel("users in the overlap")
    figure.suptitle("Overlaps inside a category of 100 million users")
    return (
        "Relative error of an overlap inside a category of 100 million users against its size, "
        "half of the other audience being inside."
    )


def _fork(axis: Axes, sizes: NDArray, errors: list[NDArray], title: str) -> None:
    table = 100 * np.array([np.quantile(e, QUANTILES) for e in errors]).T
    for row, colour, quantile in zip(table, _COLOURS, QUANTILES, strict=True):
        axis.plot(sizes, row, color=colour, linewidth=1.2, label=f"{100 * quantile:g}%")
    axis.set_xscale("log")
    axis.set_title(title, fontsize=9)
    axis.axhline(0, color="#cccccc", linewidth=0.6, zorder=0)
    axis.legend(title="quantile", fontsize=7, title_fontsize=7, frameon=False)


def _equal_bytes(compared: Compared) -> str:
    """Errors of every method at equal bytes, pair by pair."""
    pairs = (*PAIRS, *MORE)
    mine = [m for m in compared.methods if m.ours]
    shown = [mine[0], mine[-1], *(m for m in compared.methods if not m.ours)]
    figure, axis = plt.subplots(
        figsize=(10, 4.4), num="accuracy-equal-bytes.png", layout="constrained"
    )
    width = 0.8 / len(shown)
    exact = 4e-4
    for i, method in enumerate(shown):
        errors = np.array(compared.errors[method.name])
        place = np.arange(len(pairs)) + (i - (len(shown) - 1) / 2) * width
        colour = _PALETTE[i % len(_PALETTE)]
        axis.bar(
            place,
            np.maximum(errors, exact) - exact,
            width * 0.9,
            bottom=exact,
            color=colour,
            label=method.name,
        )
        for x in place[errors == 0]:
            axis.text(
                x, exact * 1.15, "exact", rotation=90, ha="center", va="bottom",
                fontsize=6, color=colour,
            )  # fmt: skip
    axis.set_yscale("log")
    axis.set_ylim(exact, 3)
    axis.set_yticks([1e-3, 1e-2, 1e-1, 1], ["0.1%", "1%", "10%", "100%"])
    axis.set_xticks(range(len(pairs)), [p.name.replace(", ", "\n", 1) for p in pairs], fontsize=7)
    axis.set_ylabel("relative error of the overlap")
    axis.axhline(0.2, color="#cccccc", linewidth=0.6, zorder=0)
    figure.legend(loc="outside lower center", ncols=3, fontsize=7, frameon=False)
    audiences = len(compared.platform.sizes)
    figure.suptitle(f"Error at equal stored bytes: {audiences:,} audiences of 200 million users")
    return (
        f"Relative error at equal stored bytes on {audiences:,} audiences; the grey line is 20%. "
        "HyperLogLog++ at p = 14 takes less than the others."
    )
