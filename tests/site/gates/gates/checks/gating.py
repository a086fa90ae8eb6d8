"""The two sides of the claims about gates."""

from kg.domains import Real
from kg.verify import check


@check
def swish_is_gated(use, x: Real[""]):
    return use("swish")(x), x * (1 - use("swish")(-x) / -x)


@swish_is_gated.control("the gate opens on the other side")
def _(use, x):
    return use("swish")(x), x * use("swish")(-x) / -x
