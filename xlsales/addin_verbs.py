"""The verbs of the add-in: build the file, place it, take it away, tell why it does not work."""

from __future__ import annotations

import tempfile
from argparse import Namespace
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from xlsales import __version__
from xlsales.commands import print_json
from xlsales.install import NAME, Delivery, Finding, Machine, examine, install, remove, this_machine, tongue
from xlsales.install.places import places
from xlsales.issues import WrongUse, XlsalesError
from xlsales.tables.texts import Texts


def addin(options: Namespace) -> int:
    """Do one of the verbs; their words are in the language asked for, or the one of whoever sits there."""
    machine = this_machine()
    options.language = options.language or tongue(machine)
    texts = Texts(options.language)
    if options.action == "build":
        return _build(Path(options.path), texts)
    if options.action == "doctor":
        return _doctor(machine, texts, options.json)
    return _install(machine, texts) if options.action == "install" else _remove(machine, texts)


def delivery() -> Delivery:
    """The add-in as this version builds it, with what has to be placed beside it."""
    from xlsales.build.addin import build_addin

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / NAME
        build_addin(path)
        content = path.read_bytes()
    version = metadata.version("xlwings")
    return Delivery(content, _script(version), __version__, version)


def _script(version: str) -> bytes:
    """The script that comes with xlwings, found without the second it takes to import it."""
    found = find_spec("xlwings")
    folders = found.submodule_search_locations if found else None
    path = Path((folders or [""])[0]) / f"xlwings-{version}.applescript"
    try:
        return path.read_bytes()
    except OSError as problem:
        raise WrongUse("macros_other_xlwings", version=version, found=path.name) from problem


def _build(path: Path, texts: Texts) -> int:
    from xlsales.build.addin import build_addin

    if path.suffix.lower() != ".xlam":
        raise WrongUse("not_xlam_name", path=str(path))
    build_addin(path)
    print(texts.say("install", "built", path=path))
    return 0


def _install(machine: Machine, texts: Texts) -> int:
    places(machine)
    written = install(machine, delivery())
    for path in written:
        print(texts.say("install", "wrote", path=path))
    print(texts.say("install", "restart" if written else "nothing_to_write"))
    print(texts.say("install", "ask_doctor"))
    return 0


def _remove(machine: Machine, texts: Texts) -> int:
    changed = remove(machine)
    for path in changed:
        print(texts.say("install", "removed", path=path))
    print(texts.say("install", "left" if changed else "nothing_to_remove"))
    return 0


def _doctor(machine: Machine, texts: Texts, as_json: bool) -> int:
    places(machine)
    try:
        made = delivery()
    except XlsalesError:
        made = None
    findings = examine(machine, made)
    wrong = sum(finding.state == "wrong" for finding in findings)
    rows = [finding_row(finding, texts) for finding in findings]
    if as_json:
        print_json({"findings": rows})
    else:
        for row in rows:
            state, check = (texts.say("doctor", f"{part}_{row[part]}") for part in ("state", "check"))
            print("\n      ".join(filter(None, [f"{state:6}{check}: {row['found']}", row["remedy"]])))
        print(texts.say("doctor", "some_wrong" if wrong else "all_well", count=wrong))
    return 1 if wrong else 0


def finding_row(finding: Finding, texts: Texts) -> dict[str, str]:
    """A finding in words; where all is well there is nothing to do."""
    remedy = "" if finding.state == "ok" else texts.say("doctor", f"{finding.code}_remedy", **finding.params)
    found = texts.say("doctor", finding.code, **finding.params)
    return {"check": finding.check, "state": finding.state, "found": found, "remedy": remedy}
