"""The page plots/report.html: its text, its tables and its verdict."""
