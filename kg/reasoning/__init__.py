"""What follows from what is stated: families of equivalent concepts, and equivalences that nobody wrote down."""
