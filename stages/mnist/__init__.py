"""What the stages share, in packages: core, data, models, training, photos, evaluation, plots."""
