"""Recurrences that read their state before they write to it: o_t = S_{t−1} q_t."""

from __future__ import annotations

import numpy as np


def delta_rule(q, k, v, beta):
    state, out = np.zeros((k.shape[1], v.shape[1])), []
    for t in range(len(q)):
        out.append(q[t] @ state)
        state = state + beta[t] * np.outer(k[t], v[t] - k[t] @ state)
    return np.stack(out)


def gated_delta_rule(q, k, v, beta, decays):
    state, out = np.zeros((k.shape[1], v.shape[1])), []
    for t in range(len(q)):
        out.append(q[t] @ state)
        state = decays[t] * state
        state = state + beta[t] * np.outer(k[t], v[t] - k[t] @ state)
    return np.stack(out)


def retention(q, k, v, decay):
    state, out = np.zeros((k.shape[1], v.shape[1])), []
    for t in range(len(q)):
        out.append(q[t] @ state)
        state = decay * state + np.outer(k[t], v[t])
    return np.stack(out)
