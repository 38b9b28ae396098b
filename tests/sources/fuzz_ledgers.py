"""Mutated files of every kind against the readers of ledgers: no crash, no hang, bounded memory, one clear answer.

    python -m tests.sources.fuzz_ledgers [cases per kind] [seed] [kind …]

Cases run in a process of their own, which is started again where one ends it. Prints the codes seen; exits 1 when
a case breaks a rule.
"""

from __future__ import annotations

import collections
import faulthandler
import gzip
import io
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
import traceback
import zipfile
from collections.abc import Iterator
from pathlib import Path

from tests.sources.books import HEAD, entries, ods, xls, xlsb, xlsx
from xlsales.issues import XlsalesError
from xlsales.sources.archives import opened
from xlsales.sources.ledger import read_rows

SECONDS, MEGABYTES = 20, 1500
SHEETS = {"Jan": [HEAD, *entries(1)], "Feb": [HEAD, *entries(2)], "Om": [["Rapport", "x"], [None, 5.5]]}
FRAGMENTS = [
    b"", b"<", b">", b"&", b'"', b"'", b"\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"&#0;", b"&amp;" * 9, b"<!--",
    b"-->", b"<![CDATA[", b"]]>", b'r="XFD1048576"', b"r='XFD1048576'", b' r = "ZZZ99999999"', b"999999999999",
    b"4294967295", b"-1", b"1e308", b"NaN", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"</row>", b"<table", b"rowspan=99999",
    b'number-columns-repeated="16384"', b'number-rows-repeated="1048576"', b"t='b'", b't="s"', b't="e"', b"\r\n", b";",
    b'"' * 7, b"\xe5\xe4\xf6", b"\xf0\x9f\x98\x80",
]  # fmt: skip
HTML = "<html><body><table><tr><td>Datum</td><td>Kundnr</td><td>Netto</td></tr>" + "".join(
    f"<tr><td>2026-01-{n:02}</td><td rowspan=1>{n}</td><td>{n},50</td></tr>" for n in range(1, 20)
)
OLD_XML = (
    '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
    'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="Jan"><Table><Row>'
    '<Cell><Data ss:Type="String">Datum</Data></Cell><Cell><Data ss:Type="String">Kundnr</Data></Cell>'
    '<Cell ss:Index="3"><Data ss:Type="String">Netto</Data></Cell></Row><Row ss:Index="2">'
    '<Cell><Data ss:Type="DateTime">2026-01-15T00:00:00.000</Data></Cell><Cell><Data ss:Type="Number">1</Data></Cell>'
    '<Cell><Data ss:Type="Number">5.5</Data></Cell></Row></Table></Worksheet></Workbook>'
)
TEXT = "Datum;Kundnr;Kund;Netto\r\n" + "".join(f'2026-01-{n:02};{n};"Åkeri; AB";1 000,{n:02}\r\n' for n in range(1, 25))


