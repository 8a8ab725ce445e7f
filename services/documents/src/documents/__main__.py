"""`python -m documents`: HTTP and worker together; `--only http|worker`; `migrate`; `rebuild`."""

from documents.config import Settings
from documents.main import create_app
from documents.worker import REPLICAS, create_worker
from shared.process.command_line import run
from shared.process.program import Program

PROGRAM = Program("documents", Settings, create_app, create_worker, REPLICAS)

if __name__ == "__main__":
    run(PROGRAM)
