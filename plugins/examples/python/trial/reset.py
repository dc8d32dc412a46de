#!/usr/bin/python3
"""Write a password file in which the user `app` has the password on standard input."""

import base64
import hashlib
import os
import sys

FILE = "/tmp/nhisweep-trial/htpasswd"


def main() -> None:
    """Replace the file; `sibling` stands for everybody else in it."""
    os.makedirs(os.path.dirname(FILE), mode=0o700, exist_ok=True)
    salt = os.urandom(16)
    digest = hashlib.sha1(sys.stdin.buffer.read() + salt).digest()
    with open(FILE, "w", encoding="ascii") as file:
        file.write("sibling:{SSHA}c29tZWJvZHkgZWxzZSdzIGhhc2gsIG5vdCB0byBiZSB0b3VjaGVk\n")
        file.write("app:{SSHA}" + base64.b64encode(digest + salt).decode() + "\n")


main()
