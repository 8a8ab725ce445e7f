"""HTTP/1.1 as uvicorn speaks it, but what is no HTTP gets a problem as its answer, like every other error."""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from shared.web.problems import problem


class Protocol(HttpToolsProtocol):
    def send_400_response(self, msg: str) -> None:
        """Nothing after such a request can be trusted: the connection ends with it."""
        answer = problem(400, "malformed_request", "The request is not HTTP", msg)
        headers = b"".join(b"%s: %s\r\n" % header for header in answer.raw_headers)
        self.transport.write(
            b"HTTP/1.1 400 Bad Request\r\n" + headers + b"connection: close\r\n\r\n" + bytes(answer.body)
        )
        self.transport.close()
