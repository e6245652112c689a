"""Training: the loop, augmentation, device, checkpoints, and one run of the pipeline."""
