#!/usr/bin/env python3
"""Write a tree of configuration files that name many secrets and hold few.

  config_tree.py FOLDER [--files 100000] [--planted 200] [--seed 1]

Everything in it is a reference, a placeholder, a published dummy, an identifier, a digest or a
path, as in the repositories that people deploy from, except for the planted values.
FOLDER/truth.tsv (path, line from 1, kind) says where those stand; it is left out of the tree that
is scanned: FOLDER/tree.  The same seed gives the same bytes.
"""

import argparse
import base64
import os
import random
import string
import sys

APPS = [
    "pas",
    "tie",
    "lims",
    "ris",
    "epma",
    "portal",
    "billing",
    "rota",
    "archive",
    "gateway",
    "consent",
    "referrals",
    "pathology",
    "pharmacy",
    "theatre",
    "maternity",
    "audit",
    "identity",
]
PARTS = [
    "db",
    "cache",
    "queue",
    "mail",
    "search",
    "ldap",
    "broker",
    "storage",
    "webhook",
    "report",
    "hl7",
    "fhir",
]
STAGES = ["live", "uat", "train", "dev", "dr"]
WORDS = (
    "winter summer autumn harbour falcon copper meadow granite lantern orchard thistle willow ember"
    " raven anchor bramble canyon dolphin fossil glacier hazel island jasper kettle lagoon magnet"
    " nectar otter pebble quartz ribbon saddle timber velvet walnut yonder zephyr"
).split()


