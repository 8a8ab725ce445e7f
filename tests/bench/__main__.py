"""`make bench`: every figure, side by side in one run. Judge by the ratios; machines are noisy."""

from tests.bench import browser, capacity, editor, feed, latency, outage, panel, printing, rebuild, relay, search

panel.main()
search.main()
printing.main()
relay.main()
latency.main()
feed.main()
outage.main()
capacity.main()
rebuild.main()
browser.main()
editor.main()
