// Every text of the page, in each of its languages. A text that is missing in one of
// them does not compile. In French a no-break space stands before : ; ? and !.
import type { Language } from '../shared/languages.ts';
import type { State } from './words.ts';

export interface StateTexts {
	/** One or two words: what happens. */
	word: string;
	/** A sentence: what it means, and what to do. */
	text: string;
}

export interface PageTexts {
	pageLanguage: string;
	loading: string;
	failedTitle: string;
	failedText: string;
	tryAgain: string;
	noRooms: string;
	now: string;
	next: string;
	tomorrow: string;
	nothingNow: string;
	rooms: string;
	channels: string;
	yourLanguage: string;
	lastTime: string;
	listen: string;
	stop: string;
	resume: string;
	listening: string;
	volume: string;
	headphones: string;
	mayLock: string;
	mayNotLock: string;
	/** The channel that was listened to is not in the event any more. */
	missing: string;
	enterPin: string;
	diagnostics: string;
	/** The phone could not set its sound up. */
	broken: StateTexts;
	states: Record<State, StateTexts>;
}

export const TEXTS: Record<Language, PageTexts> = {
	vi: {
		pageLanguage: 'Ngôn ngữ của trang',
		loading: 'Đang tải chương trình…',
		failedTitle: 'Chưa kết nối được',
		failedText:
			'Xin quý vị kiểm tra xem điện thoại đã kết nối Wi-Fi của hội nghị chưa. Trang sẽ tự thử lại sau vài giây.',
		tryAgain: 'Thử lại ngay',
		noRooms: 'Hiện chưa có phòng họp nào. Trang sẽ tự cập nhật.',
		now: 'Đang diễn ra',
		next: 'Tiếp theo',
		tomorrow: 'Ngày mai',
		nothingNow: 'Hiện không có phiên họp nào',
		rooms: 'Các phòng họp',
		channels: 'Chọn ngôn ngữ để nghe',
		yourLanguage: 'Ngôn ngữ của quý vị',
		lastTime: 'Kênh đã nghe lần trước',
		listen: 'Nghe',
		stop: 'Dừng',
		resume: 'Nghe tiếp',
		listening: 'Đang nghe',
		volume: 'Âm lượng',
		headphones: 'Quý vị nên dùng tai nghe để không làm phiền người bên cạnh.',
		mayLock: 'Có thể khóa màn hình, âm thanh vẫn tiếp tục.',
		mayNotLock: 'Xin để màn hình luôn sáng: trên điện thoại này, âm thanh sẽ dừng khi khóa màn hình.',
		missing: 'Kênh của quý vị hiện không phát.',
		enterPin: 'Nhập mã PIN',
		diagnostics: 'Chẩn đoán',
		broken: { word: 'Chưa phát được âm thanh', text: 'Xin quý vị chạm để thử lại.' },
		states: {
			idle: { word: 'Đã dừng', text: 'Chạm để nghe.' },
			starting: { word: 'Đang bắt đầu…', text: 'Âm thanh sẽ có ngay.' },
			live: { word: 'Trực tiếp', text: 'Quý vị đang nghe phiên dịch.' },
			floor: { word: 'Trực tiếp', text: 'Quý vị đang nghe âm thanh hội trường.' },
			hall: {
				word: 'Âm thanh hội trường',
				text: 'Lúc này phiên dịch viên không nói, quý vị đang nghe trực tiếp diễn giả. Phần phiên dịch sẽ tự trở lại.',
			},
			other: {
				word: 'Ngôn ngữ khác',
				text: 'Lúc này phiên dịch viên không nói, quý vị đang nghe phần phiên dịch sang một ngôn ngữ khác. Phần phiên dịch sẽ tự trở lại.',
			},
			desk: { word: 'Thông báo', text: 'Thông báo của kỹ thuật viên.' },
			quiet: {
				word: 'Chưa có tiếng nói',
				text: 'Lúc này chưa có ai phát biểu. Kết nối vẫn tốt, quý vị không cần làm gì.',
			},
			off: {
				word: 'Kênh chưa có âm thanh',
				text: 'Kênh này sẽ tự phát khi có âm thanh. Trong lúc chờ, quý vị có thể chọn kênh khác.',
			},
			locked: { word: 'Phòng có mã PIN', text: 'Xin quý vị nhập mã PIN do ban tổ chức cung cấp.' },
			lost: {
				word: 'Mất nguồn âm thanh',
				text: 'Lỗi không phải ở điện thoại của quý vị. Âm thanh sẽ tự trở lại; trong lúc chờ, quý vị có thể thử kênh khác.',
			},
			stalled: {
				word: 'Mạng yếu',
				text: 'Âm thanh chưa đến được điện thoại và sẽ tự trở lại. Nếu kéo dài, xin quý vị đổi chỗ hoặc kiểm tra Wi-Fi.',
			},
			reconnecting: {
				word: 'Đang kết nối lại…',
				text: 'Quý vị không cần làm gì. Nếu kéo dài, xin kiểm tra Wi-Fi của hội nghị.',
			},
			interrupted: {
				word: 'Bị gián đoạn',
				text: 'Điện thoại đã ngắt âm thanh, có thể do có cuộc gọi. Xin chạm để nghe tiếp.',
			},
		},
	},
	fr: {
		pageLanguage: 'Langue de la page',
		loading: 'Chargement du programme…',
		failedTitle: 'Connexion impossible',
		failedText:
			'Vérifiez que votre téléphone est bien connecté au Wi-Fi de la conférence. La page réessaiera d’elle-même dans quelques secondes.',
		tryAgain: 'Réessayer',
		noRooms: 'Aucune salle n’est ouverte pour l’instant. La page se mettra à jour d’elle-même.',
		now: 'En ce moment',
		next: 'Ensuite',
		tomorrow: 'Demain',
		nothingNow: 'Pas de séance en ce moment',
		rooms: 'Salles',
		channels: 'Choisissez ce que vous écoutez',
		yourLanguage: 'Votre langue',
		lastTime: 'Écouté la dernière fois',
		listen: 'Écouter',
		stop: 'Arrêter',
		resume: 'Reprendre l’écoute',
		listening: 'Vous écoutez',
		volume: 'Volume',
		headphones: 'Merci d’utiliser des écouteurs, pour ne pas gêner vos voisins.',
		mayLock: 'Vous pouvez verrouiller le téléphone\u00a0: le son continue.',
		mayNotLock: 'Gardez l’écran allumé\u00a0: sur ce téléphone, le son s’arrête quand l’écran se verrouille.',
		missing: 'Votre canal n’est pas diffusé en ce moment.',
		enterPin: 'Saisir le code PIN',
		diagnostics: 'Diagnostic',
		broken: { word: 'Le son n’a pas démarré', text: 'Touchez pour réessayer.' },
		states: {
			idle: { word: 'Arrêté', text: 'Touchez pour écouter.' },
			starting: { word: 'Démarrage…', text: 'Le son arrive.' },
			live: { word: 'En direct', text: 'Vous écoutez l’interprète.' },
			floor: { word: 'En direct', text: 'Vous écoutez le son de la salle.' },
			hall: {
				word: 'Son de la salle',
				text: 'L’interprète ne parle pas en ce moment\u00a0: vous entendez directement l’orateur. L’interprétation reviendra d’elle-même.',
			},
			other: {
				word: 'Autre langue',
				text: 'L’interprète ne parle pas en ce moment\u00a0: vous entendez l’interprétation vers une autre langue. La vôtre reviendra d’elle-même.',
			},
			desk: { word: 'Annonce', text: 'Annonce du technicien.' },
			quiet: {
				word: 'Silence',
				text: 'Personne ne parle pour l’instant. La connexion est bonne, vous n’avez rien à faire.',
			},
			off: {
				word: 'Pas encore de son',
				text: 'Ce canal démarrera de lui-même. En attendant, vous pouvez en choisir un autre.',
			},
			locked: { word: 'Accès réservé', text: 'Cette salle demande le code PIN que donnent les organisateurs.' },
			lost: {
				word: 'Source coupée',
				text: 'Votre téléphone n’y est pour rien. Le son reviendra de lui-même\u00a0; en attendant, essayez un autre canal.',
			},
			stalled: {
				word: 'Réseau faible',
				text: 'Le son n’arrive plus jusqu’à votre téléphone et reviendra de lui-même. Si cela dure, changez de place ou vérifiez le Wi-Fi.',
			},
			reconnecting: {
				word: 'Reconnexion…',
				text: 'Vous n’avez rien à faire. Si cela dure, vérifiez le Wi-Fi de la conférence.',
			},
			interrupted: {
				word: 'Interrompu',
				text: 'Le téléphone a coupé le son, peut-être pour un appel. Touchez pour reprendre.',
			},
		},
	},
	en: {
		pageLanguage: 'Language of this page',
		loading: 'Loading the programme…',
		failedTitle: 'No connection yet',
		failedText:
			'Please check that your phone is on the conference Wi-Fi. This page tries again by itself in a few seconds.',
		tryAgain: 'Try again now',
		noRooms: 'No room is open yet. This page updates by itself.',
		now: 'On now',
		next: 'Next',
		tomorrow: 'Tomorrow',
		nothingNow: 'No session right now',
		rooms: 'Rooms',
		channels: 'Choose what you hear',
		yourLanguage: 'Your language',
		lastTime: 'What you heard last time',
		listen: 'Listen',
		stop: 'Stop',
		resume: 'Resume',
		listening: 'Listening',
		volume: 'Volume',
		headphones: 'Please use headphones, so as not to disturb your neighbours.',
		mayLock: 'You can lock your phone: the sound goes on.',
		mayNotLock: 'Keep the screen on: on this phone the sound stops when the screen locks.',
		missing: 'Your channel is off just now.',
		enterPin: 'Enter the PIN',
		diagnostics: 'Diagnostics',
		broken: { word: 'The sound did not start', text: 'Tap to try again.' },
		states: {
			idle: { word: 'Stopped', text: 'Tap to listen.' },
			starting: { word: 'Starting…', text: 'The sound is on its way.' },
			live: { word: 'Live', text: 'You hear the interpreter.' },
			floor: { word: 'Live', text: 'You hear the sound of the hall.' },
			hall: {
				word: 'Sound of the hall',
				text: 'The interpreter is not speaking just now, so you hear the speaker directly. Interpretation comes back by itself.',
			},
			other: {
				word: 'Another language',
				text: 'The interpreter is not speaking just now, so you hear the interpretation into another language. Yours comes back by itself.',
			},
			desk: { word: 'Announcement', text: 'Announcement by the technician.' },
			quiet: { word: 'Silence', text: 'Nobody is speaking just now. Your connection is fine: nothing to do.' },
			off: {
				word: 'No sound yet',
				text: 'This channel starts by itself. You can choose another one meanwhile.',
			},
			locked: { word: 'Locked room', text: 'This room asks for the PIN that the organisers give out.' },
			lost: {
				word: 'Source lost',
				text: 'Your phone is fine. The sound comes back by itself; meanwhile, try another channel.',
			},
			stalled: {
				word: 'Weak network',
				text: 'The sound does not reach your phone just now and comes back by itself. If it lasts, move or check the Wi-Fi.',
			},
			reconnecting: {
				word: 'Reconnecting…',
				text: 'Nothing to do. If it lasts, check the conference Wi-Fi.',
			},
			interrupted: {
				word: 'Interrupted',
				text: 'Your phone took the sound away, perhaps for a call. Tap to resume.',
			},
		},
	},
};
