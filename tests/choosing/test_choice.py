"""Choice: the best of all choices under hours, budget and what goes together, proven against every other choice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations, product
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlsales.choosing.choice import Choice, ChoiceRules, Limits, choice
from xlsales.choosing.margins import margins

NAMES = ["A1", "A2", "A3", "A4", "A5"]
COLUMNS = ["activity_id", "unit", "quarter", "pool", "hours", "cost", "benefit", "must", "banned"]
EPS = 1e-6
Flags = npt.NDArray[np.bool_]
Name = tuple[str, str]


def table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Options from what differs from an option of ten hours and one benefit in the pool p."""
    plain = {"unit": "", "quarter": "", "pool": "p", "hours": 10.0, "cost": 0.0, "benefit": 1.0,
             "must": False, "banned": False}  # fmt: skip
    frame = pd.DataFrame([plain | row for row in rows], columns=COLUMNS)
    frame = frame.astype({"hours": float, "cost": float, "benefit": float, "must": bool, "banned": bool})
    ids = [f"{a}|{u}|{q}" for a, u, q in zip(frame["activity_id"], frame["unit"], frame["quarter"], strict=True)]
    return frame.assign(option_id=ids)


def draw_case(draw: np.random.Generator, most: int = 10) -> tuple[pd.DataFrame, Limits]:
    """A small case with a little of everything."""
    units = [""] if draw.random() < 0.4 else ["u", "v"]
    quarters = [""] if draw.random() < 0.6 else ["q1", "q2"]
    cells = [(a, u, q) for a in NAMES for u in units for q in quarters]
    size = min(len(cells), int(draw.integers(1, most + 1)))
    rare = draw.random() < 0.6
    chosen = [cells[i] for i in draw.choice(len(cells), size, replace=False)]
    rows = [
        {
            "activity_id": a, "unit": u, "quarter": q, "pool": str(draw.choice(["p", "q", u, ""])),
            "hours": float(draw.choice([0, 2.5, 5, 7.5, 10, 12.1, 20])),
            "cost": float(draw.choice([0, 0, 1000, 2500.5, 40000])),
            "benefit": float(draw.choice([0, 0, 1, 2, 2, 3.3, draw.integers(0, 900) / 100])),
            "must": bool(draw.random() < (0.05 if rare else 0.25)), "banned": bool(draw.random() < 0.1),
        }
        for a, u, q in chosen
    ]  # fmt: skip

    def some(chance: float) -> Iterator[tuple[str, str]]:
        return (pair for pair in product(NAMES, NAMES) if pair[0] != pair[1] and draw.random() < chance)

    return table(rows), Limits(
        {pool: float(draw.choice([0, 10, 17.5, 25, 40, 99])) for pool in ("p", "q", "u") if draw.random() < 0.8},
        float(draw.choice([0, 2500.5, 5000, 41000])) if draw.random() < 0.5 else None,
        tuple((a, b, float(draw.choice([-0.5, 0.3, 1.0, -1.2]))) for a, b in some(0.1)),
        tuple(some(0.06)), tuple(some(0.06)),
        {f"c{i}": tuple(draw.choice(NAMES, 2)) for i in range(int(draw.choice([0, 0, 1, 2])))},
    )  # fmt: skip


