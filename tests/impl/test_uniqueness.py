"""Jennrich's algorithm against values worked out by hand."""

import numpy as np

from kg.impl.decomposition import cp_tensor
from kg.impl.uniqueness import jennrich_terms, slice_ratio


def test_terms_are_found_from_two_slices():
    a, b = np.asarray([[1.0, 1.0], [0.0, 1.0]]), np.asarray([[2.0, 0.0], [1.0, 1.0]])
    c = np.asarray([[1.0, 1.0], [3.0, 5.0]])
    t, x, y = cp_tensor(a, b, c), np.asarray([0.0, 1.0]), np.asarray([1.0, 0.0])
    np.testing.assert_allclose(sorted(np.linalg.eigvals(slice_ratio(t, x, y))), [3, 5], rtol=1e-12)
    terms = [np.einsum("i,j,k->ijk", a[:, r], b[:, r], c[:, r]) for r in range(2)]
    found = sorted(jennrich_terms(t, x, y), key=lambda term: abs(term[1]).sum())
    np.testing.assert_allclose(found, terms, atol=1e-12)
