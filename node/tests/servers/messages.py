"""A mail server and an HTTP hook on loopback, for the gateway's tests.

    messages.py FOLDER SMTP_PORT HOOK_PORT starttls|tls|plain

Certificates are made in FOLDER once: ca.pem is what a client has to trust. Whatever is taken becomes a line of JSON in
FOLDER/taken.jsonl. A recipient gone@… is refused with 550, busy@… with 451; a message to slow@… is answered late. The hook
takes what is signed with the secret in FOLDER/hook.secret and nothing else. Prints `ready` once both listen.
"""

import asyncio
import datetime
import email
import email.policy
import hashlib
import hmac
import http.server
import ipaddress
import json
import pathlib
import ssl
import sys
import threading
import time

from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

folder = pathlib.Path(sys.argv[1])
smtp_port, hook_port, mode = int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
lock = threading.Lock()


def take(**message):
    with lock, open(folder / "taken.jsonl", "a") as file:
        file.write(json.dumps(message) + "\n")


def certificates():
    """A CA, and a certificate of this machine that it signed."""
    day = datetime.timedelta(days=1)
    now = datetime.datetime.now(datetime.timezone.utc)

    def certificate(name, key, issuer, signer, ca):
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, issuer)]))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - day)
            .not_valid_after(now + day)
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        )
        if not ca:
            names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return builder.sign(signer, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    (folder / "ca.pem").write_bytes(certificate("Test CA", ca_key, "Test CA", ca_key, True))
    (folder / "server.pem").write_bytes(certificate("localhost", key, "Test CA", ca_key, False))
    pem = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "server.key").write_bytes(key.private_bytes(*pem))


class Mail:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("gone@"):
            return f"550 5.1.1 <{address}>: no such user here"
        if address.startswith("busy@"):
            return f"451 4.3.0 <{address}>: try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        take(
            by="mail",
            to=envelope.rcpt_tos,
            sender=envelope.mail_from,
            id=mail["message-id"],
            headers=mail.keys(),
            subject=mail["subject"],
            text=mail.get_content(),
            tls=server.transport.get_extra_info("ssl_object") is not None,
        )
        if any(address.startswith("slow@") for address in envelope.rcpt_tos):
            await asyncio.sleep(3)
        return "250 OK"


class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        secret = bytes.fromhex((folder / "hook.secret").read_text().strip())
        stamp = self.headers["salus-timestamp"]
        expected = hmac.new(secret, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        fresh = abs(time.time() * 1000 - int(stamp)) < 60_000
        if not (fresh and hmac.compare_digest(expected, self.headers["salus-signature"])):
            self.send_error(401)
            return
        take(by="hook", id=self.headers["idempotency-key"], **json.loads(body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


if not (folder / "ca.pem").exists():
    certificates()
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(folder / "server.pem", folder / "server.key")
settings = {
    "starttls": {"tls_context": context, "require_starttls": True},
    "tls": {"ssl_context": context},
    "plain": {},
}[mode]
Controller(Mail(), hostname="127.0.0.1", port=smtp_port, **settings).start()
hook = http.server.ThreadingHTTPServer(("127.0.0.1", hook_port), Hook)
print("ready", flush=True)
hook.serve_forever()