@dataclass
class Every:
    """Every subset of the options, and which demands each of them obeys; written without the rows of the solver."""

    options: pd.DataFrame
    limits: Limits

    def __post_init__(self) -> None:
        count = len(self.options)
        self.sets = ((np.arange(2**count)[:, None] >> np.arange(count)) & 1).astype(bool)
        frame = self.options
        self.keys = list(zip(frame["activity_id"], frame["unit"], strict=True))
        self.has = {key: self.sets[:, [k == key for k in self.keys]].any(axis=1) for key in self.keys}
        self.once = np.ones(len(self.sets), dtype=bool)
        for key in self.has:
            self.once &= self.sets[:, [k == key for k in self.keys]].sum(axis=1) <= 1
        self.obeyed: dict[Name, Flags] = {}
        self._hours()
        self._musts()
        self._together()

    def _demand(self, name: Name, holds: Flags) -> None:
        self.obeyed[name] = self.obeyed.get(name, True) & holds

    def units(self, activity: str) -> list[str]:
        return sorted({u for a, u in self.keys if a == activity})

    def _hours(self) -> None:
        hours, cost = self.options["hours"].to_numpy(), self.options["cost"].to_numpy()
        for pool, room in self.limits.pools.items():
            if pool:
                inside = (self.options["pool"] == pool).to_numpy()
                self._demand(("pool", pool), self.sets @ (hours * inside) <= room + EPS)
        if self.limits.budget is not None:
            self._demand(("budget", ""), self.sets @ cost <= self.limits.budget + EPS)

    def _musts(self) -> None:
        for key in self.has:
            own = np.array([k == key for k in self.keys])
            must, banned = (self.options[name].to_numpy() & own for name in ("must", "banned"))
            if must.any():
                self._demand(("must", key[0]), self.sets[:, must].any(axis=1))
            if banned.any():
                self._demand(("banned", key[0]), ~self.sets[:, banned].any(axis=1))

    def _together(self) -> None:
        nothing = np.zeros(len(self.sets), dtype=bool)
        for a, b in self.limits.requires:
            alone = 1 in (len(self.units(a)), len(self.units(b)))
            for u in self.units(a):
                there = self.units(b) if alone else [u]
                other = np.any([self.has.get((b, v), nothing) for v in there] or [nothing], axis=0)
                self._demand(("requires", f"{a} {b}"), ~self.has[a, u] | other)
        for a, b in self.limits.excludes:
            for u, v in self.matched(a, b):
                self._demand(("excludes", f"{a} {b}"), ~(self.has[a, u] & self.has[b, v]))
        for criterion, activities in self.limits.cover.items():
            held = [self.has[key] for key in self.has if key[0] in activities]
            self._demand(("cover", criterion), np.any(held or [nothing], axis=0))

    def matched(self, a: str, b: str) -> list[tuple[str, str]]:
        every = list(product(self.units(a), self.units(b)))
        return every if 1 in (len(self.units(a)), len(self.units(b))) else [(u, v) for u, v in every if u == v]

    def benefit(self) -> npt.NDArray[np.float64]:
        worth = self.options["benefit"].to_numpy()
        total = self.sets @ worth
        for a, b, factor in self.limits.pairs:
            for u, v in self.matched(a, b):
                for i, j in product(range(len(self.keys)), repeat=2):
                    if self.keys[i] == (a, u) and self.keys[j] == (b, v):
                        least = min(worth[i] * self.part(a, b), worth[j] * self.part(b, a))
                        total += factor * least * (self.sets[:, i] & self.sets[:, j])
        return total

    def part(self, a: str, b: str) -> float:
        """An activity with one unit meets every unit of the other with its part of the benefit."""
        mine, theirs = len(self.units(a)), len(self.units(b))
        return 1 / theirs if mine == 1 else 1.0

    def allowed(self, without: tuple[Name, ...] = (), only: tuple[Name, ...] | None = None) -> Flags:
        names = [n for n in self.obeyed if n not in without and (only is None or n in only)]
        return np.logical_and.reduce([self.once, *(self.obeyed[name] for name in names)])

    def lean(self) -> npt.NDArray[np.float64]:
        """Hours and, far below them, the places by activity, unit and quarter."""
        rank = self.options["option_id"].rank().to_numpy()
        return self.sets @ self.options["hours"].to_numpy() + 1e-9 * (self.sets @ rank)


def index_of(options: pd.DataFrame, flags: pd.Series) -> int:
    """Which of every subset this is."""
    return int((1 << np.arange(len(options)))[flags.to_numpy(bool)].sum())


