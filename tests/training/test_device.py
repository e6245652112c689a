import os

import pytest
import torch

from mnist.core.errors import InputError
from mnist.training import device


@pytest.mark.parametrize("key", ["threads", "processes"])
def test_no_more_than_a_machine_can_run_at_once_is_accepted(key):
    most = device.MOST * os.cpu_count()
    assert device.ACCEPTED[key].holds(most) and not device.ACCEPTED[key].holds(most + 1)


def test_auto_takes_the_best_device_that_there_is(monkeypatch):
    given = {"device": "auto", "threads": 1, "deterministic": True}
    for cuda, mps, expected in ((True, True, "cuda"), (False, True, "mps"), (False, False, "cpu")):
        monkeypatch.setattr(torch.cuda, "is_available", lambda here=cuda: here)
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda here=mps: here)
        assert device.prepare(**given).type == expected


def test_a_device_that_is_missing_is_said_in_a_line(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(InputError, match="is cuda, but torch finds none here"):
        device.prepare(device="cuda", threads=1, deterministic=True)


def test_processes_of_a_launcher_share_the_threads_and_have_a_gpu_each(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "2")
    monkeypatch.setenv("LOCAL_RANK", "1")
    found = device.prepare(device="cuda", threads=4, deterministic=False)
    assert found == torch.device("cuda", 1) and torch.get_num_threads() == 2


@pytest.mark.filterwarnings("ignore:CUDA is not available")
def test_a_forward_pass_is_in_bfloat16_on_cuda_and_float32_elsewhere():
    with device.autocast(torch.device("cpu")):
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == torch.float32
    assert device.autocast(torch.device("cuda")).fast_dtype == torch.bfloat16
