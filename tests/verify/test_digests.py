"""Digests: what changes a claim makes its evidence stale; what does not change it leaves every byte alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Make = Callable[..., Any]

IMPL = """
SCALE = 3

def _helper(x, power=2):
    return x**power

def left(x: Real[Array, "n"]) -> Array:
    \"\"\"The left side.\"\"\"
    first = _helper(x)
    total = SCALE * first
    return total

def right(x: Real[Array, "n"]) -> Array:
    values = [3 * x * x for _ in range(1)]
    return values[0]

def unrelated(x: Real[Array, "n"]) -> Array:
    return x + 1
"""

CHECKS = """
def _twice(x):
    return 2 * x

@check(sizes={"n": (2, 3)})
def the_claim(use, x: Real[Array, "n"]):
    \"\"\"Both sides.\"\"\"
    y = _twice(x)
    return use("left")(y), use("right")(y)

@the_claim.control("the left side is doubled")
def _(use, x):
    y = 2 * use("left")(x)
    return y, use("right")(x)

@condition
def not_too_small(x):
    return bool(np.all(abs(x) > 0.0))

@not_too_small.sampler
def _(x):
    return {"x": x + 0}

the_claim.explain("unlikely to be there", "an example")
"""


@pytest.fixture
def tiny(make: Make) -> Any:
    return make(IMPL, CHECKS, conditions=("not_too_small",))


HARMLESS = [
    (
        "impl",
        "first = _helper(x)\n    total = SCALE * first\n    return total",
        "a = _helper(x)\n    b = SCALE * a\n    return b",
    ),
    (
        "impl",
        "values = [3 * x * x for _ in range(1)]\n    return values[0]",
        "out = [3 * x * x for k in range(1)]\n    return out[0]",
    ),
    ("impl", '"""The left side."""', '"""Another text altogether, of any length."""'),
    ("impl", '    """The left side."""\n', ""),
    ("impl", "first = _helper(x)", "# A remark.\n    first = (\n        _helper(x)\n    )"),
    ("impl", "first = _helper(x)", "first: Array = _helper(x)"),
    ("impl", "return x + 1", "return x + 2"),
    ("impl", "def unrelated", "def another"),
    ("checks", '"""Both sides."""', '"""The two sides, at last."""'),
    (
        "checks",
        'y = _twice(x)\n    return use("left")(y), use("right")(y)',
        'z = _twice(x)\n    return use("left")(z), use("right")(z)',
    ),
    ("checks", 'y = 2 * use("left")(x)\n    return y,', 'product = 2 * use("left")(x)\n    return product,'),
]


@pytest.mark.parametrize(("part", "old", "new"), HARMLESS)
def test_what_means_the_same_leaves_the_digest_alone(tiny: Any, part: str, old: str, new: str) -> None:
    before = tiny.digest()
    tiny.edit(part, old, new)
    assert tiny.digest() == before


TELLING = [
    ("impl", "SCALE = 3", "SCALE = 4"),
    ("impl", "power=2", "power=3"),
    ("impl", "return x**power", "return x ** (power + 1)"),
    ("impl", "3 * x * x", "4 * x * x"),
    ("impl", "3 * x * x", "3 * x + x"),
    ("impl", 'def left(x: Real[Array, "n"])', 'def left(x: Positive[Array, "n"])'),
    ("impl", 'def left(x: Real[Array, "n"])', 'def left(x: Real[Array, "n m"])'),
    ("impl", "total = SCALE * first", "total = SCALE * x"),
    ("checks", '"n": (2, 3)', '"n": (2, 4)'),
    ("checks", 'the_claim(use, x: Real[Array, "n"])', 'the_claim(use, x: Positive[Array, "n"])'),
    ("checks", "return 2 * x", "return 3 * x"),
    ("checks", 'return use("left")(y), use("right")(y)', 'return use("left")(y), use("right")(x)'),
    ("checks", "y = 2 * use", "y = 3 * use"),
    ("checks", "the left side is doubled", "the left side is twice as large"),
    ("checks", "np.all(abs(x) > 0.0)", "np.all(abs(x) > 1.0)"),
    ("checks", 'return {"x": x + 0}', 'return {"x": x * x}'),
    ("checks", '"unlikely to be there", "an example"', '"something else", "an example"'),
    ("checks", 'the_claim.explain("unlikely to be there", "an example")\n', ""),
]


@pytest.mark.parametrize(("part", "old", "new"), TELLING)
def test_what_means_something_else_changes_the_digest(tiny: Any, part: str, old: str, new: str) -> None:
    before = tiny.digest()
    tiny.edit(part, old, new)
    assert tiny.digest() != before


def claims_file(tiny: Any) -> Any:
    return tiny.root / "ontology" / "claims" / "text.ttl"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("The two sides are equal.", "The two sides are the same."),
        ("a kg:Identity", "a kg:Reduction"),
        ("concept:left ; kg:right concept:right", "concept:right ; kg:right concept:left"),
        ("; kg:condition cond:not_too_small ", ""),
    ],
)
def test_another_statement_changes_the_digest(tiny: Any, old: str, new: str) -> None:
    before = tiny.digest()
    text = claims_file(tiny).read_text(encoding="utf-8")
    assert old in text
    claims_file(tiny).write_text(text.replace(old, new), encoding="utf-8")
    assert tiny.digest() != before


def test_a_remark_in_the_turtle_changes_nothing(tiny: Any) -> None:
    before = tiny.digest()
    path = claims_file(tiny)
    path.write_text("# A remark.\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert tiny.digest() == before


@pytest.mark.parametrize(
    ("how", "call"),
    [
        ("from {package}.impl.work import shared_square", "shared_square"),
        ("from {package}.impl.work import shared_square as sq", "sq"),
        ("from .work import shared_square", "shared_square"),
        ("from . import work", "work.shared_square"),
        ("import {package}.impl.work as w", "w.shared_square"),
        ("import {package}.impl.work", "{package}.impl.work.shared_square"),
    ],
)
def test_a_helper_in_another_module_counts_however_it_is_imported(make: Make, how: str, call: str) -> None:
    tiny = make("")
    tiny.write(
        "impl",
        "FACTOR = 1\n\ndef shared_square(x: Real[Array, 'n']) -> Array:\n    return FACTOR * x * x\n",
        "work",
    )
    how, call = (text.format(package=tiny.package) for text in (how, call))
    tiny.write(
        "impl",
        f"""
{how}