def check(options: pd.DataFrame, limits: Limits) -> Choice:
    """One case against all subsets."""
    found, every = choice(options, limits), Every(options, limits)
    assert found.proven
    assert found.gap == 0
    at, hand = (index_of(options, found.options[name]) for name in ("chosen", "greedy"))
    benefit = every.benefit()
    assert found.benefit == pytest.approx(benefit[at], abs=EPS)
    assert found.benefit_greedy == pytest.approx(benefit[hand], abs=EPS)
    assert found.benefit_greedy <= found.benefit + EPS
    if every.allowed().any():
        assert (found.conflicts, dict(found.over), found.given_up) == ((), {}, ())
        check_best(every, every.allowed(), found)
        return found
    check_conflict(every, found)
    eased = eased_case(options, limits, found)
    after = Every(*eased)
    check_best(after, after.allowed(without=tuple(n for n in found.given_up if n[0] != "banned")), found)
    return found


def check_best(every: Every, allowed: Flags, found: Choice) -> None:
    at, hand = (index_of(every.options, found.options[name]) for name in ("chosen", "greedy"))
    benefit, lean = every.benefit(), every.lean()
    assert allowed[at]
    assert allowed[hand]
    best = benefit[allowed].max()
    assert found.benefit == pytest.approx(best, abs=EPS)
    fewest = lean[allowed & (benefit >= best - 1e-7)].min()
    assert lean[at] == pytest.approx(fewest, abs=1e-10)


def check_conflict(every: Every, found: Choice) -> None:
    """The named demands collide, and any one of them left out lets the others hold."""
    assert found.conflicts
    assert set(found.conflicts) <= set(every.obeyed)
    assert not every.allowed(only=found.conflicts).any()
    for fewer in combinations(found.conflicts, len(found.conflicts) - 1):
        assert every.allowed(only=fewer).any()


def eased_case(options: pd.DataFrame, limits: Limits, found: Choice) -> tuple[pd.DataFrame, Limits]:
    """The case when the musts go first: least raised pools, and banned musts allowed where there is no other way."""
    stuck = options["must"] & ~(options["must"] & ~options["banned"]).groupby(
        [options["activity_id"], options["unit"]]
    ).transform("any")
    assert {name for kind, name in found.given_up if kind == "banned"} == set(
        options.loc[stuck & options["banned"], "activity_id"]
    )
    eased = options.assign(banned=options["banned"] & ~stuck)
    pools = {pool: room + found.over.get(pool, 0.0) for pool, room in limits.pools.items()}
    budget = None if limits.budget is None else limits.budget + found.over.get("budget", 0.0)
    musts = Every(eased, Limits({}))
    least = np.zeros(len(musts.sets))
    hours = eased["hours"].to_numpy()
    for pool, room in limits.pools.items():
        if pool:
            least += np.maximum(musts.sets @ (hours * (eased["pool"] == pool).to_numpy()) - room, 0)
    if limits.budget is not None:
        least += np.maximum(musts.sets @ eased["cost"].to_numpy() - limits.budget, 0) / 1000
    over = sum(v / (1000 if k == "budget" else 1) for k, v in found.over.items())
    assert over == pytest.approx(least[musts.allowed()].min(), abs=1e-5)
    after = Every(eased, replace(limits, pools=pools, budget=budget))
    soft = [name for name in found.given_up if name[0] != "banned"]
    optional = [name for name in after.obeyed if name[0] in ("requires", "excludes", "cover")]
    for fewer in combinations(optional, max(len(soft) - 1, 0)) if soft else ():
        assert not after.allowed(without=fewer).any()
    return eased, replace(limits, pools=pools, budget=budget)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.integers(0, 10**6))
def test_the_choice_is_the_best_of_all_choices(seed: int) -> None:
    """Of up to a thousand subsets none that obeys every demand gives more, nor as much in fewer hours.

    Where demands collide the named ones truly do, none of them could be spared, and what is left is the best.
    """
    check(*draw_case(np.random.default_rng(seed), 8))


