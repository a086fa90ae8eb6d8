"""Checks of the claims about the tensor power method: its speed, its fixed points, deflation and whitening."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace, jvp
from kg.verify import Array, Natural, Orthogonal, Positive, Real, check, condition


@condition(generic=True)
def independent_components(components):
    xp = array_namespace(components)
    gram = components @ components.mT
    return bool(xp.linalg.det(gram) * 2**20 > xp.prod(xp.linalg.diagonal(gram)))


@condition(generic=True)
def positive_weights(weights):
    return bool(np.all(weights > 0))


@condition
def each_start_favours_its_component(weights, components, starts):
    shares = abs((starts @ components[: len(weights), :].mT) * weights[None, :])
    own = array_namespace(shares).linalg.diagonal(shares)[:, None]
    alike = np.max(weights) <= 2**10 * np.min(weights)
    still_to_come, found_before = np.triu(shares, 1), np.tril(shares, -1)
    return bool(
        alike and np.all(own > 0) and np.all(own >= 2 * still_to_come) and np.all(2**10 * own >= found_before)
    )


@each_start_favours_its_component.sampler
def _(weights, components, starts):
    # On the diagonal at least a half, of those still to come at most a quarter, of those found before up to hundreds.
    xp, r = array_namespace(starts), starts.shape[0]
    drawn = starts[:, :r]
    own, coming, found = (
        xp.asarray(part, dtype=starts.dtype)
        for part in (
            np.eye(r),
            np.triu(np.ones((r, r)), 1),
            np.tril(np.ones((r, r)), -1),
        )
    )
    shares = own * (0.5 + drawn * drawn) + coming * drawn / 8 + found * drawn * 2**7
    return {"starts": (shares / weights[None, :]) @ components[:r, :]}


def _cp(use, weights, components):
    """Σ_r λ_r a_r∘a_r∘a_r."""
    return use("cp_tensor")((components * weights[:, None]).mT, components.mT, components.mT)


# As a contraction -----------------------------------------------------------------------------------------------


def _unit(v):
    xp = array_namespace(v)
    return v / xp.sqrt(xp.sum(v * v))


@check(sizes={"d": (2, 3, 5)})
def tensor_power_iteration_is_a_contraction_of_a_cp_tensor(
    use, weights: Real[Array, "r"], components: Real[Array, "r d"], x: Real[Array, "d"]
):
    contracted = (_cp(use, weights, components) @ x) @ x
    return use("tensor_power_iteration")(weights, components, x), _unit(contracted)


@tensor_power_iteration_is_a_contraction_of_a_cp_tensor.control("the weights are left out")
def _(use, weights, components, x):
    contracted = (use("cp_tensor")(components.mT, components.mT, components.mT) @ x) @ x
    return use("tensor_power_iteration")(weights, components, x), _unit(contracted)


@tensor_power_iteration_is_a_contraction_of_a_cp_tensor.control("only one axis is contracted with the guess")
def _(use, weights, components, x):
    xp = array_namespace(x)
    contracted = _cp(use, weights, components) @ x
    return use("tensor_power_iteration")(weights, components, x), _unit(xp.sum(contracted, axis=1))


# Among the polynomials of an exponential ------------------------------------------------------------------------


def _second_derivative(read, at, q):
    """The second derivative along the queries themselves."""
    return jvp(lambda x: jvp(read, x, q), at, q)


@check
def polynomial_attention_is_the_second_order_of_exponential_attention(
    use, q: Real[Array, "n d"], k: Real[Array, "m d"], v: Real[Array, "m e"]
):
    second = _second_derivative(lambda x: use("exponential_kernel")(x, k) @ v, 0 * q, q)
    return use("polynomial_attention")(q, k, v), q.shape[1] * second


@polynomial_attention_is_the_second_order_of_exponential_attention.control(
    "the derivative is taken at the queries, where all orders contribute"
)
def _(use, q, k, v):
    second = _second_derivative(lambda x: use("exponential_kernel")(x, k) @ v, q, q)
    return use("polynomial_attention")(q, k, v), q.shape[1] * second


@polynomial_attention_is_the_second_order_of_exponential_attention.control(
    "the weights are divided by their sum, as in softmax"
)
def _(use, q, k, v):
    second = _second_derivative(lambda x: use("softmax_attention")(x, k, v), 0 * q, q)
    return use("polynomial_attention")(q, k, v), q.shape[1] * second


# Speed ----------------------------------------------------------------------------------------------------------


def _shares(weights, components, x):
    """λ_r a_r·x, by which the components compete."""
    return weights * (components @ x)


def _steps(use, weights, components, x, steps):
    for _ in range(steps):
        x = use("tensor_power_iteration")(weights, components, x)
    return x


@check(sizes={"d": (2, 3, 4)})
def power_iteration_on_orthonormal_components_squares_ratios_at_every_step(
    use,
    weights: Real[Array, "d"],
    components: Orthogonal[Array, "d d"],
    x: Real[Array, "d"],
    steps: Natural[int, "1 3"],
):
    before = _shares(weights, components, x)
    after = _shares(weights, components, _steps(use, weights, components, x, steps))
    # after_r / after_1 = (before_r / before_1)^(2^steps), multiplied out.
    power = 2**steps
    return after[1:] * before[0] ** power, after[0] * before[1:] ** power


@power_iteration_on_orthonormal_components_squares_ratios_at_every_step.control(
    "the ratios are only doubled in power: convergence would be linear"
)
def _(use, weights, components, x, steps):
    before = _shares(weights, components, x)
    after = _shares(weights, components, _steps(use, weights, components, x, steps))
    power = steps + 2
    return after[1:] * before[0] ** power, after[0] * before[1:] ** power


@power_iteration_on_orthonormal_components_squares_ratios_at_every_step.control(
    "the components are not orthogonal"
)
def _(use, weights, components, x, steps):
    xp = array_namespace(x)
    oblique = xp.concat([components[:1, :] + components[1:2, :], components[1:, :]], axis=0)
    before = _shares(weights, oblique, x)
    after = _shares(weights, oblique, _steps(use, weights, oblique, x, steps))
    return after[1:] * before[0] ** 2**steps, after[0] * before[1:] ** 2**steps


@power_iteration_on_orthonormal_components_squares_ratios_at_every_step.control(
    "the weights are left out of the ratios"
)
def _(use, weights, components, x, steps):
    before = components @ x
    after = components @ _steps(use, weights, components, x, steps)
    return after[1:] * before[0] ** 2**steps, after[0] * before[1:] ** 2**steps


# Fixed points ---------------------------------------------------------------------------------------------------


def _step_at_each(use, weights, components):
    rows = [components[r, :] for r in range(components.shape[0])]
    return array_namespace(components).stack(
        [use("tensor_power_iteration")(weights, components, row) for row in rows]
    )


@check(sizes={"d": (2, 3, 4)})
def orthonormal_components_are_fixed_points_of_power_iteration(
    use, weights: Positive[Array, "d"], components: Orthogonal[Array, "d d"]
):
    return _step_at_each(use, weights, components), components


@orthonormal_components_are_fixed_points_of_power_iteration.control("one weight is negative")
def _(use, weights, components):
    xp = array_namespace(weights)
    turned = xp.concat([-weights[:1], weights[1:]])
    return _step_at_each(use, turned, components), components


@orthonormal_components_are_fixed_points_of_power_iteration.control("one component leans towards another")
def _(use, weights, components):
    xp = array_namespace(weights)
    leaning = (3 * components[:1, :] + 4 * components[1:2, :]) / 5
    oblique = xp.concat([leaning, components[1:, :]], axis=0)
    return _step_at_each(use, weights, oblique), oblique


@check
def components_are_not_always_fixed_points_of_power_iteration(
    use, weights: Positive[Array, "r"], components: Real[Array, "r d"]
):
    lengths = array_namespace(components).linalg.vector_norm(components, axis=1, keepdims=True)
    return _step_at_each(use, weights, components), components / lengths


@components_are_not_always_fixed_points_of_power_iteration.counterexample
def _():
    # Two unit vectors at an angle whose cosine is 3/5.
    return {"weights": [1, 1], "components": [[1, 0], ["3/5", "4/5"]]}


@components_are_not_always_fixed_points_of_power_iteration.control(
    "there is one component only, so nothing leans on it"
)
def _(use, weights, components):
    first = components[:1, :]
    length = array_namespace(components).linalg.vector_norm(first, axis=1, keepdims=True)
    return _step_at_each(use, weights[:1], first), first / length


# Deflation ------------------------------------------------------------------------------------------------------


@check(sizes={"d": (2, 3, 4)})
def deflation_at_an_orthonormal_component_leaves_the_others(
    use, weights: Real[Array, "d"], components: Orthogonal[Array, "d d"]
):
    tensor = _cp(use, weights, components)
    left = use("tensor_deflation")(tensor, components[0, :])
    return left, _cp(use, weights[1:], components[1:, :])


@deflation_at_an_orthonormal_component_leaves_the_others.control("the direction lies between two components")
def _(use, weights, components):
    between = (3 * components[0, :] + 4 * components[1, :]) / 5
    left = use("tensor_deflation")(_cp(use, weights, components), between)
    return left, _cp(use, weights[1:], components[1:, :])


@deflation_at_an_orthonormal_component_leaves_the_others.control("the components are not orthogonal")
def _(use, weights, components):
    xp = array_namespace(weights)
    leaning = (3 * components[:1, :] + 4 * components[1:2, :]) / 5
    oblique = xp.concat([leaning, components[1:, :]], axis=0)
    left = use("tensor_deflation")(_cp(use, weights, oblique), oblique[0, :])
    return left, _cp(use, weights[1:], oblique[1:, :])


@check
def deflation_at_a_component_does_not_always_leave_the_others(
    use, weights: Real[Array, "r"], components: Real[Array, "r d"]
):
    xp = array_namespace(components)
    units = components / xp.linalg.vector_norm(components, axis=1, keepdims=True)
    left = use("tensor_deflation")(_cp(use, weights, units), units[0, :])
    return left, _cp(use, weights[1:], units[1:, :])


@deflation_at_a_component_does_not_always_leave_the_others.counterexample
def _():
    return {"weights": [1, 1], "components": [[1, 0], ["3/5", "4/5"]]}


@deflation_at_a_component_does_not_always_leave_the_others.control("the weight of the component is known")
def _(use, weights, components):
    xp = array_namespace(components)
    units = components / xp.linalg.vector_norm(components, axis=1, keepdims=True)
    term = _cp(use, weights[:1], units[:1, :])
    return _cp(use, weights, units) - term, _cp(use, weights[1:], units[1:, :])


@check(relation="<=", sizes={"r": (2, 3), "d": (3, 4)})
def power_method_with_deflation_finds_orthonormal_components(
    use, weights: Positive[Array, "r"], components: Orthogonal[Array, "d d"], starts: Real[Array, "r d"]
):
    xp = array_namespace(weights)
    tensor = _cp(use, weights, components[: len(weights), :])
    found = _cp(use, *use("tensor_power_method")(tensor, starts, steps=8))
    return xp.sum((found - tensor) ** 2) * 2**40, xp.sum(tensor * tensor)


@power_method_with_deflation_finds_orthonormal_components.control("nothing is taken away between components")
def _(use, weights, components, starts):
    # Each iteration begins at its own start, but on the whole tensor.
    xp = array_namespace(weights)
    tensor = _cp(use, weights, components[: len(weights), :])
    single = [
        use("tensor_power_method")(tensor, starts[r : r + 1, :], steps=8) for r in range(starts.shape[0])
    ]
    found = (xp.concat([one[part] for one in single], axis=0) for part in range(2))
    return xp.sum((_cp(use, *found) - tensor) ** 2) * 2**40, xp.sum(tensor * tensor)


@power_method_with_deflation_finds_orthonormal_components.control("two steps for each component")
def _(use, weights, components, starts):
    xp = array_namespace(weights)
    tensor = _cp(use, weights, components[: len(weights), :])
    found = _cp(use, *use("tensor_power_method")(tensor, starts, steps=2))
    return xp.sum((found - tensor) ** 2) * 2**40, xp.sum(tensor * tensor)


power_method_with_deflation_finds_orthonormal_components.explain_implementation(
    "tensor_power_method",
    "t @ x @ x → x @ (t @ x)",
    "the tensor is symmetric, so it does not matter along which axes",
)


# Whitening ------------------------------------------------------------------------------------------------------


@check(sizes={"d": (2, 3)})
def whitened_components_are_orthonormal(use, weights: Positive[Array, "d"], components: Real[Array, "d d"]):
    white = use("whitened_components")(weights, components)
    return white @ white.mT, array_namespace(components).eye(components.shape[0], dtype=components.dtype)


whitened_components_are_orthonormal.explain(
    "transpose dropped: xp.linalg.solve(factor,",
    "a square matrix with orthonormal rows has orthonormal columns",
)


@check(sizes={"d": (2, 3)})
def whitened_cp_tensor_has_orthonormal_components(
    use, weights: Positive[Array, "d"], components: Real[Array, "d d"]
):
    xp = array_namespace(components)
    return _cp(use, weights, components), _recoloured(use, weights, components, 1 / xp.sqrt(weights))


def _recoloured(use, weights, components, white_weights):
    """The tensor with the whitened components and these weights, multiplied along each axis by the Cholesky factor."""
    moment = (components * weights[:, None]).mT @ components
    factor = use("cholesky_features")(moment, features=components.shape[0])
    white = use("whitened_components")(weights, components)
    first = factor @ (white * white_weights[:, None]).mT
    return use("cp_tensor")(first, factor @ white.mT, factor @ white.mT)


whitened_cp_tensor_has_orthonormal_components.explain(
    "cp_tensor, line 21: constant changed: 1 → 0", "the factors are square, with as many columns as rows"
)


@whitened_cp_tensor_has_orthonormal_components.control("the weights stay as they are")
def _(use, weights, components):
    return _cp(use, weights, components), _recoloured(use, weights, components, weights)


@whitened_cp_tensor_has_orthonormal_components.control("all weights become one")
def _(use, weights, components):
    return _cp(use, weights, components), _recoloured(use, weights, components, 1 + 0 * weights)


@whitened_components_are_orthonormal.control("the components are not whitened")
def _(use, weights, components):
    identity = array_namespace(components).eye(components.shape[0], dtype=components.dtype)
    return components @ components.mT, identity


@whitened_components_are_orthonormal.control("the weights are not taken along")
def _(use, weights, components):
    xp = array_namespace(components)
    white = use("whitened_components")(weights, components) / xp.sqrt(weights)[:, None]
    return white @ white.mT, xp.eye(components.shape[0], dtype=components.dtype)
