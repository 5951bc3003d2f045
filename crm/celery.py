"""The Celery application: the doorbell and the hands, never the memory."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

app = Celery("gjensyn")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
