"""Owns file records; the bytes live in S3."""
