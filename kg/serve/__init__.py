"""``kg serve``: the graph behind the SPARQL 1.1 Protocol, read-only, for this machine alone.

``protocol`` understands a request, ``workers`` answer it in processes that can be stopped, ``server`` speaks HTTP.
"""
