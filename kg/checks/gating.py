"""Checks of the claims about gates, residual blocks, and sums that mean 'or' or 'and'.

Three affine maps of state and input are drawn, stacked as the cells take them; what a cell calls them is arranged here.
"""

from __future__ import annotations

from kg.numbers import array_namespace, constant, jvp
from kg.verify import Array, Probability, Real, check, condition


@condition
def positive_shift(beta):
    return bool(beta > 0)


@positive_shift.sampler
def _(beta):
    return {"beta": beta * beta}


@condition(generic=True)
def differentiable_function(x, w, b):
    # The function of these blocks is smooth: it has a Jacobian wherever what it is applied to is a finite number.
    return bool((0 * (w @ x + b) == 0).all())


@check(sizes={"t": (3,)})
def janet_cell_without_shift_is_a_gru_cell_without_reset(
    use,
    x: Real[Array, "t m"],
    h: Real[Array, "n"],
    u: Real[Array, "3 n n"],
    w: Real[Array, "3 n m"],
    b: Real[Array, "3 n"],
    beta: Real[Array, ""],
):
    janet_cell, gru_cell = use("janet_cell"), use("gru_cell")
    janet, gru = _maps_of_janet(u, w, b), _maps_of_gru(u, w, b)
    # The claim is the last pair.  The first two test the texts of what it holds still: β and the reset gate.
    later = array_namespace(h).tanh(h)
    left = [
        janet_cell(x[0, :], 0 * h, *janet, beta=beta),
        janet_cell(x[0, :], later, *_seen_through(_gate(u, w, b, 2, x[0, :], later), janet), beta=0),
        _states(janet_cell, x, h, *janet, beta=0),
    ]
    right = [
        gru_cell(x[0, :], 0 * h, *_maps_of_gru(u, w, b, beta), reset=False),
        gru_cell(x[0, :], later, *gru),
        _states(gru_cell, x, h, *gru, reset=False),
    ]
    return left, right


def _stacked(parts):
    return array_namespace(parts[0]).stack(parts)


def _maps_of_janet(u, w, b):
    """The maps that were drawn are those of the forget gate, of the candidate, and of a reset or output gate."""
    return u[:2, :, :], w[:2, :, :], b[:2, :]


def _maps_of_gru(u, w, b, beta=0):
    """The update gate is σ(β − s) for a forget gate σ(s): one minus it, if β is 0. The reset gate is the third map."""
    return (
        _stacked([-u[0, :, :], u[2, :, :], u[1, :, :]]),
        _stacked([-w[0, :, :], w[2, :, :], w[1, :, :]]),
        _stacked([beta - b[0, :], b[2, :], b[1, :]]),
    )


def _maps_of_lstm(u, w, b, beta=0):
    """The input gate is σ(β − s) for a forget gate σ(s): one minus it, if β is 0. The output gate is the third map."""
    return (
        _stacked([u[0, :, :], -u[0, :, :], u[2, :, :], u[1, :, :]]),
        _stacked([w[0, :, :], -w[0, :, :], w[2, :, :], w[1, :, :]]),
        _stacked([b[0, :], beta - b[0, :], b[2, :], b[1, :]]),
    )


def _gate(u, w, b, i, x, h):
    return 1 / (1 + array_namespace(h).exp(-(u[i, :, :] @ h + w[i, :, :] @ x + b[i, :])))


def _seen_through(r, maps):
    """The candidate's u diag(r) does to the whole state what its u does to the state behind a reset gate of value r."""
    u, w, b = maps
    return _stacked([u[0, :, :], u[1, :, :] * r[None, :]]), w, b


def _states(cell, x, h, *maps, **options):
    """The states of a cell at every time step."""
    states = []
    for t in range(x.shape[0]):
        h = cell(x[t, :], h, *maps, **options)
        states.append(h)
    return _stacked(states)


@janet_cell_without_shift_is_a_gru_cell_without_reset.control("β is 1, as in the paper, and not 0")
def _(use, x, h, u, w, b):
    left = _states(use("janet_cell"), x, h, *_maps_of_janet(u, w, b), beta=1)
    return left, _states(use("gru_cell"), x, h, *_maps_of_gru(u, w, b), reset=False)


