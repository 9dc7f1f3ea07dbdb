document.title = 'Cabin';
export {};
