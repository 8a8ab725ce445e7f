"""`python -m crm`: HTTP and worker together; `--only http|worker`; `migrate`; `rebuild`."""

from crm.config import Settings
from crm.main import create_app
from crm.worker import REPLICAS, create_worker
from shared.process import Program

PROGRAM = Program("crm", Settings, create_app, create_worker, REPLICAS)

if __name__ == "__main__":
    PROGRAM.run()
