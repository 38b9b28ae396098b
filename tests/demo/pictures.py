"""The pictures in docs/pictures: pages of the finished demo as LibreOffice prints them.

``python -m tests.demo.pictures`` makes them anew; it needs soffice, pdftotext and pdftoppm.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from xlsales.cli import main
from xlsales.tables.schema import LANGUAGES, Language, load_schema

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
# Picture: the sheet it shows, dots per inch, and how much of the page's width and height.
SHOWN = {
    "start": ("start", 92, 0.93, 0.9),
    "customers": ("customers", 120, 0.74, 0.46),
    "revenue": ("revenue", 92, 0.96, 0.8),
    "matrix": ("matrix", 96, 0.98, 0.83),
    "plan": ("plan", 96, 0.98, 0.36),
}
_PAGE_INCHES, _MARGIN = (11.69, 8.27), 0.05
_LOCALE = {"sv": "sv_SE.UTF-8", "en": "en_GB.UTF-8"}


def make(language: Language, folder: Path) -> None:
    """Build the demo, print it, and cut the pictures out."""
    main(["demo", str(folder), "--language", language])
    workbook = next(folder.glob("*.xlsx"))
    clean = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(folder), "LC_ALL": _LOCALE[language]}
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", "--headless", profile, "--convert-to", "pdf", "--outdir", str(folder), str(workbook)]
    subprocess.run(command, env=clean, capture_output=True, check=True, timeout=240)
    pdf = workbook.with_suffix(".pdf")
    text = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True).stdout
    first_lines = [page.strip().split("\n", 1)[0].strip() for page in text.split("\f")]
    for picture, (sheet, dots, width, height) in SHOWN.items():
        name = load_schema().sheets[sheet].name[language]
        page = 1 if sheet == "start" else first_lines.index(name) + 1
        across, down = (round(side * dots) for side in _PAGE_INCHES)
        cut = ["-x", "0", "-y", round(down * _MARGIN), "-W", round(across * width), "-H", round(down * height)]
        pages = ["-f", str(page), "-l", str(page), "-singlefile", "-r", str(dots)]
        target = PICTURES / f"{picture}.{language}"
        subprocess.run(["pdftoppm", "-png", *pages, *map(str, cut), str(pdf), str(target)], check=True)


if __name__ == "__main__":
    PICTURES.mkdir(exist_ok=True)
    for each in LANGUAGES:
        with tempfile.TemporaryDirectory() as made:
            make(each, Path(made))
    sys.exit()
