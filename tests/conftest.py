"""Which fixtures every test may ask for; they live in tests/support."""

pytest_plugins = ["tests.support.postgres", "tests.support.identity"]
