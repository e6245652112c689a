"""Real files in their real runtimes, where pipelines/edge's environment is: make edge makes it."""

import os

import numpy as np
import pytest
import torch

reason = "it is in the environment that 'make edge' makes"
pytest.importorskip("litert_torch", reason=reason, exc_type=ImportError)
pytest.importorskip("onnxruntime", reason=reason)

from mnist.core.errors import InputError  # noqa: E402
from mnist.data import prepared  # noqa: E402
from pipelines.edge import export, exported, verify  # noqa: E402
from pipelines.edge.formats import card, network, onnx_file, runtime, tflite  # noqa: E402
from transfer import small  # noqa: E402

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).integers(0, 256, (30, 28, 28), dtype=np.uint8)


@pytest.fixture(scope="module", params=["ann", "cnn", "ensemble"])
def model(request, trained):
    if request.param == "ensemble":
        return network.together([trained("cnn", seed) for seed in range(3)])
    return network.alone(trained(request.param))


@pytest.fixture(scope="module")
def files(model, images, tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    with tflite.quiet():
        path = tflite.converted(model, folder)
        (folder / "dynamic.tflite").write_bytes(tflite.quantised(path))
        (folder / "full.tflite").write_bytes(tflite.quantised(path, images))
        (folder / "model.onnx").write_bytes(onnx_file.converted(model, {"labels": ["a"]}))
    return folder


def expected(model, images):
    with torch.inference_mode():
        return model(torch.from_numpy(images).float()).numpy()


@pytest.mark.parametrize("name", ["float32.tflite", "model.onnx"])
def test_float32_is_what_pytorch_computes(model, files, images, name):
    said = runtime.predict(files / name, images)
    assert np.abs(said - expected(model, images)).max() <= verify.DIFFERENCE


@pytest.mark.parametrize("name", ["dynamic.tflite", "full.tflite"])
def test_int8_is_close_and_its_probabilities_sum_to_one(model, files, images, name):
    said = runtime.predict(files / name, images)
    assert np.abs(said - expected(model, images)).mean() < 0.05
    assert said.sum(1) == pytest.approx(1, abs=0.05)


def test_a_file_says_how_its_integers_are_meant(files):
    assert runtime.quantisation(files / "dynamic.tflite") == {}
    found = runtime.quantisation(files / "full.tflite")
    assert set(found) == {"input_int8", "output_int8"}
    assert found["input_int8"].endswith(" × (value + 128)")


def test_the_same_network_is_the_same_bytes(model, files, images, tmp_path):
    with tflite.quiet():
        path = tflite.converted(model, tmp_path)
        assert path.read_bytes() == (files / "float32.tflite").read_bytes()
        assert tflite.quantised(path) == (files / "dynamic.tflite").read_bytes()
        assert tflite.quantised(path, images) == (files / "full.tflite").read_bytes()
        again = onnx_file.converted(model, {"labels": ["a"]})
    assert again == (files / "model.onnx").read_bytes()


def test_an_onnx_file_takes_any_batch_and_tells_nothing_of_this_machine(files, images):
    import onnxruntime

    session = onnxruntime.InferenceSession(str(files / "model.onnx"))
    for n in (1, 7):
        assert session.run(None, {"images": images[:n].astype(np.float32)})[0].shape == (n, 10)
    assert session.get_modelmeta().custom_metadata_map == {"labels": '["a"]'}
    assert b".py" not in (files / "model.onnx").read_bytes()


@pytest.mark.parametrize("name", ["full.tflite", "model.onnx"])
def test_a_file_that_its_runtime_cannot_read_is_one_line(files, tmp_path, name):
    (tmp_path / name).write_bytes((files / name).read_bytes()[:500])
    with pytest.raises(InputError, match="cannot be run"), tflite.quiet():
        runtime.load(tmp_path / name)


def test_every_format_is_exported_and_says_what_its_own_file_answers(digits, tmp_path, monkeypatch):
    small.make(tmp_path, *digits)
    monkeypatch.chdir(tmp_path)
    export.main([0, 1], ["ann"], {"seed": 1, "ensembles": [], "calibration": 50})
    files = {form: exported.MODELS / f"ann{end}" for form, end in exported.FORMATS.items()}
    assert sorted(exported.MODELS.iterdir()) == sorted(files.values())
    held = prepared.load("validation")
    for form in ("fp32", "dynamic_int8", "int8"):
        about = card.read(files[form])
        with tflite.quiet():
            again = export.measured(files[form], *held)
            details = runtime.quantisation(files[form])
        assert about.items() >= {"format": form, "model": "ann", "seeds": [1], **again}.items()
        assert ("input_int8" in about) == (form == "int8") == bool(details)
    said = [runtime.predict(files[form], held[0]) for form in ("fp32", "onnx", "dynamic_int8")]
    assert np.abs(said[0] - said[1]).max() <= verify.DIFFERENCE < np.abs(said[0] - said[2]).max()


def test_what_fails_inside_quiet_is_printed_after_all(capfd):
    with pytest.raises(RuntimeError), tflite.quiet():
        os.write(1, b"the reason")
        raise RuntimeError
    assert "the reason" in capfd.readouterr().err


def test_only_files_that_are_as_pytorch_pass():
    right = np.eye(10, dtype=np.float32)[np.arange(1000) % 10]
    same = verify.compared(right, right, np.arange(1000) % 10)
    assert same["errors"] == 0 and same["agreement"] == 1
    assert [verify.problem(form, same) for form in ("fp32", "int8", "onnx")] == [None] * 3
    wrong = right.copy()
    wrong[:3] = wrong[:3][:, ::-1]
    found = verify.compared(wrong, right, np.arange(1000) % 10)
    assert found["errors"] == 3
    assert "99.70%" in verify.problem("int8", found) and "differs" in verify.problem("fp32", found)
    assert export.ABOUT["licence"] == "MIT"
