"""What only this page looks like."""

STYLE = """
<style>
.st-key-overlaps_look { display: grid !important; grid-template-columns: minmax(0, 1fr);
  align-items: start; }
.st-key-overlaps_look > * { width: 100%; min-width: 0; }
@media (min-width: 1000px) {
  .st-key-overlaps_look { grid-template-columns: minmax(0, 1.2fr) minmax(0, 1fr);
    grid-template-rows: auto 1fr; }
  .st-key-overlaps_look > *:nth-child(2) { grid-column: 2; grid-row: 1 / span 2; }
  .st-key-overlaps_look > *:nth-child(3) { grid-column: 1; grid-row: 2; }
}
.st-key-overlaps_controls > * { flex: 0 0 auto; width: auto; }
.st-key-overlaps_controls > .st-key-overlaps_tab { margin-right: auto; }
.st-key-overlaps_controls > .st-key-overlaps_rows,
.st-key-overlaps_controls > .st-key-overlaps_columns { flex: 0 1 150px; }
.st-key-overlaps_controls > .st-key-overlaps_sets { flex: 1 1 420px; }
.st-key-overlaps_sets [data-testid="stMultiSelectTagsContainer"] { flex-wrap: wrap;
  height: auto; max-height: none; overflow: visible; }
.st-key-overlaps_sets [role="group"] { height: auto; max-height: none; }
.ov-sets { display: flex; flex-wrap: wrap; gap: .1rem .9rem; list-style: none;
  margin: .2rem 0 .6rem;
  padding: 0 !important; }
.ov-sets li { margin: 0 !important; padding: 0 !important; font-size: .85rem; }
.st-key-overlaps_pair { padding: .8rem 1rem !important; }
.st-key-overlaps_picks > * { flex: 1 1 180px; min-width: 0; }
.st-key-overlaps_pair .ov-figures { grid-template-columns: repeat(auto-fill, minmax(8.4rem, 1fr));
  gap: .35rem .9rem; }
.ov-part { display: flex; gap: .2rem .6rem; align-items: baseline; font-size: .88rem;
  line-height: 1.35; }
.ov-part .w { flex: 1 1 auto; min-width: 0; overflow-wrap: anywhere; }
.ov-part .n { font-weight: 650; font-variant-numeric: tabular-nums; white-space: nowrap; }
.ov-part small { color: color-mix(in srgb, currentColor 68%, transparent); font-weight: 400; }
[class*="st-key-overlaps_part_"] { flex-wrap: nowrap !important; gap: .6rem !important;
  border-top: 1px solid color-mix(in srgb, currentColor 12%, transparent); padding-top: .15rem; }
[class*="st-key-overlaps_part_"] > *:first-child { flex: 1 1 0; min-width: 0; }
[class*="st-key-overlaps_part_"] > * { flex: 0 0 auto; width: auto; }
[class*="st-key-overlaps_part_"] .stPageLink a { padding: .05rem .45rem; min-height: 1.7rem; }
[class*="st-key-overlaps_part_"] .stPageLink p { font-size: .84rem; }
</style>
"""
