"""What was measured: a table on standard output, report.json and report.svg beside it."""
import json
import statistics
from xml.sax.saxutils import escape


class Report:
    def __init__(self):
        self.rows = []

    def ratio(self, section, name, pairs, want=None, at_least=True):
        """Pairs of (ours, theirs), measured in turn."""
        ratios = sorted(ours / theirs for ours, theirs in pairs)
        self._add(section, name, statistics.median(ratios), ratios[0], ratios[-1], "", want, at_least,
                  [[round(number, 6) for number in pair] for pair in pairs])

    def figure(self, section, name, value, unit, want=None, at_least=False):
        self._add(section, name, value, value, value, unit, want, at_least, [])

    def _add(self, section, name, value, low, high, unit, want, at_least, pairs):
        met = None if want is None else (value >= want if at_least else value <= want)
        row = dict(section=section, name=name, value=value, low=low, high=high, unit=unit or "ratio", want=want,
                   at_least=at_least, met=met, pairs=pairs)
        self.rows.append(row)
        print(self._line(row), flush=True)

    @staticmethod
    def _line(row):
        spread = "" if row["low"] == row["high"] else f" ({row['low']:.3g} to {row['high']:.3g})"
        want = "" if row["want"] is None else f"  [{'>=' if row['at_least'] else '<='} {row['want']:g}: {'yes' if row['met'] else 'NO'}]"
        unit = "" if row["unit"] == "ratio" else " " + row["unit"]
        return f"{row['section']:8} {row['name']:64} {row['value']:10.4g}{unit}{spread}{want}"

    def write(self, folder, about):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "report.json").write_text(json.dumps(dict(about=about, rows=self.rows), indent=1))
        (folder / "report.svg").write_text(self._plot([row for row in self.rows if row["unit"] == "ratio"]))
        print(f"\nwritten: {folder}/report.json, {folder}/report.svg")

    @staticmethod
    def _plot(rows):
        """A bar a ratio, its spread as a line, a tick where it should be."""
        top = max([1.2] + [row["high"] for row in rows if row["high"] < 10])
        x = lambda value: 420 + 460 * min(value, top) / top
        out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="900" height="{30 + 26 * len(rows)}" font-family="sans-serif" font-size="12">']
        for i, row in enumerate(rows):
            y = 12 + 26 * i
            colour = "#b33" if row["met"] is False else "#386"
            out.append(f'<text x="410" y="{y + 13}" text-anchor="end">{escape(row["section"] + ": " + row["name"])}</text>'
                       f'<rect x="420" y="{y}" width="{x(row["value"]) - 420:.1f}" height="16" fill="{colour}"/>'
                       f'<line x1="{x(row["low"]):.1f}" x2="{x(row["high"]):.1f}" y1="{y + 8}" y2="{y + 8}" stroke="#000"/>'
                       f'<text x="424" y="{y + 13}" fill="#fff">{row["value"]:.3g}</text>')
            if row["want"] is not None and row["want"] < top:
                out.append(f'<line x1="{x(row["want"]):.1f}" x2="{x(row["want"]):.1f}" y1="{y - 3}" y2="{y + 19}" stroke="#000" stroke-width="2"/>')
        return "\n".join(out + ["</svg>"])
