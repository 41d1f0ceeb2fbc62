/** The style of the page: readable on paper and on a phone, in light and dark, without a single request. */
export const pageStyle = `
:root { --ink: #1c2430; --dim: #5b6675; --line: #d6dbe2; --paper: #fff; --chosen: #1f7a4d; --other: #7d93b2; --against: #b4493a; --track: #eef1f5; }
@media (prefers-color-scheme: dark) { :root {
  --ink: #e6e9ee; --dim: #9aa5b4; --line: #39424f; --paper: #14181f; --chosen: #4fb286; --other: #6d83a3; --against: #d9786a; --track: #222933; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 52rem; font: 16px/1.55 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.2rem; margin: 2.2rem 0 .6rem; border-bottom: 1px solid var(--line); padding-bottom: .2rem; }
h3 { font-size: 1rem; margin: 1.2rem 0 .3rem; }
p, ul { margin: .4rem 0; } li { margin: .25rem 0; }
.lead { font-size: 1.1rem; } .dim { color: var(--dim); }
.badge { display: inline-block; padding: .1rem .6rem; border: 1px solid var(--chosen); color: var(--chosen); border-radius: 1rem; font-size: .85rem; }
.warning { border-left: 4px solid var(--against); padding: .1rem .8rem; margin: .8rem 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem .35rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--dim); font-weight: 600; } td.number { white-space: nowrap; }
svg { width: 100%; height: auto; max-width: 42rem; font: 13px system-ui, sans-serif; }
svg text { fill: var(--ink); } svg .small { font-size: 10px; fill: var(--dim); }
svg .track { fill: var(--track); } svg .chosen { fill: var(--chosen); stroke: var(--chosen); } svg .other { fill: var(--other); stroke: var(--other); }
svg .against { fill: var(--against); } svg .excluded { fill: var(--line); } svg rect { stroke: none; }
svg .middle, svg .tick { stroke: var(--line); stroke-dasharray: 3 3; } svg .range { stroke-width: 5; stroke-linecap: round; }
pre { white-space: pre-wrap; font-size: .85rem; border: 1px solid var(--line); padding: .8rem; border-radius: .3rem; }
@media print {
  :root {
    --ink: #000; --dim: #444; --paper: #fff; --line: #bbb; --track: #f2f2f2;
    --chosen: #1f7a4d; --other: #7d93b2; --against: #b4493a;
  }
  body { max-width: none; padding: 0; font-size: 11pt; } h2 { break-after: avoid; } tr, svg { break-inside: avoid; } details { display: none; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
