"""The process that holds somebody's function: loads it under a memory limit and calls it when asked.

Started as ``python -m kg.conform.host``; speaks :mod:`kg.conform.wire` on its standard streams.  What the function prints
goes to the error stream, and reading from the input gives the end of file.
"""

from __future__ import annotations

import importlib
import inspect
import os
import sys
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from kg.conform import wire


def main() -> None:
    """Answer requests until there are no more."""
    requests, answers = _streams()
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    held: dict[str, Any] = {}
    while True:
        try:
            header, arrays = wire.read(_exactly(requests))
        except EOFError:
            return
        outputs: list[Any] = []
        try:
            if header["do"] == "load":
                answer = _load(header, held)
            else:
                answer, outputs = _call(header, arrays, held)
        except (Exception, SystemExit, MemoryError) as error:
            answer = {"error": type(error).__name__, "message": _words(error), "place": _place(error)}
        wire.write(answers, answer, outputs)


def _streams() -> tuple[BinaryIO, BinaryIO]:
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    return requests, answers


def _exactly(stream: BinaryIO) -> Callable[[int], bytes]:
    def receive(count: int) -> bytes:
        data = stream.read(count)
        if len(data) < count:
            raise EOFError
        return data

    return receive


def _load(header: dict[str, Any], held: dict[str, Any]) -> dict[str, Any]:
    _limit_memory(header["bytes"])
    sys.path.insert(0, header["folder"])
    try:
        found: Any = importlib.import_module(header["module"])
    except ModuleNotFoundError as error:
        if error.name and (header["module"] + ".").startswith(error.name + "."):
            return {"missing": "module", "modules": _modules(header["folder"])}
        raise
    for part in header["function"].split("."):
        if not hasattr(found, part):
            return {"missing": part, "names": [name for name in dir(found) if not name.startswith("_")]}
        found = getattr(found, part)
    if not callable(found):
        return {"missing": "call", "type": type(found).__name__}
    held["function"] = found
    return {"parameters": _parameters(found), "systems": _systems()}


def _modules(folder: str) -> list[str]:
    return [path.stem for path in Path(folder).glob("*.py")] + [
        path.name for path in Path(folder).iterdir() if (path / "__init__.py").is_file()
    ]


def _systems() -> list[str]:
    """NumPy always, the others if the module has imported them."""
    return ["numpy", *(name for name in ("torch", "jax") if name in sys.modules)]


def _parameters(function: Any) -> list[dict[str, Any]] | None:
    # A module of PyTorch is called with anything, and hands it to this.
    forward = getattr(function, "forward", None)
    try:
        signature = inspect.signature(forward if callable(forward) else function)
    except (TypeError, ValueError):
        return None
    return [
        {
            "name": one.name,
            "kind": one.kind.name,
            "required": one.default is inspect.Parameter.empty,
            "default": one.default if isinstance(one.default, bool | int | float | str) else None,
        }
        for one in signature.parameters.values()
    ]


def _limit_memory(more: int) -> None:
    try:
        import resource
    except ImportError:  # not on Windows, where the time limit has to do
        return
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError):
        pages = 0
    wanted = pages * os.sysconf("SC_PAGE_SIZE") + more
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    if hard == resource.RLIM_INFINITY or wanted < hard:
        resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))


def _call(
    header: dict[str, Any], arrays: list[Any], held: dict[str, Any]
) -> tuple[dict[str, Any], list[Any]]:
    make, strip = _converters(header["system"], header["dtype"])

    def value(spec: dict[str, Any]) -> Any:
        if "array" in spec:
            return make(arrays[spec["array"]])
        return [value(one) for one in spec["list"]] if "list" in spec else spec["value"]

    function = held["function"]
    args = [value(spec) for spec in header["args"]]
    kwargs = {name: value(spec) for name, spec in header["kwargs"].items()}
    if header["do"] == "shapes":
        return _shapes(function, args, kwargs)
    parts = _flat(function(*args, **kwargs))
    dtypes = [_dtype_name(part) for part in parts]
    if header["system"] == "jax" and header["dtype"] == "float64":
        dtypes = _as_computed(dtypes, function, args, kwargs, held)
    libraries = sorted({type(part).__module__.partition(".")[0].removesuffix("lib") for part in parts})
    return {"dtypes": dtypes, "libraries": libraries}, [strip(part) for part in parts]


