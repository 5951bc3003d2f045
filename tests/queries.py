"""How many questions a page asks the database."""

from django.db import connection
from django.test.utils import CaptureQueriesContext


def count_queries(client, url, **request):
    with CaptureQueriesContext(connection) as asked:
        response = client.get(url, **request)
    assert response.status_code == 200
    return len(asked)