@settings(max_examples=15, deadline=None, derandomize=True)
@given(st.integers(0, 10**6))
def test_more_hours_are_worth_what_the_best_choice_gains(seed: int) -> None:
    """One more hour in a pool, the least hours that help and the benefit there are those of all subsets."""
    check_margins(*draw_case(np.random.default_rng(seed), 7))


def check_margins(options: pd.DataFrame, limits: Limits) -> None:
    every = Every(options, limits)
    if not every.allowed().any():
        return
    found = choice(options, limits)
    told = margins(options, limits, found).set_index("pool")
    benefit = every.benefit()
    hours = options["hours"].to_numpy()
    for pool, room in limits.pools.items():
        spent = every.sets @ (hours * (options["pool"] == pool).to_numpy())
        others = every.allowed(without=(("pool", pool),))
        row = told.loc[pool]
        assert row["hours"] == room
        assert row["planned"] == pytest.approx(spent[index_of(options, found.options["chosen"])])
        one_more = benefit[others & (spent <= room + 1 + EPS)].max()
        assert row["worth"] == pytest.approx(one_more - found.benefit, abs=1e-5)
        better = spent[others & (benefit > found.benefit + 1e-4)]
        if not len(better):
            assert np.isnan(row["hours_to_next"])
            continue
        assert row["hours_to_next"] == pytest.approx(better.min() - room, abs=1e-5)
        assert row["benefit_at_next"] == pytest.approx(benefit[others & (spent <= better.min() + EPS)].max(), abs=1e-5)


@settings(max_examples=8, deadline=None, derandomize=True)
@given(st.integers(0, 10**6))
def test_the_order_of_rows_changes_no_choice(seed: int) -> None:
    """The same options in another order are chosen alike, ties and colliding demands and all."""
    draw = np.random.default_rng(seed)
    options, limits = draw_case(draw)
    one, two = choice(options, limits), choice(options.iloc[draw.permutation(len(options))], limits)
    columns = ["chosen", "greedy"]
    pd.testing.assert_frame_equal(one.options[columns], two.options[columns].sort_index())
    assert (one.conflicts, one.over, one.given_up) == (two.conflicts, two.over, two.given_up)


def large(seed: int, activities: int, units: int) -> tuple[pd.DataFrame, Limits]:
    """Many activities of several units with every kind of demand that can be met."""
    draw = np.random.default_rng(seed)
    rows = [
        {"activity_id": f"A{i:03}", "unit": f"u{u}", "pool": f"u{u}", "hours": float(draw.integers(2, 80)) / 2,
         "cost": float(draw.integers(0, 9000)), "benefit": float(draw.integers(0, 900)) / 100,
         "must": i == 3, "banned": bool(draw.random() < 0.05) and i != 3}
        for i in range(activities) for u in range(units)
    ]  # fmt: skip
    names = [f"A{i:03}" for i in range(4, activities)]

    def some(count: int) -> tuple[tuple[str, str], ...]:
        drawn = (draw.choice(names, 2, replace=False) for _ in range(count))
        return tuple((str(a), str(b)) for a, b in drawn)

    return table(rows), Limits(
        {f"u{u}": 120.0 for u in range(units)}, 9000.0 * activities * units / 12,
        tuple((a, b, f) for (a, b), f in zip(some(8), [0.5, -0.4] * 4, strict=True)),
        some(10), some(10), {"c0": tuple(names[:3]), "c1": tuple(names[5:9])},
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(2))
def test_every_demand_is_obeyed_by_many_options(seed: int) -> None:
    """Of a hundred and sixty options neither the choice nor the greedy list breaks a demand."""
    options, limits = large(seed, 40, 4)
    found = choice(options, limits, ChoiceRules(choice_seconds=1))
    assert not found.conflicts
    assert found.bound >= found.benefit >= found.benefit_greedy - EPS
    for column in ("chosen", "greedy"):
        check_obeyed(found.options[found.options[column]], limits)


