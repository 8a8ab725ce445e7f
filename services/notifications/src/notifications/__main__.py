"""`python -m notifications`: HTTP and worker together; `--only http|worker`; `migrate`; `rebuild`."""

from notifications.config import Settings
from notifications.main import create_app
from notifications.worker import REPLICAS, create_worker
from shared.process.command_line import run
from shared.process.program import Program

PROGRAM = Program("notifications", Settings, create_app, create_worker, REPLICAS)

if __name__ == "__main__":
    run(PROGRAM)
