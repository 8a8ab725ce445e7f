"""Clients logging in and out: sessions, passwords, throttling."""