def originals(folder: Path) -> dict[str, bytes]:
    """A whole file of every kind."""
    found = {
        "xlsx": xlsx(folder / "a.xlsx", SHEETS).read_bytes(),
        "xls": xls(folder / "a.xls", SHEETS).read_bytes(),
        "xlsb": xlsb(folder / "a.xlsb", SHEETS).read_bytes(),
        "ods": ods(folder / "a.ods", SHEETS).read_bytes(),
        "html": HTML.encode(),
        "xml2003": OLD_XML.encode(),
        "csv": TEXT.encode("cp1252"),
        "gzip": gzip.compress(TEXT.encode()),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("jan.csv", TEXT)
        archive.writestr("feb.xlsx", found["xlsx"])
    return {**found, "zip": buffer.getvalue()}


def mutated(whole: bytes, draw: random.Random) -> bytes:
    """The file with a few of its bytes, or of the bytes of one of its parts, changed."""
    if whole[:2] == b"PK" and draw.random() < 0.8:
        return _zip_mutated(whole, draw)
    return _bytes_mutated(whole, draw)


def _zip_mutated(whole: bytes, draw: random.Random) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        names = source.namelist()
        sheets = [name for name in names if "sheet" in name.lower() or "content" in name or "shared" in name]
        victim = draw.choice(sheets or names) if draw.random() < 0.7 else draw.choice(names)
        for name in names:
            data = source.read(name)
            if name == victim and draw.random() < 0.05:
                continue
            target.writestr(name, _bytes_mutated(data, draw) if name == victim else data)
    return buffer.getvalue()


def _bytes_mutated(data: bytes, draw: random.Random) -> bytes:
    found = bytearray(data)
    for _ in range(draw.choice((1, 1, 1, 2, 3, 8))):
        spot = draw.randrange(len(found) + 1)
        length = draw.choice((0, 1, 1, 2, 4, 16, 64))
        way = draw.random()
        if way < 0.35:
            found[spot : spot + length] = draw.choice(FRAGMENTS)
        elif way < 0.6:
            found[spot : spot + length] = draw.randbytes(length)
        elif way < 0.75:
            begin = draw.randrange(len(found) + 1)
            found[spot:spot] = found[begin : begin + draw.choice((4, 40, 400))]
        elif way < 0.85 and spot < len(found):
            found[spot] ^= 1 << draw.randrange(8)
        elif way < 0.93:
            _number_changed(found, draw)
        else:
            del found[spot:]
    return bytes(found)


def _number_changed(data: bytearray, draw: random.Random) -> None:
    spots = [index for index, byte in enumerate(data) if 48 <= byte <= 57]
    if spots:
        spot = draw.choice(spots)
        data[spot : spot + 1] = draw.choice((b"0", b"9", b"99999", b"1048577", b"4294967296", b"-", b"E9"))


def answer(path: Path) -> str:
    """The code of the refusal, or "read"."""
    try:
        with opened(path) as members:
            for member in members.files:
                read_rows(member.path)
    except XlsalesError as error:
        return error.code
    return "read"


def work(kind: str, first: int, cases: int, seed: int) -> None:
    """Run cases one after the other; a line of JSON to standard output before and after each."""
    faulthandler.dump_traceback_later(600, exit=True)
    with tempfile.TemporaryDirectory() as folder:
        whole = originals(Path(folder))[kind]
        for case in range(first, cases):
            path = Path(folder) / f"case{case}.dat"
            path.write_bytes(mutated(whole, random.Random(f"{seed}-{kind}-{case}")))
            print(json.dumps({"case": case}), flush=True)
            faulthandler.dump_traceback_later(SECONDS, exit=True)
            begin = time.monotonic()
            try:
                code = answer(path)
            except BaseException:
                code = "!" + traceback.format_exc()
            taken = time.monotonic() - begin
            size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            path.unlink()
            print(json.dumps({"done": case, "code": code, "seconds": taken, "megabytes": size}), flush=True)


def run(kind: str, cases: int, seed: int) -> Iterator[dict[str, object]]:
    """The outcome of every case of one kind."""
    first = 0
    while first < cases:
        order = [sys.executable, "-m", "tests.sources.fuzz_ledgers", "--work", kind, str(first), str(cases), str(seed)]
        worker = subprocess.Popen(order, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        out, err = worker.communicate()
        lines = [json.loads(line) for line in out.splitlines()]
        yield from (line for line in lines if "done" in line)
        if worker.returncode == 0:
            return
        first = lines[-1].get("case", lines[-1].get("done")) + 1 if lines else cases
        yield {"done": first - 1, "code": f"!ended {worker.returncode}\n{err[-3000:]}", "seconds": 0, "megabytes": 0}


def main(arguments: list[str]) -> int:
    """Run the cases, print what was seen, and tell whether all kept the rules."""
    if arguments[:1] == ["--work"]:
        work(arguments[1], *map(int, arguments[2:5]))
        return 0
    cases, seed = ([int(text) for text in arguments[:2]] + [200, 1][len(arguments[:2]) :])[:2]
    with tempfile.TemporaryDirectory() as folder:
        kinds = arguments[2:] or list(originals(Path(folder)))
    broken = 0
    for kind in kinds:
        begin, seen = time.monotonic(), collections.Counter[str]()
        slowest = largest = 0.0
        for outcome in run(kind, cases, seed):
            code = str(outcome["code"])
            seen[code.partition("\n")[0][:40]] += 1
            slowest = max(slowest, float(str(outcome["seconds"])))
            largest = max(largest, float(str(outcome["megabytes"])))
            if code.startswith("!"):
                broken += 1
                print(f"{kind} case {outcome['done']} seed {seed}: {code[1:]}")
        broken += largest > MEGABYTES
        print(
            f"{kind}: {dict(seen)}, slowest {slowest:.1f} s, {largest:.0f} MB, {time.monotonic() - begin:.0f} s in all"
        )
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
