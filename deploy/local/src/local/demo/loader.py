"""Loads the demo data through the public API: resumable, and nothing is made twice.

A journal remembers what is done; each request carries an Idempotency-Key made from the journal's run and the
step's name, so that even a request whose answer was lost is not repeated.
"""

import asyncio
import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable, Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import aiohttp
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_exponential_jitter
from tqdm import tqdm
from yarl import URL

from local.demo import extras, northwind
from local.demo.northwind import Body, Invoice
from local.errors import CannotStart, first_of
from shared.clock import day_in

_AT_ONCE = 6

T = TypeVar("T")


class LoginRefused(CannotStart):
    """The password is not, or no longer, the administrator's."""


class _TryAgain(CannotStart):
    """An answer that another try may change; told when none did."""


async def load_demo(url: str, email: str, password: str, journal: Path, *, recent: bool = False) -> None:
    """Load what is not there yet; of the orders only the `recent` ones.

    Raises LoginRefused, CannotStart with what was refused.
    """
    # unsafe: a cookie jar refuses the cookies of bare addresses like 127.0.0.1 otherwise.
    jar = aiohttp.CookieJar(unsafe=True)
    done = _Journal(journal)
    jar.update_cookies({"ficha_device": done.device}, URL(url))
    async with aiohttp.ClientSession(url, timeout=aiohttp.ClientTimeout(total=60), cookie_jar=jar) as client:
        try:
            loader = _Loader(client, done)
            await loader.log_in(email, password)
            await loader.load(recent=recent)
        except* (aiohttp.ClientError, TimeoutError) as errors:
            raise CannotStart(f"The demo data cannot be loaded into {url}: {first_of(errors)}") from errors


class _Journal:
    """One JSON line per step done: `{"step": …, "id": …}`. The first line names the run and its day."""

    def __init__(self, path: Path) -> None:
        self._path = path
        lines = list(_whole_lines(path)) if path.exists() else []
        if not lines:
            lines = [{"run": str(uuid4()), "today": day_in(northwind.TIME_ZONE).isoformat()}]
        whole = path.with_suffix(".partial")
        whole.write_text("".join(json.dumps(line) + "\n" for line in lines))
        whole.replace(path)
        self.run: str = lines[0]["run"]
        self.today = date.fromisoformat(lines[0]["today"])
        self._done: dict[str, str] = {line["step"]: line["id"] for line in lines[1:]}

    @property
    def device(self) -> str:
        """Known again at the next start, so that nobody is warned by mail of a new one each time."""
        return urlsafe_b64encode(hashlib.sha256(self.run.encode()).digest()).decode().rstrip("=")

    def done(self, step: str) -> str | None:
        return self._done.get(step)

    def note(self, step: str, made_id: str) -> None:
        self._done[step] = made_id
        with self._path.open("a") as journal:
            journal.write(json.dumps({"step": step, "id": made_id}) + "\n")


def _whole_lines(path: Path) -> Iterator[dict[str, str]]:
    """A run that was killed may have left half a line at the end: that step is done again under its old key."""
    for line in path.read_text().splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            return


