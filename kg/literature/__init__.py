"""From a bibliography to a checked neighbourhood of papers: identifiers, OpenAlex, facts, new entries.

Nothing is imported here, so that reading a bibliography does not pay for asking the network.
"""
