// A page drawn as a whole and then laid over what stands: nodes, focus and a finger on
// the slider survive each drawing, and a screen reader hears only what changed.

export type Child = Node | string | false | null | undefined;
type Attributes = Record<string, string | number | boolean | null | undefined>;

/** An element; attributes that are false, null or undefined are left out, true ones are empty. */
export function h(tag: string, attributes: Attributes, ...children: Child[]): HTMLElement {
	return fill(document.createElement(tag), attributes, children);
}

/** The same for SVG's elements. */
export function svg(tag: string, attributes: Attributes, ...children: Child[]): SVGElement {
	return fill(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

/** A symbol of the sprite in index.html. Decoration: hidden from screen readers. */
export function icon(name: string): SVGElement {
	const ns = 'http://www.w3.org/2000/svg';
	const use = fill(document.createElementNS(ns, 'use'), { href: `#${name}` }, []);
	return fill(document.createElementNS(ns, 'svg'), { class: 'icon', 'aria-hidden': 'true' }, [use]);
}

function fill<E extends Element>(element: E, attributes: Attributes, children: Child[]): E {
	for (const [name, value] of Object.entries(attributes)) {
		if (value !== false && value != null) element.setAttribute(name, value === true ? '' : String(value));
	}
	for (const child of children) if (child) element.append(child);
	return element;
}

/** Makes `old` like `wanted`, touching only what differs. `wanted` is used up. */
export function morph(old: Element, wanted: Element): void {
	for (const { name } of [...old.attributes]) if (!wanted.hasAttribute(name)) old.removeAttribute(name);
	for (const { name, value } of [...wanted.attributes]) {
		if (old.getAttribute(name) !== value) old.setAttribute(name, value);
	}
	const had = [...old.childNodes];
	const wants = [...wanted.childNodes];
	wants.forEach((want, index) => {
		const has = had[index];
		if (!has) old.append(want);
		else if (has instanceof Element && want instanceof Element && sameKind(has, want)) morph(has, want);
		else if (has instanceof Text && want instanceof Text) {
			if (has.data !== want.data) has.data = want.data;
		} else has.replaceWith(want);
	});
	for (const extra of had.slice(wants.length)) extra.remove();
}

function sameKind(a: Element, b: Element): boolean {
	return a.nodeName === b.nodeName && a.getAttribute('data-key') === b.getAttribute('data-key');
}
