#!/usr/bin/env python3
"""xenc and the real huggingface_hub on one cache, in both directions.

    compatible.py XENC      with HF_ENDPOINT and HUB_LOG of tests/hub/start.bash

Prints a line for each check and, as its last one, "N passed, N failed".
tests/hub/compatible.sh starts it with the packages that it needs.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

xenc = sys.argv[1]
log = Path(os.environ["HUB_LOG"])
home = Path(tempfile.mkdtemp(prefix="xenc-hub-"))
os.environ.update(HF_HOME=str(home), HF_HUB_DISABLE_XET="1",
                  HF_HUB_DISABLE_TELEMETRY="1", HF_HUB_DISABLE_PROGRESS_BARS="1")
for name in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_TOKEN", "HF_HUB_OFFLINE"):
    os.environ.pop(name, None)
cache = home / "hub"

import filelock  # noqa: E402
import huggingface_hub  # noqa: E402
from huggingface_hub import hf_hub_download, scan_cache_dir, snapshot_download  # noqa: E402

COMMIT = "0123456789abcdef0123456789abcdef01234567"
NEEDED = ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"]
counts = {True: 0, False: 0}


def check(what, good):
    counts[bool(good)] += 1
    print(("ok" if good else "not ok"), "-", what, flush=True)


def run(*arguments, **variables):
    result = subprocess.run([xenc, *arguments], capture_output=True, text=True,
                            env={**os.environ, **variables})
    return result.returncode, result.stdout.strip(), result.stderr.strip()


def bodies():
    """Requests that fetched a file."""
    return [line for line in log.read_text().splitlines()
            if " GET /signed/" in line or " GET /api/resolve-cache/" in line]


def fresh():
    shutil.rmtree(cache, ignore_errors=True)
    log.write_text("")


def folder(model):
    return cache / ("models--" + model.replace("/", "--"))


def scores(model):
    pairs = home / "pairs"
    pairs.write_text("x\ty\n")
    return run("score", "-m", model, "--decimals", "4", "-c", "score", str(pairs)) == (0, "0.6434", "")


def clean_scan(*models):
    """The client's own scan finds these models and nothing to warn of."""
    info = scan_cache_dir(cache)
    return not info.warnings and {repo.repo_id for repo in info.repos} == set(models)


def xenc_then_client():
    fresh()
    code, path, message = run("pull", "golden/bert")
    check("xenc pulls", code == 0 and message == "")
    check("the client's scan is content", clean_scan("golden/bert"))
    log.write_text("")
    for name in NEEDED:
        check(f"the client finds {name}",
              hf_hub_download("golden/bert", name) == f"{path}/{name}")
    check("the client finds them by the commit",
          snapshot_download("golden/bert", revision=COMMIT, allow_patterns=NEEDED) == path)
    check("offline too", hf_hub_download("golden/bert", "config.json",
                                         local_files_only=True) == f"{path}/config.json")
    check("nothing was fetched again", bodies() == [])
    snapshot_download("golden/bert")
    check("the client adds what xenc does not need",
          (Path(path) / "README.md").exists() and clean_scan("golden/bert"))
    check("xenc opens it still", scores("golden/bert"))


def client_then_xenc():
    fresh()
    path = snapshot_download("golden/bert")
    log.write_text("")
    check("xenc opens what the client brought", scores("golden/bert"))
    check("and pulls it without fetching", run("pull", "golden/bert") == (0, path, "") and not bodies())
    check("and verifies it", run("verify", "golden/bert")[0] == 0)
    check("and lists it", any(line.startswith(f"golden/bert\tmain\t{COMMIT}\t") and line.endswith("\tyes")
                              for line in run("ls")[1].splitlines()))
    fresh()
    hf_hub_download("golden/bert", "config.json")
    code, _, _ = run("pull", "golden/bert")
    check("xenc completes what the client began", code == 0 and scores("golden/bert"))
    check("fetching the rest alone", len(bodies()) == 4)
    check("the scan is content", clean_scan("golden/bert"))