@janet_cell_without_shift_is_a_gru_cell_without_reset.control("the reset gate is not held at 1")
def _(use, x, h, u, w, b):
    left = _states(use("janet_cell"), x, h, *_maps_of_janet(u, w, b), beta=0)
    return left, _states(use("gru_cell"), x, h, *_maps_of_gru(u, w, b))


@janet_cell_without_shift_is_a_gru_cell_without_reset.control("the update gate is the forget gate itself")
def _(use, x, h, u, w, b):
    left = _states(use("janet_cell"), x, h, *_maps_of_janet(u, w, b), beta=0)
    swapped = [_stacked([one[0, ...], one[2, ...], one[1, ...]]) for one in (u, w, b)]
    return left, _states(use("gru_cell"), x, h, *swapped, reset=False)


@check(sizes={"t": (3,)})
def janet_cell_without_shift_is_a_coupled_lstm_cell(
    use,
    x: Real[Array, "t m"],
    h: Real[Array, "n"],
    u: Real[Array, "3 n n"],
    w: Real[Array, "3 n m"],
    b: Real[Array, "3 n"],
    beta: Real[Array, ""],
):
    janet_cell, lstm_cell = use("janet_cell"), use("lstm_cell")
    janet = _maps_of_janet(u, w, b)
    # One step with nothing held still tests the texts of β, of the output gate and its tanh, and of a memory 2h that is
    # not the output.
    memory = janet_cell(x[0, :], h, *janet, beta=beta) + _gate(u, w, b, 0, x[0, :], h) * h
    output = _gate(u, w, b, 2, x[0, :], h) * array_namespace(h).tanh(memory)
    general = lstm_cell(x[0, :], h, 2 * h, *_maps_of_lstm(u, w, b, beta))
    states = _states(janet_cell, x, h, *janet, beta=0)
    memories = _memories(lstm_cell, x, h, *_maps_of_lstm(u, w, b), read=False, squash=False)
    return [output, memory, states, states], [*general, *memories]


def _memories(lstm_cell, x, h, *maps, **options):
    """The outputs and the memories of a memory cell at every time step, from an output and a memory that are equal."""
    memory, outputs, memories = h, [], []
    for t in range(x.shape[0]):
        h, memory = lstm_cell(x[t, :], h, memory, *maps, **options)
        outputs.append(h)
        memories.append(memory)
    return _stacked(outputs), _stacked(memories)


@janet_cell_without_shift_is_a_coupled_lstm_cell.control("β is 1, as in the paper, and not 0")
def _(use, x, h, u, w, b):
    states = _states(use("janet_cell"), x, h, *_maps_of_janet(u, w, b), beta=1)
    memories = _memories(use("lstm_cell"), x, h, *_maps_of_lstm(u, w, b), read=False, squash=False)
    return [states, states], memories


@janet_cell_without_shift_is_a_coupled_lstm_cell.control("the output keeps its tanh")
def _(use, x, h, u, w, b):
    states = _states(use("janet_cell"), x, h, *_maps_of_janet(u, w, b), beta=0)
    return [states, states], _memories(use("lstm_cell"), x, h, *_maps_of_lstm(u, w, b), read=False)


@janet_cell_without_shift_is_a_coupled_lstm_cell.control("the output gate is not held at 1")
def _(use, x, h, u, w, b):
    states = _states(use("janet_cell"), x, h, *_maps_of_janet(u, w, b), beta=0)
    return [states, states], _memories(use("lstm_cell"), x, h, *_maps_of_lstm(u, w, b), squash=False)


def _sum_of_weights(janet_cell, s, beta):
    """The two weights of a cell with the gate's logit s, added: what it makes of a state that equals its candidate."""
    xp = array_namespace(s)
    nothing = xp.zeros((2, s.shape[0], s.shape[0]), dtype=s.dtype)
    ones = xp.ones(s.shape, dtype=s.dtype)
    same = xp.tanh(ones)
    return janet_cell(0 * s, same, nothing, nothing, _stacked([s, ones]), beta=beta) / same


@check(relation="<=")
def janet_cell_is_not_a_convex_combination(use, s: Real[Array, "n"], beta: Real[Array, ""]):
    # The weights of a convex combination add up to one, so at most to one.
    xp = array_namespace(s)
    return _sum_of_weights(use("janet_cell"), s, beta), xp.ones(s.shape, dtype=s.dtype)


