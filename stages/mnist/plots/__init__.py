"""Figures drawn from arrays and tables: charts, image grids, and the report."""
