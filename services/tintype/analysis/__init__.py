"""Analysis: a pool of stateless workers that look at photos and hand what they find to the catalog."""