def _shapes(function: Any, args: list[Any], kwargs: dict[str, Any]) -> tuple[dict[str, Any], list[Any]]:
    """Zeros in the shapes of what the function returns; only JAX knows these without running it."""
    from kg.conform import under_jax

    try:
        parts = _flat(under_jax.shapes(function, args, kwargs))
    except under_jax.Untraceable:
        return {"dtypes": [], "libraries": ["unknown"]}, []
    return {"dtypes": [_dtype_name(part) for part in parts], "libraries": []}, [
        np.zeros(np.shape(part)) for part in parts
    ]


def _as_computed(
    dtypes: list[str], function: Any, args: list[Any], kwargs: dict[str, Any], held: dict[str, Any]
) -> list[str]:
    """The formats of the results, or the coarser one in which JAX computes on the way to them."""
    from kg.conform import under_jax

    if "narrowest" not in held:
        held["narrowest"] = under_jax.narrowest(function, args, kwargs)
    return [held["narrowest"] or one if one == "float64" else one for one in dtypes]


def _flat(result: Any) -> list[Any]:
    if isinstance(result, dict):
        return [x for key in sorted(result, key=str) for x in _flat(result[key])]
    if isinstance(result, list | tuple) and not _is_of_numbers(result):
        return [x for one in result for x in _flat(one)]
    return [result]


def _is_of_numbers(result: Any) -> bool:
    """Whether a list holds plain numbers, or lists of such, as ``tolist`` makes them: one array, and not many."""
    if isinstance(result, list | tuple):
        return bool(result) and all(map(_is_of_numbers, result))
    return isinstance(result, int | float)


def _dtype_name(part: Any) -> str:
    return str(part.dtype).rpartition(".")[2] if hasattr(part, "dtype") else type(part).__name__


def _converters(system: str, dtype: str) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    """How arrays of float64 are given to the function, and how what it returns is brought back."""
    wide = {"float64": "complex128", "float32": "complex64"}.get(dtype, "complex64")
    if system == "torch":
        return _torch_converters(dtype, wide)
    xp: Any = np
    if system == "jax":
        import jax

        xp = jax.numpy

    def make(array: Any) -> Any:
        if array.dtype.kind not in "fc":
            return xp.asarray(array)
        return xp.asarray(array).astype(wide if array.dtype.kind == "c" else dtype)

    return make, _numbers


def _torch_converters(dtype: str, wide: str) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    import torch

    torch.set_num_threads(1)

    def make(array: Any) -> Any:
        tensor = torch.from_numpy(np.ascontiguousarray(array).reshape(array.shape))
        if array.dtype.kind not in "fc":
            return tensor
        return tensor.to(getattr(torch, wide if array.dtype.kind == "c" else dtype))

    def strip(part: Any) -> Any:
        if not isinstance(part, torch.Tensor):
            return _numbers(part)
        part = part.detach().cpu()
        if part.is_floating_point():
            part = part.to(torch.float64)
        return _numbers(part.resolve_conj().resolve_neg().numpy())

    return make, strip


def _numbers(part: Any) -> Any:
    array = np.asarray(part)
    if array.dtype.name == "bfloat16":
        # JAX's own, which NumPy does not count among the numbers.
        array = array.astype(np.float64)
    if array.dtype.kind not in "biufc":
        wrap = ": if it works in place, wrap it in one that returns its array" if part is None else ""
        raise TypeError(f"the function returns {type(part).__name__}, not an array of numbers{wrap}")
    if array.dtype.kind == "f":
        return array.astype(np.float64)
    return array.astype(np.complex128) if array.dtype.kind == "c" else array


def _words(error: BaseException) -> str:
    return " ".join(str(error).split())[:500]


def _place(error: BaseException) -> str:
    """File and line of the innermost frame of the module that was asked for, or of any other outside this file."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename != __file__]
    near = [f for f in frames if "site-packages" not in f.filename and "frozen" not in f.filename] or frames
    return f"{Path(near[-1].filename).name}:{near[-1].lineno}" if near else ""


if __name__ == "__main__":
    main()
