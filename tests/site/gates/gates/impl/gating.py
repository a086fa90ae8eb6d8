"""Gates and the activations made of them."""

from math import erf, exp, sqrt


def gelu(x):
    """The input times the probability that a standard normal variable lies below it."""
    return x * (1 + erf(x / sqrt(2))) / 2


def gaussian_gate(x):
    """The mean of the input times a switch that is open with probability Φ(x)."""
    opened = 0.5 * (1 + erf(x / sqrt(2)))
    return x * opened + 0 * (1 - opened)


def swish(x):
    """The input times its logistic sigmoid."""
    return x / (1 + exp(-x))
