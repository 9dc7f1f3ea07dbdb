// Runs inside the page: what anybody would call a fault, measured on the page as drawn.

/** @returns {string[]} */
export function findFaults() {
	const faults = [];
	const { scrollWidth, clientWidth } = document.documentElement;
	if (scrollWidth > clientWidth) faults.push(`page is ${scrollWidth - clientWidth} px too wide`);

	/** @param {string} colour @returns {[number, number, number, number]} */
	const parse = (colour) => {
		const [r = 0, g = 0, b = 0, a = 1] = (colour.match(/[\d.]+/g) ?? []).map(Number);
		return [r, g, b, a];
	};
	/** @param {Element | null} element @returns {[number, number, number, number]} */
	const backdrop = (element) => {
		for (let at = element; at; at = at.parentElement) {
			const colour = parse(getComputedStyle(at).backgroundColor);
			if (colour[3] > 0.99) return colour;
		}
		return [255, 255, 255, 1];
	};
	/** @param {number[]} colour */
	const luminance = (colour) => {
		const [r = 0, g = 0, b = 0] = colour
			.slice(0, 3)
			.map((part) => part / 255)
			.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
		return 0.2126 * r + 0.7152 * g + 0.0722 * b;
	};

	for (const element of document.querySelectorAll('button, input')) {
		const { width, height } = element.getBoundingClientRect();
		if (width < 48 || height < 48) {
			faults.push(`target ${element.textContent?.trim() || element.className} is ${width} × ${height} px`);
		}
		const named =
			element.textContent?.trim() || element.getAttribute('aria-label') || element.closest('label')?.textContent;
		if (!named?.trim()) faults.push(`a ${element.nodeName} without a name`);
	}
	const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	while (walker.nextNode()) {
		const element = walker.currentNode.parentElement;
		if (!element || !walker.currentNode.textContent?.trim() || element.closest('noscript, .unseen')) continue;
		const dark = luminance(parse(getComputedStyle(element).color));
		const light = luminance(backdrop(element));
		const ratio = (Math.max(dark, light) + 0.05) / (Math.min(dark, light) + 0.05);
		if (ratio < 4.5) faults.push(`contrast ${ratio.toFixed(2)}: ${walker.currentNode.textContent.trim().slice(0, 40)}`);
		if (element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== 'inline') {
			faults.push(`text cut: ${walker.currentNode.textContent.trim().slice(0, 40)}`);
		}
	}
	return faults;
}
