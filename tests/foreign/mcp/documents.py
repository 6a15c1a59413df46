"""Serves the metadata document of a client over TLS, with a certificate of its own.

    documents.py FOLDER

Writes the certificate to FOLDER/ca.pem, and prints the URL of the document.
"""

import datetime
import ipaddress
import json
import ssl
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Document(BaseHTTPRequestHandler):
    timeout = 10  # seconds

    def do_GET(self) -> None:
        is_known = self.path == PATH
        body = json.dumps(self.server.document if is_known else {"error": "not found"}).encode()
        self.send_response(200 if is_known else 404)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_) -> None:
        """The tenant's log says enough."""


def write_certificate(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a client's documents")])
    now = datetime.datetime.now(datetime.timezone.utc)
    day = datetime.timedelta(days=1)
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - day, now + day)
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "ca.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "ca.pem", folder / "key.pem")
    return context


PATH = "/client.json"

if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Document)
    server.socket = write_certificate(Path(sys.argv[1])).wrap_socket(server.socket, server_side=True)
    url = f"https://127.0.0.1:{server.server_port}{PATH}"
    server.document = {
        "client_id": url,
        "client_name": "a foreign client",
        # The tenant ignores the port of a URL on this machine (RFC 8252, section 7.3).
        "redirect_uris": ["http://127.0.0.1/callback", "http://127.0.0.1/oauth/callback"],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
    }
    print(f"listening on {url}", flush=True)
    server.serve_forever()
