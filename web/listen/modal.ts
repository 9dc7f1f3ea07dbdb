// What the dialogs have in common. Fetched with the first of them.

/** Shows it over the page. What comes back closes it; `closed` is called when it has gone, whoever closed it. */
export function showModal(element: HTMLDialogElement, closed: () => void): () => void {
	function close(): void {
		if (!element.isConnected) return;
		element.close?.(); // gives the focus back
		element.remove();
		closed();
	}
	element.addEventListener('close', close);
	element.addEventListener('click', ({ target }) => {
		if (target === element || (target as Element).closest('[data-close]')) close();
	});
	document.body.append(element);
	if (element.showModal) element.showModal();
	else {
		// before Safari 15.4: at the page's end
		element.setAttribute('open', '');
		element.scrollIntoView();
	}
	return close;
}