class _Loader:
    def __init__(self, client: aiohttp.ClientSession, journal: _Journal) -> None:
        self._client = client
        self._journal = journal
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._bar = tqdm(desc="Demo data", unit=" steps", dynamic_ncols=True)

    async def log_in(self, email: str, password: str) -> None:
        body = {"email": email, "password": password}
        async with self._client.post("/api/v1/session", json=body) as answer:
            if answer.status == 401:
                raise LoginRefused(f"The demo data was not loaded: {email} has another password by now.")
            await _accepted(answer)

    async def load(self, *, recent: bool) -> None:
        today = self._journal.today
        companies = list(northwind.companies())
        products = list(northwind.products())
        sales = northwind.sales(today, recent=recent)
        purchases = northwind.purchases(sales)
        clients = [company for company in companies if company.key.startswith("customer:")]
        extra_steps = list(extras.steps(clients, today))
        paid = [invoice for invoice in (*sales, *purchases) if northwind.is_paid(invoice, today)]
        self._bar.total = (
            1 + 2 * len(companies) + len(products) + 2 * (len(sales) + len(purchases)) + len(paid) + len(extra_steps)
        )
        with self._bar:
            await self._step("organization", self._organization)
            await self._each(companies, self._company)
            await self._each(products, lambda product: self._post(product[0], "/api/v1/products", product[1]))
            await self._each((*sales, *purchases), self._draft)
            # In order of date: numbers are given at approval.
            await asyncio.gather(self._approve_in_order(sales), self._approve_in_order(purchases))
            await self._each(paid, self._pay)
            await self._each(extra_steps, self._extra)

    async def _organization(self) -> str:
        """What its invoices say of the seller."""
        await self._request("PATCH", "/api/v1/organization", json=northwind.ORGANIZATION)
        return "done"

    async def _company(self, company: northwind.Company) -> None:
        contact_id = await self._post(company.key, "/api/v1/contacts", company.body)
        await self._post(f"{company.key}:person", f"/api/v1/contacts/{contact_id}/people", company.person)

    async def _draft(self, invoice: Invoice) -> None:
        body = {
            "type": invoice.type,
            "contact_id": self._id_of(invoice.company_key),
            "issue_date": invoice.issue_date.isoformat(),
            "currency": "EUR",
            "lines": [self._line(line) for line in invoice.lines],
        }
        if invoice.supplier_number:
            body["supplier_number"] = invoice.supplier_number
        await self._post(invoice.key, "/api/v1/documents", body)

    def _line(self, line: Body) -> Body:
        rest = {key: value for key, value in line.items() if key != "product_key"}
        return rest | ({"product_id": self._id_of(line["product_key"])} if "product_key" in line else {})

    async def _approve_in_order(self, invoices: Iterable[Invoice]) -> None:
        """The journal keeps the total, for the payment."""
        for invoice in invoices:
            step = f"{invoice.key}:approved"
            path = f"/api/v1/documents/{self._id_of(invoice.key)}/approve"
            await self._step(step, partial(self._approve, step, path))

    async def _approve(self, step: str, path: str) -> str:
        return str((await self._request("POST", path, headers=self._key(step)))["total"])

    async def _pay(self, invoice: Invoice) -> None:
        body = {
            "date": (invoice.issue_date + timedelta(days=30)).isoformat(),
            "amount": self._id_of(f"{invoice.key}:approved"),
            "method": "transfer",
        }
        path = f"/api/v1/documents/{self._id_of(invoice.key)}/payments"
        if Decimal(body["amount"]) > 0:
            await self._post(f"{invoice.key}:paid", path, body)

    async def _extra(self, extra: extras.Extra) -> None:
        contact_id = self._id_of(extra.company_key)
        path = extra.path.format(contact_id=contact_id)
        if extra.file:
            await self._step(extra.key, lambda: self._upload(path, extra))
        else:
            body = extra.body if "{contact_id}" in extra.path else {"contact_id": contact_id, **extra.body}
            await self._step(extra.key, lambda: self._answer(extra.method, path, extra.key, body))

    async def _upload(self, path: str, extra: extras.Extra) -> str:
        assert extra.file
        name, content = extra.file
        form = aiohttp.FormData()
        form.add_field("file", content.encode(), filename=name, content_type="text/csv")
        async with self._client.post(path, data=form, headers=self._key(extra.key)) as answer:
            return str((await _accepted(answer))["id"])

    async def _post(self, step: str, path: str, body: Body | None) -> str:
        return await self._step(step, lambda: self._answer("POST", path, step, body))

    async def _answer(self, method: str, path: str, step: str, body: Body | None = None) -> str:
        made = await self._request(method, path, json=body, headers=self._key(step))
        return str(made.get("id") or made.get("person_id") or "done")

    async def _step(self, step: str, act: Callable[[], Awaitable[str]]) -> str:
        """Do it unless the journal has it."""
        made_id = self._journal.done(step)
        if made_id is None:
            made_id = await act()
            self._journal.note(step, made_id)
        self._bar.update()
        return made_id

    async def _each(self, subjects: Iterable[T], act: Callable[[T], Awaitable[object]]) -> None:
        async def one(subject: T) -> None:
            async with self._slots:
                await act(subject)

        async with asyncio.TaskGroup() as tasks:
            for subject in subjects:
                tasks.create_task(one(subject))

    def _id_of(self, step: str) -> str:
        made_id = self._journal.done(step)
        assert made_id, step
        return made_id

    def _key(self, step: str) -> dict[str, str]:
        return {"Idempotency-Key": f"demo {self._journal.run} {step}"}

    @retry(
        retry=retry_if_exception_type((_TryAgain, aiohttp.ClientConnectionError, TimeoutError)),
        wait=wait_exponential_jitter(multiplier=0.1, max=2),
        stop=stop_after_delay(60),
        reraise=True,
    )
    async def _request(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        async with self._client.request(method, path, **options) as answer:
            return await _accepted(answer)


async def _accepted(answer: aiohttp.ClientResponse) -> dict[str, Any]:
    if answer.status in (409, 429) or answer.status >= 500:
        raise _TryAgain(f"{answer.method} {answer.url.path} answered {answer.status}: {await answer.text()}")
    if answer.status >= 400:
        raise CannotStart(f"{answer.method} {answer.url.path} answered {answer.status}: {await answer.text()}")
    made: dict[str, Any] = {} if answer.status == 204 else await answer.json()
    return made
