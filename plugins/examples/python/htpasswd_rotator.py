#!/usr/bin/python3
"""A rotator for the users of an htpasswd file for nginx, as docs/plugin-protocol.md has it.

It writes {SSHA} verifiers. nginx reads them; Apache does not, so do not use it for Apache.

The first part (Control, Secrets, Call, Rotator) is the protocol, to be copied into rotators for
other systems. The second part knows htpasswd files and nothing about messages. Descriptors 3 and
4 are only read, written and polled, since a rotator without `net` may not create sockets.
"""

import base64
import contextlib
import errno
import fcntl
import hashlib
import hmac
import io
import itertools
import json
import os
import re
import select
import stat
import struct
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, NoReturn

# Part 1: the protocol
HEADER_LIMIT, HANDLE_LIMIT = 1024, 64
MESSAGE_LIMIT = SECRET_LIMIT = 1 << 20

INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS, INTERNAL_ERROR = range(-32600, -32604, -1)
FORBIDDEN, NOT_FOUND, POLICY, UNREACHABLE = 1002, 1003, 1006, 1008
AMBIGUOUS, UNSUPPORTED, INVALID_CONFIG, CANCELLED = 1009, 1010, 1012, 1013

Json = dict[str, Any]
Data = bytes | bytearray
Check = Callable[[], None]


class RpcError(Exception):
    """An error of the protocol; the message is for people and never holds a secret."""

    def __init__(self, code: int, message: str, **data: Any) -> None:
        super().__init__(message)
        self.as_json: Json = {"code": code, "message": message, **({"data": data} if data else {})}


