"""How often Python looks for garbage that refers to itself."""

import gc

_OBJECTS = 20_000
"""New ones between two looks. A request leaves hundreds behind, nearly all of them freed without any look."""


def collect_calmly() -> None:
    """Call it once everything is imported and built: that stays, and is never looked through again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS, 20, 20)
