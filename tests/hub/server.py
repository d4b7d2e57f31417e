#!/usr/bin/env python3
"""A small Hub on loopback, for tests: good models, faults and hostile answers.

    server.py MODELS FOLDER

MODELS is tests/golden.  FOLDER gets `ports` (the Hub's, that of a second host
as a CDN, that of a proxy that refuses) once all listen, and `log`, a line for
each request:

    HUB|CDN|PROXY METHOD PATH [token] [range=BYTES-]

What a request is answered with is decided by the name of the model; see
make_models and the functions named fault_* and hostile_*.  It ends with the
process that started it.
"""

import hashlib
import json
import os
import re
import struct
import sys
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COMMIT = "0123456789abcdef0123456789abcdef01234567"
SECOND = "89abcdef0123456789abcdef0123456789abcdef"
GOOD_TOKEN = "hf_goodgoodgoodgoodgoodgoodgoodgood1"
LFS = (".safetensors", ".bin", ".model")
MEBIBYTE = 1 << 20


def git_hash(data):
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


class File:
    def __init__(self, path, data):
        self.path, self.data = path, data
        self.lfs = path.endswith(LFS)
        self.blob = hashlib.sha256(data).hexdigest() if self.lfs else git_hash(data)

    def entry(self):
        entry = {"type": "file", "path": self.path, "size": len(self.data)}
        entry["oid"] = git_hash(self.data)
        if self.lfs:
            entry["lfs"] = {"oid": self.blob, "size": len(self.data), "pointerSize": 130}
        return entry


def read_folder(folder):
    files = {}
    for above, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(above, name)
            with open(path, "rb") as file:
                files[os.path.relpath(path, folder)] = file.read()
    files["README.md"] = b"# a model\n"
    files["onnx/model.onnx"] = b"not for us"
    files.pop("cases.jsonl", None)
    return files


