"""WCAG 2.2, 1.4.3: the contrast of every visible piece of text against what lies behind it."""

# Gives [text, ratio, wanted] for each text that has less than is wanted. Inside the open dialog where there is one.
SCRIPT = """
const parse = (text) => {
  const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number);
  return {r, g, b, a};
};
const over = (top, below) => ({
  r: top.r * top.a + below.r * (1 - top.a),
  g: top.g * top.a + below.g * (1 - top.a),
  b: top.b * top.a + below.b * (1 - top.a), a: 1});
const luminance = ({r, g, b}) => {
  const [x, y, z] = [r, g, b].map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * x + 0.7152 * y + 0.0722 * z;
};
const ratio = (a, b) => {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
};
const canvas = matchMedia('(prefers-color-scheme: dark)').matches ? {r: 18, g: 18, b: 18, a: 1} : {r: 255, g: 255, b: 255, a: 1};
const behind = (element) => {
  const layers = [];
  for (let at = element; at; at = at.parentElement) {
    const color = parse(getComputedStyle(at).backgroundColor);
    if (color.a > 0) layers.push(color);
    if (color.a === 1) break;
  }
  return layers.reverse().reduce((below, top) => over(top, below), canvas);
};
const opacity = (element) => element ? Number(getComputedStyle(element).opacity) * opacity(element.parentElement) : 1;
const scope = document.querySelector('dialog[open]') ?? document.body;
const bad = [], measured = [];
const measure = (element, text, style = getComputedStyle(element)) => {
  if (!element.checkVisibility({checkOpacity: true, checkVisibilityCSS: true}) || !element.getClientRects().length) return;
  const ground = behind(element);
  const color = parse(style.color);
  const found = ratio(over({...color, a: color.a * opacity(element)}, ground), ground);
  const size = parseFloat(style.fontSize);
  const wanted = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
  measured.push(text);
  if (found < wanted) bad.push([text, Math.round(found * 100) / 100, wanted]);
};
const walker = document.createTreeWalker(scope, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const text = walker.currentNode.data.trim();
  if (text && !['SCRIPT', 'STYLE', 'NOSCRIPT', 'OPTION'].includes(walker.currentNode.parentElement.tagName)) {
    measure(walker.currentNode.parentElement, text);
  }
}
for (const input of scope.querySelectorAll('input, select')) {
  if (input.placeholder && !input.value) measure(input, input.placeholder, getComputedStyle(input, '::placeholder'));
  else if (input.value) measure(input, input.value);
}
return {bad, measured: measured.length};
"""


def too_faint(driver):
    found = driver.execute_script(SCRIPT)
    assert found["measured"] > 0, "nothing to measure"
    return found["bad"]
