"""Which fixtures every test may ask for; they live in tests/support."""

from shared import logging

pytest_plugins = [
    "tests.support.ficha",
    "tests.support.postgres",
    "tests.support.quick",
    "tests.support.spreading",
    "tests.support.identity",
    "tests.support.rabbitmq",
    "tests.support.s3",
    "tests.support.spans",
]

# JSON lines: the console renderer draws every traceback with its locals, which takes seconds each.
logging.configure(level="WARNING")
