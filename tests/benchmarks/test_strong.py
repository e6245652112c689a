import pytest

import strong


@pytest.mark.parametrize("words", [["--help"], ["trial"], []])
def test_the_strong_setting_is_not_overwritten_by_another(words):
    with pytest.raises(SystemExit, match=r"strong\.py: "):
        strong.main(words)
