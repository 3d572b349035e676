"""Certificates for the TLS cases, made with the openssl program when they are needed."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path


async def openssl(*arguments, cwd):
    process = await asyncio.create_subprocess_exec(
        "openssl", *arguments, cwd=cwd, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT)
    output, _ = await process.communicate()
    assert process.returncode == 0, f"openssl {arguments}: {output.decode(errors='replace')}"


class Authority:
    """A certificate authority in a folder; `server` gives a context for a host name."""

    def __init__(self, folder: Path, name="authority"):
        self.folder, self.name = folder, name
        self.file = folder / f"{name}.pem"

    async def make(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        await openssl(
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30",
            "-subj", f"/CN=Interop {self.name}", "-keyout", f"{self.name}.key",
            "-out", f"{self.name}.pem", "-addext", "basicConstraints=critical,CA:TRUE",
            "-addext", "keyUsage=critical,keyCertSign,cRLSign", cwd=self.folder)
        return self

    async def server(self, host="localhost", name="server", days=30) -> ssl.SSLContext:
        (self.folder / f"{name}.ext").write_text(
            f"subjectAltName=DNS:{host}\nbasicConstraints=CA:FALSE\n"
            "keyUsage=digitalSignature,keyEncipherment\nextendedKeyUsage=serverAuth\n")
        await openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={host}",
                      "-keyout", f"{name}.key", "-out", f"{name}.csr", cwd=self.folder)
        await openssl("x509", "-req", "-in", f"{name}.csr", "-CA", self.file.name, "-CAkey",
                      f"{self.name}.key", "-set_serial", "7", "-days", str(days),
                      "-extfile", f"{name}.ext", "-out", f"{name}.pem", cwd=self.folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self.folder / f"{name}.pem", self.folder / f"{name}.key")
        return context