class Tree:
    ALNUM = string.ascii_letters + string.digits

    def __init__(self, seed):
        self.random = random.Random(seed)

    def pick(self, options):
        return self.random.choice(options)

    def chars(self, alphabet, count):
        return "".join(self.random.choice(alphabet) for _ in range(count))

    def hex(self, count):
        return self.chars("0123456789abcdef", count)

    def uuid(self):
        return "-".join(self.hex(n) for n in (8, 4, 4, 4, 12))

    # -- values that open nothing ----------------------------------------------------------------

    def reference(self, name):
        upper, app, part, stage = name.upper(), self.pick(APPS), self.pick(PARTS), self.pick(STAGES)
        return self.pick(
            [
                f"${{{upper}}}",
                f"${upper}",
                f"${{{upper}:}}",
                f"${{{upper}:-}}",
                f"{{{{ {name} }}}}",
                f"{{{{ .Values.{part}.{name} }}}}",
                f"{{{{ vault_{part}_{name} }}}}",
                f"%{upper}%",
                f"#{{{name}}}",
                f"@{name}@",
                f"<%= ENV['{upper}'] %>",
                f"vault:secret/data/{app}/{part}#{name}",
                f"vault:kv/{stage}/{app}:{name}",
                f"file:/run/secrets/{part}_{name}",
                f"/run/secrets/{part}_{name}",
                f"op://{stage}/{app}/{name}",
                f"ssm:/{stage}/{app}/{part}/{name}",
                f"env:{upper}",
                f"arn:aws:secretsmanager:eu-west-2:123456789012:secret:{app}/{part}-a1B2c3",
                f"@Microsoft.KeyVault(SecretUri=https://{app}-kv.vault.azure.net/secrets/{name}/)",
                f"ref+vault://secret/{app}#{name}",
                f"gcpsm://projects/{app}/secrets/{name}",
                f"keyvault://{app}/{name}",
                f"projects/{app}/secrets/{name}/versions/latest",
                f"$(cat /etc/{app}/{name})",
                f"var.{part}_{name}",
                f"${{var.{part}_{name}}}",
                f"${{{{ secrets.{upper} }}}}",
                f"$({upper})",
                f"$[variables.{name}]",
                f"!vault |",
                f"ENC[AES256_GCM,data:{self.chars(string.ascii_letters, 12)}=,type:str]",
                f"AgB{self.chars(string.ascii_letters + string.digits + '+/', 60)}==",
            ]
        )

    def placeholder(self, name):
        return self.pick(
            [
                "changeme",
                "CHANGEME",
                "change-me",
                "changeit",
                "<password>",
                f"<{name}>",
                f"<your-{name}>",
                "xxxxxxxx",
                "XXXX-XXXX",
                "********",
                "your-secret-here",
                f"YOUR_{name.upper()}",
                f"your_{name}",
                "replace-me",
                "REPLACE_ME",
                "todo",
                "TBD",
                "example",
                "dummy",
                "placeholder",
                "secret",
                "password",
                "n/a",
                "none",
                "null",
                "''",
                "insert here",
                "redacted",
                "[REDACTED]",
                "to-be-set",
                "not-a-real-secret",
                "fake",
                "sample",
                "1234567890",
                "0000000000",
                "AKIAIOSFODNN7EXAMPLE",
                "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                "...",
                "set-in-vault",
                "see wiki",
            ]
        )

    def innocent(self):
        """A line of settings: (name, value) without any secret."""
        app, part = self.pick(APPS), self.pick(PARTS)
        return self.pick(
            [
                ("client_id", self.uuid()),
                ("tenant_id", self.uuid()),
                ("application-id", self.uuid()),
                ("subscription", self.uuid()),
                ("channel.id", self.uuid()),
                ("request-key-header", "X-Request-Id"),
                ("image", f"registry.{app}.internal/{part}@sha256:{self.hex(64)}"),
                ("commit", self.hex(40)),
                ("etag", self.hex(32)),
                ("checksum", self.hex(64)),
                ("token_url", f"https://{app}.internal/oauth2/token"),
                ("token.endpoint", f"https://login.{app}.internal/token"),
                ("token_ttl", "3600"),
                ("token-expiry", "15m"),
                ("password_policy", "length(12) and notUsername"),
                ("password.min.length", "12"),
                ("password_file", f"/run/secrets/{part}"),
                ("passwordEncoder", "bcrypt"),
                ("secret_name", f"{app}-{part}-credentials"),
                ("secretRef", f"{app}-{part}"),
                ("existingSecret", f"{app}-{part}-auth"),
                ("key_name", f"{app}-signing"),
                ("key_id", f"{app}-2024-01"),
                ("kid", self.hex(16)),
                ("primary_key", "patient_id"),
                ("partition_key", f"{part}_id"),
                ("cache_key", f"{app}:{part}:v2"),
                ("keystore", f"/etc/{app}/keystore.jks"),
                ("key-file", f"/etc/ssl/private/{app}.pem"),
                ("auth_type", "kerberos"),
                ("authentication", "ldap"),
                ("authMethod", "client_secret_basic"),
                ("author", "platform team"),
                ("authority", f"https://login.{app}.internal/{self.uuid()}"),
                ("sort.key", "lastModified"),
                ("public_key", f"age1{self.chars('023456789acdefghjklmnpqrstuvwxyz', 58)}"),
                (
                    "ssh_key",
                    (
                        "ssh-ed25519"
                        f" AAAAC3NzaC1lZDI1NTE5AAAAI{self.chars(self.ALNUM, 43)}"
                        f" deploy@{app}"
                    ),
                ),
                ("url", f"https://{part}.{app}.internal:8443/api/v1"),
                ("jdbc", f"jdbc:postgresql://{part}01:5432/{app}"),
                ("dsn", f"postgres://${{DB_USER}}:${{DB_PASSWORD}}@{part}01/{app}"),
                ("host", f"{part}01.{app}.internal"),
                ("port", str(self.random.randint(1024, 65000))),
                ("timeout", f"{self.random.randint(1, 120)}s"),
                ("pool.size", str(self.random.randint(2, 64))),
                ("level", self.pick(["info", "debug", "warn"])),
                ("schedule", "0 3 * * *"),
                ("retries", "5"),
                ("region", "eu-west-2"),
                ("bucket", f"{app}-{part}-exports"),
                ("cipher_suites", "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"),
                ("user", f"svc_{app}"),
                (
                    "password_hash",
                    f"$2b$12${self.chars(string.ascii_letters + string.digits + './', 53)}",
                ),
                ("fingerprint", ":".join(self.hex(2) for _ in range(20))),
                ("csrf_token_name", "X-CSRF"),
                ("api_key_header", "X-Api-Key"),
                ("serial", self.hex(32)),
                ("build", f"2024.{self.random.randint(1, 12)}.{self.random.randint(1, 90)}"),
                ("message", "the password must be changed every 90 days"),
                ("label.password", "Password"),
                ("hint.token", "Paste the token that the portal shows"),
                ("enabled", "true"),
            ]
        )

    SECRET_NAMES = [
        "password",
        "db_password",
        "spring.datasource.password",
        "secret",
        "client_secret",
        "api_key",
        "apikey",
        "access_token",
        "auth_token",
        "token",
        "secret_key",
        "private_key",
        "smtp_pass",
        "ldap.bind.password",
        "encryption_key",
        "jwt.secret",
        "webhook_secret",
        "redis_password",
        "connection.password",
        "signing-key",
    ]

    # -- values that open something ----------------------------------------------------------------

    def human_password(self):
        word = self.pick(WORDS).capitalize()
        return self.pick(
            [
                f"{word}{self.random.randint(2015, 2026)}!",
                f"{word}-{self.pick(WORDS)}{self.random.randint(1, 99)}",
                f"{self.pick(WORDS)}{self.pick(WORDS).capitalize()}#{self.random.randint(1, 99)}",
                f"P@{word}{self.random.randint(10, 99)}",
                f"{word}{self.random.randint(100, 999)}$",
            ]
        )

    def planted(self):
        """(name, value, kind)"""
        alnum = string.ascii_letters + string.digits
        app, part = self.pick(APPS), self.pick(PARTS)
        human = self.human_password().replace("#", "-")
        account_key = base64.b64encode(self.random.randbytes(64)).decode()
        dense = self.chars(alnum, self.random.randint(20, 40))
        return self.pick(
            [
                lambda: (
                    self.pick(["password", "db_password", "smtp_pass", "ldap.bind.password"]),
                    self.human_password(),
                    "human",
                ),
                lambda: (
                    self.pick(["password", "redis_password", "connection.password"]),
                    self.chars(alnum + "!#%*+-_", 16),
                    "random password",
                ),
                lambda: (
                    self.pick(
                        ["api_key", "client_secret", "access_token", "jwt.secret", "webhook_secret"]
                    ),
                    dense,
                    "random key",
                ),
                lambda: (
                    self.pick(["encryption_key", "signing-key", "secret_key"]),
                    self.hex(64),
                    "hex key",
                ),
                lambda: (
                    "shared_key",
                    base64.b64encode(self.random.randbytes(32)).decode(),
                    "base64 key",
                ),
                lambda: (
                    "url",
                    f"postgresql://svc_{app}:{self.chars(alnum, 14)}@{part}01:5432/{app}",
                    "url",
                ),
                lambda: (
                    "broker",
                    (
                        f"amqp://svc_{app}:{human}@{part}01:5672/{app}"
                    ),
                    "url",
                ),
                lambda: (
                    "connectionString",
                    (
                        f"Server={part}01;Database={app};User"
                        f" Id=svc_{app};Password={self.chars(alnum, 14)};Encrypt=true"
                    ),
                    "connection string",
                ),
                lambda: (
                    "aws_access_key_id",
                    "AKIA" + self.chars("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16),
                    "aws",
                ),
                lambda: (
                    "slack",
                    "xoxb-"
                    + self.chars(string.digits, 12)
                    + "-"
                    + self.chars(string.digits, 12)
                    + "-"
                    + self.chars(alnum, 24),
                    "slack",
                ),
                lambda: (
                    "sendgrid",
                    "SG." + self.chars(alnum, 22) + "." + self.chars(alnum, 43),
                    "sendgrid",
                ),
                lambda: (
                    "authorization",
                    "Basic "
                    + base64.b64encode(f"svc_{app}:{self.chars(alnum, 12)}".encode()).decode(),
                    "basic",
                ),
                lambda: ("token", self.uuid(), "uuid token"),
                lambda: (
                    "storage",
                    (
                        f"DefaultEndpointsProtocol=https;AccountName={app};AccountKey={account_key}"
                        ";EndpointSuffix=core.windows.net"
                    ),
                    "azure",
                ),
                lambda: (
                    "password",
                    f"${{DB_PASSWORD:-{self.chars(alnum, 14)}}}",
                    "default in a reference",
                ),
            ]
        )()

    # -- files --------------------------------------------------------------------

    def settings(self):
        rows = []
        for _ in range(self.random.randint(4, 24)):
            kind = self.random.random()
            if kind < 0.45:
                rows.append(self.innocent())
            else:
                name = self.pick(self.SECRET_NAMES)
                rows.append(
                    (
                        name,
                        (
                            self.reference(name.replace(".", "_").replace("-", "_"))
                            if kind < 0.8
                            else self.placeholder(name)
                        ),
                    )
                )
        return rows

    def write(self, form, rows):
        """Lines of a file, and the line of each row."""
        if form == "properties":
            return [f"{name}={value}" for name, value in rows], 0
        if form == "env":
            return [
                f"{name.upper().replace('.', '_').replace('-', '_')}={value}"
                for name, value in rows
            ], 0
        if form == "yaml":
            quote = self.pick(["", '"'])
            plain = [f"  {name}: {quote}{value}{quote}" for name, value in rows]
            return [f"{self.pick(APPS)}:"] + plain, 1
        if form == "json":
            body = [f'  "{name}": "{value}"' for name, value in rows]
            return ["{"] + [line + "," for line in body[:-1]] + [body[-1], "}"], 1
        if form == "ini":
            return [f"[{self.pick(PARTS)}]"] + [f"{name} = {value}" for name, value in rows], 1
        if form == "xml":
            escaped = [
                (name, value.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;"))
                for name, value in rows
            ]
            return ["<configuration>"] + [
                f'  <add key="{name}" value="{value}" />' for name, value in escaped
            ] + ["</configuration>"], 1
        if form == "toml":
            return [f"[{self.pick(PARTS)}]"] + [
                f'{name.replace(".", "_")} = "{value}"' for name, value in rows
            ], 1
        if form == "compose":
            return ["services:", f"  {self.pick(APPS)}:", "    environment:"] + [
                f"      - {name.upper().replace('.', '_').replace('-', '_')}={value}"
                for name, value in rows
            ], 3
        lines, first = [f"# {self.pick(APPS)}"], 1
        return (
            lines
            + [f'{name.replace(".", "_").replace("-", "_")} = "{value}"' for name, value in rows],
            first,
        )


FORMS = {
    "properties": "properties",
    "env": "env",
    "yaml": "yaml",
    "json": "json",
    "ini": "ini",
    "xml": "config",
    "toml": "toml",
    "compose": "yml",
    "hcl": "tfvars",
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder")
    parser.add_argument("--files", type=int, default=100000)
    parser.add_argument("--planted", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    tree = Tree(options.seed)
    chosen = set(tree.random.sample(range(options.files), options.planted))
    truth = []
    for number in range(options.files):
        form = tree.pick(sorted(FORMS))
        rows = tree.settings()
        place = None
        if number in chosen:
            name, value, kind = tree.planted()
            place = tree.random.randrange(len(rows))
            rows[place] = (name, value)
        lines, first = tree.write(form, rows)
        folder = f"{tree.pick(APPS)}-{number // 1000:03}/{tree.pick(STAGES)}/{tree.pick(PARTS)}"
        path = (
            f"{folder}/{tree.pick(['app', 'settings', 'values', 'service'])}-{number}.{FORMS[form]}"
        )
        os.makedirs(os.path.join(options.folder, "tree", folder), exist_ok=True)
        with open(os.path.join(options.folder, "tree", path), "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        if place is not None:
            truth.append(f"{path}\t{first + place + 1}\t{kind}\n")
    with open(os.path.join(options.folder, "truth.tsv"), "w", encoding="utf-8") as file:
        file.writelines(truth)
    return 0


if __name__ == "__main__":
    sys.exit(main())
