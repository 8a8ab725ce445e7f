"""Forgotten passwords: a client asks for a link, gets it by mail, and sets a new one."""
