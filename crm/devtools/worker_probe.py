"""A task that says a worker has come to the end of what it was given. Tests only."""

import redis
from celery import shared_task
from django.conf import settings


@shared_task
def mark(*, key: str, **_: object) -> None:
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.set(key, 1, ex=60)