def write_all(descriptor: int, data: Data) -> None:
    """Write everything, however many calls it takes."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def readable(descriptors: list[int], timeout_ms: int) -> list[int]:
    """Wait until a descriptor has something to read, and return those that have."""
    poll = select.poll()
    for descriptor in descriptors:
        poll.register(descriptor, select.POLLIN)
    return [descriptor for descriptor, _ in poll.poll(timeout_ms)]


def wipe(value: bytearray) -> None:
    """Overwrite a secret in place."""
    value[:] = bytes(len(value))


class Control:
    """The messages on descriptor 3. When it ends, so does this program, with status 0."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self._buffer = bytearray()
        self._waiting: list[Json] = []

    def receive(self) -> Json:
        """Wait for the next message."""
        while not self._waiting:
            self._read()
        return self._waiting.pop(0)

    def send(self, message: Json) -> None:
        """Send a message."""
        body = json.dumps({"jsonrpc": "2.0", **message}).encode("ascii")
        write_all(self.descriptor, b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    def cancelled(self, request_id: Any) -> bool:
        """Read what has come, without waiting, and tell whether it cancels this request."""
        while readable([self.descriptor], 0):
            self._read()
        arrived = self._waiting
        self._waiting = [message for message in arrived if "id" in message]
        cancels = [message for message in arrived if message.get("method") == "$/cancelRequest"]
        return any(message["params"]["id"] == request_id for message in cancels)

    def _read(self) -> None:
        """Read a chunk, and queue the messages that are whole now."""
        chunk = os.read(self.descriptor, 65536)
        if not chunk:
            sys.exit(0)
        self._buffer += chunk
        while (body := self._take_body()) is not None:
            message = json.loads(body.decode("utf-8"))  # what is no JSON may end us
            if not isinstance(message, dict):
                sys.exit("protocol fault: not a message")
            self._waiting.append(message)

    def _take_body(self) -> bytearray | None:
        """Cut a whole message from the front of the buffer, if there is one."""
        end = self._buffer.find(b"\r\n\r\n", 0, HEADER_LIMIT)
        if end < 0 and len(self._buffer) < HEADER_LIMIT:
            return None
        header = self._buffer[: end + 2]
        lengths = re.findall(rb"(?im)^content-length[ \t]*:[ \t]*([0-9]{1,7})[ \t]*\r$", header)
        if len(lengths) != 1 or int(lengths[0]) > MESSAGE_LIMIT:
            sys.exit("protocol fault: a bad header")
        stop = end + 4 + int(lengths[0])
        if len(self._buffer) < stop:
            return None
        body = self._buffer[end + 4 : stop]
        del self._buffer[:stop]
        return body


class Secrets:
    """The frames on descriptor 4."""

    GET, VALUE, PUT, PUT_OK, DENIED, FORGET = range(1, 7)
    HEAD = struct.Struct("!BBHI")

    def __init__(self, descriptor: int, control: Control) -> None:
        self._descriptor = descriptor
        self._stream = io.FileIO(descriptor, "rb", closefd=False)
        self._control = control
        self._open: bytes | None = None  # the handle of a question that has no answer yet

    def send(self, kind: int, handle: bytes, value: Data = b"") -> None:
        """Send a frame."""
        write_all(self._descriptor, self.HEAD.pack(kind, 0, len(handle), len(value)) + handle)
        write_all(self._descriptor, value)

    def receive(self, check: Check) -> tuple[int, bytearray]:
        """Wait for the answer to the open question; `check` may raise, but only between frames."""
        check()
        while self._descriptor not in readable([self._descriptor, self._control.descriptor], 1000):
            check()
        kind, zero, handle_length, length = self.HEAD.unpack(self._read(self.HEAD.size))
        if zero != 0 or handle_length > HANDLE_LIMIT or length > SECRET_LIMIT:
            sys.exit("protocol fault: a bad frame")
        if bytes(self._read(handle_length)) != self._open:
            sys.exit("protocol fault: an answer about another handle")
        value = self._read(length)
        self._open = None
        return kind, value

    def ask(self, kind: int, handle: bytes, check: Check, value: Data = b"") -> bytearray:
        """Send a question, and return the value of its answer for the caller to wipe."""
        if self._open is not None:
            wipe(self.receive(check)[1])  # the late answer to a request that was cancelled
        self.send(kind, handle, value)
        self._open = handle
        answer_kind, answer = self.receive(check)
        if answer_kind == self.DENIED:
            raise RpcError(INTERNAL_ERROR, "nhisweep denied the use of a handle")
        if answer_kind != kind + 1:  # VALUE to GET, PUT_OK to PUT
            sys.exit("protocol fault: an answer to another question")
        return answer

    def _read(self, count: int) -> bytearray:
        """Read exactly so many bytes, straight into memory that can be wiped."""
        data = bytearray(count)
        view = memoryview(data)
        while view:
            got = self._stream.readinto(view)
            if not got:
                sys.exit("protocol fault: the secret channel ended")
            view = view[got:]
        return data


class Call:
    """A request: its params, and what a method may do while it works on it.

    A method sets `acted` as soon as it may have had an effect: from then on each error is 1009.
    """

    def __init__(self, request_id: Any, params: Any, control: Control, secrets: Secrets) -> None:
        self._started = time.monotonic()
        self._id = request_id
        self._control = control
        self._secrets = secrets
        self.params = params
        self.acted = False
        context = self.member("ctx")
        self.dry_run = context.get("dry_run", False)
        self._deadline_ms = context.get("deadline_ms", 30_000)
        if not isinstance(self.dry_run, bool) or type(self._deadline_ms) is not int:
            raise RpcError(INVALID_PARAMS, "dry_run must be a flag and deadline_ms a whole number")

    def member(self, name: str) -> Json:
        """Return a param that must be an object."""
        value = self.params.get(name) if isinstance(self.params, dict) else None
        if not isinstance(value, dict):
            raise RpcError(INVALID_PARAMS, f"{name} must be an object")
        return value

    def check(self) -> None:
        """Raise if the request was cancelled or its time is over: to be called between steps."""
        if self._control.cancelled(self._id):
            raise RpcError(CANCELLED, "cancelled before any change", effect="none")
        if (time.monotonic() - self._started) * 1000 >= self._deadline_ms:
            raise RpcError(UNREACHABLE, "out of time before any change")

    def progress(self, text: str) -> None:
        """Tell people what is being waited for."""
        self._control.send({"method": "$/progress", "params": {"text": text}})

    @contextlib.contextmanager
    def secret(self, name: str) -> Iterator[bytearray]:
        """Lend the value of the handle in this param; it is wiped when the block ends."""
        handle = to_handle(self.params.get(name))
        value = self._secrets.ask(Secrets.GET, handle, self.check)
        try:
            yield value
        finally:
            wipe(value)
            self._secrets.send(Secrets.FORGET, handle)

    def put(self, value: Data, slot: int = 0) -> Json:
        """Have a value that the server made kept, and return its handle for the answer.

        Set `acted` before the server makes the value, and put it before anything else.
        """
        handle: Json = self.params["slots"][slot]
        self._secrets.ask(Secrets.PUT, to_handle(handle), self.check, value)
        return handle


def to_handle(value: Any) -> bytes:
    """Return the handle in {"$secret": handle}."""
    handle = value.get("$secret") if isinstance(value, dict) else None
    if not isinstance(handle, str) or not handle.isascii() or not 0 < len(handle) <= HANDLE_LIMIT:
        raise RpcError(INVALID_PARAMS, "a secret must be given as a handle")
    return handle.encode("ascii")


class Rotator:
    """The main loop. A subclass has a function `do_…` for each method that it knows."""

    description: Json  # `plugin`, `types` and `needs` for the answer to `initialize`

    def __init__(self) -> None:
        self._control = Control(3)
        self._secrets = Secrets(4, self._control)
        self._initialized = False
        self._methods: dict[str, Callable[[Call], Json]] = {
            name[3:]: getattr(self, name) for name in dir(self) if name.startswith("do_")
        }

    def serve(self) -> NoReturn:
        """Answer requests until descriptor 3 ends."""
        while True:
            message = self._control.receive()
            if "id" not in message:
                continue  # a cancellation that came too late
            try:
                answer = {"result": self._answer(message)}
            except RpcError as error:
                answer = {"error": error.as_json}
            self._control.send({"id": message["id"], **answer})

    def _answer(self, message: Json) -> Json:
        """Find the method and call it."""
        method, params = message.get("method"), message.get("params")
        if message.get("jsonrpc") != "2.0" or not isinstance(method, str):
            raise RpcError(INVALID_REQUEST, "not a request")
        if (method == "initialize") == self._initialized:
            raise RpcError(INVALID_REQUEST, "initialize comes first, and once")
        if method == "initialize":
            return self._initialize(params)
        if method not in self._methods:
            raise RpcError(METHOD_NOT_FOUND, "there is no such method")
        call = Call(message["id"], params, self._control, self._secrets)
        return perform(self._methods[method], call)

    def _initialize(self, params: Any) -> Json:
        """Settle the version and describe the rotator."""
        try:
            offered = [params["protocol"][end].split(".") for end in ("min", "max")]
            low, high = ([int(number) for number in version] for version in offered)
        except (LookupError, TypeError, AttributeError, ValueError):
            raise RpcError(INVALID_PARAMS, "protocol must have a min and a max") from None
        if not low <= [1, 0] <= high:
            raise RpcError(UNSUPPORTED, "this rotator speaks version 1.0 only")
        self._initialized = True
        return {"protocol": "1.0", "methods": list(self._methods), **self.description}


def perform(method: Callable[[Call], Json], call: Call) -> Json:
    """Call a method; the text of a foreign exception is not shown, as it may quote a secret."""
    try:
        return method(call)
    except Exception as error:
        if call.acted:
            raise RpcError(AMBIGUOUS, "failed after a change was made") from None
        if isinstance(error, RpcError):
            raise
        raise RpcError(INTERNAL_ERROR, f"internal error: {type(error).__name__}") from None


# Part 2: users of an htpasswd file
TYPE = "htpasswd.user"
SUSPENDED = b"#suspended "  # nginx skips lines that begin with #
FILE_LIMIT = 15 << 20  # below the 16 MiB that a rotator may write
DIGEST_BYTES = 20
FILE_RULE = re.compile(rb"/[^\x00-\x1f\x7f]*(?<!/)")
USER_RULE = re.compile(rb"(?![# ])[^\x00-\x1f\x7f:]{1,255}(?<! )")
VALUE_RULE = re.compile(rb"[^\x00-\x1f\x7f]{1,4096}")  # what nginx can get from a client
DESCRIPTION = """{
    "plugin": {"name": "htpasswd", "version": "1.0.0", "vendor": "nhisweep examples"},
    "types": [{
        "type": "htpasswd.user", "config": [],
        "capability": {
            "secret_origin": "client", "slots": 1, "slot_policy": "evicts_previous",
            "create_replay": "idempotent", "marker": "", "listable": true, "recoverable": false,
            "suspend": true, "twins": false, "derived": [], "converge_ms": 0,
            "dead_probe": "safe", "authority": "separate_admin", "automation": "full"
        },
        "ref": [
            {"name": "file", "kind": "text", "required": true,
             "help": "absolute path of an htpasswd file for nginx (Apache does not read {SSHA})"},
            {"name": "user", "kind": "text", "required": true,
             "help": "name of the user, as before the colon"}
        ],
        "grants": ["owner of the file (or root), and write access to the folder it is in"]
    }],
    "needs": ["fs:write"]}"""
NO_RIGHT = (errno.EACCES, errno.EPERM, errno.EROFS)
NO_SUCH_FILE = (errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP, errno.ENAMETOOLONG)
Lines = list[bytes]


class Target:
    """What a request is about: a file and a user in it."""

    def __init__(self, call: Call, by_id: bool = False) -> None:
        target = call.member("target")
        if target.get("type") != TYPE:
            raise RpcError(INVALID_PARAMS, f"the target must be of type {TYPE}")
        ref = target.get("ref")
        self.path = checked(ref, "file", FILE_RULE, "an absolute path, no control characters")
        self.folder, name = os.path.split(self.path)
        self.copy = os.path.join(self.folder, b".%b.nhisweep" % name)
        user = checked(ref, "user", USER_RULE, "a name of an htpasswd file, up to 255 bytes")
        self.id = {"user": user.decode("utf-8")}
        self.needs = "fs:write:" + self.folder.decode("utf-8")
        self.active = user + b":"  # what a line of the user begins with
        self.suspended = SUSPENDED + self.active
        if by_id and call.member("id").get("user") != self.id["user"]:
            raise RpcError(INVALID_PARAMS, "the id does not belong to the target")


def checked(ref: Any, field: str, rule: re.Pattern[bytes], rule_text: str) -> bytes:
    """Return a field of ref as UTF-8, or refuse it."""
    try:
        data: bytes = ref[field].encode("utf-8")
    except (LookupError, TypeError, AttributeError, UnicodeEncodeError):
        data = b""
    if not rule.fullmatch(data):
        raise RpcError(INVALID_CONFIG, f"{field} must be {rule_text}", field=field)
    return data


class Entry(NamedTuple):
    """The line that counts for a user."""

    position: int
    prefix: bytes
    verifier: bytes


def find_entry(lines: Lines, target: Target) -> Entry | None:
    """Return the first active line of the user as nginx does, else the first suspended one."""
    for prefix in (target.active, target.suspended):
        for position, line in enumerate(lines):
            if line.startswith(prefix):
                verifier = re.split(rb"[:\r\n]", line.removeprefix(prefix))[0]
                return Entry(position, prefix, verifier)
    return None


def require_entry(lines: Lines, target: Target) -> Entry:
    """Return the line that counts for the user, who must be there."""
    entry = find_entry(lines, target)
    if entry is None:
        raise RpcError(NOT_FOUND, "the user is not in the file")
    return entry


def salted_digest(value: bytearray, salt: bytes) -> bytes:
    """Return the SHA-1 of a value and a salt, without a copy of the value."""
    digest = hashlib.sha1(value)
    digest.update(salt)
    return digest.digest()


def verify(verifier: bytes, value: bytearray) -> bool | None:
    """Tell whether a value is the right one; None if the verifier cannot be read."""
    match = re.fullmatch(rb"\{(SSHA|SHA)\}(.*)", verifier)
    try:
        raw = base64.b64decode(match[2], validate=True) if match else b""
    except ValueError:
        return None
    if not match or len(raw) < DIGEST_BYTES or (match[1] == b"SHA" and len(raw) > DIGEST_BYTES):
        return None
    return hmac.compare_digest(salted_digest(value, raw[DIGEST_BYTES:]), raw[:DIGEST_BYTES])


def set_value(lines: Lines, target: Target, value: bytearray) -> Lines:
    """Give the user a value, unless it is stored already; further lines of the user go."""
    position, prefix, verifier = require_entry(lines, target)
    line = lines[position]
    if not verify(verifier, value):
        salt = os.urandom(16)
        new = b"{SSHA}" + base64.b64encode(salted_digest(value, salt) + salt)
        line = prefix + new + line.removeprefix(prefix + verifier)
    before, after = lines[:position], lines[position + 1 :]
    return [*drop_user(before, target), line, *drop_user(after, target)]


def drop_user(lines: Lines, target: Target) -> Lines:
    """Take all lines of the user away, suspended ones too."""
    return [line for line in lines if not line.startswith((target.active, target.suspended))]


def switch_user(lines: Lines, target: Target, old: bytes, new: bytes) -> Lines:
    """Let the user's lines begin differently, unless they do so already.

    What was suspended before another suspension goes: `resume` would bring back an old value.
    """
    if require_entry(lines, target).prefix == new:
        return lines
    kept = [line for line in lines if not line.startswith(new)]
    return [new + line.removeprefix(old) if line.startswith(old) else line for line in kept]


class PasswordFile:
    """The htpasswd file of a target, and the folder it is in."""

    def __init__(self, target: Target, folder: int) -> None:
        self._target = target
        self._folder = folder
        self._seen: os.stat_result

    def lock(self, call: Call) -> None:
        """Keep other rotators out, and stay open to a cancellation while waiting for them."""
        for attempt in itertools.count():
            try:
                fcntl.flock(self._folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if attempt == 0:
                    call.progress("waiting for another writer of the folder")
            call.check()
            time.sleep(0.05)

    def read(self) -> Lines:
        """Return the lines of the file; only a line feed ends a line, as in nginx."""
        with open(self._target.path, "rb", opener=open_itself) as stream:
            self._seen = os.fstat(stream.fileno())
            plain = stat.S_ISREG(self._seen.st_mode) and self._seen.st_nlink == 1
            if not plain or self._seen.st_size > FILE_LIMIT:
                raise RpcError(INVALID_CONFIG, "not a file with one name, or too big", field="file")
            return stream.readlines()

    def missing_rights(self) -> list[str]:
        """Return the rights that a change would lack, as far as one can tell without one."""
        writable = os.access(self._target.folder, os.W_OK | os.X_OK)
        owner = os.geteuid() in (0, self._seen.st_uid)
        met = {self._target.needs: writable, "to run as the owner of the file, or as root": owner}
        return [need for need, is_met in met.items() if not is_met]

    def replace(self, lines: Lines, call: Call) -> None:
        """Put new contents in the place of the file that was read."""
        try:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self._target.copy)  # of a writer that was killed
            with open(self._target.copy, "xb") as stream:  # mode 600: the umask is 077
                stream.writelines(lines)
                stream.flush()
                os.fchown(stream.fileno(), self._seen.st_uid, self._seen.st_gid)
                os.fchmod(stream.fileno(), stat.S_IMODE(self._seen.st_mode))
                os.fsync(stream.fileno())
            call.check()
            now = os.lstat(self._target.path)
            aspects = ("st_ino", "st_size", "st_mtime_ns", "st_ctime_ns")
            if any(getattr(now, aspect) != getattr(self._seen, aspect) for aspect in aspects):
                raise RpcError(UNREACHABLE, "somebody else changes the file; nothing was done")
            os.rename(self._target.copy, self._target.path)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self._target.copy)
            raise
        call.acted = True
        os.fsync(self._folder)


