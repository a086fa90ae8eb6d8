"""A second project: two ways to evaluate a polynomial, two claims about them."""
