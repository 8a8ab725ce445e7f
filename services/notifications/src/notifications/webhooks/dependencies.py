"""What routes take from the app beside the session: where webhooks may go, and what seals their secrets."""

from typing import Annotated

from fastapi import Depends, Request

from notifications.webhooks.sealing import Sealer
from notifications.webhooks.targets import Targets


def _targets(request: Request) -> Targets:
    targets = request.app.state.targets
    assert isinstance(targets, Targets)
    return targets


def _sealer(request: Request) -> Sealer:
    sealer = request.app.state.sealer
    assert isinstance(sealer, Sealer)
    return sealer


TargetsDep = Annotated[Targets, Depends(_targets)]
SealerDep = Annotated[Sealer, Depends(_sealer)]