def open_itself(path: str, flags: int) -> int:
    """Open a file but not what a link points to, and do not wait for the writer of a pipe."""
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)


@contextlib.contextmanager
def opened(target: Target) -> Iterator[PasswordFile]:
    """Lend the file, and turn errors of the system meanwhile into errors of the protocol."""
    try:
        folder = os.open(target.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            yield PasswordFile(target, folder)
        finally:
            os.close(folder)  # which also ends the lock
    except OSError as error:
        text = f"the file or its folder: {os.strerror(error.errno or 0)}"
        if error.errno in NO_RIGHT:
            raise RpcError(FORBIDDEN, text, needs=[target.needs]) from None
        if error.errno in NO_SUCH_FILE:
            raise RpcError(INVALID_CONFIG, text, field="file") from None
        raise RpcError(UNREACHABLE, text) from None


def change(call: Call, target: Target, edit: Callable[[Lines], Lines]) -> Json:
    """Edit the lines of a user under the lock, and answer how that went."""
    with opened(target) as file:
        if not call.dry_run:
            file.lock(call)
        lines = file.read()
        edited = edit(lines)
        if edited == lines:
            return {"outcome": "already_done", "evidence": evidence("the file was so before")}
        if not call.dry_run:
            file.replace(edited, call)
        elif needs := file.missing_rights():
            raise RpcError(FORBIDDEN, "the file could not be replaced", needs=needs)
    return {"outcome": "done", "evidence": evidence("the file was replaced")}


def evidence(text: str) -> list[Json]:
    """Return evidence with one entry."""
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    return [{"kind": "file", "text": text, "code": "", "at": now}]


def verdict(word: str, text: str) -> Json:
    """Return the answer to a probe."""
    return {"verdict": word, "code": "", "grade": "probed", "evidence": evidence(text)}


class HtpasswdRotator(Rotator):
    """The methods for the type htpasswd.user."""

    description = json.loads(DESCRIPTION)

    def do_inspect(self, call: Call) -> Json:
        """Read what the file says about the user, and which rights a change would lack."""
        target = Target(call)
        with opened(target) as file:
            entry = find_entry(file.read(), target)
            needs = file.missing_rights()
        answer: Json = {"exists": entry is not None, "rights": {"ok": not needs, "needs": needs}}
        if entry is not None:
            answer.update(enabled=entry.prefix == target.active, id=target.id, slots_used=1)
        return answer

    def do_create(self, call: Call) -> Json:
        """Store the new value; where it is stored already, change nothing."""
        target = Target(call)
        with call.secret("new") as value:
            if not VALUE_RULE.fullmatch(value):
                raise RpcError(POLICY, "a value has 1 to 4096 bytes, and no control characters")
            answer = change(call, target, lambda lines: set_value(lines, target, value))
        return {**answer, "id": target.id, "converge_ms": 0}

    def do_probe(self, call: Call) -> Json:
        """Verify a value against the file that nginx reads at each login, as nginx does."""
        target = Target(call)
        with opened(target) as file:
            entry = find_entry(file.read(), target)
        with call.secret("value") as value:
            if not VALUE_RULE.fullmatch(value):
                return verdict("inconclusive", "no client can send this value")
            if entry is None:
                return verdict("rejected", "the user is not in the file")
            if entry.prefix == target.suspended:
                return verdict("rejected", "the user is suspended")
            right = verify(entry.verifier, value)
        if right is None:
            return verdict("inconclusive", "the stored form cannot be read")
        return verdict("accepted" if right else "rejected", "the value was compared")

    def do_suspend(self, call: Call) -> Json:
        """Make a comment of the user's line."""
        return self._switch(call, "resume")

    def do_resume(self, call: Call) -> Json:
        """Make a line of the user's comment."""
        return self._switch(call, "suspend")

    def do_revoke(self, call: Call) -> Json:
        """Take the user's lines away."""
        target = Target(call, by_id=True)
        return change(call, target, lambda lines: drop_user(lines, target))

    def do_end_sessions(self, call: Call) -> Json:
        """Answer that there is nothing to end: the password goes with each HTTP request."""
        Target(call, by_id=True)
        return {"outcome": "done", "ended": 0, "evidence": evidence("HTTP Basic has no sessions")}

    def do_list(self, call: Call) -> Json:
        """List the one credential that a target can have."""
        found = self.do_inspect(call)
        status = "active" if found.get("enabled") else "suspended"
        return {"items": [{"id": found["id"], "status": status}] if found["exists"] else []}

    def do_reconcile(self, call: Call) -> Json:
        """Compare with what is expected; without a marker nothing is ours to remove."""
        expected = call.params.get("expected")
        if not isinstance(expected, list):
            raise RpcError(INVALID_PARAMS, "expected must be a list")
        found = [item["id"] for item in self.do_list(call)["items"]]
        unknown = [item for item in found if item not in expected]
        missing = [item for item in expected if item not in found]
        return {"unknown": unknown, "missing": missing, "removed": []}

    def _switch(self, call: Call, undo: str) -> Json:
        """Suspend the user if `resume` undoes that, else resume."""
        target = Target(call, by_id=True)
        states = (target.active, target.suspended)
        old, new = states if undo == "resume" else states[::-1]
        answer = change(call, target, lambda lines: switch_user(lines, target, old, new))
        return {**answer, "undo": {"method": undo}}


if __name__ == "__main__":
    try:
        HtpasswdRotator().serve()
    except ConnectionError:
        sys.exit(0)  # descriptor 3 ended
