import pytest

from tests.outreach.sms.providers import FakeElks, FakeLink, FakeSinch, FakeTwilio
from tests.outreach.sms.stand_in import HttpStandIn


@pytest.fixture(autouse=True)
def _site(settings, monkeypatch):
    settings.SITE_URL = "https://solvik.example"
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(
    params=[FakeElks, FakeLink, FakeTwilio, FakeSinch],
    ids=["46elks", "LINK", "Twilio", "Sinch"],
)
def provider(request):
    return request.param()


@pytest.fixture
def server(provider):
    stand_in = HttpStandIn(provider.answer)
    yield stand_in
    stand_in.stop()


@pytest.fixture
def backend(provider, server):
    return provider.backend(server.url)
