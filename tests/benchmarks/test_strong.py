import pytest

import strong
from helpers import ROOT
from mnist.core import params


@pytest.mark.parametrize("words", [["--help"], ["trial"], []])
def test_the_strong_setting_is_not_overwritten_by_another(words, tmp_path, monkeypatch):
    small = params.read(ROOT / "tests" / "params.yaml")
    monkeypatch.setattr(strong.measuring, "settings", lambda: small)
    monkeypatch.setattr(strong.measuring, "RESULTS", tmp_path)
    with pytest.raises(SystemExit, match=r"strong\.py: "):
        strong.main(words)
