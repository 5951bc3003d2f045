"""Take in what providers tell: check who it is, keep it as it came, answer at once.

What it means is found out later, see ``applying.py``: a provider that waits gives up,
and one that hears of an error may never call again.
"""

import hashlib
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from crm.core.rate_limits import address_of
from outreach.accounts.credentials import CredentialsLost, credentials_of
from outreach.events.doors import account_behind, check_login, kinds_of
from outreach.events.mail_calls import calls_of, check_call
from outreach.models import ProviderAccount, WebhookEvent
from outreach.sms.callbacks import Webhook, WebhookRefused
from outreach.sms.registry import UnknownProvider, backend_for

Kind = WebhookEvent.Kind

# A mail with pictures may come in; whatever is larger is not an answer to ours.
MOST_BYTES = 20_000_000
# What proves who called is not kept.
_SECRET_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization"})


@login_not_required
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def receive(request: HttpRequest, token: str, kind: str) -> HttpResponse:
    account = account_behind(token)
    if account is None or kind not in kinds_of(account):
        return HttpResponse(status=404)
    if request.method != "POST":
        # Some providers look whether anybody is there before they call.
        return HttpResponse()
    webhook = _called(request)
    if len(webhook.body) > MOST_BYTES:
        return HttpResponse(status=413)
    try:
        answer = _check(account, kind, webhook)
    except WebhookRefused:
        return _refusal(webhook)
    except CredentialsLost:
        return HttpResponse(status=503)
    keep(account, kind, webhook, now=timezone.now())
    return answer


def keep(
    account: ProviderAccount, kind: str, webhook: Webhook, *, now: datetime
) -> bool:
    """Keep a call that was checked, to be applied; return whether it is a new one."""
    digest = _digest(kind, webhook)
    if account.webhook_events.filter(digest=digest).exists():
        return False
    WebhookEvent.objects.bulk_create(
        [
            WebhookEvent(
                business_id=account.business_id,
                account=account,
                kind=kind,
                digest=digest,
                # Without the token of the door: whoever reads it here cannot use it.
                url=f"?{urlsplit(webhook.url).query}",
                headers={
                    name: value.replace("\0", "")
                    for name, value in webhook.headers.items()
                    if name not in _SECRET_HEADERS
                },
                body=webhook.body,
                remote=webhook.remote,
                received_at=now,
                next_try_at=now,
            )
        ],
        ignore_conflicts=True,
    )
    return True


def _called(request: HttpRequest) -> Webhook:
    """Return the call, of which no more is read than may be kept."""
    return Webhook(
        # Behind a proxy the request does not know by which name it was called.
        url=settings.SITE_URL + request.get_full_path(),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=request.read(MOST_BYTES + 1),
        remote=address_of(request),
    )


def _check(account: ProviderAccount, kind: str, webhook: Webhook) -> HttpResponse:
    """Return what the provider wants to hear. Raise WebhookRefused, CredentialsLost."""
    if kind == Kind.SMS:
        return _check_sms(account, webhook)
    calls = calls_of(account)
    if calls is None or calls.logs_in or kind == Kind.BOUNCE:
        check_login(webhook, account.uuid)
    if calls is not None and kind != Kind.BOUNCE:
        check_call(account, kind, webhook)
    return HttpResponse()


def _check_sms(account: ProviderAccount, webhook: Webhook) -> HttpResponse:
    try:
        backend = backend_for(
            account.provider,
            account=account.uuid,
            credentials=credentials_of(account),
        )
    except UnknownProvider as error:
        raise WebhookRefused("provider") from error
    backend.verify_webhook(webhook)
    return backend.answer()


def _refusal(webhook: Webhook) -> HttpResponse:
    if "authorization" in webhook.headers:
        return HttpResponse(status=403)
    # Amazon gives its password only when it is asked for it.
    challenge = {"WWW-Authenticate": 'Basic realm="Gjensyn"'}
    return HttpResponse(status=401, headers=challenge)


def _digest(kind: str, webhook: Webhook) -> bytes:
    query = urlsplit(webhook.url).query.encode()
    return hashlib.sha256(b"\0".join((kind.encode(), query, webhook.body))).digest()
