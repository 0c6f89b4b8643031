/** The style sheet. Two themes by CSS variables; one column on a phone. */
import { variables } from './theme.ts';

export const STYLE = `
:root{color-scheme:light dark;${variables(0)};--gutter:10.5rem;--zoom:1;--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
@media (prefers-color-scheme:dark){:root{${variables(1)}}}
*{box-sizing:border-box}
html{scroll-behavior:smooth;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
header,main,footer{max-width:76rem;margin:0 auto;padding:0 1.5rem}
header{padding-top:1.6rem}
.overline{font-size:12px;letter-spacing:.04em;color:var(--soft)}
.overline b{color:var(--ink);font-weight:600}
.question,.scope{margin:.3rem 0 0;color:var(--soft);max-width:60rem}
a{color:var(--link)}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
h1,h2,h3,h4,h5{line-height:1.25;margin:0;text-wrap:balance}
h1{font-size:1.9rem;letter-spacing:-.015em}
h2{font-size:1.25rem;letter-spacing:-.01em;margin-bottom:.5rem}
h3{font-size:1.05rem;margin:1.4rem 0 .6rem}
h4{font-size:1rem;font-weight:600}
h5{font-size:.95rem;margin-bottom:.4rem}
details>h4{margin-top:1.3rem}
p{margin:.35rem 0}
main>section{margin:2.6rem 0}
.narrow{display:none}
.soft{color:var(--soft)}.bad{color:var(--bad)}.good{color:var(--good)}.unsure{color:var(--unsure)}
small{display:block;font-size:12.5px;color:var(--soft);font-weight:400;line-height:1.4}
code,pre,.id{font-family:var(--mono)}
nav ul{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;list-style:none;margin:1.2rem 0 0;padding:.6rem 0;border-block:1px solid var(--line);font-size:13.5px}
nav a{text-decoration:none}nav a:hover{text-decoration:underline}
.verdict{display:flex;gap:1.1rem;align-items:flex-start;padding:1.4rem 1.5rem;margin:1.4rem 0 1rem;border-radius:10px;--tone:var(--good);background:color-mix(in srgb,var(--tone) 9%,var(--page));border:1px solid color-mix(in srgb,var(--tone) 45%,var(--page))}
.verdict.bad{--tone:var(--bad)}.verdict.unsure{--tone:var(--unsure)}
.verdict,.verdict.bad,.verdict.unsure,.verdict.good{color:var(--ink)}
.verdict>svg{flex:none;fill:none;stroke:var(--page);stroke-width:3;stroke-linecap:round;stroke-linejoin:round}
.verdict>svg circle{fill:var(--tone);stroke:none}
.verdict h1{color:var(--tone)}
.reasons{margin:.5rem 0 0;padding-left:1.1rem;max-width:62rem}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:1rem 1.5rem;margin:1.4rem 0 0}
.tiles dt{font-size:12.5px;color:var(--soft)}
.tiles dd{margin:0;font-size:1.45rem;font-weight:600;letter-spacing:-.01em;line-height:1.3}
table{width:100%;border-collapse:collapse;font-size:14px}
caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
th,td{text-align:left;vertical-align:top;padding:.55rem .9rem .55rem 0;border-bottom:1px solid var(--line)}
thead th{font-size:12.5px;font-weight:500;color:var(--soft);border-bottom-color:var(--soft);white-space:nowrap}
tbody th{font-weight:600}
th:last-child,td:last-child{padding-right:0}
.number{text-align:right;white-space:nowrap}
.bounds{font-weight:400;color:var(--soft)}
.whole{white-space:nowrap}
.badge{font-weight:600;white-space:nowrap}.badge.plain{color:var(--soft);font-weight:500}
.hazards{list-style:none;padding:0;margin:.6rem 0}
.hazards li{display:grid;grid-template-columns:8.5rem 1fr;padding:.55rem 0;border-bottom:1px solid var(--line)}
.pairs{display:grid;grid-template-columns:repeat(auto-fill,minmax(19rem,1fr));gap:0 2.5rem;margin:.6rem 0;font-size:14px}
.pairs>div{display:flex;justify-content:space-between;gap:1rem;padding:.3rem 0;border-bottom:1px solid var(--line)}
.pairs dt{color:var(--soft);overflow-wrap:break-word}.pairs dd{margin:0;text-align:right}
.reading{max-width:62rem}.reading dt{font-weight:600;margin-top:.8rem}.reading dd{margin:0;color:var(--soft)}
details{margin:.8rem 0}summary{cursor:pointer;color:var(--link);padding:.2rem 0}
pre{margin:.4rem 0;padding:.9rem 1rem;background:var(--raised);border:1px solid var(--line);border-radius:8px;overflow-x:auto;font-size:13px;line-height:1.5}
.command{position:relative}.command pre{white-space:pre-wrap;padding-right:5.5rem;user-select:all}
.command button{position:absolute;top:.55rem;right:.55rem;font:inherit;font-size:13px;padding:.2rem .7rem;border:1px solid var(--line);border-radius:6px;background:var(--page);color:var(--ink);cursor:pointer}
.zoom{border:0;margin:.6rem 0;padding:0;display:flex;gap:.25rem;font-size:13px;align-items:center}
.zoom legend{float:left;padding:0;margin-right:.6rem;color:var(--soft)}
.zoom label{cursor:pointer}.zoom input{position:absolute;opacity:0}
.zoom span{display:block;padding:.1rem .55rem;border-radius:6px;border:1px solid transparent;color:var(--soft)}
.zoom input:checked+span{border-color:var(--soft);color:var(--ink);font-weight:600}
.zoom input:focus-visible+span{outline:2px solid var(--link)}
#time:has([value="2"]:checked){--zoom:2}#time:has([value="4"]:checked){--zoom:4}#time:has([value="8"]:checked){--zoom:8}#time:has([value="16"]:checked){--zoom:16}
.scroll{overflow-x:auto;container-type:inline-size}
.plot{position:relative;width:calc(100%*var(--zoom));min-width:calc(700px*var(--zoom) + var(--gutter) + 10px)}
.backdrop{position:absolute;top:0;left:var(--gutter);width:calc(100% - var(--gutter) - 10px);height:100%;overflow:visible}
.lane{position:relative;display:grid;grid-template-columns:var(--gutter) 1fr;padding:2px 10px 2px 0}
.lane.first{margin-top:9px}
.lane>svg{display:block;width:100%;overflow:visible}
.lane-label{position:sticky;left:0;z-index:1;font-size:12.5px;line-height:1.3;padding:1px .9rem 0 0;background:linear-gradient(90deg,var(--page) 92%,transparent)}
.lane-label .name{font-weight:600}.lane-label .note{display:block;font-size:11.5px;color:var(--soft)}
.lane.rate .note,.lane.count .note{display:inline;white-space:nowrap}.lane.rate.first .note{display:block;white-space:normal}
.chip{display:inline-block;width:.65em;height:.65em;border-radius:2px;background:var(--c);margin-right:.4em}
svg text{font-size:11px;fill:var(--ink)}
svg text.soft,svg text.scale,.axis text{fill:var(--soft)}svg text.unsure{fill:var(--unsure)}
svg text.scale{font-size:10.5px;paint-order:stroke;stroke:var(--page);stroke-width:3px;stroke-linejoin:round}
svg text.peak{font-weight:600;fill:var(--c);paint-order:stroke;stroke:var(--page);stroke-width:3px;stroke-linejoin:round}
.plot text{paint-order:stroke;stroke:var(--page);stroke-width:3px;stroke-linejoin:round}
.plot text.holder{font-weight:600}
line.grid{stroke:var(--line)}line.zero,line.base{stroke:var(--soft);stroke-opacity:.55}line.tick{stroke:var(--soft);stroke-opacity:.6}
line.slot-rule{stroke:var(--soft);stroke-opacity:.35;stroke-dasharray:2 3}
line.violation-rule{stroke:var(--bad);stroke-opacity:.75;stroke-dasharray:5 3}
line.cursor{stroke:var(--ink);stroke-opacity:.7}
.phase{fill:var(--raised);stroke:var(--line)}.phase+text{font-size:10.5px}.plot text.soft{stroke:none}
.plot text.over{stroke-width:6px}
.asked{fill:color-mix(in srgb,var(--fault) 12%,var(--page));stroke:var(--fault);stroke-width:1}
.asked.missed{fill:url(#hatch-unsure);stroke:var(--unsure);stroke-dasharray:3 2}
.took{fill:var(--fault)}
.tenure{fill:color-mix(in srgb,var(--c) 24%,var(--page));stroke:var(--c);stroke-width:1.5}
.clash{fill:url(#hatch-bad);stroke:var(--bad);stroke-width:1.5}
.reach{fill:url(#hatch-reach)}
.curve{fill:none;stroke:var(--c);stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round;vector-effect:non-scaling-stroke}
.curve.probe{--c:var(--fault)}.curve.wanted{--c:var(--soft);stroke-dasharray:4 3}
.curve.p50,.curve.p99,.curve.max{--c:var(--ink)}.curve.p99{stroke-dasharray:6 3;stroke-width:1.4}.curve.max{stroke-dasharray:1 4;--c:var(--soft)}
.area{fill:color-mix(in srgb,var(--c) 50%,var(--page))}.area.plain{--c:var(--fault);fill:var(--fault)}
.diamond{fill:var(--ink)}.violation{fill:var(--bad)}
.readout{position:sticky;bottom:0;margin:.3rem 0 0;padding:.45rem .7rem;background:var(--raised);border:1px solid var(--line);border-radius:8px;font-size:12.5px;display:flex;flex-wrap:wrap;gap:.1rem 1.2rem}
.readout[hidden]{display:none}
.story{border:1px solid var(--line);border-left:4px solid var(--bad);border-radius:8px;padding:1rem 1.2rem 1.1rem;margin:.8rem 0;scroll-margin-top:1rem}
.story:target{border-color:var(--bad)}
.story h4 .number{color:var(--bad);margin-right:.3rem}
.story.waived{border-left-color:var(--fault)}.story.waived h4 .number{color:var(--soft)}.story .waiver .overline{margin-right:.4rem}
.story .when{margin:.1rem 0 .6rem;color:var(--soft);font-size:13.5px}
.story .cause{margin:.6rem 0}.story .cause .overline{margin-right:.4rem}
.story .advice{margin:.6rem 0;padding:.6rem .8rem;max-width:62rem;background:var(--raised);border-left:3px solid var(--link);border-radius:0 6px 6px 0}.story .advice .overline{margin-right:.4rem}
.story h5{margin:1rem 0 .2rem}.story table{font-size:13px}.story th,.story td{padding-block:.3rem}.sighting .bits+.soft{font-size:12.5px}
.explanation{max-width:62rem}.explanation ul{margin:.2rem 0;padding-left:1.1rem;color:var(--soft)}
.story .scroll{margin:.8rem 0}
.sightings{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,25rem),1fr));gap:.9rem;margin-top:.9rem}
.sighting{border-top:3px solid var(--c);background:var(--raised);border-radius:0 0 8px 8px;padding:.7rem .9rem;font-size:13.5px;min-width:0}
.sighting .id{font-size:1.05rem;font-weight:600;margin:.1rem 0 .35rem}
.story .sighting h5{margin-top:0}.sighting h5 .soft{font-weight:400}
.sighting dl{display:grid;grid-template-columns:7.2rem 1fr;gap:.15rem .5rem;margin:.5rem 0 0}
.sighting dt{color:var(--soft)}.sighting dd{margin:0}
.bits{display:flex;flex-wrap:wrap;gap:.3rem .35rem;margin:.2rem 0}
.bits span{display:inline-block;max-width:100%}
.bits code{display:block;font-size:11px;padding:.1rem .2rem;background:var(--page);border-bottom:2px solid var(--soft)}
.bits .worker code{border-bottom:4px double var(--soft)}.bits .sequence code{border-bottom-style:dashed}
.bits small{font-size:11px}
footer{padding-block:1.4rem 2.4rem;margin-top:2rem;color:var(--soft);font-size:13px}
@media (max-width:46rem){
header,main,footer{padding-inline:1rem}
h1{font-size:1.5rem}.verdict{display:block;padding:1.1rem}.verdict>svg{float:left;width:40px;height:40px;margin-right:.8rem}
.verdict h1{min-height:40px;overflow:hidden}.reasons{clear:left;padding-top:.3rem}.narrow{display:block}
.story{padding:.8rem .9rem}.sighting dl{grid-template-columns:6.2rem 1fr}
.tiles{grid-template-columns:1fr 1fr}
.plot{min-width:calc(700px*var(--zoom));--gutter:0px}
.lane{grid-template-columns:1fr;padding:4px 0}
.lane.offset>svg,.lane.rate.first>svg{margin-top:9px}
.lane-label{width:fit-content;max-width:100cqi;padding:0 .5rem 1px 0;background:var(--page)}.lane.axis .lane-label{display:none}
.lane-label .note,.lane.rate.first .note{display:inline}
.backdrop{width:100%}
table,thead,tbody,tr,th,td{display:block}thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
tbody tr{border-bottom:1px solid var(--line);padding:.7rem 0}
tbody th,tbody td{border:0;padding:.12rem 0}
tbody td{display:grid;grid-template-columns:8.5rem 1fr;gap:.5rem;text-align:left}
tbody td.number{text-align:left}tbody td:has(.zero){display:none}
tbody td::before{content:attr(data-label);color:var(--soft);font-size:13px}
.hazards li{grid-template-columns:1fr;gap:.15rem}.pairs{grid-template-columns:1fr}
}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
@media print{.scroll{overflow:visible}.zoom,.command button,nav{display:none}main>section{break-inside:avoid-page}}
`;
