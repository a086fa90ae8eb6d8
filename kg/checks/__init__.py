"""Checks, one module a topic, each function named after its claim; and the conditions they hold under."""
