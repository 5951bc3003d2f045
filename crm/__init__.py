"""Gjensyn: a guest register that keeps its promises."""

from crm.celery import app as celery_app

__all__ = ["celery_app"]
__version__ = "0.1.0"
