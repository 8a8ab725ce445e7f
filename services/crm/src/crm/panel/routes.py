"""The HTTP door of the panel's sections, for the gateway."""

from uuid import UUID

from fastapi import APIRouter, Depends, Response

from crm.panel import service
from crm.panel.schemas import CrmPanelPart
from shared.web.identity import Authorize
from shared.web.reading import ReadingDep, json_answer

router = APIRouter(dependencies=[Depends(Authorize("crm"))])


@router.get("/internal/contacts/{contact_id}/panel", response_model=CrmPanelPart)
async def get_panel_part(reading: ReadingDep, contact_id: UUID) -> Response:
    """A contact that crm has never heard of has empty sections: whether it exists is for contacts to say."""
    return json_answer(await service.read_panel_part(*reading, contact_id))
