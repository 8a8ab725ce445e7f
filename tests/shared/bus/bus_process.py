"""Both sides of the transports in a process of their own, so that a test may see it die: relay, broker, consumer."""

import asyncio
import signal
import sys

from shared.bus.amqp.transport import AmqpTransport
from shared.bus.consumer import Consumer, Subscription
from shared.bus.relay import Relay
from shared.db.engine import create_engine
from shared.db.session import Database
from tests.support.probe import ThingChanged, on_thing_changed


async def main(probe_url: str, listener_url: str, amqp_url: str, service: str) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    probe, listener = (Database(create_engine(url, application="bus-process")) for url in (probe_url, listener_url))
    out, subscriber = AmqpTransport(amqp_url, "probe"), AmqpTransport(amqp_url, service)
    subscriber.attach(Consumer(service, listener, [Subscription(ThingChanged, on_thing_changed)], retry_delays=(1, 1)))
    await subscriber.declare()
    async with asyncio.TaskGroup() as tasks:
        for part in (Relay("probe", probe, out), out, subscriber):
            tasks.create_task(part.run(stop))
    await asyncio.gather(out.close(), probe.close(), listener.close())


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
