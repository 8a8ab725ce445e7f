"""Numbering series: formats and gapless counters."""
