"""The data sets: where they come from, their file format, cleaning, splitting, reading back."""
