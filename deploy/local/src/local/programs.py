"""The services as programs, each with its settings for this machine."""

import importlib
import os

from local.home import Home
from local.wiring import Places, environment
from shared.process import Program
from shared.settings import ServiceSettings


def program_of(service: str, home: Home, places: Places) -> tuple[Program, ServiceSettings]:
    """Settings are read from this process's environment, as the service itself would read them."""
    os.environ.update(environment(service, places, home))
    program = importlib.import_module(f"{service}.__main__").PROGRAM
    assert isinstance(program, Program)
    return program, program.load_settings()
