"""Telling a service anew what it keeps copies of, while it goes on answering."""
