"""Every implementation is compared with a library, or it is said here why no library has it."""

from __future__ import annotations

import ast
import importlib
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kg import code
from kg.project import find_project

HERE = Path(__file__).parent

NO_COUNTERPART_KNOWN = {
    "score_normalised_retention": "in no library here; tests/impl works it out by hand",
    "rotary_linear_attention": "in no library here; tests/impl compares it with products of complex numbers",
    "tracy_widom_mean": "in no library here; tests/impl compares it with the published number",
    "w_tensor_neighbour": "in no library here; tests/impl works it out by hand",
    "stochastic_gate": "a random switch; its mean is GELU, which is compared",
    "stochastic_rounding": "in no library here; its mean is the input, which a claim tests",
    "dithered_rounding": "in no library here; tests/impl works it out by hand",
    "sigma_delta": "in no library here; tests/impl works it out by hand",
    "tent_square": "in no library here; tests/impl compares it with the chords of the square",
    "positive_random_features": "random features; their mean is the exponential kernel, which is compared",
    "volume_sampled_least_squares": "in no library here; the claim equates it with least squares, which is compared",
    "complex_matrix_as_real": "no library has a function for the block form; tests/impl works it out by hand",
    "janet_cell": "in no library; claims relate it to the LSTM and GRU cells, which are compared",
    "rotary_decay_bound": "a bound from one paper; tests/impl works it out by hand",
    "random_walk_features": "random features; their mean is the walk kernel, which is compared",
    "mzi_mesh": "no library here knows meshes; one interferometer is compared, and the claim closes the circle",
    "reck_decomposition": "no library here knows meshes; the claim puts the settings back into the mesh",
    "sinkhorn": "no optimal-transport library here; tests/impl scales known tables back",
    "sinkhorn_scaling": "no optimal-transport library here; tests/impl scales known tables back",
    "hilbert_metric": "in no library here; tests/impl works it out by hand",
    "projective_diameter": "in no library here; tests/impl finds it from all pairs of columns",
    "attention_heads": "tests/impl compares every head with numpy",
    "grouped_query_attention": "tests/impl compares every head with numpy",
    "multi_query_attention": "tests/impl compares every head with numpy",
    "multi_head_layer": "tests/impl compares it with numpy, head by head",
    "latent_attention": "in no library here; tests/impl compares it with numpy, head by head",
    "absorbed_latent_attention": "in no library here; tests/impl compares it with numpy, head by head",
    "gradient_step_prediction": "tests/impl compares the step with a numerical gradient",
    "gradient_descent_prediction": "tests/impl compares its limit with numpy's least squares",
    "linear_self_attention": "in no library here; tests/impl works it out by hand",
    "trained_linear_layer": "tests/impl works two steps out by hand",
    "attention_to_training_inputs": "in no library; tests/impl works two steps out by hand",
    "ridge_regression": "tests/impl compares it with numpy's least squares on a longer table",
    "recursive_least_squares": "tests/impl compares it with numpy's least squares on a longer table",
    "dual_ridge_regression": "tests/impl compares it with numpy's least squares on a longer table",
    "nystrom_approximation": "tests/impl compares it with blocks and numpy's pseudo-inverse",
    "cur_decomposition": "in no library here; tests/impl tests what defines it",
    "cross_approximation": "in no library here; tests/impl tests what defines it",
    "nystromformer_attention": "in no library here; tests/impl compares it with three softmaxes of scipy",
    "cubic_inverse_step": "in no library here; tests/impl compares its limit with numpy's inverse",
    "linformer_attention": "in no library here; tests/impl compares it with a softmax of scipy",
    "gaussian_sketch": "tests/impl works it out by hand",
    "softmax_state_merge": "in no library; tests/impl compares its sums with scipy's logsumexp",
    "tree_softmax_attention": "in no library; tests/impl compares it with a softmax of scipy",
    "tiled_softmax_attention": "in no library here; tests/impl compares it with a softmax of scipy and counts by hand",
    "materialised_softmax_attention": "tests/impl compares it with a softmax of scipy and counts by hand",
    "round_to_significand": "tests/impl compares it with frexp",
    "sphere_projection": "tests/impl compares it with the z-score of scipy",
    "weight_normalisation": "tests/impl works it out by hand",
    "weight_normalisation_gradient": "tests/impl compares it with finite differences",
    "pre_layer_norm_network": "tests/impl works one branch out by hand",
    "pre_rms_norm_network": "tests/impl works one branch out by hand",
    "singular_term": "tests/impl compares it with numpy's singular value decomposition",
    "half_squared_singular_value_gradient": "tests/impl compares it with numpy's singular value decomposition",
    "p_norm": "tests/impl compares it with numpy's norm",
    "margin_at_the_worst_vertex": "in no library here; tests/impl works it out by hand",
    "margin_less_the_largest_weight": "in no library here; tests/impl works it out by hand",
    "residual_at_the_worst_columns": "in no library here; tests/impl compares it with random perturbations",
    "residual_plus_the_lasso_penalty": "tests/impl compares it with numpy's norms",
    "residual_at_the_worst_matrix": "in no library here; tests/impl compares it with random perturbations",
    "residual_plus_the_length_of_the_coefficients": "tests/impl compares it with numpy's norms",
    "trigonometric_random_features": "tests/impl compares its inner product with a cosine",
    "orthogonal_random_directions": "tests/impl compares its directions with numpy's QR decomposition",
    "projected_step_on_a_cross_polytope": "tests/impl compares it with scipy's minimiser of the distance",
    "steepest_vertex_of_a_cross_polytope": "in no library here; tests/impl works it out by hand",
}


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _table(tree: ast.Module) -> dict[str, str]:
    """The table PEERS at the top of a module, read and not run."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "PEERS":
            return dict(ast.literal_eval(node.value))
    return {}


COMPARISONS = {path: _tree(path) for path in sorted(HERE.glob("test_*_against_*.py"))}
TABLES = {path: _table(tree) for path, tree in COMPARISONS.items()}
PAIRS = [(path, concept, peer) for path, table in TABLES.items() for concept, peer in table.items()]
COMPARED = {concept for _, concept, _ in PAIRS}


def test_every_implementation_is_compared_or_excused_with_a_reason() -> None:
    implemented = set(code.index(find_project(HERE.parents[1])).implementations)
    missing = implemented - COMPARED - set(NO_COUNTERPART_KNOWN)
    assert not missing, f"compare with a library, or say in NO_COUNTERPART_KNOWN why not: {sorted(missing)}"


def test_no_table_names_what_is_not_implemented() -> None:
    implemented = set(code.index(find_project(HERE.parents[1])).implementations)
    assert not (COMPARED | set(NO_COUNTERPART_KNOWN)) - implemented


def test_nothing_is_compared_and_excused_at_once() -> None:
    assert not COMPARED & set(NO_COUNTERPART_KNOWN)


@pytest.mark.parametrize("path", COMPARISONS, ids=lambda path: path.stem)
def test_every_concept_and_peer_of_a_table_is_used_by_a_test_of_that_module(path: Path) -> None:
    functions = [node for node in COMPARISONS[path].body if isinstance(node, ast.FunctionDef)]
    nodes = [node for function in functions for node in ast.walk(function)]
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    names |= {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    wanted = {part for concept, peer in TABLES[path].items() for part in (concept, peer.split(".")[-1])}
    assert wanted
    assert not wanted - names


@pytest.mark.parametrize("peer", sorted({peer for _, _, peer in PAIRS}))
def test_the_peer_exists_under_the_name_in_the_table(peer: str) -> None:
    module, _, name = peer.rpartition(".")
    assert callable(getattr(importlib.import_module(module), name))


@pytest.mark.parametrize("near", ["agree", "agree_entrywise"])
@pytest.mark.parametrize("wrong", [lambda x: x * (1 + 1e-12), lambda x: x[:-1], lambda x: x * math.nan])
def test_the_comparison_refuses_a_defect(near: str, wrong: Any, request: pytest.FixtureRequest) -> None:
    compare = request.getfixturevalue(near)
    x = np.asarray([1.0, 2.0, 3.0])
    compare(x * (1 + 2.0**-50), x)
    with pytest.raises(AssertionError):
        compare(wrong(x), x)


def test_only_the_comparison_by_entries_sees_a_small_entry_that_is_wrong(
    agree: Any, agree_entrywise: Any
) -> None:
    agree([1.0, 1e-16], [1.0, 2e-16])
    with pytest.raises(AssertionError):
        agree_entrywise([1.0, 1e-16], [1.0, 2e-16])
