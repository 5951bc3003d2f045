"""The demo's web process: prepares, then serves with gunicorn from the same Python.

Importing the product takes longer than everything else at a warm start, so the process
that has imported it to prepare goes on as the server.
"""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.wsgi import get_wsgi_application
from gunicorn.app.base import BaseApplication

from crm.devtools.prepare import prepare


class _Server(BaseApplication):
    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Callable[..., Any]:
        return get_wsgi_application()


def web_command(options: argparse.Namespace) -> None:
    serve(options.descriptor, options.path)


def serve(descriptor: int, ready: Path) -> None:
    """Serve on a socket that already listens. ``ready`` is made when prepared."""
    prepare()
    ready.touch()
    _Server(
        {
            "bind": f"fd://{descriptor}",
            "workers": 2,
            # A browser opens connections ahead of need; one must not hold up a worker.
            "worker_class": "gthread",
            "threads": 4,
            "preload_app": True,
            # It would be one file in the home folder for every demo of this account.
            "control_socket_disable": True,
            "loglevel": "warning",
            "graceful_timeout": 2,
        }
    ).run()
