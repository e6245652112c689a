import queue_table


def experiment(rate, epochs, accuracy, seeds=(0,)):
    params = {"seeds": list(seeds), "cnn": {"learning_rate": rate, "epochs": epochs}}
    metrics = {"metrics/selection.json": {"data": {"cnn": {"validation_accuracy": accuracy}}}}
    data = {"params": {"params.yaml": {"data": params}}, "metrics": metrics}
    return {"revs": [{"data": data}]}


def test_only_the_experiments_of_the_queue_that_finished_are_listed():
    unfinished = experiment(0.02, 2, 0.9)
    unfinished["revs"][0]["data"]["metrics"] = None
    failed = {"revs": [{"data": None}]}
    experiments = [experiment(0.01, 2, 0.98), experiment(0.01, 12, 0.99), unfinished, failed]
    experiments.append(experiment(0.01, 2, 0.97, seeds=(0, 1)))
    shown = [{"experiments": None}, {"experiments": experiments}]
    found = [{"learning_rate": 0.01, "validation_accuracy": 0.98}]
    assert list(queue_table.rows(shown)) == found
