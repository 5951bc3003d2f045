"""A small IMAP server with one mailbox, for as much of RFC 3501 as is asked of it."""

import re
import socketserver
import threading
from contextlib import contextmanager


class Mailbox:
    """What the server has, and how it behaves. Mails are by their UID."""

    def __init__(self):
        self.validity = 7
        self.next_uid = 1
        self.mails = {}
        self.password = "s3cret"
        self.asked = []
        self.searched = []
        self.hangs_at = ""
        self.announces = None
        self.finds = ""

    def put(self, mail):
        self.mails[self.next_uid] = mail
        self.next_uid += 1

    def rebuild(self):
        """Give every mail another number, as after a restore."""
        self.validity += 1
        self.mails = dict(enumerate(self.mails.values(), start=101))
        self.next_uid = 101 + len(self.mails)


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        self.say("* OK ready")
        for line in self.rfile:
            tag, _space, rest = line.decode("utf-8", "replace").strip().partition(" ")
            word = rest.split(" ")[0].upper()
            self.box.asked.append(rest if word != "LOGIN" else "LOGIN")
            if self.box.hangs_at and rest.upper().startswith(self.box.hangs_at):
                self.server.released.wait(30)
                return
            self.answer(tag, word, rest)
            if word == "LOGOUT":
                return

    @property
    def box(self):
        return self.server.box

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def answer(self, tag, word, rest):
        if word == "CAPABILITY":
            self.say("* CAPABILITY IMAP4rev1")
        elif word == "LOGIN" and f'"{self.box.password}"' not in rest:
            self.say(f"{tag} NO [AUTHENTICATIONFAILED] nora@post.example is unknown")
            return
        elif word == "EXAMINE":
            self.say(f"* {len(self.box.mails)} EXISTS")
            self.say(f"* OK [UIDVALIDITY {self.box.validity}] ok")
            self.say(f"* OK [UIDNEXT {self.box.next_uid}] ok")
        elif rest.upper().startswith("UID SEARCH"):
            self.search(rest)
        elif rest.upper().startswith("UID FETCH"):
            self.fetch(rest)
        elif word in {"SELECT", "STORE", "EXPUNGE"}:
            self.say(f"{tag} NO this would change something")
            return
        self.say(f"{tag} OK done")

    def search(self, rest):
        self.box.searched.append(rest)
        first = int(re.search(r"UID (\d+):\*", rest[3:])[1])
        uids = sorted(self.box.mails)
        found = [uid for uid in uids if uid >= first] or uids[-1:]
        self.say("* SEARCH " + (self.box.finds or " ".join(map(str, found))))

    def fetch(self, rest):
        uid = int(rest.split()[2])
        mail = self.box.mails[uid]
        if "RFC822.SIZE" in rest:
            self.say(f"* 1 FETCH (UID {uid} RFC822.SIZE {len(mail)})")
            return
        size = self.box.announces or len(mail)
        self.say(f"* 1 FETCH (UID {uid} BODY[] {{{size}}}")
        self.wfile.write(mail + b")\r\n")


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


@contextmanager
def imap_server():
    """Run the server; give its mailbox and port."""
    with _Server(("127.0.0.1", 0), _Conversation) as server:
        server.box = Mailbox()
        server.released = threading.Event()
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.box, server.server_address[1]
        server.released.set()
        server.shutdown()
