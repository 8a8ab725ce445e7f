"""The short run: thousands of writes while services, broker and database are killed and frozen under them."""

import secrets
from pathlib import Path

import pytest

from tests.chaos.rig import run

WRITES, FAULTS = 5_000, 6


@pytest.mark.stack
@pytest.mark.timeout(600)
def test_nothing_is_lost_invented_doubled_overtaken_or_stuck(tmp_path: Path) -> None:
    done = run(tmp_path, seed=secrets.randbelow(10**6), writes=WRITES, fault_count=FAULTS, say=print)
    assert done.accepted >= WRITES
    assert len(done.faults) >= FAULTS
    assert done.found == {name: [] for name in done.found}, f"seed {done.seed}, faults: {done.faults}"
