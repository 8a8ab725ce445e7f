"""`make chaos`: 50,000 writes under 21 faults, over three seeds; CHAOS_SEED names the first. Exits 1 on any finding."""

import os
import secrets
import sys
import tempfile
from pathlib import Path

from tests.chaos.rig import run

SEEDS, WRITES, FAULTS = 3, 16_700, 7


def main() -> None:
    first = int(os.environ.get("CHAOS_SEED") or secrets.randbelow(10**6))
    print(f"Chaos: repeat this run with CHAOS_SEED={first}", flush=True)
    runs = []
    for seed in range(first, first + SEEDS):
        with tempfile.TemporaryDirectory(prefix="ficha-chaos-") as folder:
            runs.append(run(Path(folder), seed=seed, writes=WRITES, fault_count=FAULTS, say=_say))
    totals = {name: sum(len(each.found[name]) for each in runs) for name in runs[0].found}
    writes, faults = sum(each.accepted for each in runs), sum(len(each.faults) for each in runs)
    print(f"{writes:,} accepted writes, {faults} faults: " + ", ".join(f"{n} {name}" for name, n in totals.items()))
    sys.exit(0 if all(each.clean for each in runs) else 1)


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    main()
