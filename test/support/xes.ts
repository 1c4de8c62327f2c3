/** A strict reader of XML as exports write it: elements and attributes, and text where that is asked for. Not well-formed: it throws. */

export interface Element {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

const TOKEN =
  /<(\/?)([A-Za-z][\w.-]*)((?: [A-Za-z][\w.:-]*="[^"<&]*(?:&(?:amp|lt|gt|quot|#\d+);[^"<&]*)*")*)(\/?)>([^<]*)/y;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };

const decoded = (text: string): string =>
  text.replaceAll(/&(#?\w+);/g, (_, name: string) =>
    name.startsWith('#') ? String.fromCharCode(Number(name.slice(1))) : (ENTITIES[name] ?? ''),
  );

const attributesIn = (text: string): Record<string, string> => {
  const found = [...text.matchAll(/ ([\w.:-]+)="([^"]*)"/g)].map(([, name = '', value = '']) => [
    name,
    value,
  ]);
  if (new Set(found.map(([name]) => name)).size < found.length)
    throw new Error('An attribute stands there twice.');
  return Object.fromEntries(found.map(([name, value = '']) => [name, decoded(value)]));
};

export const xmlIn = (text: string, mayHoldText = false): Element => {
  const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
  if (!text.startsWith(declaration)) throw new Error('No declaration.');
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u0008\u000B\u000C\u000E-\u001F]/.test(text)) throw new Error('Holds what XML cannot.');
  const root: Element = { tag: '', attributes: {}, children: [], text: '' };
  const open = [root];
  TOKEN.lastIndex = declaration.length;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match) throw new Error(`No element: ${text.slice(at, at + 80)}`);
    const [, end, tag = '', attributes = '', empty, told = ''] = match;
    if (end) {
      if (open.pop()?.tag !== tag) throw new Error(`</${tag}> closes another element.`);
    } else {
      const element = { tag, attributes: attributesIn(attributes), children: [], text: '' };
      open.at(-1)?.children.push(element);
      if (!empty) open.push(element);
    }
    if (told.trim() === '') continue;
    const own = open.at(-1);
    if (!mayHoldText || !own || own === root) throw new Error(`Text where none is: ${told.slice(0, 80)}`);
    own.text += decoded(told);
  }
  if (open.length !== 1 || root.children.length !== 1) throw new Error('Not one whole document.');
  return root.children[0]!;
};

/** By key: a component has each once. */
export const valuesOf = ({ children }: Element): Record<string, string> => {
  const attributes = children.filter(({ attributes: { key } }) => key !== undefined);
  const told = Object.fromEntries(
    attributes.map((each) => [each.attributes['key'], each.attributes['value'] ?? '']),
  );
  if (Object.keys(told).length < attributes.length) throw new Error('A key stands there twice.');
  return told;
};
