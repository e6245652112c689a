"""What the stages share, in rooms: core, data, models, training, photos, evaluation, plots."""
