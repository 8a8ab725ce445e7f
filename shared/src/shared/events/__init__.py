"""The public language: every event that crosses the street, one file per owning service."""
