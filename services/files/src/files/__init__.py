"""Owns the files of a contact: records in its database, bytes in S3."""
