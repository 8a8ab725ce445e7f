"""A stand-in for the gateway as rebuilds know it: it says which organisations there are, and nothing more of them."""

from uuid import UUID

from fastapi import FastAPI


def knowing(*organizations: UUID) -> FastAPI:
    app = FastAPI()

    @app.get("/internal/organizations")
    async def list_organizations(after: UUID | None = None) -> dict[str, list[UUID]]:
        return {"items": [org_id for org_id in sorted(organizations) if after is None or org_id > after]}

    @app.get("/internal/snapshot/{aggregate}")
    async def list_facts(aggregate: str) -> list[object]:
        return []

    return app
