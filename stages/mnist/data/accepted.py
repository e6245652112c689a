"""What the sections fetch and generalize of params.yaml may hold.

Tables of their own, since the code that they configure imports what takes long, and checking
parameters needs none of it.
"""

from mnist.core.accepted_values import TEXT, choice, several, whole
from mnist.data.datasets import DATASETS

FETCH = {"dataset": choice(*DATASETS)}  # of sources.fetch
# Of evaluation/other_writers.py: how many images at most, and folders of people's own digits.
GENERALIZE = {"images": whole(40, 10_000), "others": several(0, 100, TEXT, distinct=True)}
