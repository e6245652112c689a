from mnist.core import progress


def test_what_is_left_takes_as_long_for_each_epoch_as_what_is_done(capsys):
    progress.announce("cnn", 3, 12, 0.25, 0.99125, [10.0, 30.0, 60.0])
    line = "cnn seed 3  epoch 3/12  loss 0.250  validation 99.12%  180 s left\n"
    assert capsys.readouterr().out == line


def test_after_the_last_epoch_nothing_is_left(capsys):
    progress.announce("ann", 0, 2, 0.1, 1.0, [5.0, 9.0])
    assert capsys.readouterr().out.endswith("epoch 2/2  loss 0.100  validation 100.00%  0 s left\n")
