"""`python -m portal`: HTTP and worker together; `--only http|worker`; `migrate`; `rebuild`."""

from portal.config import Settings
from portal.main import create_app
from portal.worker import REPLICAS, create_worker
from shared.process.command_line import run
from shared.process.program import Program

PROGRAM = Program("portal", Settings, create_app, create_worker, REPLICAS)

if __name__ == "__main__":
    run(PROGRAM)
