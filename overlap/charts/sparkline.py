"""A trend as a line the size of a word, drawn as SVG: a chart's library costs more than it."""

from __future__ import annotations

import html
from datetime import date

import polars as pl

from overlap.charts.colours import SELECTED
from overlap.charts.trends import LINE, MEASURES, is_judged

WIDTH, HEIGHT = 130, 36
_SIDE, _EDGE = 5, 4
_BURST, _LAST = 2.5, 3.5

_Point = tuple[float, float]


def sparkline(frame: pl.DataFrame, alt: str, measure: str = "users") -> str:
    """Return a trend as SVG: no axes, gaps where nothing is shown, bursts and the end marked.

    Takes rows of insights.trends.TRENDS_TABLE, of which only whole periods are drawn; `alt` says in
    words what is to be seen. `measure` is one of MEASURES; raises KeyError for any other. The
    ground of the drawing is no user at all.
    """
    column = MEASURES[measure].value
    shown = frame.filter(pl.col("whole"))
    values = shown[column].to_list()
    top = max((value for value in values if value is not None), default=0) or 1.0
    at = _places(shown["period"].to_list())
    points = [
        None if value is None else (x, HEIGHT - _EDGE - value / top * (HEIGHT - 2 * _EDGE))
        for x, value in zip(at, values, strict=True)
    ]
    bursts = shown["burst"].to_list() if is_judged(frame, measure) else [False] * len(points)
    dots = "".join(
        _dot(point, _BURST, SELECTED)
        for point, burst in zip(points, bursts, strict=True)
        if burst and point
    )
    last = next((point for point in reversed(points) if point), None)
    dots += _dot(last, _LAST, LINE) if last else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{html.escape(alt)}" '
        f'width="{WIDTH}" '
        f'height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"><path d="{_path(points)}" fill="none" '
        f'stroke="{LINE}" stroke-width="2" stroke-linejoin="round" '
        f'stroke-linecap="round"/>{dots}</svg>'
    )


def _places(periods: list[date]) -> list[float]:
    days = [(period - periods[0]).days for period in periods]
    span = (days[-1] if days else 0) or 1
    return [_SIDE + day / span * (WIDTH - 2 * _SIDE) for day in days]


def _dot(point: _Point, radius: float, colour: str) -> str:
    return f'<circle cx="{point[0]:.1f}" cy="{point[1]:.1f}" r="{radius}" fill="{colour}"/>'


def _path(points: list[_Point | None]) -> str:
    """Return what an SVG path draws: a line through neighbouring points, none across a gap."""
    drawn, pen = [], "M"
    for point in points:
        if point is None:
            pen = "M"
            continue
        # A period alone between two gaps is a line of no length, which round ends make a dot.
        drawn.append(f"{pen}{point[0]:.1f} {point[1]:.1f}" + ("h0" if pen == "M" else ""))
        pen = "L"
    return "".join(drawn)
