"""The product's settings, with what a test run does differently."""

import os

# The pytest plugin has set these; a type checker only needs something to read.
os.environ.setdefault("SECRET_KEY", "only-for-tests")
os.environ.setdefault("DATABASE_URL", "postgres://nobody@127.0.0.1:1/nothing")
os.environ.setdefault("GJENSYN_DEMO", "1")

from crm.settings import *  # noqa: F403
from crm.settings import STORAGES

# A good hash is slow on purpose.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# A fresh checkout has no manifest: collectstatic never ran there.
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
