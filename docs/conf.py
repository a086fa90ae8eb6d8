"""Settings of the site; everything about the graph itself is made by the extension ``kg.site``."""

project = "kg"
author = "the authors of kg"
extensions = ["kg.site", "myst_parser"]
kg_project = ".."
myst_enable_extensions = ["dollarmath", "colon_fence"]
nitpicky = True
exclude_patterns = ["_build"]

html_theme = "furo"
html_title = "kg"
html_copy_source = False
html_show_copyright = False
html_show_sphinx = False
