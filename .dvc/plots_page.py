"""Write the page of `dvc plots show` with its JavaScript inside, and point DVC to it.

DVC's own page loads Vega from another host and stays blank without internet. Both the page and
the setting are local to this clone: git ignores them.
"""

import subprocess
from pathlib import Path

import vl_convert

# Vega-Lite 5, the version that DVC's plot templates are written for. A plain script, not a module,
# so that it has run before the inline scripts that DVC puts into the page.
PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>CNN or ANN: plots</title>
<script>%s</script>
<style>
body { font-family: system-ui, sans-serif; margin: 1rem; }
body > div { overflow-x: auto; }
img { max-width: 100%%; height: auto; }
</style>
</head>
<body>
{plot_divs}
</body>
</html>
"""

page = Path(__file__).with_suffix(".html")
page.write_text(PAGE % vl_convert.javascript_bundle(vl_version="5.21"), encoding="utf-8")
subprocess.run(["dvc", "config", "--local", "plots.html_template", page.name], check=True)
