"""Browsers that portals were entered from: who enters from a new one is told by mail."""
