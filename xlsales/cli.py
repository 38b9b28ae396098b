"""The command line: one sub-command per verb, each parses, calls and prints."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Sequence
from functools import partial
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
    new.add_argument("file", metavar="FILE", help="the workbook to make (.xlsx, with --macros .xlsm)")
    new.add_argument("--macros", action="store_true", help="with buttons and functions of its own, without the add-in")
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
    _attach_options(_verb(verbs, "attach", "run the steps in a workbook that is open in Excel"))
    undo = _verb(verbs, "undo", "bring back the workbook as it was before the last run")
    undo.add_argument("workbook", metavar="WORKBOOK")
    _json_option(_verb(verbs, "schema", "list sheets, tables, columns and settings"))
    _plan_options(_verb(verbs, "plan", "list the plan's open rows, or write them for a calendar or for a CRM"))
    _whatif_options(_verb(verbs, "whatif", "the plan with other hours, weights or activities beside the present one"))
    _trace_options(_verb(verbs, "trace", "why an activity stands where it does: expectations, answers, customers"))
    _card_options(_verb(verbs, "card", "list the method cards, print one, or add its working sheet to a workbook"))
    _survey_verbs(_verb(verbs, "survey", "forms for those who are asked, and their answers into the workbook"))
    _addin_verbs(_verb(verbs, "addin", "the buttons and functions in Excel: install, remove, find out why they fail"))
    return parser


def _verb(verbs: Any, name: str, text: str) -> argparse.ArgumentParser:
    verb: argparse.ArgumentParser = verbs.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    return verb


def _run_options(run: argparse.ArgumentParser) -> None:
    run.add_argument("workbook", metavar="WORKBOOK")
    _step_options(run)
    run.add_argument("--out", metavar="FILE", help="write the result here and leave the workbook as it is")
    run.add_argument("--dry-run", action="store_true", help="compute everything, write nothing")
    _json_option(run)


def _step_options(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--ledger", action="append", default=[], metavar="SRC", help="ledger source, may be repeated")
    _read_options(verb)
    verb.add_argument("--step", action="append", default=[], metavar="NAME", help="only this step, may be repeated")
    verb.add_argument("--as-of", metavar="DATE", help="analysis date, YYYY-MM-DD")


def _attach_options(attach: argparse.ArgumentParser) -> None:
    attach.add_argument("workbook", metavar="WORKBOOK", nargs="?", default="", help="default: the active workbook")
    _step_options(attach)
    attach.add_argument("--check", action="store_true", help="only list what needs mending")
    attach.add_argument("--undo", action="store_true", help="take back the last run in the open workbook")


def _plan_options(plan: argparse.ArgumentParser) -> None:
    plan.add_argument("workbook", metavar="WORKBOOK")
    plan.add_argument("--ics", default="", metavar="FILE", help="write a calendar for Outlook, Google and others")
    plan.add_argument(
        "--csv", default="", metavar="FILE", help="write tasks; separated by semicolon in Swedish, by comma in English"
    )
    plan.add_argument("--owner", default="", metavar="NAME", help="only this owner's rows")
    plan.add_argument("--level", choices=["firm", "team", "person"], default="", help="only activities of this level")
    plan.add_argument("--language", choices=["sv", "en"], help="of the list and the files (default: the workbook's)")
    _json_option(plan)


def _whatif_options(whatif: argparse.ArgumentParser) -> None:
    whatif.add_argument("workbook", metavar="WORKBOOK")
    whatif.set_defaults(changes=[])
    for option, form, text in (
        ("hours", "[WHO=]H", "hours of somebody, or of the common pool; of a quarter WHO:2027Q1=H"),
        ("budget", "KR", "kronor for the whole plan; none: no limit"),
        ("weight", "CRITERION=SHARE", "weight of a criterion, 0-1; the others keep their proportions"),
        ("activity-hours", "ID=H", "hours of an activity"),
        ("cost", "ID=KR", "cost of an activity"),
        ("relation", "ID:CRITERION=R", "relation of an activity with a criterion: 0, 1, 3 or 9"),
        ("must", "ID", "the activity must be in the plan"),
        ("must-not", "ID", "the activity must not be in the plan"),
        ("without", "ID", "as if the activity were not there"),
    ):
        kind = "activity_cost" if option == "cost" else option.replace("-", "_")
        whatif.add_argument(
            f"--{option}", dest="changes", action="append", type=partial(_change, kind), metavar=form, help=text
        )
    _json_option(whatif)


def _change(kind: str, text: str) -> tuple[str, str]:
    return kind, text


def _trace_options(trace: argparse.ArgumentParser) -> None:
    trace.add_argument("workbook", metavar="WORKBOOK")
    trace.add_argument("activity", metavar="ACTIVITY", help="its id or its name")
    trace.add_argument("--answers", action="store_true", help="list every answer")
    _json_option(trace)


def _card_options(card: argparse.ArgumentParser) -> None:
    card.add_argument("card", metavar="CARD", nargs="?", default="", help="which card; without it all are listed")
    card.add_argument("--into", metavar="WORKBOOK", help="add the card's working sheet to this workbook")
    card.add_argument("--language", choices=["sv", "en"], help="default: the user's, with --into the workbook's")


def _survey_verbs(survey: argparse.ArgumentParser) -> None:
    methods = ["points20", "points100", "scale10"]
    actions = survey.add_subparsers(dest="action", metavar="ACTION", required=True)
    forms = _verb(actions, "forms", "one form per respondent, as a workbook and as a web page that needs no server")
    forms.add_argument("workbook", metavar="WORKBOOK")
    forms.add_argument("directory", metavar="DIR", help="where the forms are put")
    forms.add_argument("--method", choices=methods, default="points20", help="default: points20")
    forms.add_argument("--customers", default="", metavar="WHO", help="A (default), all, or customer numbers: 101,102")
    forms.add_argument("--belief", action="store_true", help="ask our own sellers what they believe of their customers")
    forms.add_argument("--format", choices=["both", "xlsx", "html"], default="both", help="default: both")
    forms.add_argument("--language", choices=["sv", "en"], help="language of all forms (default: each respondent's)")
    collect = _verb(actions, "collect", "merge answered forms, or an export of a survey tool, into the answers")
    collect.add_argument("workbook", metavar="WORKBOOK")
    collect.add_argument("directory", metavar="DIR", help="folder of answers, or one file")
    how = [*methods, "belief"]
    collect.add_argument("--method", choices=how, default="", help="of an export (default: by the sums)")
    for action in (forms, collect):
        _json_option(action)


def _addin_verbs(addin: argparse.ArgumentParser) -> None:
    actions = addin.add_subparsers(dest="action", metavar="ACTION", required=True)
    install = _verb(actions, "install", "place the add-in where this user's Excel starts it; no administrator needed")
    remove = _verb(actions, "remove", "take away what install wrote")
    doctor = _verb(actions, "doctor", "find out what stands between Excel and Python, and what to ask IT for")
    _json_option(doctor)
    build = _verb(actions, "build", "make the add-in's file")
    build.add_argument("path", nargs="?", default="XlSales.xlam", metavar="PATH", help="default: XlSales.xlam")
    for action in (install, remove, doctor, build):
        action.add_argument("--language", choices=["sv", "en"], help="language of the messages (default: the user's)")


def _read_options(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--profile", default="", metavar="P", help="the system the ledger comes from, else recognised")
    verb.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="how the ledger is to be read")


def _json_option(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--json", action="store_true", help="one JSON document on standard output")


def _language_option(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--language", choices=["sv", "en"], default="sv", help="language of the workbook (default: sv)")


if __name__ == "__main__":
    sys.exit(main())
