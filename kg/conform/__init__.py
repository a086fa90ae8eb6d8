"""Somebody else's function held against the graph: which claims hold of it, and which concept it computes.

The function runs in a process of its own with limits on time and memory (`foreign`, `host`, `wire`); `adapters` turn the
layout of a concept's implementation into that of the function; `rounding` says how far rounding alone may part two
programs for one formula in a given precision.  On these stand `properties` (``kg conform``) and `recognition`
(``kg identify``).
"""
