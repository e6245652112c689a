import measuring


def test_functions_that_take_turns_are_compared_by_ratio():
    calls = []
    actions = {"one": lambda: calls.append(1), "two": lambda: calls.append(2)}
    found = measuring.in_turns(actions, "one")
    assert calls == [1, 2] * (measuring.ROUNDS + 1)
    assert found.loc["one", "ratio"] == 1 and (found["lowest_ratio"] <= found["ratio"]).all()
