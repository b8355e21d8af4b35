from __future__ import annotations

import json

from tests.bench.results import growth, interleaved, percentile, result, table, write


def test_a_figure_is_the_median_and_stands_beside_its_floor():
    found = result("a list of all", [30, 10, 20], "ms", n=650, floor=[4, 5, 60])
    assert (found.value, found.floor, found.ratio, found.runs) == (20, 5, 4, (30, 10, 20))
    without = result("size", [180.25], "MB")
    assert (without.value, without.floor, without.ratio) == (180.25, None, None)


def test_measurements_take_turns_and_the_first_round_does_not_count():
    order = []

    def measure(name):
        order.append(name)
        return len(order)

    found = interleaved(2, {"a": lambda: measure("a"), "b": lambda: measure("b")})
    assert order == ["a", "b"] * 3
    assert found == {"a": [3, 5], "b": [4, 6]}


def test_the_table_says_what_was_measured_how_wide_it_lies_and_how_far_from_the_floor():
    text = table([result("first", [1, 2, 3, 4], "ms", n=7, floor=[1]), result("size", [1234.5], "MB")])
    head, first, size = text.splitlines()
    assert head.split("  ")[0] == "what"
    assert first.split() == ["first", "7", "2.5", "1.25", "…", "3.75", "ms", "1", "2.50"]
    assert size.split() == ["size", "1,234", "MB"]


def test_the_growth_is_an_exponent_from_one_size_to_the_next():
    text = growth(
        [
            result("flat", [5], "ms", n=10),
            result("flat", [5], "ms", n=1000),
            result("steep", [4], "ms", n=1000),
            result("steep", [2], "ms", n=100),
            result("once", [2], "ms", n=100),
            result("size", [2], "MB"),
        ]
    )
    assert text.splitlines()[1:] == ["flat: +0.00 (10 to 1,000)", "steep: +0.30 (100 to 1,000)"]
    assert growth([result("size", [2], "MB")]) == ""


def test_a_percentile_is_the_value_that_so_many_stay_below():
    found = percentile("page", range(1, 101), 95, "ms", n=3)
    assert (found.name, found.n, round(found.value)) == ("page, 95 %", 3, 95)


def test_each_size_has_a_figure_of_its_own(tmp_path):
    file = tmp_path / "bench.json"
    write(file, [result("a", [1], "ms", n=10), result("a", [2], "ms", n=100)])
    write(file, [result("a", [3], "ms", n=100)])
    assert [(one["n"], one["value"]) for one in json.loads(file.read_text())] == [(10, 1), (100, 3)]


def test_the_file_keeps_what_was_not_measured_again(tmp_path):
    file = tmp_path / "build" / "bench.json"
    write(file, [result("a", [1], "ms"), result("b", [2], "ms")])
    write(file, [result("b", [3, 5], "ms", floor=[2])])
    a, b = json.loads(file.read_text())
    assert a == {"name": "a", "n": 0, "value": 1, "unit": "ms", "floor": None, "ratio": None, "runs": [1]}
    assert b == {"name": "b", "n": 0, "value": 4, "unit": "ms", "floor": 2, "ratio": 2, "runs": [3, 5]}
