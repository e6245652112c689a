"""The comparison: any classifier of torchvision beside our networks, on the same images."""
