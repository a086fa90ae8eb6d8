"""Functions made of scikit-learn's."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import orthogonal_mp
from sklearn.metrics.pairwise import rbf_kernel


def sklearn_gaussian(q, k):
    return rbf_kernel(q, k, gamma=1 / (2 * np.sqrt(q.shape[1])))


def sklearn_pursuit(a, y):
    return orthogonal_mp(a, y, n_nonzero_coefs=2)
