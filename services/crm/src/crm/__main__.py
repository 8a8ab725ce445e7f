"""`python -m crm`: HTTP and worker together; `--only http|worker`; `migrate`; `rebuild`."""

from crm.config import Settings
from crm.main import create_app
from crm.worker import REPLICAS, create_worker
from shared.process.command_line import run
from shared.process.program import Program

PROGRAM = Program("crm", Settings, create_app, create_worker, REPLICAS)

if __name__ == "__main__":
    run(PROGRAM)
