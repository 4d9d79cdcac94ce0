"""From a purchaser's own words to a draft requirement. Rules and the shared vocabulary; nothing is invented."""
