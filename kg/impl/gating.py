"""Products and sums: recurrent cells with gates, residual and product blocks, and what acts as 'or' and as 'and'.

Conventions: vectors are 1-d arrays; the affine maps u_g h + w_g x + b_g of a cell are stacked along the first axis of u, w
and b, in the order each cell names; σ is the logistic function 1/(1 + e^−s); exponentials are natural.
"""

from __future__ import annotations

from kg.numbers import Array, Probability, Real, array_namespace, shift


def janet_cell(
    x: Real[Array, "m"],
    h: Real[Array, "n"],
    u: Real[Array, "2 n n"],
    w: Real[Array, "2 n m"],
    b: Real[Array, "2 n"],
    *,
    beta: Real[Array, ""] = 1,
) -> Real[Array, "n"]:
    """The next state σ(s) h + (1 − σ(s − β)) h̃ of a cell whose only gate is the forget gate, of logit s.

    Conventions: the maps are those of the forget gate and of the candidate h̃ = tanh(·); 1 − σ(s − β) is written as
    σ(β − s), which does not cancel; nothing is subtracted from the exponents, so large logits overflow in floats, on the
    way to a gate that is 0.
    Source: :cite:t:`vanderwesthuizen2018forget`.
    """
    xp = array_namespace(h)
    maps = u @ h + w @ x + b
    s = maps[0, :]
    return h / (1 + xp.exp(-s)) + xp.tanh(maps[1, :]) / (1 + xp.exp(s - beta))


def gru_cell(
    x: Real[Array, "m"],
    h: Real[Array, "n"],
    u: Real[Array, "3 n n"],
    w: Real[Array, "3 n m"],
    b: Real[Array, "3 n"],
    *,
    reset: bool = True,
) -> Real[Array, "n"]:
    """The next state (1 − z) h + z h̃ of a gated recurrent unit, with h̃ = tanh(u_h (r h) + w_h x + b_h).

    Conventions: the maps are those of the update gate z, the reset gate r and the candidate; z weighs the candidate (Cho et
    al. let it weigh the old state, which is a change of sign of the gate's map); without `reset`, r is 1.
    Source: :cite:t:`cho2014learning`.
    """
    xp = array_namespace(h)
    z = 0.5 * (1 + xp.tanh((u[0, :, :] @ h + w[0, :, :] @ x + b[0, :]) / 2))
    r = 0.5 * (1 + xp.tanh((u[1, :, :] @ h + w[1, :, :] @ x + b[1, :]) / 2))
    visible = r * h if reset else h
    return (1 - z) * h + z * xp.tanh(u[2, :, :] @ visible + w[2, :, :] @ x + b[2, :])


def lstm_cell(
    x: Real[Array, "m"],
    h: Real[Array, "n"],
    c: Real[Array, "n"],
    u: Real[Array, "4 n n"],
    w: Real[Array, "4 n m"],
    b: Real[Array, "4 n"],
    *,
    read: bool = True,
    squash: bool = True,
) -> tuple[Real[Array, "n"], Real[Array, "n"]]:
    """The next output o tanh(c′) and memory c′ = f c + i c̃ of a long short-term memory cell.

    Conventions: the maps are those of the forget gate f, the input gate i, the output gate o and the candidate c̃ = tanh(·);
    no peepholes; without `read`, o is 1; without `squash`, the output is o c′.
    """
    xp = array_namespace(h)
    maps = u @ h + w @ x + b
    gates = 1 / (1 + xp.exp(-maps[:3, :]))
    memory = gates[0, :] * c + gates[1, :] * xp.tanh(maps[3, :])
    output = xp.tanh(memory) if squash else memory
    return (gates[2, :] * output if read else output), memory


def residual_block(
    x: Real[Array, "n"], w: Real[Array, "m n"], b: Real[Array, "m"], v: Real[Array, "n m"]
) -> Real[Array, "n"]:
    """x + f(x) with f(x) = v tanh(w x + b).

    Conventions: one hidden layer, no normalisation.
    Source: :cite:t:`he2016deep`, with tanh in place of the rectifier.
    """
    xp = array_namespace(x)
    return x + v @ xp.tanh(w @ x + b)


def product_gate(
    x: Real[Array, "n"], w: Real[Array, "m n"], b: Real[Array, "m"], v: Real[Array, "n m"]
) -> Real[Array, "n"]:
    """x f(x), entry by entry, with f(x) = v tanh(w x + b).

    Conventions: as in the residual block, with a product in place of the sum.
    """
    xp = array_namespace(x)
    return x * (v @ xp.tanh(w @ x + b))


def noisy_or(p: Probability[Array, "n"]) -> Real[Array, ""]:
    """The probability 1 − ∏(1 − p_i) that at least one of several independent events happens."""
    xp = array_namespace(p)
    return 1 - xp.prod(1 - p)


def probabilistic_sum(p: Probability[Array, "n"]) -> Real[Array, ""]:
    """The numbers p_i joined from left to right by x + y − xy, beginning with 0.

    Source: :cite:t:`klement2000triangular`.
    """
    xp = array_namespace(p)
    total = xp.zeros((), dtype=p.dtype)
    for i in range(p.shape[0]):
        total = total + p[i] - total * p[i]
    return total


def logit_sum(a: Real[Array, "n"], b: Real[Array, "n"]) -> Real[Array, "n"]:
    """softmax(a + b): two lists of scores added before they become a distribution."""
    xp = array_namespace(a)
    scores = a + b
    weights = xp.exp(scores - shift(scores))
    return weights / xp.sum(weights)
