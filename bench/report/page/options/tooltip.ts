/** What is shown beside the pointer: elements, not HTML, so that names stay text. */

export interface TooltipLine {
  readonly colour: string;
  readonly name: string;
  readonly value: string;
}

export function tooltipContent(title: string, lines: readonly TooltipLine[]): HTMLElement {
  const content = document.createElement('div');
  content.className = 'tooltip';
  const heading = document.createElement('strong');
  heading.textContent = title;
  content.append(heading, ...lines.map(tooltipLine));
  return content;
}

function tooltipLine({ colour, name, value }: TooltipLine): HTMLElement {
  const line = document.createElement('div');
  const [dot, label, figure] = ['i', 'span', 'b'].map((tag) => document.createElement(tag)) as [
    HTMLElement,
    HTMLElement,
    HTMLElement,
  ];
  dot.style.background = colour;
  label.textContent = name;
  figure.textContent = value;
  line.append(dot, label, figure);
  return line;
}
