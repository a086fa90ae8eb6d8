"""Messages between ``kg`` and the process that holds somebody's function: a JSON header and the bytes of arrays.

Nothing is unpickled on either side, so that an answer can hold numbers and nothing else.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable, Sequence
from typing import Any, BinaryIO

import numpy as np

LARGEST = 2**31


def write(stream: BinaryIO, header: dict[str, Any], arrays: Sequence[Any] = ()) -> None:
    """Send one message."""
    whole = [np.asarray(a, order="C") for a in arrays]
    shapes = [{"dtype": a.dtype.str, "shape": list(a.shape)} for a in whole]
    text = json.dumps({**header, "arrays": shapes}).encode()
    stream.write(struct.pack(">Q", len(text)) + text)
    stream.writelines(array.tobytes() for array in whole)
    stream.flush()


def read(receive: Callable[[int], bytes]) -> tuple[dict[str, Any], list[Any]]:
    """Take one message, with `receive` giving exactly so many bytes.

    Raises:
        ValueError: for anything that is no message.
    """
    (length,) = struct.unpack(">Q", receive(8))
    if length > LARGEST:
        raise ValueError("a message larger than any that is sent")
    header = json.loads(receive(length))
    arrays = []
    for one in header.pop("arrays"):
        dtype = np.dtype(one["dtype"])
        if dtype.kind not in "biufc":
            raise ValueError(f"an array of {dtype} holds no numbers")
        size = math.prod(one["shape"]) * dtype.itemsize
        if size > LARGEST:
            raise ValueError("an array larger than any that is sent")
        arrays.append(np.frombuffer(receive(size), dtype=dtype).reshape(one["shape"]).copy())
    return header, arrays
