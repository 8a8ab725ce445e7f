"""Products that clients may order: our copy of them."""
