"""Imported by a worker under test: it dies, or freezes, at the step a test has named.

The name is taken from Redis once, so that whoever takes over lives on.
"""

import os
import signal

import redis
from django.conf import settings

from outreach.signals import sending_step

ORDERS = {"kill": signal.SIGKILL, "freeze": signal.SIGSTOP}


def key_of(order, step):
    return f"faults:{order}:{step}"


def obey(step, **_kwargs):
    with redis.Redis.from_url(settings.REDIS_URL) as broker:
        for order, number in ORDERS.items():
            if broker.getdel(key_of(order, step)):
                broker.set("faults:done", os.getpid(), ex=60)
                os.kill(os.getpid(), number)


sending_step.connect(obey)
