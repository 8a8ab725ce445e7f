"""Owns contacts, the links between people and companies, and what identifies them."""