@janet_cell_is_not_a_convex_combination.counterexample
def _():
    return {"s": ["1/2"], "beta": 1}


@janet_cell_is_not_a_convex_combination.control("β is 0")
def _(use, s, beta):
    xp = array_namespace(s)
    return _sum_of_weights(use("janet_cell"), s, 0 * beta), xp.ones(s.shape, dtype=s.dtype)


@janet_cell_is_not_a_convex_combination.control("one plus the excess as stated, neither more nor less")
def _(use, s, beta):
    # sinh(β/2) / (cosh(s − β/2) + cosh(β/2)), each with its factor of a half left out.
    xp, half = array_namespace(s), beta / 2
    excess = (xp.exp(half) - xp.exp(-half)) / (
        xp.exp(s - half) + xp.exp(half - s) + xp.exp(half) + xp.exp(-half)
    )
    total = _sum_of_weights(use("janet_cell"), s, beta)
    return xp.stack([total, 1 + excess]), xp.stack([1 + excess, total])


@check
def janet_weights_sum_to_at_most_one_plus_tanh(use, s: Real[Array, "n"], beta: Real[Array, ""]):
    xp = array_namespace(s)
    return _sum_of_weights(use("janet_cell"), s, beta), 1 + xp.tanh(beta / 4) + 0 * s


@janet_weights_sum_to_at_most_one_plus_tanh.witness
def _(s, beta):
    return {"s": beta / 2 + 0 * s}


@janet_weights_sum_to_at_most_one_plus_tanh.control("the bound with β/5 in place of β/4")
def _(use, s, beta):
    xp = array_namespace(s)
    return _sum_of_weights(use("janet_cell"), s, beta), 1 + xp.tanh(beta / 5) + 0 * s


@janet_weights_sum_to_at_most_one_plus_tanh.control("the bound of a convex combination, 1")
def _(use, s, beta):
    return _sum_of_weights(use("janet_cell"), s, beta), 1 + 0 * s


@check
def eigenvalues_of_a_residual_block_are_shifted_by_one(
    use,
    x: Real[Array, "n"],
    w: Real[Array, "m n"],
    b: Real[Array, "m"],
    v: Real[Array, "n m"],
    scalar: Real[Array, ""],
):
    block = _jacobian(lambda point: use("residual_block")(point, w, b, v), x)
    return _characteristic(block, scalar), _characteristic(_inner_jacobian(x, w, b, v), scalar - 1)


def _characteristic(matrix, scalar):
    """det(λI − M), whose zeros in λ are the eigenvalues with their multiplicities."""
    xp = array_namespace(matrix)
    return xp.linalg.det(scalar * xp.eye(matrix.shape[0], dtype=matrix.dtype) - matrix)


def _jacobian(function, x):
    """The matrix of partial derivatives of `function` at x, a column for each direction."""
    xp = array_namespace(x)
    identity = xp.eye(x.shape[0], dtype=x.dtype)
    return xp.stack([jvp(function, x, identity[:, i]) for i in range(x.shape[0])], axis=1)


def _inner_jacobian(x, w, b, v):
    """The Jacobian v diag(1 − tanh²(w x + b)) w of the function inside the block, by the chain rule."""
    xp = array_namespace(x)
    slope = 1 - xp.tanh(w @ x + b) ** 2
    return v @ (slope[:, None] * w)


@eigenvalues_of_a_residual_block_are_shifted_by_one.control("a product gate in place of the residual block")
def _(use, x, w, b, v, scalar):
    block = _jacobian(lambda point: use("product_gate")(point, w, b, v), x)
    return _characteristic(block, scalar), _characteristic(_inner_jacobian(x, w, b, v), scalar - 1)


@eigenvalues_of_a_residual_block_are_shifted_by_one.control("the eigenvalues are not shifted")
def _(use, x, w, b, v, scalar):
    block = _jacobian(lambda point: use("residual_block")(point, w, b, v), x)
    return _characteristic(block, scalar), _characteristic(_inner_jacobian(x, w, b, v), scalar)


@check
def logit_sum_is_a_product_of_experts(use, a: Real[Array, "n"], b: Real[Array, "n"]):
    return use("logit_sum")(a, b), use("product_of_experts")(_two_experts(a, b))


def _two_experts(a, b):
    """The distributions softmax(a) and softmax(b), one in each row."""
    xp = array_namespace(a)
    weights = xp.exp(xp.stack([a, b]))
    return weights / xp.sum(weights, axis=1, keepdims=True)