def padded(files, size):
    """The same model with a tensor more, which nobody reads."""
    data = files["model.safetensors"]
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + length])
    body = data[8 + length :]
    header["padding"] = {"dtype": "F32", "shape": [size // 4],
                         "data_offsets": [len(body), len(body) + size // 4 * 4]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    padding = bytes((i * 7) & 0xFF for i in range(256)) * (size // 256 + 1)
    files = dict(files)
    files["model.safetensors"] = (
        struct.pack("<Q", len(text)) + text + body + padding[: size // 4 * 4])
    return files


def sharded(files):
    """model.safetensors in place of one shard, with an index."""
    files = dict(files)
    data = files.pop("model.safetensors")
    header = json.loads(data[8 : 8 + struct.unpack("<Q", data[:8])[0]])
    header.pop("__metadata__", None)
    shard = "model-00001-of-00001.safetensors"
    files[shard] = data
    index = {"metadata": {}, "weight_map": {name: shard for name in header}}
    files["model.safetensors.index.json"] = json.dumps(index).encode()
    return files


def make_models(golden):
    bert = read_folder(os.path.join(golden, "bert"))
    large = padded(bert, 3 * MEBIBYTE)
    models = {}
    for name in sorted(os.listdir(golden)):
        if os.path.exists(os.path.join(golden, name, "config.json")):
            models["golden/" + name] = read_folder(os.path.join(golden, name))
    models["org/sharded"] = sharded(bert)
    models["org/large"] = large
    models["org/paged"] = bert
    models["org/private"] = bert
    models["org/gated"] = bert
    models["org/nothing"] = {"README.md": b"# nothing\n"}
    models["org/nowords"] = {k: v for k, v in bert.items() if "token" not in k}
    models["org/foreign"] = {**bert, "config.json": b'{"model_type": "gpt2"}'}
    models["hostile/room"] = bert
    models["org/noweights"] = {k: v for k, v in bert.items() if "model." not in k}
    models["cross-encoder/ms-marco-TinyBERT-L2-v2"] = bert
    for name in FAULTS:
        models["fault/" + name] = large if name in ("cut", "norange", "slow", "brief") else bert
    index = {"weight_map": {"a": "../../../escaped", "b": "model.safetensors"}}
    models["hostile/index"] = dict(sharded(bert))
    models["hostile/index"]["model.safetensors.index.json"] = json.dumps(index).encode()
    return {id: {path: File(path, data) for path, data in files.items()}
            for id, files in models.items()}


class Hub:
    def __init__(self, golden, folder):
        self.folder = folder
        self.lock = threading.Lock()
        self.counts = {}
        self.models = make_models(golden)

    def log(self, line):
        with self.lock, open(os.path.join(self.folder, "log"), "a") as log:
            log.write(line + "\n")

    def count(self, what):
        """How often this was asked before."""
        with self.lock:
            self.counts[what] = self.counts.get(what, 0) + 1
            return self.counts[what] - 1


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer waits for 40 ms
    hub = None
    host = None

    def log_message(self, *_):
        pass

    def token(self):
        return (self.headers.get("Authorization") or "").removeprefix("Bearer ")

    def range_start(self):
        match = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range") or "")
        return int(match.group(1)) if match else None

    def do_HEAD(self):
        self.handle_request()

    def do_GET(self):
        self.handle_request()

    def handle_request(self):
        start = self.range_start()
        self.hub.log(f"{self.host} {self.command} {self.path}"
                     + (" token" if self.token() else "")
                     + (f" range={start}-" if start is not None else ""))
        try:
            self.answer(urllib.parse.unquote(self.path.split("?")[0]))
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def send(self, status, body=b"", headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def send_json(self, value, headers=()):
        self.send(200, json.dumps(value).encode(),
                  [("Content-Type", "application/json"), *headers])

    def refuse(self, status, code=None, message="", headers=()):
        headers = list(headers)
        if code:
            headers.append(("X-Error-Code", code))
        self.send(status, json.dumps({"error": message}).encode(),
                  headers + [("X-Error-Message", message)])

    def cut_off(self):
        self.wfile.flush()
        self.connection.shutdown(2)
        self.close_connection = True

    def send_file(self, file, headers=()):
        """All of it or the rest from Range's start."""
        data, start = file.data, self.range_start()
        if start is None:
            self.send(200, data, headers)
        elif start >= len(data):
            self.send(416, b"", [("Content-Range", f"bytes */{len(data)}")])
        else:
            span = f"bytes {start}-{len(data) - 1}/{len(data)}"
            self.send(206, data[start:], [*headers, ("Content-Range", span)])


def send_in_steps(handler, file, step, pause, limit=None):
    """Announces all that is left of the file and sends it slowly; closes the
    connection after `limit` bytes."""
    start = handler.range_start() or 0
    rest = file.data[start:]
    handler.send_response(206 if handler.range_start() is not None else 200)
    if handler.range_start() is not None:
        handler.send_header("Content-Range", f"bytes {start}-{len(file.data) - 1}/{len(file.data)}")
    handler.send_header("Content-Length", str(len(rest)))
    handler.end_headers()
    for at in range(0, len(rest) if limit is None else min(limit, len(rest)), step):
        handler.wfile.write(rest[at : at + step])
        handler.wfile.flush()
        time.sleep(pause)
    if limit is not None and limit < len(rest):
        handler.cut_off()


# Faults of the host that has the large files: fault/NAME, from LFS's second
# host.  They get the handler, the file, and how often it was asked for before.

def fault_cut(handler, file, _):
    send_in_steps(handler, file, 65536, 0, limit=MEBIBYTE)


def fault_silent(handler, *_):
    handler.cut_off()


def fault_short(handler, file, _):
    handler.send(200, file.data[:-10])


def fault_long(handler, file, _):
    handler.send(200, file.data + b"more of it")


def fault_wrong(handler, file, _):
    handler.send(200, file.data[:-1] + bytes([file.data[-1] ^ 1]))


def fault_stale(handler, file, before):
    if before == 0:
        handler.send(403, b"Request has expired")
    else:
        handler.send_file(file)


def fault_denied(handler, *_):
    handler.send(403, b"no")


def fault_busy(handler, file, before):
    if before < 2:
        handler.refuse(503, headers=[("Retry-After", "0")])
    else:
        handler.send_file(file)


def fault_limited(handler, file, before):
    if before < 2:
        handler.refuse(429, headers=[("RateLimit", '"resolvers";r=0;t=0')])
    else:
        handler.send_file(file)


def fault_later(handler, *_):
    handler.refuse(429, headers=[("Retry-After", "9999")])


def fault_down(handler, *_):
    handler.refuse(500, headers=[("Retry-After", "0")])


def fault_norange(handler, file, before):
    if before == 0:
        send_in_steps(handler, file, 65536, 0, limit=MEBIBYTE)
    else:
        handler.send(200, file.data)


def fault_part(handler, file, _):
    span = f"bytes 7-{len(file.data) - 1}/{len(file.data)}"
    handler.send(206, file.data[7:], [("Content-Range", span)])


def fault_slow(handler, file, _):
    send_in_steps(handler, file, 65536, 0.02)


def fault_brief(handler, file, _):
    send_in_steps(handler, file, 262144, 0.005)


def fault_stuck(handler, file, _):
    send_in_steps(handler, file, 4096, 30)


def fault_loop(handler, *_):
    handler.send(302, b"", [("Location", handler.path)])


def fault_plain(handler, *_):
    handler.send(302, b"", [("Location", "http://192.0.2.1/model")])


def fault_local(handler, *_):
    handler.send(302, b"", [("Location", "file:///etc/passwd")])


def fault_user(handler, *_):
    handler.send(302, b"", [("Location", "https://user:word@192.0.2.1/")])


FAULTS = {name[6:]: function for name, function in list(globals().items())
          if name.startswith("fault_")}


class Cdn(Handler):
    host = "CDN"

    def answer(self, path):
        match = re.fullmatch(r"/signed/([^/]+/[^/]+)/(.+)", path)
        file = self.hub.models.get(match.group(1), {}).get(match.group(2)) if match else None
        if file is None:
            self.send(404)
            return
        fault = FAULTS.get(match.group(1).removeprefix("fault/"))
        if fault and match.group(1).startswith("fault/"):
            fault(self, file, self.hub.count(("cdn", path)))
        else:
            self.send_file(file, [("ETag", '"an md5"')])


class Proxy(Handler):
    host = "PROXY"

    def do_CONNECT(self):
        self.handle_request()

    def answer(self, _):
        self.send(502)


class Front(Handler):
    host = "HUB"
    cdn = None

    def answer(self, path):
        api = re.fullmatch(r"/api/models/([^/]+/[^/]+)(?:/revision/(.+))?", path)
        tree = re.fullmatch(r"/api/models/([^/]+/[^/]+)/tree/(.+)", path)
        file = re.fullmatch(r"/([^/]+/[^/]+)/resolve/((?:refs/pr/)?[^/]+)/(.+)", path)
        kept = re.fullmatch(r"/api/resolve-cache/models/([^/]+/[^/]+)/[^/]+/(.+)", path)
        for match, function in ((tree, self.send_tree), (api, self.send_model),
                                (kept, self.send_small), (file, self.resolve)):
            if match:
                if self.allowed(match.group(1)):
                    function(*match.groups())
                return
        self.send(404)

    def allowed(self, id):
        """Sends the refusal of a model that is not for everyone."""
        token = self.token()
        if id == "old/name":
            self.send(307, b"", [("Location", self.path.replace("old/name", "golden/bert"))])
        elif id == "hostile/echo":
            self.refuse(418, message=f"your token is {token}, I am a teapot")
        elif token and token != GOOD_TOKEN:
            self.refuse(401, message="Invalid credentials in Authorization header")
        elif id == "org/gated" and token != GOOD_TOKEN:
            self.refuse(401, "GatedRepo", "Access to model is restricted.")
        elif id == "org/closed":
            self.refuse(403, "GatedRepo", "Access to model is restricted.")
        elif id == "org/disabled":
            self.refuse(403, message="Access to this resource is disabled.")
        elif id == "org/private" and token != GOOD_TOKEN:
            self.refuse(401, "RepoNotFound", "Repository not found")
        elif (self.path.startswith("/api/models/hostile/")
              and hasattr(self, id.replace("/", "_"))):
            getattr(self, id.replace("/", "_"))()
        elif id not in self.hub.models and not id.startswith("hostile/"):
            self.refuse(404 if token else 401, "RepoNotFound", "Repository not found")
        else:
            return True
        return False

    def commit_of(self, id, revision):
        known = {"main": COMMIT, "v1": COMMIT, "refs/pr/1": SECOND, "v2": SECOND,
                 COMMIT: COMMIT, SECOND: SECOND}
        return known.get(revision or "main")

    def files_of(self, id, commit):
        files = dict(self.hub.models.get(id, {}))
        if commit == SECOND and "config.json" in files:
            text = files["config.json"].data.rstrip() + b"\n\n"
            files["config.json"] = File("config.json", text)
        return files

    def send_model(self, id, revision=None):
        commit = self.commit_of(id, revision)
        if commit is None:
            self.refuse(404, "RevisionNotFound", "Invalid rev id")
            return
        siblings = [{"rfilename": path} for path in self.files_of(id, commit)]
        self.send_json({"id": id, "modelId": id, "sha": commit, "private": False,
                        "gated": False, "disabled": False, "tags": [],
                        "siblings": siblings})

    def send_tree(self, id, commit):
        files = sorted(self.files_of(id, self.commit_of(id, commit)).values(),
                       key=lambda file: file.path)
        entries = [file.entry() for file in files]
        entries.insert(0, {"type": "directory", "oid": "0" * 40, "size": 0, "path": "onnx"})
        step = 2 if id == "org/paged" else 1000
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        at = int(query.get("cursor", ["0"])[0])
        headers = []
        if at + step < len(entries):
            here = f"http://127.0.0.1:{self.server.server_port}{self.path.split('&cursor')[0]}"
            headers = [("Link", f'<{here}&cursor={at + step}>; rel="next"')]
        self.send_json(entries[at : at + step], headers)

    def resolve(self, id, revision, path):
        commit = self.commit_of(id, revision)
        file = self.files_of(id, commit).get(path)
        headers = [("X-Repo-Commit", commit or COMMIT)]
        if commit is None or file is None:
            self.refuse(404, "EntryNotFound" if commit else "RevisionNotFound",
                        "Entry not found", headers)
            return
        headers += [("X-Linked-Etag", f'"{file.blob}"'),
                    ("X-Linked-Size", str(len(file.data)))]
        if file.lfs:
            number = self.hub.count("signature")
            place = f"http://127.0.0.1:{self.cdn}/signed/{id}/{path}?sig={number}"
        else:
            place = f"/api/resolve-cache/models/{id}/{commit}/{path}?etag=%22{file.blob}%22"
        self.send(302 if file.lfs else 307, b"", [*headers, ("Location", place)])

    def send_small(self, id, path):
        commit = SECOND if SECOND in self.path else COMMIT
        file = self.files_of(id, commit)[path]
        self.send_file(file, [("ETag", f'"{file.blob}"'), ("X-Repo-Commit", commit)])

    # Hostile answers, a model each.

    def listing(self, entries, headers=()):
        """A commit to the first request, these entries to the next."""
        if "/tree/" in self.path:
            self.send_json(entries, headers)
        else:
            self.send_json({"sha": COMMIT})

    def hostile_commit(self):
        self.send_json({"sha": "../../../../../escaped"})

    def hostile_paths(self):
        files = [File("model.safetensors", b"x"), File("config.json", b"{}")]
        names = ["../../escaped", "/etc/escaped", "a/../../escaped", "a\\..\\b",
                 ".git/config", "a//b", "", "nul\0l", "tokenizer.json/"]
        entries = [file.entry() for file in files]
        for name in names:
            entries.append({**entries[0], "path": name})
        self.listing(entries)

    def hostile_blob(self):
        entry = File("config.json", b"{}").entry()
        self.listing([{**entry, "oid": "../../../escaped"}])

    def hostile_size(self):
        entries = [File(name, b"{}").entry() for name in
                   ("config.json", "tokenizer.json", "model.safetensors")]
        for entry in entries:
            entry.get("lfs", entry)["size"] = (1 << 63) - 1
        self.listing(entries)

    def hostile_room(self):
        entries = [file.entry() for file in self.files_of("hostile/room", COMMIT).values()]
        for entry in entries:
            if "lfs" in entry:
                entry["lfs"]["size"] = 1 << 60
        self.listing(entries)

    def hostile_negative(self):
        self.listing([{**File("config.json", b"{}").entry(), "size": -1}])

    def hostile_endless(self):
        here = f"http://127.0.0.1:{self.server.server_port}{self.path}"
        self.listing([File("a", b"").entry()], [("Link", f'<{here}>; rel="next"')])

    def hostile_empty(self):
        here = f"http://127.0.0.1:{self.server.server_port}{self.path}"
        self.listing([], [("Link", f'<{here}>; rel="next"')])

    def hostile_elsewhere(self):
        here = f"http://127.0.0.1:{self.cdn}/api/models/x/y/tree/main"
        self.listing([], [("Link", f'<{here}>; rel="next"')])

    def hostile_html(self):
        self.send(200, b"<html>sign in</html>", [("Content-Type", "text/html")])

    def hostile_deep(self):
        self.send(200, b"[" * 1000000)

    def hostile_list(self):
        self.send_json([1, 2, 3])

    def hostile_object(self):
        self.listing({"path": "config.json"})

    def hostile_flood(self):
        self.send(200, b'{"sha": "' + b"a" * (20 * MEBIBYTE) + b'"}')

    def hostile_header(self):
        self.send(200, b"{}", [("Link", "<" + "a" * 60000 + '>; rel="next"')])

    def hostile_headers(self):
        self.send(200, b"{}", [(f"X-Header-{i}", "a" * 9000) for i in range(60)])

    def hostile_words(self):
        self.refuse(400, message="\x1b]0;owned\x07 bad\x7f words " + "x" * 500)

    def hostile_away(self):
        self.send(307, b"", [("Location", f"http://127.0.0.1:{self.cdn}/api/steal")])


def main():
    golden, folder = sys.argv[1:]
    Handler.hub = Hub(golden, folder)
    parent = os.getppid()
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), kind)
               for kind in (Front, Cdn, Proxy)]
    Front.cdn = servers[1].server_port
    for server in servers:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
    ports = os.path.join(folder, "ports")
    with open(ports + ".new", "w") as file:
        file.write(" ".join(str(server.server_port) for server in servers) + "\n")
    os.rename(ports + ".new", ports)
    while os.getppid() == parent:
        time.sleep(0.2)


main()
