"""The client's documents: our copy of them, its views and its answers."""
