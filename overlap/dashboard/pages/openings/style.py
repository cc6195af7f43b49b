"""What only the page of openings looks like."""

STYLE = """
<style>
.st-key-openings_look > * { flex: 1 1 400px; min-width: 0; }
.st-key-openings_look > *:first-child { flex: 1.25 1 460px; }
@media (min-width: 1100px) { .st-key-openings_look { min-height: 37.5rem; } }
.st-key-openings_card { padding: .8rem 1rem !important; }
.st-key-openings_card .ov-figures { gap: .35rem .9rem;
  grid-template-columns: repeat(auto-fill, minmax(max(8rem, 30%), 1fr)); }
.st-key-openings_card .ov-bars { margin-bottom: .5rem; }
.st-key-openings_card .why { margin-bottom: .5rem; }
.st-key-openings_trend, .st-key-openings_words { flex-wrap: nowrap !important;
  gap: .5rem !important; }
.st-key-openings_trend > *, .st-key-openings_words > * { flex: 0 0 auto; width: auto; }
.st-key-openings_trend > *:first-child, .st-key-openings_words > *:first-child {
  flex: 1 1 0; min-width: 0; }
.ov-behind:has(.ov-spark) { align-items: center; }
.ov-behind .b:has(.ov-spark) { flex-wrap: nowrap; align-items: center; gap: .5rem; }
.ov-behind .said { flex: 1 1 0; }
.ov-spark { flex: 0 0 auto; }
.ov-behind { display: flex; gap: .6rem; font-size: .82rem; line-height: 1.35;
  align-items: baseline; }
.ov-behind .t { flex: 0 0 4.8rem; color: color-mix(in srgb, currentColor 68%, transparent); }
.ov-behind .b { flex: 1 1 auto; display: flex; flex-wrap: wrap; gap: .25rem .3rem; min-width: 0; }
.ov-behind .quiet { color: color-mix(in srgb, currentColor 68%, transparent); }
.ov-chip { border-radius: .4rem; padding: 0 .4rem; overflow-wrap: anywhere;
  background: color-mix(in srgb, currentColor 9%, transparent); }
.ov-chip b { font-weight: 650; margin-left: .35rem; font-variant-numeric: tabular-nums; }
.st-key-openings_card .stPageLink a { padding: .1rem .45rem; min-height: 1.8rem; }
.st-key-openings_card .stPageLink p { font-size: .85rem; }
.st-key-openings_card > *:has(> .st-key-openings_actions) { margin-top: auto; }
.st-key-openings_actions { padding-top: .35rem; gap: .4rem !important; }
.st-key-openings_actions .stPageLink a { border-radius: .5rem;
  border: 1px solid color-mix(in srgb, currentColor 22%, transparent); }
.st-key-openings_actions > *:first-child .stPageLink a, .st-key-openings_actions > *:first-child a {
  background: #1b6aa9; border-color: #1b6aa9; }
.st-key-openings_actions > *:first-child a * { color: #fff !important; }
.st-key-openings_actions button { padding: .1rem .5rem; min-height: 1.85rem; font-size: .85rem; }
.st-key-openings_ranking_head > *:last-child { margin-left: auto; }
.st-key-openings_card a:focus-visible { outline: 2px solid currentColor; outline-offset: 2px; }
.st-key-openings_actions > *:first-child a:focus-visible { outline-color: #1b6aa9; }
@media print {
  .st-key-openings_actions { display: none !important; }
  .st-key-openings_look { min-height: 0; }
  .st-key-openings_ranking_head { break-before: page; }
  .st-key-openings_trend { display: flex !important; }
  .st-key-openings_ranking_head th:nth-child(2), .st-key-openings_ranking_head td:nth-child(2) {
    text-align: left; }
}
</style>
"""
