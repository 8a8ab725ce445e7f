"""Owns the mails that are sent, and the log of what became of them."""
