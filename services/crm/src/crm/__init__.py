"""Owns pipelines, opportunities, activities and notes."""