def left(x: Real[Array, "n"]) -> Array:
    return {call}(x)

def right(x: Real[Array, "n"]) -> Array:
    return x**2
""",
    )
    before = tiny.digest()
    tiny.edit("impl", "FACTOR = 1", "FACTOR = 2", stem="work")
    assert tiny.digest() != before


def test_a_helper_of_the_checks_in_another_module_counts(make: Make) -> None:
    tiny = make(IMPL)
    tiny.write("checks", "def doubled(x):\n    return x + x\n", "tools")
    tiny.write(
        "checks",
        "from .tools import doubled\n"
        + CHECKS.replace("_twice(x)\n    return use", "doubled(x)\n    return use"),
    )
    before = tiny.digest()
    tiny.edit("checks", "return x + x", "return x + x + 0", stem="tools")
    assert tiny.digest() != before


def test_a_local_name_cannot_stand_for_a_global_one(make: Make) -> None:
    # Renaming locals must not make two different functions look alike.
    texts = [
        "local0 = 5\n\ndef left(x: Real[Array, 'n']) -> Array:\n    y = x * x\n    return y + local0\n",
        "local0 = 5\n\ndef left(x: Real[Array, 'n']) -> Array:\n    y = x * x\n    return y + y\n",
        "local0 = 5\n\ndef left(x: Real[Array, 'n']) -> Array:\n    y = x * x\n    return local0 + local0\n",
    ]
    assert (
        len(
            {
                make(text + "\ndef right(x: Real[Array, 'n']) -> Array:\n    return x\n").digest()
                for text in texts
            }
        )
        == 3
    )


def test_the_digest_does_not_depend_on_where_the_project_lies(make: Make, tmp_path: Any) -> None:
    import shutil

    first = make(IMPL, CHECKS, conditions=("not_too_small",))
    second = type(first)(tmp_path / "elsewhere" / "deep", first.package)
    shutil.copytree(first.root, second.root)
    assert first.digest() == second.digest()


def test_a_change_of_the_judge_makes_evidence_stale(tiny: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    before = tiny.digest()
    monkeypatch.setattr("kg.code.judge_digest", lambda: "another judge")
    assert tiny.digest() != before


@pytest.mark.parametrize(
    "body",
    [
        "a, b = (use(name)(x) for name in ('left', 'right'))\n    return a, b",
        "first = 'left'\n    return use(first)(x), use('right')(x)",
        "ask = use\n    return ask('left')(x), ask('right')(x)",
        "return _ask(use, 'left', x), _ask(use, 'right', x)",
        "return use(NAMES['one'])(x), use('right')(x)",
    ],
)
def test_an_implementation_counts_however_the_check_asks_for_it(make: Make, body: str) -> None:
    checks = f"""
NAMES = {{"one": "left"}}

def _ask(use, name, x):
    return use(name)(x)

@check
def the_claim(use, x: Real[Array, "n"]):
    {body}

@the_claim.control("doubled")
def _(use, x):
    return 2 * use("right")(x), use("right")(x)
"""
    tiny = make(IMPL, checks)
    before = tiny.digest()
    tiny.edit("impl", "SCALE = 3", "SCALE = 4")
    assert tiny.digest() != before
