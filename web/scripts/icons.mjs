// Makes the page's icons in listen/public: the mark of the page's header, as SVG and as
// PNG in the sizes that phones ask for. Drawn by distance to the strokes, so it needs
// nothing but node. Run by hand (`npm run icons`); what it makes is kept in the tree.
import { writeFile } from 'node:fs/promises';
import { deflateSync } from 'node:zlib';

const FOLDER = new URL('../listen/public/', import.meta.url);
const VIEW = 32;
const PLATE = [10, 95, 107];
const STROKE = 2.4;
/** Upright strokes: x, top, bottom, in units of the view. */
const STROKES = [
	{ x: 9, top: 14, bottom: 18 },
	{ x: 13.7, top: 10, bottom: 22 },
	{ x: 18.3, top: 12.5, bottom: 19.5 },
	{ x: 23, top: 9, bottom: 23 },
];

function svg() {
	const hex = `#${PLATE.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
	const path = STROKES.map(({ x, top, bottom }) => `M${x} ${top}V${bottom}`).join('');
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${VIEW} ${VIEW}"><rect width="${VIEW}" height="${VIEW}" rx="7" fill="${hex}"/><path d="${path}" stroke="#fff" stroke-width="${STROKE}" stroke-linecap="round"/></svg>\n`;
}

/**
 * How much of a pixel the strokes cover, 0 … 1.
 * @param {number} x @param {number} y centre, in units of the view
 * @param {number} pixel its size in the same units
 */
function cover(x, y, pixel) {
	const distances = STROKES.map((stroke) =>
		Math.hypot(x - stroke.x, y - Math.min(Math.max(y, stroke.top), stroke.bottom)),
	);
	return Math.min(Math.max((STROKE / 2 - Math.min(...distances)) / pixel + 0.5, 0), 1);
}

/** @param {Buffer} bytes */
function crc32(bytes) {
	let crc = 0xffffffff;
	for (const byte of bytes) {
		crc ^= byte;
		for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
	}
	return (crc ^ 0xffffffff) >>> 0;
}

/** @param {string} type @param {Buffer} data */
function chunk(type, data) {
	const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
	const framed = Buffer.alloc(body.length + 8);
	framed.writeUInt32BE(data.length, 0);
	body.copy(framed, 4);
	framed.writeUInt32BE(crc32(body), body.length + 4);
	return framed;
}

/** The mark on a full square, which phones round as they like. @param {number} size pixels */
function png(size) {
	const row = size * 3 + 1;
	const pixels = Buffer.alloc(row * size);
	for (let y = 0; y < size; y++) {
		for (let x = 0; x < size; x++) {
			const amount = cover(((x + 0.5) * VIEW) / size, ((y + 0.5) * VIEW) / size, VIEW / size);
			const colour = PLATE.map((part) => Math.round(part + (255 - part) * amount));
			pixels.set(colour, y * row + 1 + x * 3);
		}
	}
	const head = Buffer.alloc(13);
	head.writeUInt32BE(size, 0);
	head.writeUInt32BE(size, 4);
	head.set([8, 2, 0, 0, 0], 8); // 8 bits, RGB
	const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
	return Buffer.concat([
		signature,
		chunk('IHDR', head),
		chunk('IDAT', deflateSync(pixels, { level: 9 })),
		chunk('IEND', Buffer.alloc(0)),
	]);
}

await writeFile(new URL('icon.svg', FOLDER), svg());
for (const size of [180, 192, 512]) await writeFile(new URL(`icon-${size}.png`, FOLDER), png(size));
