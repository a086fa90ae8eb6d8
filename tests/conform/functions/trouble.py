"""A function that works for a while."""

from __future__ import annotations

import time

import numpy as np

calls = 0


def hangs_when_asked_often(x):
    global calls  # noqa: PLW0603
    calls += 1
    while calls > 7:
        time.sleep(1)
    return x / np.sqrt((x * x).mean(axis=-1, keepdims=True))
