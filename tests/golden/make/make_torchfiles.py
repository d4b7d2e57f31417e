#!/usr/bin/env python3
"""make_torchfiles.py OUT: tiny files of torch.save, and broken ones.

The tensors of state_dict() stand in tests/unit/test_torchfile.c too, which
reads what this writes into tests/data/torchfile.  Rerunning gives the same
files for the same versions (requirements.txt).  Every good file is read back
with torch before it is written.
"""
import argparse
import collections
import io
import json
import os
import pathlib
import pickletools
import struct
import warnings
import zipfile

import torch


def state_dict():
    """A tensor of each kind that a reader must tell apart."""
    matrix = torch.arange(6.0).reshape(2, 3)
    state = collections.OrderedDict(
        matrix=matrix,
        row=matrix[1],
        turned=matrix.t(),
        columns=matrix[:, ::2],
        cube=torch.arange(8.0).reshape(2, 2, 2).permute(2, 0, 1),
        expanded=torch.tensor([9.0]).expand(3),
        half=torch.tensor([1.0, -2.0], dtype=torch.float16),
        bfloat=torch.tensor([1.0, -2.0], dtype=torch.bfloat16),
        bytes=torch.tensor([1, -2], dtype=torch.int8),
        parameter=torch.nn.Parameter(torch.tensor([0.5, 0.25])),
        scalar=torch.tensor(7.0),
        empty=torch.empty(3, 0).t(),
        thin=matrix.as_strided((1, 3), (7, 1)),
        deep=torch.ones(1, 1, 1, 1, 2),
        double=torch.tensor([1.0], dtype=torch.float64),
        ids=torch.arange(4).reshape(1, 4),
        flags=torch.tensor([True, False]),
    )
    # model.state_dict() has it: an attribute beside the entries.
    state._metadata = collections.OrderedDict([("", {"version": 1})])
    return state


def save(state, **options):
    file = io.BytesIO()
    torch.save(state, file, **options)
    return file.getvalue()


def check(data, state):
    read = torch.load(io.BytesIO(data), weights_only=False)
    assert list(read) == list(state)
    assert all(torch.equal(read[name], state[name]) for name in state)
    return data


def save_stream(state):
    """The form of before torch 1.6.

    Its keys are addresses, and the storages come in their order: here they
    become numbers of the same length, last first.
    """
    torch.serialization.sorted = lambda keys: list(keys)[::-1]
    data = save(state, _use_new_zipfile_serialization=False)
    del torch.serialization.sorted
    stream = io.BytesIO(data)
    for _ in range(5):
        keys = [argument.encode()
                for opcode, argument, _ in pickletools.genops(stream)
                if opcode.name == "BINUNICODE"]
    for number, key in enumerate(keys):
        data = data.replace(key, str(number).zfill(len(key)).encode())
    return data


def members(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [(m.filename, archive.read(m)) for m in archive.infolist()]


def archive(parts, method=zipfile.ZIP_STORED):
    file = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(file, "w", method) as out:
        warnings.simplefilter("ignore")  # a name twice is what is wanted
        for name, data in parts:
            out.writestr(zipfile.ZipInfo(name), data, method)
    return file.getvalue()


def replaced(parts, name, data):
    return [(n, data if n.endswith(name) else d) for n, d in parts]


def archive64(parts):
    """Every size and offset in zip64 records, as in a file of 5 GB."""
    out, directory = io.BytesIO(), io.BytesIO()
    for name, data in parts:
        place = out.tell()
        full = name.encode()
        crc = zipfile.crc32(data)
        common = struct.pack("<HHHHHLLLH", 45, 0, 0, 0, 33, crc, 0xFFFFFFFF,
                             0xFFFFFFFF, len(full))
        extra = struct.pack("<HHQQ", 1, 16, len(data), len(data))
        out.write(b"PK\3\4" + common + struct.pack("<H", len(extra)) + full
                  + extra + data)
        # Another extra in front: readers must step over it.
        extra = struct.pack("<HH2sHHQQQ", 0x4246, 2, b"ZZ", 1, 24, len(data),
                            len(data), place)
        directory.write(b"PK\1\2" + struct.pack("<H", 45) + common
                        + struct.pack("<HHHHLL", len(extra), 0, 0, 0, 0,
                                      0xFFFFFFFF) + full + extra)
    start, count = out.tell(), len(parts)
    out.write(directory.getvalue())
    end = out.tell()
    out.write(b"PK\6\6" + struct.pack("<QHHLLQQQQ", 44, 45, 45, 0, 0, count,
                                      count, end - start, start))
    out.write(b"PK\6\7" + struct.pack("<LQL", 0, end, 1))
    out.write(b"PK\5\6" + struct.pack("<HHHHLLH", 0, 0, 0xFFFF, 0xFFFF,
                                      0xFFFFFFFF, 0xFFFFFFFF, 0))
    return out.getvalue()


class Command:
    """Read by an unpickler that runs what it is told, it says hello."""

    def __reduce__(self):
        return os.system, ("echo a state dict has run a command",)


def good_files():
    state = state_dict()
    stored = check(save(state), state)
    yield "zip.bin", stored
    yield "zip64.bin", check(archive64(members(stored)), state)
    yield "protocol4.bin", check(save(state, pickle_protocol=4), state)
    yield "stream.bin", check(save_stream(state), state)


def bad_files():
    parts = members(save({"a": torch.zeros(2)}))
    yield "big_endian.bin", archive(replaced(parts, "byteorder", b"big"))
    yield "compressed.bin", archive(parts, zipfile.ZIP_DEFLATED)
    yield "twice.bin", archive(parts + parts[:1])
    yield "no_storage.bin", archive(
        [part for part in parts if not part[0].endswith("data/0")])
    yield "short_storage.bin", archive(replaced(parts, "data/0", b"1234567"))
    yield "no_pickle.bin", archive(
        [part for part in parts if not part[0].endswith("data.pkl")])
    yield "no_folder.bin", archive([("data.pkl", parts[0][1])])
    yield "command.bin", save({"a": Command()})
    yield "nested.bin", save({"state_dict": {"a": torch.zeros(2)}})
    yield "number.bin", save({"epoch": 3})
    yield "list.bin", save([torch.zeros(2)])
    yield "float8.bin", save({"a": torch.zeros(2, dtype=torch.float8_e5m2)})
    yield "negated.bin", save(
        {"a": torch.zeros(2, dtype=torch.cfloat).conj().imag})
    yield "expanded.bin", save({"a": torch.zeros(1).expand(1 << 30)})


def write_shards(folder):
    """Two files and the index that names them; one of each form."""
    folder.mkdir(parents=True, exist_ok=True)
    names = ["pytorch_model-%05d-of-00002.bin" % n for n in (1, 2)]
    (folder / names[0]).write_bytes(save({"a": torch.tensor([1.0])}))
    (folder / names[1]).write_bytes(
        save_stream({"b": torch.tensor([2.0])}))
    index = {"metadata": {"total_size": 8},
             "weight_map": {"a": names[0], "b": names[1]}}
    (folder / "pytorch_model.bin.index.json").write_text(
        json.dumps(index, indent=2) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=pathlib.Path)
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    for name, data in [*good_files(), *bad_files()]:
        (out / name).write_bytes(data)
    write_shards(out / "sharded")


if __name__ == "__main__":
    main()
