"""The two sides of each claim, named after the claim."""
