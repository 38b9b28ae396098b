"""The verb trace: an activity, the expectations it serves, the answers behind them and the customers who gave them."""

from __future__ import annotations

from argparse import Namespace
from datetime import datetime
from typing import Any

import pandas as pd

from xlsales.closed import open_workbook
from xlsales.commands import print_json
from xlsales.issues import CannotRead, WrongUse
from xlsales.method import RunOptions, run_method
from xlsales.method.book import Book
from xlsales.method.relation import customer_names
from xlsales.method.run import Run
from xlsales.method.tracing import counted_answers, customers_revenue
from xlsales.progress import progress_bar
from xlsales.steps.trace_answers import trace_answers
from xlsales.tables.schema import load_schema, nearest
from xlsales.tables.texts import Texts
from xlsales.whatif_verbs import activity_id

_OF_ACTIVITY = ["activity_id", "activity", "benefit", "decision", "to_do", "reason", "in_plan", "priority"]
_OF_EXPECTATION = [
    "criterion_id", "relation", "weight", "need", "gap_factor", "contribution", "share_of_benefit", "answers",
    "customers", "revenue", "mean_points_share",
]  # fmt: skip
_OF_COMPARISON = ["ours", "best_score", "best_alternative", "goal"]
_SHOWN = 5

Row = dict[str, Any]


def trace(options: Namespace) -> int:
    """Run the method without writing, and print the chain behind one activity."""
    host = open_workbook(options.workbook)
    book = Book(host, options.workbook)
    wanted = _wanted(book, options.activity)
    now = datetime.now().replace(microsecond=0)
    nothing = pd.DataFrame(columns=["kind", "subject", "detail", "value"])
    asked_for = RunOptions(now.date(), now, progress=progress_bar(options.json), changes=nothing, fill=False)
    result = run_method(host, options.workbook, asked_for)
    run = result.run
    if run is None or "activities" not in run.tables:
        raise CannotRead("no_plan_yet", path=options.workbook, why=result.steps[-1].headline)
    if wanted not in set(run.tables["activities"]["activity_id"]):
        raise CannotRead("trace_not_judged", activity=options.activity)
    document = _document(run, wanted, options.answers)
    if options.json:
        print_json(document)
    else:
        _print(document, book.texts)
    return 0


def _wanted(book: Book, text: str) -> str:
    """The activity meant, by id or name."""
    rows, found = book.parsed("activities").good, activity_id(book, text)
    ids = rows["activity_id"].astype(str).tolist()
    if found in ids:
        return found
    named = rows["activity"].astype(str)
    same = [i for i, name in zip(ids, named, strict=True) if name.strip().casefold() == text.strip().casefold()]
    if same:
        raise WrongUse("activity_several", activity=text, ids=same)
    raise WrongUse("unknown_activity", activity=text, nearest=nearest(text, [*named, *ids]))


def _document(run: Run, activity: str, with_answers: bool) -> Row:
    """The chain as one document; expectations with the greatest contribution first, customers with most revenue."""
    rows = run.tables["activities"]
    traced = run.tables["trace"]
    found = [_expectation(run, row, with_answers) for row in _records(traced[traced["activity_id"] == activity])]
    return {**_records(rows.loc[rows["activity_id"] == activity, _OF_ACTIVITY])[0], "expectations": found}


def _expectation(run: Run, row: Row, with_answers: bool) -> Row:
    criterion = row["criterion_id"]
    answers = counted_answers(run)
    criteria = run.results["inputs"].needs["criterion_id"].tolist()
    names = customer_names(run)
    given = trace_answers(criterion, answers, criteria, customers_revenue(run))
    given = given.assign(customer=[names.get(n, n) for n in given["customer_no"]])
    largest = given.groupby(["customer_no", "customer"], sort=False).agg(answers=("answer_id", "size"),
                                                                         revenue=("revenue", "first")).reset_index()
    largest = largest.sort_values(["revenue", "customer_no"], ascending=[False, True], na_position="last")
    whole = {key: row[key] for key in _OF_EXPECTATION}
    whole |= {"criterion": run.name_of(criterion), **_compared(run, criterion), "by_customer": _records(largest)}
    return whole | ({"by_answer": _records(given)} if with_answers else {})


def _compared(run: Run, criterion: str) -> Row:
    """Our score, the best alternative and the goal; nothing where no scores are."""
    table = run.results.get("compare")
    rows = [] if table is None else _records(table.loc[table["criterion_id"] == criterion, _OF_COMPARISON])
    return rows[0] if rows else dict.fromkeys(_OF_COMPARISON)


def _records(frame: pd.DataFrame) -> list[Row]:
    """The rows with nothing where a cell is empty."""
    rows = frame.astype(object).to_dict("records")
    return [{str(k): None if v is None or v is pd.NaT or v != v else v for k, v in row.items()} for row in rows]


def _print(found: Row, texts: Texts) -> None:
    print(f"{found['activity']} [{found['activity_id']}]")
    decision = str(load_schema().label("decision", found["to_do"], texts.language)).capitalize()
    said = {"benefit": found["benefit"], "decision": decision, "priority": found["priority"]}
    print(texts.say("trace", "in_plan" if found["in_plan"] else "outside", **said))
    print(found["reason"])
    for place, row in enumerate(found["expectations"], start=1):
        _print_expectation(place, row, texts)
    if not found["expectations"]:
        print(texts.say("trace", "serves_nothing"))


def _print_expectation(place: int, row: Row, texts: Texts) -> None:
    """One expectation: what it adds, how we stand, and who said it matters."""
    share = row["share_of_benefit"] or 0.0
    print("\n" + texts.say("trace", "expectation", place=place, **{**row, "share_of_benefit": share}))
    if row["ours"] is not None and row["best_score"] is not None:
        print("   " + texts.say("trace", "gap" if row["gap_factor"] > 1 else "no_gap", **row))
    if not row["answers"]:
        print("   " + texts.say("trace", "no_answers"))
        return
    known = row["revenue"] is not None
    print("   " + texts.say("trace", "answers" if known else "answers_only", **row))
    for customer in row["by_customer"][:_SHOWN]:
        print("     " + texts.say("trace", "customer" if customer["revenue"] is not None else "name_only", **customer))
    rest = len(row["by_customer"]) - _SHOWN
    if rest > 0:
        print("     " + texts.say("trace", "more", rest=rest))
    for answer in row.get("by_answer", ()):
        who = ", ".join(filter(None, (answer["customer"], answer["person"])))
        print("       " + texts.say("trace", "answer", who=who, points=answer["points"], share=answer["share"] or 0.0))
