"""Pictures of the small project."""

from kg.site.pictures import picture
from kg.site.plot import Plot, curves, matrix


@picture("A curve that <b>rises</b> & a table of two signs.")
def swish(use):
    """Swish and a table."""
    x = [k / 5 for k in range(-15, 16)]
    lines = {"</svg><script>": [use("swish")(each) for each in x], "x": x}
    return Plot((curves(x, lines), matrix([[1.0, -1.0], [0.0, 2.0]])))
