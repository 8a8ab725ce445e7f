"""Owns organisations, users, sessions and API keys; composes the panel."""
