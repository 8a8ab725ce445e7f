"""`python -m contacts`: HTTP and worker together; `--only http|worker`; `migrate`; `rebuild`."""

from contacts.config import Settings
from contacts.main import create_app
from contacts.worker import REPLICAS, create_worker
from shared.process.command_line import run
from shared.process.program import Program

PROGRAM = Program("contacts", Settings, create_app, create_worker, REPLICAS)

if __name__ == "__main__":
    run(PROGRAM)
