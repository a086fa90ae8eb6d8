"""Every implemented concept once more, written from its definition by someone who had not read the code."""
