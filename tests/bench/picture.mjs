// Pictures of results, as SVG that reads on light and on dark ground.

const font = 'font-family="system-ui, sans-serif" font-size="13"';
const colours = ['#4477aa', '#66ccee', '#228833', '#ccbb44', '#ee6677', '#aa3377', '#888888'];

const escape = (text) => String(text).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** @param {number} width @param {number} height @param {string[]} parts */
function svg(width, height, parts) {
	const ground = `<rect width="${width}" height="${height}" fill="#ffffff"/>`;
	const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" ${font} fill="#222222">`;
	return `${[head, ground, ...parts].join('\n')}\n</svg>\n`;
}

const text = (x, y, words, more = '') => `<text x="${x}" y="${y}" ${more}>${escape(words)}</text>`;

/**
 * One bar a row, made of stages; under it where the values of the row were.
 * @param {string} title
 * @param {{name: string, stages: {name: string, ms: number}[], values: {p50: number, p95: number, p99: number,
 *   max: number}}[]} rows
 */
export function stagesPicture(title, rows) {
	const left = 130;
	const width = 960;
	const most = Math.max(...rows.map((row) => Math.max(row.values.max, row.values.p50))) * 1.08;
	const scale = (width - left - 20) / most;
	const parts = [text(16, 28, title, 'font-size="17" font-weight="600"')];
	const names = rows[0].stages.map((stage) => stage.name);
	let x = left;
	for (const [i, name] of names.entries()) {
		parts.push(`<rect x="${x}" y="44" width="12" height="12" fill="${colours[i % colours.length]}"/>`);
		parts.push(text(x + 17, 55, name));
		x += 40 + name.length * 7.3;
	}
	for (const [i, row] of rows.entries()) {
		const y = 84 + i * 84;
		parts.push(text(16, y + 22, row.name, 'font-weight="600"'));
		let at = left;
		for (const [k, stage] of row.stages.entries()) {
			const size = Math.max(0, stage.ms * scale);
			parts.push(`<rect x="${at}" y="${y}" width="${size}" height="34" fill="${colours[k % colours.length]}"/>`);
			if (size > 30) parts.push(text(at + size / 2, y + 22, stage.ms.toFixed(1), 'text-anchor="middle" fill="#ffffff"'));
			at += size;
		}
		for (const [name, ms] of Object.entries(row.values)) {
			const mark = left + ms * scale;
			parts.push(`<path d="M${mark} ${y - 4}v44" stroke="#222222" fill="none"/>`);
		}
		const told = Object.entries(row.values).map(([name, ms]) => `${name} ${ms.toFixed(1)}`);
		parts.push(text(left, y + 56, `at the output device, ms: ${told.join('   ')}`));
	}
	const y = 84 + rows.length * 84 + 6;
	for (let ms = 0; ms <= most; ms += 10) {
		parts.push(`<path d="M${left + ms * scale} ${y - 8}v5" stroke="#222222"/>`);
		parts.push(text(left + ms * scale, y + 10, ms, 'text-anchor="middle" font-size="11"'));
	}
	parts.push(text(left - 12, y + 10, 'ms', 'text-anchor="end" font-size="11"'));
	return svg(width, y + 24, parts);
}

/**
 * Shares of values up to each delay, on a logarithmic scale of what is above.
 * @param {string} title
 * @param {{name: string, points: [number, number][]}[]} lines points: share 0 … 1, milliseconds
 */
export function percentilesPicture(title, lines) {
	const [width, height, left, bottom] = [960, 400, 70, 350];
	const most = Math.max(...lines.flatMap((line) => line.points.map(([, ms]) => ms))) * 1.1;
	const nines = (share) => Math.min(-Math.log10(1 - Math.min(share, 0.99999)), 5);
	const px = (share) => left + (nines(share) / 5) * (width - left - 180);
	const py = (ms) => bottom - (ms / most) * (bottom - 60);
	const parts = [text(16, 28, title, 'font-size="17" font-weight="600"')];
	for (const [share, name] of [[0, '0'], [0.5, 'p50'], [0.9, 'p90'], [0.99, 'p99'], [0.999, 'p99.9'], [0.9999, 'p99.99'], [0.99999, 'max']]) {
		parts.push(`<path d="M${px(share)} 60V${bottom}" stroke="#dddddd"/>`);
		parts.push(text(px(share), bottom + 18, name, 'text-anchor="middle" font-size="11"'));
	}
	const step = 10 ** Math.floor(Math.log10(most / 2));
	for (let ms = 0; ms <= most; ms += step) {
		parts.push(`<path d="M${left} ${py(ms)}H${width - 180}" stroke="#dddddd"/>`);
		parts.push(text(left - 8, py(ms) + 4, `${Number(ms.toFixed(3))} ms`, 'text-anchor="end" font-size="11"'));
	}
	for (const [i, line] of lines.entries()) {
		const colour = colours[(2 * i) % colours.length];
		const path = line.points.map(([share, ms], k) => `${k ? 'L' : 'M'}${px(share).toFixed(1)} ${py(ms).toFixed(1)}`);
		parts.push(`<path d="${path.join('')}" stroke="${colour}" stroke-width="2" fill="none"/>`);
		const [share, ms] = line.points.at(-1);
		parts.push(text(px(share) + 8, py(ms) + 4, line.name, `fill="${colour}"`));
	}
	return svg(width, height, parts);
}
