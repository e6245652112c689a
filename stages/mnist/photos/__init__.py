"""From any image to digits like MNIST's: reading, segmentation, normalisation, pages, folders."""
