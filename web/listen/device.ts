// What this device does with a page's sound when it is locked.

interface Phone {
	userAgent: string;
	maxTouchPoints: number;
	/** navigator.audioSession is there: Safari 16.4 and later. */
	audioSession: boolean;
}

/** "goes-on", "stops", or null for a device that nobody locks while listening. iPhones play on only
 * through the audio session, and only from an AudioWorklet: the page's own thread sleeps. */
export function onLock(phone: Phone, worklet: boolean): 'goes-on' | 'stops' | null {
	const apple =
		/iPhone|iPad|iPod/.test(phone.userAgent) || (/Macintosh/.test(phone.userAgent) && phone.maxTouchPoints > 1);
	if (apple) return phone.audioSession && worklet ? 'goes-on' : 'stops';
	return /Android|Mobile/.test(phone.userAgent) ? 'goes-on' : null;
}
