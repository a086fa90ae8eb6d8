"""Fixtures: the command run inside this process, on the built-in graph and on a copy of the second project."""

from __future__ import annotations

from command_line import Answer, cache, call, kg, modules

__all__ = ["Answer", "cache", "call", "kg", "modules"]
