"""`python -m <service> rebuild`, as an operator calls it where nothing else of Ficha is on the machine."""

import asyncio
import os
import sys

import pytest
from pydantic import SecretStr

from shared.rebuild.command import rebuild
from shared.rebuild.errors import CannotRebuild
from shared.settings import ServiceSettings
from shared.web.identity import generate_keys
from tests.shared.rebuild.world import REPLICAS, World
from tests.support.postgres import Databases


async def test_what_is_missing_is_said_in_a_sentence(databases: Databases) -> None:
    urls = await databases.urls("contacts")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "contacts", "rebuild"),
        env={
            **os.environ,
            "CONTACTS_DATABASE_URL": urls.database_url,
            "CONTACTS_IDENTITY_PRIVATE_KEY": generate_keys()[0],
        },
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    assert (process.returncode, said.decode()) == (
        1,
        "There is no broker, and so no log: the owners are asked.\n"
        "The setting OWNERS does not say where gateway answers.\n",
    )


async def test_without_a_key_nobody_is_asked(world: World) -> None:
    settings = ServiceSettings(database_url=SecretStr(world.listener_url))
    with pytest.raises(CannotRebuild, match="Set LISTENER_IDENTITY_PRIVATE_KEY"):
        await rebuild("listener", settings, REPLICAS, source="auto", say=print)
