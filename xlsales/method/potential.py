"""Potential: how much more the customers could buy, where, and who comes first."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from xlsales.issues import Issue
from xlsales.method.best_customers import best_customers, kept_traits, prospects
from xlsales.method.contacts import add_levels, contacts
from xlsales.method.run import Run, StepReport
from xlsales.method.strategic_answer import strategic_answer
from xlsales.steps.potential import potential
from xlsales.steps.priority import BOXES, PriorityRules, box, priority
from xlsales.steps.revenue import UNITS_PER_KRONA, month_of
from xlsales.steps.template import employee_band
from xlsales.steps.wallet import WalletRules, wallet
from xlsales.steps.white_space import WhiteSpaceRules, white_space

_SHOWN_POINTS, _SHOWN_TOP, _SHOWN_GROUPS, _SHOWN_CELLS = 200, 15, 12, 5_000
_TOLD = ("stated", "seller", "rank")


def potential_step(run: Run) -> StepReport:
    """Share of wallet, potential, white space, the best customers' traits, prospects, and whom we know."""
    if "segment" not in run.results:
        run.tables["template_traits"] = kept_traits(run)
        code = "ledger_away" if run.ledger_away else "no_ledger"
        return StepReport("potential", "no_input", run.say("headline", code))
    known = _known(run)
    shares = potential(wallet(known, run.rules(WalletRules)))
    shares["potential"] = shares["potential"].round(2)
    rules = run.rules(PriorityRules)
    found = priority(box(shares, rules), rules)
    run.results["potential"] = found
    run.add("potential", _wallet_issues(found))
    gaps = _white_space(run, found)
    _picture_tables(run, found, gaps)
    traits = best_customers(run, found)
    prospects(run, traits)
    unknown = contacts(run, found)
    strategic_answer(run, found, gaps, traits)
    first = found["priority"] == 1
    headline = run.say(
        "headline", "potential", total=_sum(found["potential"]), customers=int((found["potential"] > 0).sum()),
        first=int((first & (found["stake"] > 0)).sum()), gaps=len(gaps), white=_sum(gaps["potential"]),
    )
    if unknown:
        headline += " " + run.say("headline", "potential_deciders", count=unknown)
    return StepReport("potential", "done", headline)


def complete_potential(run: Run) -> None:
    """The columns of Customers that the step computes, and the levels that a later step does."""
    if "potential" not in run.results:
        return
    found = run.results["potential"].set_index("customer_no")
    table = run.tables["customers"]
    number = table["customer_no"]
    keys = {"wallet": "wallet_used", **{k: k for k in ("wallet_basis", "share_of_wallet", "potential", "box")}}
    added = {new: number.map(found[key]) for key, new in keys.items()}
    told = _reasons(run, found).reindex(number).to_numpy()
    reason = table["reason"] if "reason" in table else pd.Series("", table.index)
    run.tables["customers"] = table.assign(
        **added, priority=number.map(found["priority"]), reason=(reason.fillna("") + " " + told).str.strip()
    )
    add_levels(run)


def _known(run: Run) -> pd.DataFrame:
    """Every customer of the register and the ledger: revenue in the two windows, and what is known of it."""
    register = run.book.parsed("customers").good.drop_duplicates("customer_no").set_index("customer_no")
    spans = _sums(run)
    computed = run.results["segment"].customers.set_index("customer_no")
    numbers = pd.Index(dict.fromkeys([*register.index, *spans.index]), name="customer_no")
    texts = ["customer", "category", "industry", "region", "seller", "wallet_source"]
    table = register.reindex(numbers)
    table[texts] = table[texts].astype(object).fillna("")
    for key in ("customer", "region", "seller"):
        # Of several on the last day the one last in the alphabet, so that the order of rows decides nothing.
        said = run.ledger.monthly[run.ledger.monthly[key] != ""].sort_values(["last", key])
        said = said.drop_duplicates("customer_no", keep="last")
        from_ledger = pd.Series(numbers.map(said.set_index("customer_no")[key]), numbers).astype(object).fillna("")
        table[key] = table[key].where(table[key] != "", from_ledger)
    table["customer"] = table["customer"].where(table["customer"] != "", numbers.to_series())
    table[["revenue", "revenue_prev"]] = spans.reindex(numbers, fill_value=0.0)
    table["overdue"] = pd.Series(numbers.map(computed["overdue"]), numbers).eq(True)
    table["abc"] = pd.Series(numbers.map(computed["abc"]), numbers).astype(object).fillna("")
    groups: dict[str, str] = run.results["groups"]
    table["unit"] = [groups.get(number, number) for number in numbers]
    return table.assign(size=employee_band(table["employees"])).reset_index()


