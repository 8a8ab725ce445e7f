"""`python -m gateway`: HTTP and worker together; `--only http|worker`; `migrate`."""

from gateway.config import Settings
from gateway.feed.restoring import BEGIN_ANEW
from gateway.main import create_app
from gateway.worker import create_worker
from shared.process.command_line import run
from shared.process.program import Program

PROGRAM = Program("gateway", Settings, create_app, create_worker, after_restore=BEGIN_ANEW)

if __name__ == "__main__":
    run(PROGRAM)
