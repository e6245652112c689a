"""Error against labels, size and training time: a chart and a sentence for each."""
