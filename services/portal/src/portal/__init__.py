"""Owns portal access per contact, client sessions, and the copy of what a client may see."""
