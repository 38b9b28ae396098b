"""One computed sentence for every picture of the revenue analysis, in the workbook's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from xlsales.method.run import Run
from xlsales.steps.profitability import Profitability
from xlsales.steps.segment import SegmentRules

_RANKS = {"A": 3, "B": 2, "C": 1}


def findings(run: Run, sentences: Mapping[str, str]) -> pd.DataFrame:
    """The sentences by picture, with the pictures' names in the workbook's language."""
    names = [run.say("picture", key) for key in sentences]
    return pd.DataFrame({"picture": names, "sentence": list(sentences.values())}, dtype=object)


def _say(run: Run, code: str, **params: object) -> str:
    return run.say("finding", code, **params)


def revenue_findings(run: Run, rules: SegmentRules) -> pd.DataFrame:
    """What the pictures of the sheet Revenue analysis say."""
    return findings(
        run,
        {
            "bridge": _bridge(run),
            "pareto": _pareto(run, rules),
            "trend": _trend(run),
            "concentration": _concentration(run),
            "top_customers": _top_customers(run),
        },
    )


def _figures(run: Run, column: str = "value") -> dict[str, float]:
    table = run.tables["key_figures"]
    return dict(zip(table["measure"], table[column], strict=True))


def _bridge(run: Run) -> str:
    amount = run.tables["bridge"].set_index("component")["amount"]
    figures = _figures(run)
    if not amount["opening"] > 0:
        return _say(run, "bridge_first", closing=amount["closing"])
    return _say(
        run, "bridge", opening=amount["opening"], closing=amount["closing"],
        change=amount["closing"] / amount["opening"] - 1, grr=figures["grr"], nrr=figures["nrr"],
        retention=figures["customer_retention"],
    )  # fmt: skip


def _pareto(run: Run, rules: SegmentRules) -> str:
    groups = run.tables["concentration"].set_index("group")
    counts = groups["customers"].to_dict()
    a, n = counts["A"], counts["A"] + counts["B"] + counts["C"]
    if not n:
        return run.say("headline", "segment_none")
    return _say(run, "pareto", a=a, n=n, share=a / n, limit=rules.abc_a)


def _trend(run: Run) -> str:
    table = run.tables["trend"]
    best = _row(table, table["revenue"])
    above = int((table["revenue"] > table["revenue_prev"]).sum())
    return _say(run, "trend", above=above, months=len(table), best=f"{best['month']:%Y-%m}", revenue=best["revenue"])


def _concentration(run: Run) -> str:
    now, before = _figures(run), _figures(run, "value_prev")
    if now["top_1"] != now["top_1"]:
        return run.say("headline", "segment_none")
    params = {key: now[key] for key in ("top_1", "top_5", "top_10", "hhi")}
    code = "concentration" if before["hhi"] == before["hhi"] else "concentration_first"
    return _say(run, code, **params, hhi_prev=before["hhi"])


def _top_customers(run: Run) -> str:
    table = run.tables["top_customers"]
    if table.empty:
        return run.say("headline", "segment_none")
    change = table["revenue"] - table["revenue_prev"]
    largest = _row(table, change.abs())
    moved = float(largest["revenue"] - largest["revenue_prev"])
    code = "top_customers_up" if moved >= 0 else "top_customers_down"
    return _say(run, code, n=len(table), up=int((change > 0).sum()), down=int((change < 0).sum()),
                customer=largest["customer"], change=abs(moved))  # fmt: skip


def portfolio_findings(run: Run, rules: SegmentRules) -> pd.DataFrame:
    """What the pictures of the sheet Customer portfolio say."""
    return findings(
        run,
        {
            "deciles": _deciles(run),
            "tail": _tail(run, rules),
            "migration": _migration(run),
            "quarters": _quarters(run),
        },
    )


def _deciles(run: Run) -> str:
    shares = run.tables["deciles"].set_index("decile")["revenue_share"]
    if shares.isna().any():
        return run.say("headline", "segment_none")
    return _say(run, "deciles", first=shares[1], last=shares[10], half=shares.loc[6:].sum())


def _tail(run: Run, rules: SegmentRules) -> str:
    groups = run.tables["concentration"].set_index("group")
    table = run.tables["tail"]
    if table.empty:
        return run.say("headline", "segment_none")
    usual = _row(table, table["customers"])
    n, last = int(table["customers"].sum()), groups["customers"].to_dict()["tail"]
    return _say(run, "tail", size=usual["size"], customers=usual["customers"], n=n, tail=last,
                tail_share=last / n, limit=rules.tail_share)  # fmt: skip


def _migration(run: Run) -> str:
    ways = run.tables["migration"]
    start, end = ways["from"].map(_RANKS).fillna(0), ways["to"].map(_RANKS).fillna(0)
    both = (start > 0) & (end > 0)

    def counted(which: Any) -> int:
        return int(ways.loc[which, "customers"].sum())

    return _say(
        run, "migration", stayed=counted(both & (start == end)), up=counted(both & (end > start)),
        down=counted(both & (end < start)), came=counted(ways["from"] == "none"), lost=counted(ways["to"] == "lost"),
        fallen=float(ways.loc[both & (end < start), "change"].sum()),
    )  # fmt: skip


def _quarters(run: Run) -> str:
    table = run.tables["quarters"]
    bought = table[[key for key in table if str(key).startswith("q")]].gt(0)
    silent = table.loc[bought.iloc[:, :-1].any(axis=1) & ~bought.iloc[:, -1], "customer"].tolist()
    params = {"n": len(table), "every": int(bought.all(axis=1).sum()), "quarters": bought.shape[1]}
    params["last"] = run.tables["quarter_ends"][f"q{bought.shape[1]}"].iloc[0]
    code = "quarters_silent" if silent else "quarters"
    return _say(run, code, **params, silent=silent[:3], count=len(silent))


def profitability_findings(run: Run, profit: Profitability) -> pd.DataFrame:
    """What the whale curve says."""
    total = len(profit.curve)
    if not total:
        sentence = _say(run, "whale_unknown")
    elif profit.peak_share != profit.peak_share:
        sentence = _say(run, "whale_loss", losing=profit.losing, n=total, eroded=profit.eroded)
    elif not profit.losing:
        sentence = _say(run, "whale_none", n=total)
    else:
        sentence = _say(run, "whale", peak=profit.peak_share, losing=profit.losing, n=total, eroded=profit.eroded)
    return findings(run, {"whale": sentence})


def category_findings(run: Run) -> pd.DataFrame:
    """What the pictures and the table of the sheet Categories say."""
    table, pairs = run.tables["category_status"], run.tables["category_seller"]
    if table.empty or pairs.empty:
        none = run.say("headline", "segment_none")
        return findings(run, dict.fromkeys(("category", "category_status", "category_seller"), none))
    had = table[["growing", "stable", "shrinking", "lost"]].sum(axis=1)
    worst = _row(table, (table["lost"] / had.where(had > 0)).fillna(0))
    fallen = _row(pairs, -pairs["change"])
    status = "category_status" if worst["lost"] else "category_status_none"
    crossed = "category_seller" if fallen["change"] < 0 else "category_seller_none"
    return findings(
        run,
        {
            "category": _categories(run, table),
            "category_status": _say(run, status, **worst, had=worst["customers"] - _newcomers(worst)),
            "category_seller": _say(run, crossed, **fallen),
        },
    )


def _newcomers(row: dict[str, Any]) -> int:
    """The customers that did not buy in the window before."""
    return int(row["new"] + row["reactivated"] + row["former"])


def _categories(run: Run, table: pd.DataFrame) -> str:
    total = float(table["revenue"].sum())
    first, up, down = (_row(table, by) for by in (table["revenue"], table["change"], -table["change"]))
    params = {"category": first["category"], "share": first["revenue"] / total if total > 0 else 0.0}
    params |= {"up": up["category"], "up_change": up["change"]}
    params |= {"down": down["category"], "down_change": down["change"]}
    return _say(run, "category" if len(table) > 1 else "category_one", **params)


def _row(table: pd.DataFrame, by: pd.Series[Any]) -> dict[str, Any]:
    """The row where a series is largest, the first of several."""
    return dict(table.iloc[int(by.to_numpy().argmax())])
