"""The command line: one sub-command per verb, each parses, calls and prints."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Sequence
from typing import Any

from xlsales import __version__

EXIT_DONE, EXIT_ISSUES = 0, 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code (0 done, 1 issues of severity error, 2–4 see the docs)."""
    parser = build_parser()
    options = parser.parse_args(arguments)
    if not options.command:
        parser.print_help()
        return EXIT_DONE
    from xlsales import commands
    from xlsales.issues import XlsalesError

    _bear_any_locale()
    try:
        return int(getattr(commands, options.command)(options))
    except XlsalesError as problem:
        print(f"xlsales: {commands.error_text(problem, options)}", file=sys.stderr)
        return problem.exit_code
    except KeyboardInterrupt:
        print("xlsales: interrupted, nothing was changed", file=sys.stderr)
        return 130


def _bear_any_locale() -> None:
    """A sign that the terminal's encoding lacks becomes a question mark instead of ending the run."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def build_parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    parser = argparse.ArgumentParser(
        prog="xlsales", description="Choose customers and sales activities by facts, in the company's own workbook."
    )
    parser.add_argument("--version", action="version", version=f"xlsales {__version__}")
    verbs = parser.add_subparsers(dest="command", metavar="COMMAND")
    demo = _verb(verbs, "demo", "build a demo company, run all steps and print the findings")
    demo.add_argument("directory", nargs="?", default="xlsales-demo", metavar="DIR", help="default: xlsales-demo")
    _language_option(demo)
    new = _verb(verbs, "new", "make an empty workbook")
    new.add_argument("file", metavar="FILE", help="the workbook to make (.xlsx)")
    _language_option(new)
    _run_options(_verb(verbs, "run", "run the steps and fill the workbook"))
    check = _verb(verbs, "check", "list what needs mending, without changing anything")
    check.add_argument("workbook", metavar="WORKBOOK")
    check.add_argument("--ledger", action="append", default=[], metavar="SRC", help="ledger source, may be repeated")
    _read_options(check)
    check.add_argument("--as-of", metavar="DATE", help="analysis date, YYYY-MM-DD")
    _json_option(check)
    ledger = _verb(verbs, "ledger", "show how a ledger is read: columns, totals, what was set aside")
    ledger.add_argument("source", metavar="SRC", help="file, folder, pattern or database address")
    _read_options(ledger)
    _json_option(ledger)
    get = _verb(verbs, "get", "print a table of a workbook")
    get.add_argument("workbook", metavar="WORKBOOK")
    get.add_argument("table", metavar="TABLE", help="table key, see xlsales schema")
    get.add_argument("--format", choices=["csv", "json"], default="json", help="default: json")
    get.add_argument("--personal", action="store_true", help="show personal numbers, which are masked otherwise")
    put = _verb(verbs, "put", "rows from a csv or json file into a user's table, merged by key")
    put.add_argument("workbook", metavar="WORKBOOK")
    put.add_argument("table", metavar="TABLE", help="table key, see xlsales schema")
    put.add_argument("file", metavar="FILE", help="csv or json, columns by key or heading")
    put.add_argument("--replace", action="store_true", help="the file's rows are all there shall be")
    undo = _verb(verbs, "undo", "bring back the workbook as it was before the last run")
    undo.add_argument("workbook", metavar="WORKBOOK")
    schema = _verb(verbs, "schema", "list sheets, tables, columns and settings")
    _json_option(schema)
    return parser


def _verb(verbs: Any, name: str, text: str) -> argparse.ArgumentParser:
    verb: argparse.ArgumentParser = verbs.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    return verb


def _run_options(run: argparse.ArgumentParser) -> None:
    run.add_argument("workbook", metavar="WORKBOOK")
    run.add_argument("--ledger", action="append", default=[], metavar="SRC", help="ledger source, may be repeated")
    _read_options(run)
    run.add_argument("--step", action="append", default=[], metavar="NAME", help="only this step, may be repeated")
    run.add_argument("--as-of", metavar="DATE", help="analysis date, YYYY-MM-DD")
    run.add_argument("--out", metavar="FILE", help="write the result here and leave the workbook as it is")
    run.add_argument("--dry-run", action="store_true", help="compute everything, write nothing")
    _json_option(run)


def _read_options(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--profile", default="", metavar="P", help="the system the ledger comes from, else recognised")
    verb.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="how the ledger is to be read")


def _json_option(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--json", action="store_true", help="one JSON document on standard output")


def _language_option(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--language", choices=["sv", "en"], default="sv", help="language of the workbook (default: sv)")


if __name__ == "__main__":
    sys.exit(main())
