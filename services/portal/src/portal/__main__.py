"""`python -m portal`: HTTP and worker together; `--only http|worker`; `migrate`; `rebuild`."""

from portal.config import Settings
from portal.main import create_app
from portal.worker import REPLICAS, create_worker
from shared.process import Program

PROGRAM = Program("portal", Settings, create_app, create_worker, REPLICAS)

if __name__ == "__main__":
    PROGRAM.run()