def ledger_ages(run: Run) -> pd.DataFrame:
    """The ledger's months with age, 0 being the last month of the window."""
    monthly = run.ledger.monthly
    return monthly.assign(age=month_of(run.results["revenue"].end) - monthly["month"])


def _sums(run: Run) -> pd.DataFrame:
    """Revenue in the window and in the one before by customer number, in kronor."""
    rows, months = ledger_ages(run), run.settings["window_months"]
    window = rows["age"] // months
    spans = {key: rows["units"].where(window == w, 0) for key, w in (("revenue", 0), ("revenue_prev", 1))}
    return pd.DataFrame(spans).groupby(rows["customer_no"].to_numpy()).sum() / UNITS_PER_KRONA


def _wallet_issues(found: pd.DataFrame) -> list[Issue]:
    """Wallets below our revenue, ranks that cannot be, and wallets of which nobody says whence or when."""
    issues = []
    low = found[(found["wallet_told"] < found["revenue"]) & found["wallet_told"].notna()]
    for row in low.to_dict("records"):
        issues.append(Issue("note", "wallet_below_revenue", "customers", "wallet", key=row["customer_no"],
                            found=row["wallet_told"], params={"revenue": row["revenue"]}))  # fmt: skip
    rank, suppliers = found["supplier_rank"], found["suppliers"]
    wrong = (rank.notna() | suppliers.notna()) & ~((rank >= 1) & (rank <= suppliers))
    for row in found[wrong].to_dict("records"):
        issues.append(Issue("warning", "bad_supplier_rank", "customers", "supplier_rank", key=row["customer_no"],
                            found=row["supplier_rank"], params={"suppliers": row["suppliers"]}))  # fmt: skip
    unsaid = found["wallet_told"].notna() & ((found["wallet_source"] == "") | found["wallet_date"].isna())
    if unsaid.any():
        params = {"count": int(unsaid.sum())}
        issues.append(Issue("note", "wallet_unsourced", "customers", "wallet_source", -1, params=params))
    return issues


def _white_space(run: Run, found: pd.DataFrame) -> pd.DataFrame:
    """The white space of the window, with the customers' names."""
    rows = ledger_ages(run)
    rows = rows[(rows["age"] >= 0) & (rows["age"] < run.settings["window_months"])]
    by_number = found.set_index("customer_no")
    spend = pd.DataFrame(
        {
            "customer_no": rows["customer_no"].astype(object),
            "category": rows["customer_no"].map(by_number["category"]).astype(object).fillna(""),
            "article_group": rows["article_group"].astype(object),
            "revenue": rows["units"] / UNITS_PER_KRONA,
        }
    )
    gaps = white_space(spend, run.rules(WhiteSpaceRules))
    gaps = gaps.assign(**{key: gaps["customer_no"].map(by_number[key]) for key in ("customer", "seller")})
    if len(gaps) > _SHOWN_CELLS:
        params = {"shown": _SHOWN_CELLS, "count": len(gaps)}
        run.add("potential", [Issue("note", "white_space_cut", "white_space", row=-1, params=params)])
    run.tables["white_space"] = gaps.head(_SHOWN_CELLS)
    return gaps