def revisions():
    fresh()
    run("pull", "golden/bert", "golden/bert@v2")
    snapshot_download("golden/bert", revision="refs/pr/1", allow_patterns=NEEDED)
    repo = next(iter(scan_cache_dir(cache).repos))
    check("both know the refs", set(repo.refs) == {"main", "v2", "refs/pr/1"})
    check("and share the blobs", len(list((folder("golden/bert") / "blobs").iterdir())) == 5)
    run("rm", "golden/bert@main")
    check("what xenc removes the client does not see",
          clean_scan("golden/bert") and
          {ref for repo in scan_cache_dir(cache).repos for ref in repo.refs} == {"v2", "refs/pr/1"})
    check("what the client sees is whole",
          snapshot_download("golden/bert", revision="v2", local_files_only=True,
                            allow_patterns=NEEDED) != "" and scores("golden/bert@v2"))
    commit = "89abcdef0123456789abcdef0123456789abcdef"
    scan_cache_dir(cache).delete_revisions(commit).execute()
    check("what the client removes xenc does not see",
          "golden/bert" not in run("ls", "--names")[1])


def cut_off():
    """The client's unfinished downloads are gone on with, and left to it."""
    fresh()
    path = Path(snapshot_download("org/large", allow_patterns=NEEDED))
    weights = (path / "model.safetensors").resolve()
    data = weights.read_bytes()
    shutil.rmtree(folder("org/large"))
    weights.parent.mkdir(parents=True)
    weights.with_name(weights.name + ".deadbeef.incomplete").write_bytes(data[:2000000])
    log.write_text("")
    run("pull", "org/large")
    check("xenc goes on where the client was stopped",
          any("range=2000000-" in line for line in bodies()) and scores("org/large"))
    check("and leaves no rest", not list(weights.parent.glob("*.incomplete")))


def locks():
    """Who comes second waits, and fetches nothing."""
    fresh()
    slow = subprocess.Popen([xenc, "pull", "fault/slow"], stdout=subprocess.DEVNULL)
    while not list(cache.glob("models--fault--slow/blobs/*.incomplete")) or not any(
            "fault/slow/model" in line for line in bodies()):
        time.sleep(0.02)
    snapshot_download("fault/slow", allow_patterns=NEEDED)
    slow.wait()
    check("the client waits for xenc",
          len([line for line in bodies() if "/signed/" in line]) == 1 and scores("fault/slow"))
    fresh()
    thread = threading.Thread(target=snapshot_download, args=("fault/slow",),
                              kwargs={"allow_patterns": NEEDED})
    thread.start()
    while not any("fault/slow/model" in line for line in bodies()):
        time.sleep(0.02)
    code, _, _ = run("pull", "fault/slow")
    thread.join()
    check("xenc waits for the client",
          code == 0 and len([line for line in bodies() if "/signed/" in line]) == 1)
    check("the scan is content", clean_scan("fault/slow"))
    lock = next((cache / ".locks" / "models--fault--slow").glob("*.lock"))
    shutil.rmtree(folder("fault/slow"))
    with filelock.FileLock(lock):
        started = time.monotonic()
        process = subprocess.Popen([xenc, "pull", "fault/slow"], stdout=subprocess.DEVNULL)
        time.sleep(1)
        waited = process.poll() is None
    check("a lock of the client's library keeps xenc out",
          waited and process.wait() == 0 and time.monotonic() - started > 1)


def without_links():
    fresh()
    run("pull", "golden/bert", HF_HUB_DISABLE_SYMLINKS="1")
    log.write_text("")
    snapshot_download("golden/bert", allow_patterns=NEEDED)
    check("the client takes copies in place of links",
          bodies() == [] and clean_scan("golden/bert"))


print("huggingface_hub", huggingface_hub.__version__)
for part in (xenc_then_client, client_then_xenc, revisions, cut_off, locks, without_links):
    part()
shutil.rmtree(home, ignore_errors=True)
print(f"{counts[True]} passed, {counts[False]} failed")
sys.exit(counts[False] > 0)