def check_obeyed(taken: pd.DataFrame, limits: Limits) -> None:
    done = set(zip(taken["activity_id"], taken["unit"], strict=True))
    assert len(done) == len(taken)
    assert not taken["banned"].any()
    assert {("A003", pool) for pool in limits.pools} <= done
    assert (taken.groupby("pool")["hours"].sum() <= 120 + EPS).all()
    assert limits.budget is not None
    assert taken["cost"].sum() <= limits.budget + EPS
    assert all((b, unit) in done for a, b in limits.requires for one, unit in done if one == a)
    assert not any((b, unit) in done for a, b in limits.excludes for one, unit in done if one == a)
    assert all(set(names) & set(taken["activity_id"]) for names in limits.cover.values())


def d1() -> pd.DataFrame:
    """The method's hand example D1 (section 8.3)."""
    rows = [("A1", 20, 4.5), ("A2", 40, 4.1), ("A3", 30, 0), ("A4", 25, 3.72), ("A5", 10, 1.48)]
    return table([{"activity_id": a, "hours": h, "benefit": b} for a, h, b in rows])


def picked(found: Choice, column: str = "chosen") -> list[str]:
    return sorted(found.options.loc[found.options[column], "activity_id"])


def test_the_hand_example_d1() -> None:
    """Of 75 hours the optimum takes A1, A2, A5 for 10.08; the greedy list A1, A4, A5 for 9.70."""
    found = choice(d1(), Limits({"p": 75}))
    assert (picked(found), picked(found, "greedy")) == (["A1", "A2", "A5"], ["A1", "A4", "A5"])
    assert (found.benefit, found.benefit_greedy) == (pytest.approx(10.08), pytest.approx(9.70))
    assert (found.bound, found.gap, found.proven) == (found.benefit, 0, True)
    [row] = margins(d1(), Limits({"p": 75}), found).to_dict("records")
    assert (row["hours"], row["planned"], row["worth"], row["first_below"]) == (75, 70, 0, "A4")
    assert (row["hours_to_next"], row["benefit_at_next"]) == (pytest.approx(10), pytest.approx(12.32))


def test_of_equal_options_the_first_is_taken() -> None:
    """Of three equal activities with room for two the first two are taken, whatever the order of rows."""
    options = table([{"activity_id": a} for a in ("A3", "A1", "A2")])
    assert picked(choice(options, Limits({"p": 20}))) == ["A1", "A2"]


def test_what_gives_nothing_is_taken_only_where_it_is_asked_for() -> None:
    """An activity without benefit is taken when another requires it, when it covers, or when it must be."""
    options = table([{"activity_id": "A1", "benefit": 0.0}, {"activity_id": "A2"}])
    assert picked(choice(options, Limits({"p": 40}))) == ["A2"]
    assert picked(choice(options, Limits({"p": 40}, requires=(("A2", "A1"),)))) == ["A1", "A2"]
    assert picked(choice(options, Limits({"p": 40}, cover={"price": ("A1",)}))) == ["A1", "A2"]
    assert picked(choice(options.assign(must=[True, False]), Limits({"p": 40}))) == ["A1", "A2"]


def test_musts_beyond_the_hours_and_the_budget() -> None:
    """Sixty hours of musts in forty: both are done, 20 hours and 500 kronor are over, and the rest takes no hours."""
    options = table([
        {"activity_id": "A1", "hours": 35.0, "cost": 1000.0, "must": True},
        {"activity_id": "A2", "hours": 25.0, "cost": 500.0, "must": True},
        {"activity_id": "A3", "hours": 1.0, "benefit": 9.0}, {"activity_id": "A4", "hours": 0.0},
    ])  # fmt: skip
    found = choice(options, Limits({"p": 40}, budget=1000))
    assert picked(found) == picked(found, "greedy") == ["A1", "A2", "A4"]
    assert found.over == {"p": pytest.approx(20), "budget": pytest.approx(500)}
    assert found.conflicts in ((("must", "A1"), ("must", "A2"), ("pool", "p")),
                               (("budget", ""), ("must", "A1"), ("must", "A2")))  # fmt: skip
    [row] = margins(options, Limits({"p": 40}, budget=1000), found).to_dict("records")
    assert (row["planned"], row["worth"], row["hours_to_next"]) == (60, pytest.approx(9), pytest.approx(1))


