"""Mutated packages against the file host: no crash, no hang, bounded memory, the input untouched.

    python -m tests.hosts.fuzz [cases] [seed]

Each case runs in a child process of its own. Prints the codes seen; exits 1 when a case breaks a rule.
"""

from __future__ import annotations

import collections
import os
import random
import signal
import sys
import tempfile
import time
import traceback
import zipfile
from pathlib import Path

from tests.hosts.workbooks import edit, parts, plain, rich
from xlsales.hosts import KEEP
from xlsales.hosts.file import FileHost
from xlsales.issues import XlsalesError

CORPUS = Path(__file__).parents[2] / ".." / "shared" / "data" / "workbooks"
SECONDS, MEGABYTES = 10, 1024
FRAGMENTS = [
    b"", b"<", b">", b"&", b'"', b"\0", b"\xff\xfe", b"&#0;", b"&amp;" * 9, b"<!--", b"-->", b"<![CDATA[", b"]]>",
    b"A1:XFD1048576",
    b"-1", b"0", b"99999999999999999999", b"NaN", b"1e999", b"</row>", b"<c/>", b"<row/>", b"../../x", b"<!DOCTYPE x>",
    b' ref="A1"', b' t="shared" si="0"', b"ZZZZ9999999", b"$A$1:$B$2", b"'", b"x" * 70_000,
]  # fmt: skip


def mutated(content: dict[str, bytes], chance: random.Random) -> dict[str, bytes]:
    """A package with a few parts cut, filled, repeated or exchanged."""
    content = dict(content)
    for _ in range(chance.randint(1, 4)):
        names = [name for name in content if content[name]]
        likely = [name for name in names if "sheet" in name or "table" in name or "workbook" in name or ".rels" in name]
        name = chance.choice(likely if likely and chance.random() < 0.7 else names)
        raw = content[name]
        start = chance.randrange(len(raw))
        end = min(len(raw), start + int(chance.expovariate(1 / 20)))
        kind = chance.random()
        if kind < 0.5:
            content[name] = raw[:start] + chance.choice(FRAGMENTS) + raw[end:]
        elif kind < 0.65:
            content[name] = raw[:start] + raw[start:end] * chance.randint(2, 50) + raw[end:]
        elif kind < 0.8:
            content[name] = _attribute_changed(raw, chance)
        elif kind < 0.9:
            content[name] = raw[:start]
        elif kind < 0.95:
            content[name] = content[chance.choice(names)]
        else:
            del content[name]
    return content


def _attribute_changed(raw: bytes, chance: random.Random) -> bytes:
    """One attribute's value exchanged, so that the part stays well formed."""
    places = [place for place in range(len(raw) - 1) if raw[place : place + 2] == b'="']
    if not places:
        return raw
    start = chance.choice(places) + 2
    end = raw.find(b'"', start)
    safe = [fragment for fragment in FRAGMENTS if not set(fragment) & set(b'<&"\0\xff')]
    return raw[:start] + chance.choice(safe) + raw[end:]


def stored(path: Path, content: dict[str, bytes], chance: random.Random) -> bytes:
    """Write a package, now and then with bytes of the file itself changed."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in content.items():
            archive.writestr(name, raw)
    raw = bytearray(path.read_bytes())
    if chance.random() < 0.2:
        for _ in range(chance.randint(1, 20)):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        path.write_bytes(raw)
    return bytes(raw)


def used(path: Path, target: Path) -> str:
    """Open, read and write everything; the code of the refusal, or ``ok``."""
    try:
        host = FileHost.open(path)
        for name in host.tables():
            frame = host.read(name)
            first = frame.columns[0]
            rows = len(frame)
            host.write(name, edit({first: [KEEP] * rows + ["=ny", 2.5]}, [*reversed(range(rows)), -1, -1]))
            host.read(name)
        host.save(target)
        FileHost.open(target)
    except XlsalesError as error:
        return error.code
    return "ok"


def in_child(path: Path, target: Path) -> tuple[str, float, float]:
    """The outcome of one case, its seconds and its megabytes."""
    reader, writer = os.pipe()
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        signal.alarm(SECONDS + 2)
        try:
            outcome = used(path, target)
        except BaseException:
            outcome = "CRASH " + traceback.format_exc()
        os.write(writer, outcome.encode()[:60_000])
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        outcome = pipe.read().decode()
    _, status, usage = os.wait4(child, 0)
    return outcome if status == 0 else f"KILLED {status}", time.monotonic() - started, usage.ru_maxrss / 1024


def main(cases: int, seed: int) -> int:
    """Run the cases; the number of broken rules."""
    broken, outcomes = 0, collections.Counter[str]()
    slowest, largest = 0.0, 0.0
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        sources = [plain(home / "plain.xlsx"), rich(home / "rich.xlsx"), *sorted(CORPUS.glob("*.xl*"))]
        contents = [parts(source) for source in sources if source.stat().st_size < 300_000]
        for case in range(cases):
            chance = random.Random(seed * 1_000_003 + case)
            path = home / "case.xlsx"
            # Every second case is one of our own, whose tables can be written.
            source = contents[chance.randrange(len(contents)) if case % 2 else case // 2 % 2]
            raw = stored(path, mutated(source, chance), chance)
            outcome, seconds, megabytes = in_child(path, home / "out.xlsx")
            slowest, largest = max(slowest, seconds), max(largest, megabytes)
            bad = outcome.startswith(("CRASH", "KILLED")) or seconds > SECONDS or megabytes > MEGABYTES
            if bad or path.read_bytes() != raw:
                broken += 1
                print(f"case {case} (seed {seed}): {outcome} {seconds:.1f} s {megabytes:.0f} MB", file=sys.stderr)
            outcomes[outcome.split()[0]] += 1
    print(f"{cases} cases, {broken} broken; slowest {slowest:.2f} s, largest {largest:.0f} MB; {dict(outcomes)}")
    return broken


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:]]
    sys.exit(1 if main(*(numbers + [2000, 1][len(numbers) :])) else 0)
