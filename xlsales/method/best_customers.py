"""The best customers: what they have in common, and how like them the prospects are."""

from __future__ import annotations

from typing import Any

import pandas as pd

from xlsales.method.run import Run
from xlsales.steps.revenue import UNITS_PER_KRONA, month_of
from xlsales.steps.template import TemplateRules, employee_band, match_score, template

ATTRIBUTES = ("category", "industry", "region", "size", "seller")


def kept_traits(run: Run) -> pd.DataFrame:
    """The traits somebody has ticked, so that a run without a ledger leaves them."""
    past = run.book.parsed("template_traits").frame
    return past.loc[past["use"] & (past["value"] != ""), ["attribute", "value"]]


def best_customers(run: Run, known: pd.DataFrame) -> pd.DataFrame:
    """The traits of the best customers by revenue over the years of the settings; fills their table."""
    rules = run.rules(TemplateRules)
    monthly = run.ledger.monthly
    age = month_of(run.results["revenue"].end) - monthly["month"]
    inside = monthly[(age >= 0) & (age < 12 * rules.template_years)]
    revenue = inside["units"].groupby(inside["customer_no"].to_numpy()).sum() / UNITS_PER_KRONA
    bought = known.assign(revenue=known["customer_no"].map(revenue).fillna(0.0))
    bought = bought[bought["revenue"] > 0]
    ticked = kept_traits(run)
    kept = list(ticked.itertuples(index=False, name=None))
    traits = template(bought, ATTRIBUTES, rules, kept)
    traits = traits.assign(
        best_share=traits["best_count"] / traits["best_n"].where(traits["best_n"] > 0),
        all_share=traits["all_count"] / traits["all_n"].where(traits["all_n"] > 0),
        words=[trait_words(run, row) for row in traits.to_dict("records")],
        used=[pair in set(kept) for pair in zip(traits["attribute"], traits["value"], strict=True)],
    )
    run.tables["template_traits"] = traits.drop(columns="used")
    picture = run.say("picture", "template")
    finding = pd.DataFrame({"picture": [picture], "sentence": [_finding(run, traits)]})
    run.tables["findings_template"] = finding
    return traits


def chosen_traits(traits: pd.DataFrame) -> pd.DataFrame:
    """The ticked traits, or while nothing is ticked the proposed ones."""
    return traits[traits["used"]] if traits["used"].any() else traits[traits["proposed"]]


def trait_words(run: Run, trait: dict[Any, Any]) -> str:
    """A trait with its counts in words."""
    return run.say("potential", "trait", attribute=trait_name(run, trait["attribute"]), **{
        key: trait[key] for key in ("value", "best_count", "best_n", "all_count", "all_n", "lift")
    })


def trait_name(run: Run, attribute: str) -> str:
    """What users call an attribute."""
    return str(run.book.schema.label("trait", attribute, run.book.language))


def _finding(run: Run, traits: pd.DataFrame) -> str:
    proposed = traits[traits["proposed"]].head(3)
    if proposed.empty:
        return run.say("finding", "template_none")
    return run.say("finding", "template", traits=[trait_words(run, row) for row in proposed.to_dict("records")])


def prospects(run: Run, traits: pd.DataFrame) -> None:
    """Score the listed prospects by the chosen traits; fills the tool's columns of their table."""
    listed = run.book.parsed("prospect_list").good
    compared = listed.assign(size=employee_band(listed["employees"]))
    texts = {key: compared[key].astype(str).str.strip().str.casefold() for key in ATTRIBUTES}
    chosen = chosen_traits(traits)
    asked = {
        str(name): [value.casefold() for value in part["value"]]
        for name, part in chosen.groupby("attribute", sort=True)
    }
    found = match_score(compared.assign(**texts), asked, run.rules(TemplateRules))
    proposal = not traits["used"].any()
    reasons = [_reason(run, row, asked, proposal) for row in found.to_dict("records")]
    keys = ["prospect_id", "advice", "score", "matched", "asked"]
    run.tables["prospect_list"] = found[keys].assign(reason=reasons)


def _reason(run: Run, row: dict[Any, Any], asked: dict[str, list[str]], proposal: bool) -> str:
    """Which of the traits asked for the prospect has, which it lacks and which are unknown."""
    if not asked:
        return run.say("potential", "no_traits")
    parts = {"fits": [], "differs": [], "unknown": []}  # type: dict[str, list[str]]
    for name, values in asked.items():
        code = "fits" if row[name] in values else "differs" if row[name] else "unknown"
        parts[code].append(trait_name(run, name).lower())
    said = [run.say("potential", code, attributes=names) for code, names in parts.items() if names]
    return " ".join([*said, *([run.say("potential", "by_proposal")] if proposal else [])])
