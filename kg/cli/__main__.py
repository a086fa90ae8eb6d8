"""``python -m kg.cli`` for where the command itself is not on the path."""

from kg.cli import main

main()
