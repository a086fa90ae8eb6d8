"""Pictures of analogue-to-digital converters."""

from __future__ import annotations

from kg.site.pictures import Use, picture
from kg.site.plot import Panel, Plot, Series, curves, matrix


@picture(
    "The bits of a four-bit folding converter against its input, one row for each bit: from one input to the next a "
    "single bit changes, as in the Gray code."
)
def folding_adc(use: Use) -> Plot:
    """Bits against input."""
    import numpy as np

    u = (np.arange(64) + 0.5) / 64
    return Plot((matrix(use("folding_adc")(u, bits=4).T, x_label="input, from 0 to 1", y_label="bit"),))


@picture(
    "The bits of the Gray code of four bits, one row for each: from one number to the next a single bit changes."
)
def gray_code(use: Use) -> Plot:
    """The code as a table."""
    import numpy as np

    u = (np.arange(16) + 0.5) / 16
    return Plot((matrix(use("gray_code")(u, bits=4).T, x_label="number, from 0 to 15", y_label="bit"),))


@picture(
    "The square, and what one, two and three tents make of it: polygons above it that touch it at ever more points."
)
def tent_square(use: Use) -> Plot:
    """Approximations by sums of tents."""
    import numpy as np

    x = np.linspace(0, 1, 129)
    lines = {f"{tents} tent{'s' * (tents > 1)}": use("tent_square")(x, tents=tents) for tents in (1, 2, 3)}
    return Plot((curves(x, {"x²": x**2, **lines}),))


@picture(
    "On the left the bits of a sigma-delta modulator for the constant input 0.3; on the right the error of the mean of the "
    "first n bits, which never exceeds 1/n; where it vanishes there is no mark."
)
def sigma_delta(use: Use) -> Plot:
    """Bits, and the error of their mean."""
    import numpy as np

    count, level = 512, 0.3
    bits = use("sigma_delta")(np.full(count, level), np.asarray(0.0))
    n = np.arange(1, count + 1)
    error = abs(np.cumsum(bits) / n - level)
    shown = [
        Series("bits", list(n[:40]), list(bits[:40]), "points"),
        Series("input", [1, 40], [level, level]),
    ]
    every = slice(3, None, 7)
    rates = (
        Series(
            "error of the mean", list(n[every]), [e if e > 1e-9 else np.nan for e in error[every]], "points"
        ),
        Series("1/n", list(n[3:]), list(1 / n[3:])),
    )
    return Plot(
        (
            Panel(series=tuple(shown), x_label="time", y_range=(-1.2, 1.2)),
            Panel(series=rates, x_label="n", y_label="error", log=True),
        )
    )
