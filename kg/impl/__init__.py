"""Reference implementations, one module a topic, each function named after its concept."""
