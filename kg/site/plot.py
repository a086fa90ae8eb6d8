"""Plots as SVG whose colours come from the page's style sheet, so that one picture serves light, dark and paper.

A picture is one or more panels that stand beside each other where there is room. No series is told apart by its colour
alone: lines differ in their dashes, points in their shape.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import groupby, pairwise
from typing import Any

WIDTH, HEIGHT = 420, 290
LEFT, RIGHT, TOP, BOTTOM = 58, 12, 14, 44
SHADES = 7
"""Steps of colour in a table of numbers, for each sign."""


@dataclass(frozen=True)
class Series:
    """Points (x, y) drawn as a ``line``, as ``points`` or as ``steps`` (bars from x to the next x); NaN is a gap."""

    label: str
    x: Sequence[float]
    y: Sequence[float]
    style: str = "line"


@dataclass(frozen=True)
class Panel:
    """One pair of axes; with ``table`` a matrix of numbers in place of the series."""

    title: str = ""
    series: tuple[Series, ...] = ()
    x_label: str = ""
    y_label: str = ""
    log: bool = False
    y_range: tuple[float, float] | None = None
    table: Sequence[Sequence[float]] = ()


@dataclass(frozen=True)
class Plot:
    """A whole picture."""

    panels: tuple[Panel, ...] = field(default=())


def curves(
    x: Any, lines: Mapping[str, Any], *, title: str = "", x_label: str = "x", y_label: str = ""
) -> Panel:
    """Lines over the same x, by their labels."""
    return Panel(
        title, tuple(Series(label, list(x), list(y)) for label, y in lines.items()), x_label, y_label
    )


def matrix(values: Any, *, title: str = "", x_label: str = "key", y_label: str = "query") -> Panel:
    """A table of numbers as shades: one colour for each sign, stronger with the size."""
    return Panel(title, (), x_label, y_label, table=[[float(v) for v in row] for row in values])


def svg(plot: Plot) -> str:
    """The panels as SVG elements, each with the key to its series."""
    return "".join(_panel(panel) for panel in plot.panels)


def _panel(panel: Panel) -> str:
    height = _table_size(panel)[1] + TOP + BOTTOM if panel.table else HEIGHT
    drawn = "".join(_table(panel) if panel.table else _axes(panel))
    # Hidden from screen readers: the text of the picture says what is seen.
    frame = f'<svg class="kg-plot" viewBox="0 0 {WIDTH} {height:.0f}" aria-hidden="true">{drawn}</svg>'
    return f'<div class="kg-panel">{frame}{_key(panel)}</div>'


def _key(panel: Panel) -> str:
    """The key is HTML, so that its words stay readable where the drawing shrinks."""
    if len(panel.series) < 2:
        return ""
    entries = "".join(
        f'<li><svg class="kg-plot kg-swatch" viewBox="0 0 28 12" aria-hidden="true">{_sample(series, place)}</svg>'
        f"{escape(series.label)}</li>"
        for place, series in enumerate(panel.series)
    )
    return f'<ul class="kg-key">{entries}</ul>'


def _sample(series: Series, place: int) -> str:
    if series.style == "points":
        return _mark(14, 6, place)
    if series.style == "steps":
        return '<rect class="kg-bar" x="3" y="1" width="22" height="10"/>'
    return f'<path class="kg-curve kg-series-{place}" d="M1,6L27,6"/>'


def _mark(x: float, y: float, place: int) -> str:
    shape = (
        f"M{x - 4:.1f},{y:.1f}L{x:.1f},{y - 4.6:.1f}L{x + 4:.1f},{y:.1f}L{x:.1f},{y + 4.6:.1f}Z",
        f"M{x - 3.5:.1f},{y - 3.5:.1f}h7v7h-7Z",
        f"M{x - 4:.1f},{y + 3.5:.1f}L{x:.1f},{y - 4:.1f}L{x + 4:.1f},{y + 3.5:.1f}Z",
    )[place % 3]
    return f'<path class="kg-mark kg-series-{place}" d="{shape}"/>'


# --- axes -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Scale:
    """From numbers to pixels along one axis."""

    low: float
    high: float
    start: float
    end: float
    log: bool

    def __call__(self, value: float) -> float:
        value, low, high = (self._measure(each) for each in (value, self.low, self.high))
        return self.start + (value - low) / (high - low) * (self.end - self.start)

    def _measure(self, value: float) -> float:
        return math.log10(value) if self.log else value

    def holds(self, value: float) -> bool:
        return math.isfinite(value) and (not self.log or value > 0)


def _axes(panel: Panel) -> Iterator[str]:
    xs = [float(v) for series in panel.series for v in series.x]
    ys = [float(v) for series in panel.series for v in series.y if math.isfinite(v)]
    bars = any(series.style == "steps" for series in panel.series)
    x = _scale(xs, LEFT, WIDTH - RIGHT, log=panel.log, tight=not panel.log)
    y = _scale([*ys, 0.0] if bars else ys, HEIGHT - BOTTOM, TOP, log=panel.log, given=panel.y_range)
    yield from _ticks(x, y)
    yield from _titles(panel)
    for place, series in enumerate(panel.series):
        yield from _drawn(series, place, x, y)


def _scale(
    values: Sequence[float],
    start: float,
    end: float,
    *,
    log: bool,
    tight: bool = False,
    given: tuple[float, float] | None = None,
) -> _Scale:
    if given is not None:
        return _Scale(*given, start, end, log)
    kept = [value for value in values if not log or value > 0] or [0.1, 1.0]
    low, high = min(kept), max(kept)
    if log:
        return _Scale(low / 1.4, high * 1.4, start, end, log)
    room = 0.0 if tight else 0.06 * ((high - low) or 1)
    return _Scale(low - (room if low != 0 else 0), high + room or 1, start, end, log)


def _steps(scale: _Scale) -> list[float]:
    """Round numbers along an axis; on a logarithmic one, powers of ten or of two."""
    if scale.log:
        base = 10 if scale.high / scale.low > 100 else 2
        first, last = (
            math.ceil(math.log(scale.low, base)),
            math.floor(math.log(scale.high, base) + 1e-9),
        )
        stride = max(1, math.ceil((last - first + 1) / 6))
        return [float(base) ** power for power in range(first, last + 1, stride)]
    rough = (scale.high - scale.low) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(k * power for k in (1, 2, 2.5, 5, 10) if k * power >= rough)
    first, last = math.ceil(scale.low / step - 1e-9), math.floor(scale.high / step + 1e-9)
    return [round(k * step, 12) for k in range(first, last + 1)]


_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def _number(value: float, log: bool = False) -> str:
    if log and value < 1 and abs(math.log10(value) - round(math.log10(value))) < 1e-9:
        return "10" + str(round(math.log10(value))).translate(_SUPERSCRIPTS)
    if value != 0 and (abs(value) < 0.001 or abs(value) >= 100_000):
        power = math.floor(math.log10(abs(value)) + 1e-9)
        lead = round(value / 10.0**power, 2)
        tail = "10" + str(power).translate(_SUPERSCRIPTS)
        return tail if lead == 1 else f"{lead:g}·{tail}"
    return f"{value:.6g}".replace("-", "−")


def _ticks(x: _Scale, y: _Scale) -> Iterator[str]:
    for value in _steps(x):
        at = x(value)
        yield f'<path class="kg-grid" d="M{at:.1f},{y.start:.1f}V{y.end:.1f}"/>'
        yield f'<text class="kg-tick" x="{at:.1f}" y="{y.start + 16:.1f}">{_number(value, x.log)}</text>'
    for value in _steps(y):
        at = y(value)
        yield f'<path class="kg-grid" d="M{x.start:.1f},{at:.1f}H{x.end:.1f}"/>'
        yield f'<text class="kg-tick kg-tick-y" x="{x.start - 6:.1f}" y="{at + 4:.1f}">{_number(value, y.log)}</text>'
    if not x.log and x.low <= 0 <= x.high:
        yield f'<path class="kg-zero" d="M{x(0):.1f},{y.start:.1f}V{y.end:.1f}"/>'
    if not y.log and y.low <= 0 <= y.high:
        yield f'<path class="kg-zero" d="M{x.start:.1f},{y(0):.1f}H{x.end:.1f}"/>'


def _titles(panel: Panel) -> Iterator[str]:
    middle = (LEFT + WIDTH - RIGHT) / 2
    if panel.x_label:
        yield f'<text class="kg-axis" x="{middle}" y="{HEIGHT - 8}">{escape(panel.x_label)}</text>'
    if panel.y_label:
        height = (TOP + HEIGHT - BOTTOM) / 2
        yield (
            f'<text class="kg-axis" transform="translate(12 {height}) rotate(-90)">{escape(panel.y_label)}</text>'
        )


def _drawn(series: Series, place: int, x: _Scale, y: _Scale) -> Iterator[str]:
    points = list(zip(map(float, series.x), map(float, series.y), strict=True))
    if series.style == "steps":
        for (left, height), (right, _) in pairwise(points):
            top, base = y(height), y(0)
            yield (
                f'<rect class="kg-bar" x="{x(left):.1f}" y="{top:.1f}" width="{x(right) - x(left):.1f}" '
                f'height="{base - top:.1f}"/>'
            )
    elif series.style == "points":
        yield from (_mark(x(a), y(b), place) for a, b in points if x.holds(a) and y.holds(b))
    else:
        yield f'<path class="kg-curve kg-series-{place}" d="{_path(points, x, y)}"/>'


def _path(points: Sequence[tuple[float, float]], x: _Scale, y: _Scale) -> str:
    parts, pen = [], "M"
    for a, b in points:
        if not (x.holds(a) and y.holds(b)) or not y.end - 60 < y(b) < y.start + 60:
            pen = "M"
            continue
        parts.append(f"{pen}{x(a):.1f},{y(b):.1f}")
        pen = "L"
    return "".join(parts)


# --- tables of numbers ----------------------------------------------------------------------------------


def _table_size(panel: Panel) -> tuple[float, float]:
    """Width and height of a table in pixels: square cells, but in a table of few rows high ones."""
    rows, columns = len(panel.table), len(panel.table[0])
    width, height = WIDTH - 2 * LEFT, HEIGHT - TOP - BOTTOM
    if 3 * rows <= columns:
        return width, min(height, 28.0 * rows)
    cell = min(width / columns, height / rows)
    return cell * columns, cell * rows


def _table(panel: Panel) -> Iterator[str]:
    rows, columns = len(panel.table), len(panel.table[0])
    width, height = _table_size(panel)
    across, down = width / columns, height / rows
    left, top = (WIDTH - width) / 2, float(TOP)
    largest = max((abs(v) for row in panel.table for v in row), default=0) or 1
    pieces: dict[str, list[str]] = {}
    for i, row in enumerate(panel.table):
        for shade, start, length in _runs(row, largest):
            at = f"M{left + start * across:.2f},{top + i * down:.2f}"
            pieces.setdefault(shade, []).append(
                f"{at}h{length * across:.2f}v{down:.2f}h{-length * across:.2f}z"
            )
    for shade, found in sorted(pieces.items()):
        yield f'<path class="kg-cell kg-{shade}" d="{"".join(found)}"/>'
    yield f'<rect class="kg-frame" x="{left:.2f}" y="{top:.2f}" width="{width:.2f}" height="{height:.2f}"/>'
    yield f'<text class="kg-axis" x="{WIDTH / 2:.1f}" y="{top + height + 18:.1f}">{escape(panel.x_label)}</text>'
    middle = top + height / 2
    yield (
        f'<text class="kg-axis" transform="translate({left - 10:.1f} {middle:.1f}) rotate(-90)">'
        f"{escape(panel.y_label)}</text>"
    )


def _runs(row: Sequence[float], largest: float) -> Iterator[tuple[str, int, int]]:
    """Neighbours of one shade together: shade, first column, number of columns; what is nearly zero is left out."""
    shades = [f"{'minus' if value < 0 else 'plus'}-{round(SHADES * abs(value) / largest)}" for value in row]
    start = 0
    for shade, group in groupby(shades):
        length = len(list(group))
        if not shade.endswith("-0"):
            yield shade, start, length
        start += length
