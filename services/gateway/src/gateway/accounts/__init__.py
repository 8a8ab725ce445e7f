"""Organisations, users, sessions and API keys: who may ask, and for whom."""
