"""Reference implementations, named after their concept."""
