"""The demo's post office: mail and SMS kept as files, to be read as the guest would.

One file a message, named for the moment it came, so the folder in order is the mailbox.
"""

import email
import email.policy
import json
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import getaddresses
from pathlib import Path
from urllib.parse import urlsplit

MAIL, SMS = ".eml", ".sms"
KEPT = 2000
_KEY = re.compile(r"\d{8}-\d{6}-\d{6}-[0-9a-f]{8}")
_ONE_CLICK = re.compile(r"<(https?://[^>]+)>")


@dataclass(frozen=True, slots=True)
class Post:
    """What the list shows of a message."""

    key: str
    is_sms: bool
    came_at: datetime
    sender: str
    recipients: tuple[str, ...]
    subject: str
    text: str

    @property
    def preview(self) -> str:
        return " ".join(self.text.split())[:140]


@dataclass(frozen=True, slots=True)
class OpenMail:
    """A mail taken out of its envelope."""

    post: Post
    html: str
    headers: tuple[tuple[str, str], ...]
    attachments: tuple[str, ...]
    one_click_path: str


def keep_mail(folder: Path, raw: bytes, *, recipients: list[str]) -> str:
    """Keep a mail as it came over the wire. Return its key."""
    envelope = f"X-Delivered-To: {', '.join(recipients)}\r\n".encode()
    return _keep(folder, envelope + raw, MAIL)


def deliver_sms(folder: Path, *, to: str, sender: str, text: str) -> str:
    """Keep a text message in the simulator. Return its key."""
    content = json.dumps({"to": to, "from": sender, "text": text}, ensure_ascii=False)
    return _keep(folder, content.encode(), SMS)


def _keep(folder: Path, content: bytes, kind: str) -> str:
    now = datetime.now(tz=UTC)
    key = f"{now:%Y%m%d-%H%M%S-%f}-{secrets.token_hex(4)}"
    draft = folder / f".{key}"
    draft.write_bytes(content)
    draft.rename(folder / f"{key}{kind}")
    return key


def newest_posts(folder: Path, *, to: str = "") -> Iterator[Post]:
    """Yield what came, newest first, for everybody or for one address or number."""
    for path in _files(folder)[:KEPT]:
        post = _read_post(path)
        if not to or to in post.recipients:
            yield post


def _files(folder: Path) -> list[Path]:
    found = [
        path
        for path in folder.glob("*")
        if path.suffix in {MAIL, SMS} and _KEY.fullmatch(path.stem)
    ]
    return sorted(found, key=lambda path: path.name, reverse=True)


def forget_oldest(folder: Path) -> None:
    """Remove what is beyond the last messages: a demo may run for weeks."""
    for path in _files(folder)[KEPT:]:
        path.unlink(missing_ok=True)


def find_file(folder: Path, key: str) -> Path | None:
    if not _KEY.fullmatch(key):
        return None
    for kind in (MAIL, SMS):
        path = folder / f"{key}{kind}"
        if path.exists():
            return path
    return None


def came_at(key: str) -> datetime:
    moment, _, _random = key.rpartition("-")
    return datetime.strptime(moment, "%Y%m%d-%H%M%S-%f").replace(tzinfo=UTC)


def _read_post(path: Path) -> Post:
    if path.suffix == SMS:
        return _read_sms(path)
    return _post_of(path.stem, _parse(path))


def _read_sms(path: Path) -> Post:
    content = json.loads(path.read_text(encoding="utf-8"))
    return Post(
        key=path.stem,
        is_sms=True,
        came_at=came_at(path.stem),
        sender=content["from"],
        recipients=(content["to"],),
        subject="",
        text=content["text"],
    )


def _parse(path: Path) -> EmailMessage:
    return email.message_from_bytes(path.read_bytes(), policy=email.policy.default)


def _post_of(key: str, message: EmailMessage) -> Post:
    delivered = getaddresses([str(message["X-Delivered-To"] or message["To"] or "")])
    return Post(
        key=key,
        is_sms=False,
        came_at=came_at(key),
        sender=str(message["From"] or ""),
        recipients=tuple(address for _name, address in delivered if address),
        subject=str(message["Subject"] or ""),
        text=_body(message, "plain"),
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except (LookupError, ValueError):
        payload = part.get_payload(decode=True)
        return payload.decode("latin-1") if isinstance(payload, bytes) else ""


def open_mail(path: Path) -> OpenMail:
    """Read one mail, with everything its reader may want to see."""
    message = _parse(path)
    return OpenMail(
        post=_post_of(path.stem, message),
        html=_body(message, "html"),
        headers=tuple((name, str(value)) for name, value in message.items()),
        attachments=tuple(
            part.get_filename() or part.get_content_type()
            for part in message.iter_attachments()
        ),
        one_click_path=_one_click_path(message),
    )


def open_sms(path: Path) -> Post:
    return _read_sms(path)


def _one_click_path(message: EmailMessage) -> str:
    """Return the path a mail program posts to when its reader presses Unsubscribe."""
    if "One-Click" not in str(message["List-Unsubscribe-Post"] or ""):
        return ""
    found = _ONE_CLICK.search(str(message["List-Unsubscribe"] or ""))
    return urlsplit(found[1]).path if found else ""


def for_reading(html: str) -> str:
    """Return a mail's HTML so that its links leave the frame it is shown in."""
    base = '<base target="_top">'
    html = re.sub(r"""\btarget=["']_blank["']""", 'target="_top"', html)
    head = re.search(r"<head[^>]*>", html, re.IGNORECASE)
    return html[: head.end()] + base + html[head.end() :] if head else base + html


def mailbox_folder(data: Path) -> Path:
    folder = data / "mailbox"
    folder.mkdir(parents=True, exist_ok=True)
    os.chmod(folder, 0o700)
    return folder