def test_demands_that_collide_give_way_to_the_musts() -> None:
    """Two musts that exclude each other are both done, and the exclusion is named as given up."""
    options = table([{"activity_id": a, "must": a != "A3"} for a in ("A1", "A2", "A3")])
    found = choice(options, Limits({}, excludes=(("A1", "A2"),)))
    assert found.conflicts == (("excludes", "A1 A2"), ("must", "A1"), ("must", "A2"))
    assert found.given_up == (("excludes", "A1 A2"),)
    assert picked(found) == ["A1", "A2", "A3"]


def test_a_criterion_nothing_can_cover_collides_alone() -> None:
    """To cover a criterion by activities that are not there is a conflict of its own, and all else is chosen."""
    found = choice(d1(), Limits({"p": 75}, cover={"price": ("A9",)}))
    assert found.conflicts == found.given_up == (("cover", "price"),)
    assert picked(found) == ["A1", "A2", "A5"]


def test_pairs_bind_the_same_unit_or_any_when_one_has_one_unit() -> None:
    """A bonus is drawn by both activities of one seller; with a team's activity every seller draws it."""
    rows = [{"activity_id": a, "unit": u, "benefit": b} for a, b in (("A1", 2.0), ("A2", 4.0)) for u in ("u", "v")]
    limits = Limits({}, pairs=(("A1", "A2", 0.5),))
    assert choice(table(rows), limits).benefit == pytest.approx(12 + 2 * 1)
    assert choice(table(rows[:2] + rows[2:3]), limits).benefit == pytest.approx(8 + 2 * 1)


def test_quarters_are_alternatives() -> None:
    """An activity that could be done in two quarters is done in one, where there is room."""
    options = table([
        {"activity_id": "A1", "quarter": "q1", "pool": "p1"}, {"activity_id": "A1", "quarter": "q2", "pool": "p2"},
        {"activity_id": "A2", "quarter": "q1", "pool": "p1"},
    ])  # fmt: skip
    found = choice(options, Limits({"p1": 10, "p2": 10}))
    assert list(found.options["chosen"]) == [False, True, True]


def test_no_options_give_an_empty_choice() -> None:
    """Nothing to choose from: nothing chosen, all totals nought, and pools without worth."""
    options = d1().iloc[:0]
    found = choice(options, Limits({"p": 75}))
    assert (len(found.options), found.benefit, found.gap, found.proven) == (0, 0, 0, True)
    assert {"chosen", "greedy"} <= set(found.options.columns)
    [row] = margins(options, Limits({"p": 75}), found).to_dict("records")
    assert (row["planned"], row["worth"], row["first_below"]) == (0, 0, "")


def test_unknown_hours_and_costs_count_as_nought() -> None:
    """An option without hours or cost is free."""
    options = d1().assign(hours=np.nan, cost=np.nan)
    assert picked(choice(options, Limits({"p": 0}, budget=0))) == ["A1", "A2", "A4", "A5"]


def test_a_choice_out_of_time_tells_its_gap() -> None:
    """With no time to prove anything the choice still obeys, is not below greedy, and says what is unproven."""
    options, limits = large(1, 150, 6)
    found = choice(options, limits, ChoiceRules(choice_seconds=0.2))
    assert not found.proven
    assert found.benefit >= found.benefit_greedy - EPS
    assert 0 < found.gap < 1
    assert found.bound == pytest.approx(found.benefit / (1 - found.gap))
    assert margins(options, limits, found)["worth"].isna().all()
