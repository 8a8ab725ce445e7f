"""`python -m files`: HTTP and worker together; `--only http|worker`; `migrate`; `rebuild`."""

from files.backup import FileObjects
from files.config import Settings
from files.main import create_app
from files.worker import REPLICAS, create_worker
from shared.process.command_line import run
from shared.process.program import Program

PROGRAM = Program("files", Settings, create_app, create_worker, REPLICAS, objects=FileObjects)

if __name__ == "__main__":
    run(PROGRAM)
