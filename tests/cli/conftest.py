"""Fixtures: the command run inside this process, and a copy of the second project, free to be broken."""

from __future__ import annotations

from command_line import Answer, cache, call, kg, modules

__all__ = ["Answer", "cache", "call", "kg", "modules"]
