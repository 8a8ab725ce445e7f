"""Owns products, taxes, series, sales and purchase documents, payments and their totals."""
