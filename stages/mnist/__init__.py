"""What the stages share; each module is one idea, and this file stays free of code."""
