"""Long convolutions: causal filters as long as the sequence, and the state spaces whose filters they are.

Conventions: a filter h is causal, h_0 acts on the present token; inputs x are rows, and every channel is filtered alike; the
state of a state space starts at zero, is moved, takes up the input, and is read, in this order.
"""

from __future__ import annotations

from kg.numbers import Array, Real, array_namespace


def time_invariant_state_space_model(
    a: Real[Array, "s s"], b: Real[Array, "s"], c: Real[Array, "s"], x: Real[Array, "n e"]
) -> Real[Array, "n e"]:
    """h_t = A h_{t−1} + b x_tᵀ, y_t = cᵀ h_t, with the same A, b and c for every token.

    Source: :cite:t:`gu2021efficiently`.
    """
    xp = array_namespace(x)
    h = xp.zeros((b.shape[0], x.shape[1]), dtype=x.dtype)
    outputs = []
    for t in range(x.shape[0]):
        h = a @ h + b[:, None] * x[t, None, :]
        outputs.append(c @ h)
    return xp.stack(outputs)


def impulse_response(
    a: Real[Array, "s s"], b: Real[Array, "s"], c: Real[Array, "s"], *, length: int = 5
) -> Array:
    """The numbers cᵀ b, cᵀ A b, cᵀ A² b, …: what comes out after a single one went in.

    Source: :cite:t:`gu2021efficiently`.
    """
    xp = array_namespace(b)
    numbers = []
    for _ in range(length):
        numbers.append(xp.sum(c * b))
        b = a @ b
    return xp.stack(numbers)


def long_convolution(h: Real[Array, "n"], x: Real[Array, "n e"]) -> Real[Array, "n e"]:
    """y_t = Σ_{j ≤ t} h_{t−j} x_j: a causal filter as long as the sequence.

    Source: :cite:t:`poli2023hyena`.
    """
    xp = array_namespace(x)
    rows = [xp.sum(xp.flip(h[: t + 1], axis=0)[:, None] * x[: t + 1, :], axis=0) for t in range(x.shape[0])]
    return xp.stack(rows)


def fft_long_convolution(h: Real[Array, "n"], x: Real[Array, "n e"]) -> Real[Array, "n e"]:
    """The same by Fourier transforms of twice the length, which leave room for what would wrap around.

    Conventions: all numbers are real, and imaginary parts of the result are dropped.
    Source: :cite:t:`poli2023hyena`.
    """
    xp = array_namespace(x)
    n = x.shape[0]
    filter_ = xp.concat([h, xp.zeros((n,), dtype=h.dtype)])
    padded = xp.concat([x, xp.zeros(x.shape, dtype=x.dtype)], axis=0)
    spectrum = xp.fft.fft(filter_[:, None], axis=0) * xp.fft.fft(padded, axis=0)
    return xp.real(xp.fft.ifft(spectrum, axis=0))[:n, :]


def hankel_matrix(h: Real[Array, "2*s-1"]) -> Real[Array, "s s"]:
    """The square table of h_{i+j}, from a list of odd length.

    Source: :cite:t:`poli2023hyena`.
    """
    size = (h.shape[0] + 1) // 2
    return array_namespace(h).stack([h[i : i + size] for i in range(size)])


def hankel_realisation(
    h: Real[Array, "2*s"],
) -> tuple[Real[Array, "s s"], Real[Array, "s"], Real[Array, "s"]]:
    """The state space A = H⁻¹ H′, b = e_1, c = first row of H, read off from the first 2s numbers of a filter.

    Conventions: H has the entries h_{i+j} and H′ the entries h_{i+j+1}; H has to be invertible.
    """
    xp = array_namespace(h)
    H = hankel_matrix(h[:-1])
    return xp.linalg.solve(H, hankel_matrix(h[1:])), xp.eye(H.shape[0], dtype=h.dtype)[:, 0], H[0, :]
