"""Pipelines and their stages: the way an opportunity goes."""
