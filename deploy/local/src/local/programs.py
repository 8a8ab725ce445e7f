"""The services as programs, each with its settings for this machine."""

import importlib
import os

from local.home import Home
from local.wiring import Endpoints, environment
from shared.process.program import Program
from shared.settings import ServiceSettings


def program_of(service: str, home: Home, endpoints: Endpoints) -> tuple[Program, ServiceSettings]:
    """Settings are read from this process's environment, as the service itself would read them."""
    os.environ.update(environment(service, endpoints, home))
    program = importlib.import_module(f"{service}.__main__").PROGRAM
    assert isinstance(program, Program)
    return program, program.load_settings()
