"""The worksheet functions: raw cells in, the steps' own arithmetic, cells or one short text out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from xlsales.functions import activities, customers, deals, expectations
from xlsales.functions.call import Call
from xlsales.functions.ranges import Answer
from xlsales.issues import XlsalesError
from xlsales.tables.functions import WorksheetFunction, load_functions
from xlsales.tables.schema import Language
from xlsales.tables.texts import Texts

WORK: Mapping[str, Callable[[Call, Language], Answer]] = {
    "XLS_ABC": customers.abc,
    "XLS_CUMSHARE": customers.cumulative_share,
    "XLS_STATUS": customers.status,
    "XLS_BRIDGE": customers.revenue_bridge,
    "XLS_RFM": customers.rfm_code,
    "XLS_SHAREOFWALLET": customers.share_of_wallet,
    "XLS_WEIGHTS": expectations.weights,
    "XLS_DECISIVE": expectations.decisive,
    "XLS_EFFECTIVE": expectations.effective,
    "XLS_PAIRWISE": expectations.pairwise_weights,
    "XLS_STRENGTH": expectations.strength,
    "XLS_LEVEL": expectations.level,
    "XLS_STAGEGAP": deals.stage_gap,
    "XLS_PUSED": deals.probability_used,
    "XLS_BENEFIT": activities.benefit,
    "XLS_DECISION": activities.decision,
    "XLS_PLAN": activities.in_plan,
    "XLS_COVERAGE": deals.pipeline_coverage,
    "XLS_AGE": deals.age_ratio,
}


def answer(name: str, arguments: Sequence[Any], language: Language) -> Answer | str:
    """The cells a worksheet function gives, or one text that says what is wrong with its arguments.

    arguments: as Excel hands them over, in the order declared; None where one is left out.
    """
    declared = next(function for function in load_functions() if function.name == name)
    given = dict(zip((a.key for a in declared.arguments), arguments, strict=True))
    try:
        return WORK[name](Call(given), language)
    except XlsalesError as error:
        texts = Texts(language)
        return texts.error(_in_words(error, declared, texts))
    except Exception as error:  # A cell has room for one line, never for a traceback.
        return Texts(language).say("error", "function_failed", name=name, detail=str(error)[:100])


def _in_words(error: XlsalesError, declared: WorksheetFunction, texts: Texts) -> XlsalesError:
    """The error with its place said as the user knows it: "revenue, row 7"."""
    names = {argument.key: argument.name[texts.language] for argument in declared.arguments}
    where = [names[str(error.params["argument"])]]
    where += [texts.say("function", key, n=n) for key in ("row", "column") if (n := error.params.get(key))]
    return type(error)(error.code, **(error.params | {"where": ", ".join(where)}))
