"""A page of SVG with the few shapes that the drawings need."""

from html import escape

COLOURS = {
    "3V3": "#d08000", "5V": "#c62828", "GND": "#212121", "spi": "#1565c0", "strip": "#6a1b9a",
    "i2c": "#2e7d32", "relay": "#ad1457", "input": "#00796b", "free": "#9e9e9e",
    "mains": "#b71c1c", "plain": "#212121",
}


class Page:
    def __init__(self, width, height, title):
        self.width, self.height, self.parts = width, height, []
        self.rectangle(0, 0, width, height, fill="#ffffff", stroke="none")
        self.text(20, 30, title, size=18, bold=True)
        self.title = title

    def add(self, text):
        self.parts.append(text)

    def line(self, points, colour="#212121", width=2, dash=""):
        path = " ".join(f"{x},{y}" for x, y in points)
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self.add(f'<polyline points="{path}" fill="none" stroke="{colour}" '
                 f'stroke-width="{width}"{dashed}/>')

    def rectangle(self, x, y, width, height, fill="#fafafa", stroke="#424242", radius=4):
        self.add(f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="{radius}" '
                 f'fill="{fill}" stroke="{stroke}" stroke-width="1.5"/>')

    def dot(self, x, y, colour, radius=4):
        self.add(f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{colour}"/>')

    def text(self, x, y, text, size=13, anchor="start", colour="#212121", bold=False):
        weight = ' font-weight="bold"' if bold else ""
        self.add(f'<text x="{x}" y="{y}" font-size="{size}" text-anchor="{anchor}" '
                 f'fill="{colour}"{weight}>{escape(text)}</text>')

    def notes(self, y, lines, colour="#212121"):
        for index, line in enumerate(lines):
            self.text(20, y + 19 * index, line, colour=colour)

    def box(self, x, y, width, height, title, fill="#fafafa"):
        self.rectangle(x, y, width, height, fill=fill)
        self.text(x + width / 2, y + 18, title, anchor="middle", bold=True)

    def resistor(self, x, y, label, colour="#212121"):
        """A resistor upright, 36 high, its upper end at (x, y)."""
        self.line([(x, y), (x, y + 6)], colour)
        self.rectangle(x - 5, y + 6, 10, 24, fill="#ffffff", stroke=colour, radius=0)
        self.line([(x, y + 30), (x, y + 36)], colour)
        self.text(x + 10, y + 22, label, size=11)

    def resistor_across(self, x, y, label, colour="#212121"):
        """A resistor lying, 36 wide, its left end at (x, y)."""
        self.line([(x, y), (x + 36, y)], colour)
        self.rectangle(x + 6, y - 5, 24, 10, fill="#ffffff", stroke=colour, radius=0)
        self.text(x + 18, y - 9, label, size=11, anchor="middle")

    def contact(self, x, y, is_closed=False):
        """A contact lying, 40 wide, its left end at (x, y)."""
        self.dot(x + 8, y, "#212121", 3)
        self.dot(x + 32, y, "#212121", 3)
        self.line([(x, y), (x + 8, y)])
        self.line([(x + 32, y), (x + 40, y)])
        self.line([(x + 8, y), (x + 33, y - (4 if is_closed else 12))])

    def contact_down(self, x, y):
        """An open contact upright, 40 high, its upper end at (x, y)."""
        self.dot(x, y + 8, "#212121", 3)
        self.dot(x, y + 32, "#212121", 3)
        self.line([(x, y), (x, y + 8)])
        self.line([(x, y + 32), (x, y + 40)])
        self.line([(x, y + 33), (x - 12, y + 8)])

    def __str__(self):
        body = "\n  ".join(self.parts)
        return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width}" '
                f'height="{self.height}" viewBox="0 0 {self.width} {self.height}" '
                f'font-family="DejaVu Sans, Verdana, sans-serif" role="img">\n'
                f"  <title>{escape(self.title)}</title>\n  {body}\n</svg>\n")
