"""The strategic answer in words: which customers and why, where they are, what they have in common."""

from __future__ import annotations

from typing import Any

import pandas as pd

from xlsales.method.best_customers import chosen_traits, trait_name, trait_words
from xlsales.method.run import Run

_CATEGORIES, _NAMED = 4, 3


def strategic_answer(run: Run, found: pd.DataFrame, gaps: pd.DataFrame, traits: pd.DataFrame) -> None:
    """Fill the answers and the sentences beside the pictures.

    found: the customers with revenue, potential, stake and priority. gaps: the white space. traits: the template's.
    """
    first = found[(found["priority"] == 1) & (found["stake"] > 0)]
    first = first.sort_values(["stake", "customer_no"], ascending=[False, True])
    everyone = run.say("word", "all_customers")
    rows = [
        (everyone, "which", _which(run, found, first)),
        (everyone, "where", _where(run, first)),
        (everyone, "common", _common(run, traits)),
    ]
    potential = found[found["category"] != ""].groupby("category")["potential"].sum()
    largest = potential.sort_values(ascending=False, kind="stable").head(_CATEGORIES)
    rows += [(str(name), "which", _of_category(run, found, gaps, str(name))) for name in largest.index]
    run.tables["strategic_answer"] = pd.DataFrame(rows, columns=["category", "question", "answer"])
    run.tables["findings_potential"] = _findings(run, found, gaps)


def _which(run: Run, found: pd.DataFrame, first: pd.DataFrame) -> str:
    if first.empty:
        return run.say("potential", "which_none")
    by_kind = first.groupby("stake_kind")["stake"].sum()
    kinds = [
        run.say("potential", f"stake_{kind}", amount=float(by_kind[kind]))
        for kind in ("potential", "lost", "overdue") if kind in by_kind
    ]  # fmt: skip
    active = found[(found["revenue"] > 0) | (found["stake"] > 0)]
    return run.say(
        "potential", "which", first=len(first), customers=list(first["customer"].head(_NAMED)), n=len(active),
        stake_share=float(first["stake"].sum() / found["stake"].sum()), kinds=kinds,
    )


def _where(run: Run, first: pd.DataFrame) -> str:
    """The commonest value of each attribute among the customers with priority 1."""
    parts = []
    for attribute in ("category", "region", "industry", "size"):
        counts = first.loc[first[attribute] != "", attribute].value_counts()
        if len(counts):
            value = min(counts[counts == counts.max()].index)
            name = trait_name(run, attribute).lower()
            parts.append(run.say("potential", "place", attribute=name, value=value, count=int(counts.max())))
    if not parts:
        return run.say("potential", "where_unknown")
    return run.say("potential", "where", first=len(first), places=parts)


def _common(run: Run, traits: pd.DataFrame) -> str:
    chosen = chosen_traits(traits).head(_NAMED)
    if chosen.empty:
        return run.say("finding", "template_none")
    return run.say("finding", "template", traits=[trait_words(run, row) for row in chosen.to_dict("records")])


def _of_category(run: Run, found: pd.DataFrame, gaps: pd.DataFrame, category: str) -> str:
    inside, white = found[found["category"] == category], gaps[gaps["category"] == category]
    buying = inside[inside["revenue"] > 0]
    now, before = float(inside["revenue"].sum()), float(inside["revenue_prev"].sum())
    most = inside[inside["potential"] > 0].sort_values(["potential", "customer_no"], ascending=[False, True])
    first = int(((inside["priority"] == 1) & (inside["stake"] > 0)).sum())
    text = run.say(
        "potential", "category" if before > 0 else "category_new", customers=len(buying), revenue=now,
        change=now / before - 1 if before > 0 else 0.0, first=first,
        potential=float(inside["potential"].sum()),
    )
    if len(most):
        text += " " + run.say("potential", "largest", customers=list(most["customer"].head(_NAMED)))
    if len(white):
        groups = white.groupby("article_group")["potential"].sum()
        text += " " + run.say("potential", "white", white=float(groups.sum()), group=groups.idxmax())
    return text


def _findings(run: Run, found: pd.DataFrame, gaps: pd.DataFrame) -> pd.DataFrame:
    """One sentence per picture on the sheet."""
    tables = {"wallet_points": _shares(run), "top_potential": _top(run, found), "white_groups": _white(run, gaps)}
    captions = [(run.say("picture", key), run.book.schema.table(key).name[run.book.language]) for key in tables]
    rows = [(*names, sentence) for names, sentence in zip(captions, tables.values(), strict=True)]
    return pd.DataFrame(rows, columns=["picture", "table", "sentence"])


def _shares(run: Run) -> str:
    points = run.tables["wallet_points"]
    if points.empty:
        return run.say("finding", "no_wallets")
    low = points[points["share_of_wallet"] < run.settings["loyalty_line"]]
    large = low[low["grow"].notna()]
    params: dict[str, Any] = {"n": len(points), "line": run.settings["loyalty_line"], "low": len(low)}
    names = list(large["customer"].head(_NAMED)) or [run.say("word", "none")]
    return run.say("finding", "wallet_points", grow=len(large), customers=names, **params)


def _top(run: Run, found: pd.DataFrame) -> str:
    top = run.tables["top_potential"]
    if top.empty:
        return run.say("finding", "no_potential")
    model = found.set_index("customer_no").loc[top["customer_no"], "wallet_basis"] == "model"
    return run.say(
        "finding", "top_potential", n=len(top), amount=float(top["potential"].sum()), model=int(model.sum()),
        share=float(top["potential"].sum() / found["potential"].sum()), total=float(found["potential"].sum()),
        customer=top["customer"].iloc[0],
    )


def _white(run: Run, gaps: pd.DataFrame) -> str:
    groups = run.tables["white_groups"]
    if groups.empty:
        return run.say("finding", "no_white_space")
    row = groups.iloc[0]
    return run.say(
        "finding", "white_groups", group=row["article_group"], customers=int(row["customers"]),
        amount=float(row["potential"]), line=run.settings["white_space_share"], category=row["category"],
        total=float(gaps["potential"].sum()),
    )
