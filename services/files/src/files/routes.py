"""The HTTP door of files: parse, authorise, call the service, shape the answer."""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.responses import StreamingResponse

from files import content, service
from files.config import Settings
from files.form import open_file_part
from files.media import media_type_of
from files.schemas import FileOut, FilesPanelPart
from files.storage import Storage
from shared.service_client import ServiceClient
from shared.web.correlation import scope_for
from shared.web.idempotency import IdempotentRoute, claim, keep
from shared.web.identity import Authorize, IdentityDep
from shared.web.pagination import Cursor, CursorParam, LimitParam, Moment, Page, page_of
from shared.web.problems import problem
from shared.web.reading import ReadingDep, json_answer
from shared.web.session import SessionDep, database_of
from shared.web.versions import ExpectedVersion, set_etag

router = APIRouter(
    prefix="/api/v1", tags=["files"], route_class=IdempotentRoute, dependencies=[Depends(Authorize("files"))]
)
panel_router = APIRouter(dependencies=[Depends(Authorize("files"))])

_CURSOR = Cursor(tuple[Moment, UUID])
_UPLOAD: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {"file": {"type": "string", "format": "binary"}},
                    "required": ["file"],
                    "additionalProperties": False,
                }
            }
        },
    }
}
_BYTES: dict[int | str, dict[str, Any]] = {
    200: {"description": "The whole file", "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}},
    206: {"description": "The range asked for", "content": {"*/*": {}}},
    304: {"description": "The bytes you have are these"},
}


async def _settings(request: Request) -> Settings:
    settings = request.app.state.settings
    assert isinstance(settings, Settings)
    return settings


async def _storage(request: Request) -> Storage:
    storage = request.app.state.storage
    assert isinstance(storage, Storage)
    return storage


async def _contacts(request: Request) -> ServiceClient:
    contacts = request.app.state.contacts
    assert isinstance(contacts, ServiceClient)
    return contacts


SettingsDep = Annotated[Settings, Depends(_settings)]
StorageDep = Annotated[Storage, Depends(_storage)]
ContactsDep = Annotated[ServiceClient, Depends(_contacts)]


@router.post("/contacts/{contact_id}/files", status_code=201, response_model=FileOut, openapi_extra=_UPLOAD)
async def upload_file(
    request: Request,
    identity: IdentityDep,
    contact_id: UUID,
    settings: SettingsDep,
    storage: StorageDep,
    contacts: ContactsDep,
) -> Response:
    """One part, `file`. No transaction is open while its bytes stream; what goes wrong leaves no file."""
    database, scope = database_of(request), scope_for(request, identity)
    async with database.transaction(scope) as session:
        upload = await service.begin_upload(session, contact_id, contacts=contacts)
    try:
        part = await open_file_part(request, limit=settings.max_bytes)
        stored = await storage.put(upload.object_key, part)
        async with database.transaction(scope) as session:
            await claim(session, request, streamed=f"{part.name}\n{stored.sha256}".encode())
            media_type = media_type_of(part.head, part.name)
            file = await service.finish_upload(session, upload, stored, name=part.name, media_type=media_type)
            answer = Response(
                FileOut.model_validate(file).model_dump_json(),
                status_code=201,
                headers={"ETag": f'"{file.version}"', "Location": f"/api/v1/files/{file.id}"},
                media_type="application/json",
            )
            await keep(request, answer)
        return answer
    except BaseException:  # also a replayed answer, and a cancelled request
        async with database.transaction(scope) as session:
            await service.give_up_upload(session, upload)
        raise


@router.get("/contacts/{contact_id}/files")
async def list_files(
    session: SessionDep, contact_id: UUID, contacts: ContactsDep, limit: LimitParam = 50, cursor: CursorParam = None
) -> Page[FileOut]:
    """Newest first."""
    after = _CURSOR.decode(cursor)
    files = await service.list_files(session, contact_id, after=after, limit=limit + 1, contacts=contacts)
    return page_of(files, limit, FileOut.model_validate, cursor=_CURSOR, key=lambda file: (file.created_at, file.id))


@router.get("/files/{file_id}")
async def get_file(session: SessionDep, file_id: UUID, response: Response) -> FileOut:
    file = await service.get_file(session, file_id)
    set_etag(response, file.version)
    return FileOut.model_validate(file)


@router.head("/files/{file_id}/content", include_in_schema=False)
@router.get("/files/{file_id}/content", response_class=Response, responses=_BYTES)
async def get_content(
    request: Request,
    identity: IdentityDep,
    file_id: UUID,
    storage: StorageDep,
    inline: Annotated[bool, Query(description="show images, PDF and plain text in place; all else is saved")] = False,
    range_: Annotated[str | None, Header(alias="Range", description="one range of bytes")] = None,
    if_range: Annotated[str | None, Header()] = None,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """The bytes, whole or one range. The ETag is that of the bytes, not of the record."""
    async with database_of(request).transaction(scope_for(request, identity)) as session:
        found = await service.get_file(session, file_id)
    file = FileOut.model_validate(found)
    headers = content.headers_of(file, inline=inline)
    if content.not_modified(if_none_match, file):
        return Response(status_code=304, headers=headers)
    try:
        span = content.wanted_range(range_, if_range, file)
    except content.RangeNotSatisfiable:
        return problem(
            416,
            "files.range_not_satisfiable",
            "The range starts past the end",
            headers={"Content-Range": f"bytes */{file.size}"},
        )
    first, last = span or (0, file.size - 1)
    headers["Content-Length"] = str(last - first + 1)
    if span:
        headers["Content-Range"] = f"bytes {first}-{last}/{file.size}"
    status = 206 if span else 200
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers)
    chunks = await storage.get(found.object_key, start=first, length=last - first + 1)
    return StreamingResponse(chunks, status_code=status, headers=headers)


@router.delete("/files/{file_id}", status_code=204)
async def delete_file(session: SessionDep, file_id: UUID, settings: SettingsDep, expected: ExpectedVersion) -> None:
    """Hides it; `restore` brings it back while the retention lasts."""
    retention = timedelta(days=settings.retention_days)
    await service.delete_file(session, file_id, retention=retention, expected=expected)


@router.post("/files/{file_id}/restore")
async def restore_file(session: SessionDep, file_id: UUID, response: Response) -> FileOut:
    file = await service.restore_file(session, file_id)
    set_etag(response, file.version)
    return FileOut.model_validate(file)


@panel_router.get("/internal/contacts/{contact_id}/panel", response_model=FilesPanelPart)
async def get_panel_part(reading: ReadingDep, contact_id: UUID) -> Response:
    return json_answer(await service.read_panel_part(*reading, contact_id))
