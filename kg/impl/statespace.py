"""Linear state spaces: as a recurrence, as a masked table, and in blocks.

Conventions: a state h starts at zero; it is multiplied by the transition of a token, the token's input is added, and it
is read, in this order; inputs x are rows, and each of their channels has its own state with the same transitions.
"""

from __future__ import annotations

from kg.numbers import Array, Real, array_namespace


def time_varying_state_space_model(
    a: Real[Array, "n s s"], b: Real[Array, "n s"], c: Real[Array, "n s"], x: Real[Array, "n e"]
) -> Real[Array, "n e"]:
    """h_t = A_t h_{t−1} + b_t x_tᵀ, y_t = c_tᵀ h_t, with a matrix A_t for every token.

    Source: :cite:t:`dao2024transformers`.
    """
    xp = array_namespace(x)
    h = xp.zeros((b.shape[1], x.shape[1]), dtype=x.dtype)
    outputs = []
    for t in range(x.shape[0]):
        h = a[t, :, :] @ h + b[t, :, None] * x[t, None, :]
        outputs.append(c[t, :] @ h)
    return xp.stack(outputs)


def semiseparable_product(
    a: Real[Array, "n s s"], b: Real[Array, "n s"], c: Real[Array, "n s"], x: Real[Array, "n e"]
) -> Real[Array, "n e"]:
    """M x for the lower triangular table M_ij = c_iᵀ A_i … A_{j+1} b_j.

    Conventions: the diagonal holds c_iᵀ b_i.
    Source: :cite:t:`dao2024transformers`.
    """
    return semiseparable_matrix(a, b, c) @ x


def semiseparable_matrix(
    a: Real[Array, "n s s"], b: Real[Array, "n s"], c: Real[Array, "n s"]
) -> Real[Array, "n n"]:
    """The table M_ij = c_iᵀ A_i … A_{j+1} b_j for i ≥ j, zero above the diagonal.

    Source: :cite:t:`dao2024transformers`.
    """
    xp = array_namespace(b)
    n = b.shape[0]
    rows = []
    for i in range(n):
        # Walking down from the diagonal of row i, c_iᵀ picks up one transition after another.
        reading, entries = c[i, :], []
        for j in range(i, -1, -1):
            entries.append(xp.sum(reading * b[j, :]))
            reading = reading @ a[j, :, :]
        rows.append(xp.stack([*entries[::-1], *[0 * b[0, 0]] * (n - 1 - i)]))
    return xp.stack(rows)


def selective_state_space_recurrence(
    a: Real[Array, "n"], b: Real[Array, "n s"], c: Real[Array, "n s"], x: Real[Array, "n e"]
) -> Real[Array, "n e"]:
    """h_t = a_t h_{t−1} + b_t x_tᵀ, y_t = c_tᵀ h_t, with one number a_t for every token.

    Conventions: the transition a_t I of Mamba-2.
    Source: :cite:t:`dao2024transformers`.
    """
    xp = array_namespace(x)
    h = xp.zeros((b.shape[1], x.shape[1]), dtype=x.dtype)
    outputs = []
    for t in range(x.shape[0]):
        h = a[t] * h + b[t, :, None] * x[t, None, :]
        outputs.append(c[t, :] @ h)
    return xp.stack(outputs)


def structured_masked_attention(
    a: Real[Array, "n"], b: Real[Array, "n s"], c: Real[Array, "n s"], x: Real[Array, "n e"]
) -> Real[Array, "n e"]:
    """(L ⊙ c bᵀ) x, where L_ij is the product of a_{j+1}, …, a_i: attention with a mask in place of a softmax.

    Source: :cite:t:`dao2024transformers`.
    """
    return (cumulative_product_mask(a) * (c @ b.mT)) @ x


def cumulative_product_mask(a: Real[Array, "n"]) -> Real[Array, "n n"]:
    """The table L of the products a_{j+1} … a_i for i ≥ j, ones on the diagonal, zero above it.

    Conventions: products and no quotients, so that a factor may be zero.
    Source: :cite:t:`dao2024transformers`.
    """
    xp = array_namespace(a)
    n = a.shape[0]
    one = 0 * a[:1] + 1
    rows = [xp.concat([one, 0 * a[1:]])]
    for i in range(1, n):
        rows.append(xp.concat([a[i] * rows[-1][:i], one, 0 * a[i + 1 :]]))
    return xp.stack(rows)


def chunked_state_space_dual(
    a: Real[Array, "n"],
    b: Real[Array, "n s"],
    c: Real[Array, "n s"],
    x: Real[Array, "n e"],
    *,
    chunk: int = 2,
) -> Real[Array, "n e"]:
    """The same in blocks: a masked table inside a block, a state handed from block to block.

    Conventions: the last block may be short.
    Source: :cite:t:`dao2024transformers`.
    """
    xp = array_namespace(x)
    h = xp.zeros((b.shape[1], x.shape[1]), dtype=x.dtype)
    outputs = []
    for start in range(0, x.shape[0], chunk):
        stop = min(start + chunk, x.shape[0])
        fresh = 0 * h
        for i in range(start, stop):
            inside = [
                xp.sum(c[i, :] * b[j, :]) * xp.prod(a[j + 1 : i + 1]) * x[j, :] for j in range(start, i + 1)
            ]
            outputs.append(sum(inside, xp.prod(a[start : i + 1]) * (c[i, :] @ h)))
            fresh = fresh + xp.prod(a[i + 1 : stop]) * b[i, :, None] * x[i, None, :]
        h = xp.prod(a[start:stop]) * h + fresh
    return xp.stack(outputs)


def diagonal_state_space_recurrence(
    a: Real[Array, "n s"], b: Real[Array, "n s"], c: Real[Array, "n s"], x: Real[Array, "n e"]
) -> Real[Array, "n e"]:
    """h_t = diag(a_t) h_{t−1} + b_t x_tᵀ, y_t = c_tᵀ h_t, with one number for every token and entry of the state.

    Source: :cite:t:`dao2024transformers`.
    """
    xp = array_namespace(x)
    outputs = []
    h = xp.zeros((x.shape[1], b.shape[1]), dtype=x.dtype)
    for t in range(x.shape[0]):
        h = h * a[t, None, :] + x[t, :, None] * b[t, None, :]
        outputs.append(h @ c[t, :])
    return xp.stack(outputs)


def sum_of_masked_attentions(
    a: Real[Array, "n s"], b: Real[Array, "n s"], c: Real[Array, "n s"], x: Real[Array, "n e"]
) -> Real[Array, "n e"]:
    """Σ_r (L^(r) ⊙ c_r b_rᵀ) x: one masked table of rank one for each entry r of the state, each with its own mask.

    Source: :cite:t:`dao2024transformers`.
    """
    xp = array_namespace(x)
    total = xp.zeros(x.shape, dtype=x.dtype)
    for r in range(b.shape[1]):
        total = total + c[:, r, None] * (cumulative_product_mask(a[:, r]) @ (b[:, r, None] * x))
    return total