def _picture_tables(run: Run, found: pd.DataFrame, gaps: pd.DataFrame) -> None:
    """The tables behind the pictures: shares of wallet by box, the boxes, the largest potentials, the groups."""
    told = found[found["wallet_basis"].isin(_TOLD) & (found["revenue"] > 0)]
    points = told.sort_values(["wallet", "customer_no"], ascending=[False, True]).head(_SHOWN_POINTS)
    by_box = {name: points["wallet"].where(points["box"] == name) for name in BOXES}
    run.tables["wallet_points"] = points[["customer_no", "customer", "share_of_wallet"]].assign(**by_box)
    run.tables["wallet_lines"] = _lines(points, found["wallet"].median(), run.settings["loyalty_line"])
    run.tables["potential_boxes"] = pd.DataFrame([_box_row(run, found, name) for name in BOXES])
    top = found[found["potential"] > 0].sort_values(["potential", "customer_no"], ascending=[False, True])
    top = top.head(_SHOWN_TOP)
    run.tables["top_potential"] = top.assign(why=[_why(run, row) for row in top.to_dict("records")])[
        ["customer_no", "customer", "category", "why", "revenue", "potential", "wallet"]
    ]
    run.tables["white_groups"] = _groups(run, gaps)


def _lines(points: pd.DataFrame, middle: float, loyalty: float) -> pd.DataFrame:
    """The ends of the two lines between the boxes: one across at the middle wallet, one up at the share."""
    if points.empty:
        return pd.DataFrame(columns=["line", "x", "across", "up"])
    right = max(1.0, float(points["share_of_wallet"].max()))
    low, high = float(points["wallet"].min()), float(points["wallet"].max())
    ends = {"x": [0.0, right, loyalty, loyalty], "across": [middle, middle, None, None], "up": [None, None, low, high]}
    return pd.DataFrame({"line": range(1, 5), **ends})


def _box_row(run: Run, found: pd.DataFrame, name: str) -> dict[str, Any]:
    inside = found[found["box"] == name]
    largest = list(inside.sort_values(["wallet", "customer_no"], ascending=[False, True])["customer"].head(3))
    names = run.say("potential", "largest", customers=largest) if largest else ""
    return {
        "box": name,
        "meaning": run.say("potential", f"{name}_meaning"),
        "summary": f"{run.say('potential', f'{name}_do')} {names}".strip(),
        "customers": len(inside),
        **{key: _sum(inside[key]) for key in ("revenue", "wallet", "potential")},
    }


def _groups(run: Run, gaps: pd.DataFrame) -> pd.DataFrame:
    """Per article group the customers that lack it, and what it is worth."""
    rows = []
    for group, part in gaps.groupby("article_group", sort=True):
        by_category = part.groupby("category")["potential"].sum()
        rows.append(
            {
                "article_group": group, "category": by_category.idxmax(), "customers": len(part),
                "potential": _sum(part["potential"]),
                "summary": run.say("potential", "largest", customers=list(part["customer"].head(3))),
            }
        )  # fmt: skip
    columns = ["article_group", "category", "summary", "customers", "potential"]
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values(["potential", "article_group"], ascending=[False, True]).head(_SHOWN_GROUPS)


def _why(run: Run, row: dict[Any, Any]) -> str:
    told = row["wallet_basis"] in ("stated", "seller")
    code = "why_told" if told and pd.notna(row["wallet_date"]) else "why"
    params = {key: row[key] for key in ("wallet", "wallet_date", "target_share")}
    return run.say("potential", code, share=row["share_of_wallet"], basis=_basis(run, row), **params)


def _basis(run: Run, row: dict[Any, Any]) -> str:
    """How the wallet is known: the name of who told it, or the kind of basis."""
    named = row["wallet_source"] not in ("", "seller") and row["wallet_basis"] == "seller"
    label = run.book.schema.label("wallet_basis", row["wallet_basis"], run.book.language)
    return str(row["wallet_source"] if named else label)


def _reasons(run: Run, found: pd.DataFrame) -> pd.Series[Any]:
    """Why each customer has its priority, in words, by customer number."""
    rows = found.reset_index().to_dict("records")
    texts = [
        run.say("potential", f"priority_{row['stake_kind'] or 'none'}", priority=row["priority"], stake=row["stake"],
                target=row["target_share"], wallet=row["wallet"], basis=_basis(run, row) if row["wallet_basis"] else "")
        for row in rows
    ]  # fmt: skip
    return pd.Series(texts, index=found.index, dtype=object)


def _sum(values: pd.Series[Any]) -> float:
    return round(float(np.nansum(values.to_numpy(np.float64))), 2)
