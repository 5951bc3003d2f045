import pytest

from crm.core.devices import say_device


@pytest.mark.parametrize(
    ("user_agent", "said"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like "
            "Gecko) Chrome/156.0 Safari/537.36 Edg/156.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1 "
            "(KHTML, like Gecko) Version/19.0 Mobile Safari/604.1",
            "Safari on iPhone",
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox on Linux",
        ),
        (
            "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 (KHTML, like Gecko) "
            "SamsungBrowser/29.0 Chrome/136.0 Mobile Safari/537.36",
            "Samsung Internet on Android",
        ),
        ("curl/8.5", "A device we do not know"),
        ("", "A device we do not know"),
    ],
)
def test_a_browser_is_called_what_its_owner_calls_it(user_agent, said):
    assert say_device(user_agent) == said
