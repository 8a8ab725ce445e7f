"""Notes: what people wrote about contacts."""