@logit_sum_is_a_product_of_experts.control("an equal mixture of the experts in place of their product")
def _(use, a, b):
    half = constant(a, 1) / 2
    weights = array_namespace(a).stack([half, half])
    return use("logit_sum")(a, b), use("mixture_of_experts")(_two_experts(a, b), weights)


@logit_sum_is_a_product_of_experts.control("the product is not divided by its total")
def _(use, a, b):
    return use("logit_sum")(a, b), array_namespace(a).prod(_two_experts(a, b), axis=0)


@check
def noisy_or_is_the_probabilistic_sum(use, p: Probability[Array, "n"]):
    return use("noisy_or")(p), use("probabilistic_sum")(p)


@noisy_or_is_the_probabilistic_sum.control("plain addition, which leaves the interval")
def _(use, p):
    return use("noisy_or")(p), array_namespace(p).sum(p)


@noisy_or_is_the_probabilistic_sum.control("the product of the probabilities, which is 'and'")
def _(use, p):
    return array_namespace(p).prod(p), use("probabilistic_sum")(p)


@check(relation="<=")
def janet_state_stays_within_e_to_the_shift(
    use, held: Real[Array, "n"], s: Real[Array, "n"], candidate: Real[Array, "n"], beta: Real[Array, ""]
):
    xp = array_namespace(s)
    largest = xp.exp(beta)
    after = _next_state(use("janet_cell"), largest * xp.tanh(held), s, candidate, beta)
    # Squares, so that the lower bound is claimed with the upper one.
    return after * after, largest * largest + 0 * s


def _next_state(janet_cell, state, s, candidate, beta):
    """One step of a cell whose maps are constant: the gate's logit is s, the candidate is tanh of the last map."""
    xp = array_namespace(s)
    nothing = xp.zeros((2, s.shape[0], s.shape[0]), dtype=s.dtype)
    return janet_cell(0 * s, state, nothing, nothing, _stacked([s, candidate]), beta=beta)


@janet_state_stays_within_e_to_the_shift.witness
def _(s):
    # A gate that keeps everything, a state at the bound, and a candidate at one.
    return {"held": 40 + 0 * s, "s": 40 + 0 * s, "candidate": 40 + 0 * s}


@janet_state_stays_within_e_to_the_shift.control("the bound of a convex combination, 1, for a state within 1")
def _(use, held, s, candidate, beta):
    xp = array_namespace(s)
    return abs(_next_state(use("janet_cell"), xp.tanh(held), s, candidate, beta)), 1 + 0 * s


@janet_state_stays_within_e_to_the_shift.control("a state outside the bound, of size up to e^(2β)")
def _(use, held, s, candidate, beta):
    xp = array_namespace(s)
    state = xp.exp(2 * beta) * xp.tanh(held)
    return abs(_next_state(use("janet_cell"), state, s, candidate, beta)), xp.exp(beta) + 0 * s


@check
def jacobian_of_a_product_gate_has_the_function_on_its_diagonal(
    use, x: Real[Array, "n"], w: Real[Array, "m n"], b: Real[Array, "m"], v: Real[Array, "n m"]
):
    return _gate_jacobian(use, x, w, b, v), _gated(use, x, w, b, v, x[:, None])


def _gate_jacobian(use, x, w, b, v):
    return _jacobian(lambda point: use("product_gate")(point, w, b, v), x)


def _gated(use, x, w, b, v, factor):
    """diag(f) + factor·J_f, with f read off the residual block."""
    xp = array_namespace(x)
    f = use("residual_block")(x, w, b, v) - x
    return f[:, None] * xp.eye(x.shape[0], dtype=x.dtype) + factor * _inner_jacobian(x, w, b, v)


@jacobian_of_a_product_gate_has_the_function_on_its_diagonal.control(
    "the input does not multiply the slope of the function"
)
def _(use, x, w, b, v):
    return _gate_jacobian(use, x, w, b, v), _gated(use, x, w, b, v, 1)


@jacobian_of_a_product_gate_has_the_function_on_its_diagonal.control("the input multiplies columns, not rows")
def _(use, x, w, b, v):
    return _gate_jacobian(use, x, w, b, v), _gated(use, x, w, b, v, x[None, :])
