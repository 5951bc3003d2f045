"""Ticks. Beat asks; the rows know what is due."""

from celery import shared_task

from customers import name_words


@shared_task
def fold_name_words(**_kwargs: object) -> None:
    name_words.fold_all()
