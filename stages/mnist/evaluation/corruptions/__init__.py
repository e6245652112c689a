"""The fifteen corruptions of MNIST-C (Mu & Gilmer 2019, arXiv:1906.02337)."""
