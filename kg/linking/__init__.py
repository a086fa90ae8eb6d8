"""From a text to the concepts it mentions, and from a work to the works to read next.

Nothing is imported here, so that reading a graph does not pay for linking.
"""
