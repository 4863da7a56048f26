"""Contrast as WCAG 2.2 measures it (1.4.3): of every text that is shown, on what lies behind it, SVG included."""

from typing import Any

SCRIPT = """(selector) => {
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (node) => { for (; node; node = node.parentElement) {
    const c = parse(getComputedStyle(node).backgroundColor); if (c.length < 4 || c[3] > 0) return c; }
    return [255, 255, 255]; };
  const told = (node) => [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
  const seen = (node) => told(node) && !node.disabled && node.getClientRects().length;
  return [...document.querySelectorAll(selector)].filter(seen).map((node) => {
      const style = getComputedStyle(node), ink = node instanceof SVGElement ? style.fill : style.color;
      const [a, b] = [light(parse(ink)), light(behind(node))].sort((x, y) => y - x);
      return { ratio: (a + 0.05) / (b + 0.05), node: node.outerHTML.slice(0, 120) }; });
}"""


def contrasts(page: Any, selector: str) -> list[float]:
    """The ratio of every element below *selector* that has text of its own."""
    return [each["ratio"] for each in page.evaluate(SCRIPT, selector)]


def faint(page: Any, selector: str = "body *", least: float = 4.5) -> list[str]:
    """Elements whose text has less contrast than it needs."""
    return [each["node"] for each in page.evaluate(SCRIPT, selector) if each["ratio"] < least]
