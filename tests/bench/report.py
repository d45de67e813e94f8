"""What one section measured: a table on standard output, SECTION.json and SECTION.svg beside it."""
import json
import statistics
from xml.sax.saxutils import escape


class Report:
    def __init__(self, section):
        self.section, self.rows = section, []

    def ratio(self, name, pairs, want=None, at_least=True):
        """Pairs of (ours, theirs), measured in turn."""
        self._add(name, [ours / theirs for ours, theirs in pairs], "ratio", want, at_least,
                  [[round(number, 6) for number in pair] for pair in pairs])

    def figure(self, name, values, unit, want=None, at_least=False):
        """One value, or several of which the median counts."""
        self._add(name, values if isinstance(values, list) else [values], unit, want, at_least, [])

    def _add(self, name, values, unit, want, at_least, pairs):
        value = statistics.median(values)
        met = None if want is None else (value >= want if at_least else value <= want)
        row = dict(section=self.section, name=name, value=value, low=min(values), high=max(values), unit=unit, want=want,
                   at_least=at_least, met=met, pairs=pairs)
        self.rows.append(row)
        print(self._line(row), flush=True)

    @staticmethod
    def _figures(row):
        spread = "" if row["low"] == row["high"] else f" ({row['low']:.3g} to {row['high']:.3g})"
        unit = "" if row["unit"] == "ratio" else " " + row["unit"]
        return f"{row['value']:.4g}{unit}{spread}"

    def _line(self, row):
        want = "" if row["want"] is None else f"  [{'>=' if row['at_least'] else '<='} {row['want']:g}: {'yes' if row['met'] else 'NO'}]"
        return f"{self.section:8} {row['name']:76} {self._figures(row)}{want}"

    def write(self, folder, about):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{self.section}.json").write_text(json.dumps(dict(about=about, rows=self.rows), indent=1))
        (folder / f"{self.section}.svg").write_text(self._plot())

    def _plot(self):
        """A bar for each row, its spread as a line, a tick where it should be. All ratios have one scale, each figure its
        own."""
        widest = max([1.2] + [row["high"] for row in self.rows if row["unit"] == "ratio" and row["high"] < 10])
        out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="1100" height="{20 + 26 * len(self.rows)}" '
               'font-family="sans-serif" font-size="12">']
        for i, row in enumerate(self.rows):
            top = widest if row["unit"] == "ratio" else 1.2 * max(row["high"], row["want"] or 0) or 1
            x = lambda value: 470 + 360 * min(value, top) / top
            y = 12 + 26 * i
            colour = "#b33" if row["met"] is False else "#386"
            out.append(f'<text x="460" y="{y + 13}" text-anchor="end">{escape(row["name"])}</text>'
                       f'<rect x="470" y="{y}" width="{x(row["value"]) - 470:.1f}" height="16" fill="{colour}"/>'
                       f'<line x1="{x(row["low"]):.1f}" x2="{x(row["high"]):.1f}" y1="{y + 8}" y2="{y + 8}" stroke="#000"/>'
                       f'<text x="840" y="{y + 13}">{escape(self._figures(row))}</text>')
            if row["want"] is not None and row["want"] <= top:
                out.append(f'<line x1="{x(row["want"]):.1f}" x2="{x(row["want"]):.1f}" y1="{y - 3}" y2="{y + 19}" stroke="#000" stroke-width="2"/>')
        return "\n".join(out + ["</svg>"])
