"""Opportunities: what contacts may buy, on their way through a pipeline."""
