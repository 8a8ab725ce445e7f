"""What the gateway asks of services for a caller belongs to the caller's trace."""

from uuid import uuid4

import httpx
from opentelemetry.trace import SpanKind

from tests.gateway.peers import Peer
from tests.support.spans import Spans, id_of, parent_of, traceparent_of


async def test_what_is_forwarded_goes_on_in_the_same_trace(
    client: httpx.AsyncClient, peers: dict[str, Peer], spans: Spans
) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    sent = {"traceparent": f"00-{trace}-b7ad6b7169203331-01"}
    await client.post("/api/v1/documents?secret=1", json={"name": "x"}, headers=sent)
    [answered] = spans.named("POST /api/v1/documents")
    [asked] = [span for span in spans.named("POST") if span.kind is SpanKind.CLIENT]
    [(_, headers, _)] = peers["documents"].seen
    assert spans.trace_ids == {trace}
    assert parent_of(asked) == id_of(answered)
    assert headers["traceparent"] == traceparent_of(asked)
    assert (asked.attributes or {})["url.full"] == f"{peers['documents'].url}/api/v1/documents"


async def test_a_panel_is_one_trace_with_a_span_for_each_service_asked(
    client: httpx.AsyncClient, peers: dict[str, Peer], spans: Spans
) -> None:
    contact = uuid4()
    assert (await client.get(f"/api/v1/contacts/{contact}/panel")).status_code == 200
    [answered] = spans.named("GET /api/v1/contacts/{contact_id}/panel")
    asked = [span for span in spans.named("GET") if span.kind is SpanKind.CLIENT]
    assert len(asked) == 5
    assert {parent_of(span) for span in asked} == {id_of(answered)}
    told = [headers["traceparent"] for peer in peers.values() for _, headers, _ in peer.seen]
    assert sorted(told) == sorted(traceparent_of(span) for span in asked)
