/**
 * Every text of the desk but the alarms' (texts_alarms.ts): Vietnamese, French, English. One that
 * is missing in a language does not compile. In French a no-break space stands before : ; ? and !.
 * `{1}` is filled in.
 */
import { LANGUAGES, type Language } from '../shared/languages.ts';
import type { ChannelFeed, Hide, OverrideFeed, SourceState } from './desk_wire.ts';
import type { MicrophonePhase, View } from './model.ts';

export type Words = readonly [vi: string, fr: string, en: string];

export const VIEW_NAME: Record<View, Words> = {
	map: ['Sơ đồ', 'Plan', 'Map'],
	meters: ['Mức âm', 'Niveaux', 'Meters'],
	listeners: ['Người nghe', 'Auditeurs', 'Listeners'],
	log: ['Nhật ký', 'Journal', 'Log'],
	changes: ['Thay đổi', 'Écarts', 'Changes'],
};

/** What is on a channel. */
export const FEED: Record<ChannelFeed, Words> = {
	floor: ['Hội trường', 'Salle', 'Floor'],
	booth: ['Đang phát', 'À\u00a0l’antenne', 'On air'],
	'pass-through': ['Chuyển tiếp hội trường', 'Son de la salle', 'Floor passed through'],
	silence: ['Im lặng', 'Silence', 'Silence'],
	channel: ['Lấy từ {1}', 'Reprend {1}', 'Carries {1}'],
	desk: ['Do bàn kỹ thuật', 'Mis par la régie', 'Put by the desk'],
};

/** What the desk put on a channel. */
export const OVERRIDE: Record<OverrideFeed, Words> = {
	silence: ['Im lặng', 'Silence', 'Silence'],
	floor: ['Hội trường', 'Salle', 'Floor'],
	channel: ['Kênh {1}', 'Canal {1}', 'Channel {1}'],
	input: ['Đầu vào {1}', 'Entrée {1}', 'Input {1}'],
	tone: ['Âm thử', 'Tonalité d’essai', 'Test tone'],
	identification: ['Đọc tên kênh', 'Identification parlée', 'Spoken identification'],
	announcement: ['Thông báo', 'Annonce', 'Announcement'],
};

export const SOURCE_STATE: Record<SourceState, Words> = {
	ok: ['có tiếng', 'son présent', 'sound'],
	silent: ['không có tiếng', 'aucun son', 'no sound'],
	lost: ['mất nguồn', 'source perdue', 'source lost'],
};

export const HIDE: Record<Hide, Words> = {
	never: ['Luôn hiện', 'Jamais', 'Never'],
	idle: ['Khi không có cabin', 'Sans cabine', 'While no booth works'],
	always: ['Luôn ẩn', 'Toujours', 'Always'],
};

export const MICROPHONE: Record<MicrophonePhase, Words> = {
	closed: ['Micro tắt', 'Micro coupé', 'Microphone off'],
	opening: ['Đang mở micro…', 'Ouverture du micro…', 'Opening the microphone…'],
	open: ['Micro sẵn sàng, đang tắt', 'Micro prêt, coupé', 'Microphone ready, off'],
	'on-air': ['ĐANG NÓI', 'ON VOUS ENTEND', 'YOU ARE HEARD'],
	denied: [
		'Trình duyệt không cho dùng micro. Cho phép ở biểu tượng cạnh địa chỉ, rồi thử lại.',
		'Le navigateur refuse le micro. Autorisez-le près de l’adresse, puis réessayez.',
		'The browser refuses the microphone. Allow it beside the address, then try again.',
	],
	missing: [
		'Không có micro: kiểm tra dây cắm, rồi thử lại.',
		'Aucun micro\u00a0: vérifiez la prise, puis réessayez.',
		'No microphone: check the plug, then try again.',
	],
	refused: [
		'Máy chủ không cho bàn kỹ thuật nói. Đợi vài giây rồi thử lại.',
		'Le serveur refuse la voix de la régie. Réessayez dans quelques secondes.',
		'The server does not take the desk’s voice. Try again in a few seconds.',
	],
};

export const LOGIN: Record<string, Words> = {
	'not-a-token': [
		'Đây không phải mã của kỹ thuật viên hay quan sát viên. Hãy dán cả liên kết hoặc mã đã nhận.',
		'Ce n’est pas un jeton de technicien ni d’observateur. Collez le lien ou le jeton reçu.',
		'This is no token of a technician or an observer. Paste the link or the token that you were given.',
	],
	'token-invalid': [
		'Máy chủ không nhận mã này. Xin mã mới.',
		'Le serveur refuse ce jeton. Demandez-en un nouveau.',
		'The server does not take this token. Ask for a new one.',
	],
	'token-expired': [
		'Mã đã hết hạn. Xin mã mới.',
		'Ce jeton a expiré. Demandez-en un nouveau.',
		'This token has expired. Ask for a new one.',
	],
	'token-revoked': [
		'Mã đã bị thu hồi. Xin mã mới.',
		'Ce jeton a été révoqué. Demandez-en un nouveau.',
		'This token has been revoked. Ask for a new one.',
	],
	'no-access': [
		'Máy chủ không cho vào. Xin mã mới.',
		'Le serveur refuse l’accès. Demandez un nouveau jeton.',
		'The server lets nobody in with this. Ask for a new token.',
	],
};

export const AUDIENCE_STATE: Record<string, Words> = {
	starting: ['đang bắt đầu', 'démarrage', 'starting'],
	live: ['nghe tốt', 'à l’écoute', 'live'],
	stalled: ['bị đứng', 'bloqué', 'stalled'],
	interrupted: ['bị ngắt', 'interrompu', 'interrupted'],
};

export const FALLBACK: Record<string, Words> = {
	none: ['bình thường', 'normal', 'normal'],
	'script-processor': ['cách cũ', 'ancien moteur', 'old engine'],
	'ogg-http': ['luồng Ogg', 'flux Ogg', 'Ogg stream'],
	native: ['trình phát riêng', 'lecteur natif', 'native player'],
};

export const HISTOGRAM = {
	mouth_to_ear: ['Từ miệng đến tai', 'De la bouche à l’oreille', 'Mouth to ear'],
	buffer: ['Bộ đệm', 'Tampon', 'Buffer'],
	concealed: ['Âm bù mỗi giây', 'Son inventé par seconde', 'Concealed per second'],
	round_trip: ['Đi và về', 'Aller-retour', 'Round trip'],
} satisfies Record<string, Words>;

export const LOG_KIND: Record<string, Words> = {
	alarm: ['báo động', 'alarme', 'alarm'],
	action: ['thao tác', 'action', 'action'],
	change: ['thay đổi', 'modification', 'change'],
	'on-air': ['phát sóng', 'antenne', 'on air'],
	'hand-over': ['đổi người', 'relève', 'hand-over'],
	channel: ['kênh', 'canal', 'channel'],
	room: ['phòng', 'salle', 'room'],
	setup: ['phòng thêm', 'salle ajoutée', 'set-up'],
	seat: ['chỗ ngồi', 'siège', 'seat'],
	signal: ['tín hiệu', 'signal', 'signal'],
	call: ['gọi kỹ thuật', 'appel', 'call'],
	feed: ['nguồn kênh', 'source', 'feed'],
	clock: ['đồng hồ', 'horloge', 'clock'],
	message: ['tin nhắn', 'message', 'message'],
	server: ['máy chủ', 'serveur', 'server'],
	announcement: ['thông báo', 'annonce', 'announcement'],
	talkback: ['gọi cabin', 'ordres', 'talkback'],
};

/** What became of an alarm, a call, a seat. */
export const LOG_STATE: Record<string, Words> = {
	raised: ['bắt đầu', 'commence', 'raised'],
	acknowledged: ['đã thấy', 'vue', 'acknowledged'],
	cleared: ['đã hết', 'terminée', 'cleared'],
	open: ['đang gọi', 'appelle', 'open'],
	seen: ['đã thấy', 'vu', 'seen'],
	done: ['xong', 'fait', 'done'],
	joined: ['vào', 'arrive', 'joined'],
	left: ['rời', 'part', 'left'],
	started: ['khởi động', 'démarré', 'started'],
	stopped: ['dừng', 'arrêté', 'stopped'],
};

/** Units that are words; of one, with a 1 before the name. */
export const UNIT: Record<string, Words> = {
	clips: ['lần vỡ tiếng', 'saturations', 'clips'],
	'1 clips': ['lần vỡ tiếng', 'saturation', 'clip'],
	'1 days': ['ngày', 'jour', 'day'],
	'1 jumps': ['lần nhảy', 'saut', 'jump'],
	'1 overruns': ['lần rơi mẫu', 'perte', 'overrun'],
	days: ['ngày', 'jours', 'days'],
	jumps: ['lần nhảy', 'sauts', 'jumps'],
	overruns: ['lần rơi mẫu', 'pertes', 'overruns'],
};

/** Keys of settings that the desk may change. */
export const SETTING: Record<string, Words> = {
	source: ['nguồn', 'source', 'source'],
	gain_db: ['mức (dB)', 'niveau (dB)', 'gain (dB)'],
	muted: ['tắt tiếng', 'coupé', 'muted'],
	hide: ['ẩn kênh', 'masquage', 'hiding'],
	input: ['đầu vào', 'entrée', 'input'],
	lock: ['đóng bằng PIN', 'fermée par code', 'closed with a PIN'],
	locked: ['đóng', 'fermée', 'closed'],
	pin: ['mã PIN', 'code', 'PIN'],
	room: ['phòng thêm', 'salle ajoutée', 'added room'],
};

export const WORDS = {
	title: ['Bàn kỹ thuật', 'Régie', 'Desk'],
	loginHow: ['Dán liên kết hoặc mã của bạn.', 'Collez votre lien ou votre jeton.', 'Paste your link or your token.'],
	token: ['Liên kết hoặc mã', 'Lien ou jeton', 'Link or token'],
	enter: ['Vào', 'Entrer', 'Enter'],
	leave: ['Rời bàn', 'Quitter', 'Leave'],
	observer: ['chỉ xem', 'lecture seule', 'read-only'],
	technician: ['kỹ thuật viên', 'technicien', 'technician'],
	pageLanguage: ['Ngôn ngữ trang', 'Langue de la page', 'Page language'],
	connected: ['Đã kết nối', 'Connecté', 'Connected'],
	connecting: ['Đang kết nối…', 'Connexion…', 'Connecting…'],
	connectionLost: [
		'MẤT KẾT NỐI: những gì thấy ở đây đã cũ. Trang đang tự kết nối lại.',
		'CONNEXION PERDUE\u00a0: ce qui est affiché est ancien. La page se reconnecte.',
		'CONNECTION LOST: what is shown is old. The page reconnects by itself.',
	],
	notStored: [
		'KHÔNG LƯU ĐƯỢC: thay đổi chỉ giữ đến khi máy chủ khởi động lại. Kiểm tra ổ đĩa.',
		'RIEN N’EST ENREGISTRÉ\u00a0: les changements seront perdus au redémarrage. Vérifiez le disque.',
		'NOTHING IS STORED: changes are lost when the server restarts. Check the disk.',
	],
	eventTime: ['Giờ sự kiện', 'Heure de l’événement', 'Event time'],
	listeners: ['người nghe', 'auditeurs', 'listeners'],
	listener: ['người nghe', 'auditeur', 'listener'],
	alarms: ['báo động', 'alarmes', 'alarms'],
	alarm: ['báo động', 'alarme', 'alarm'],
	noAlarms: ['Không có báo động', 'Aucune alarme', 'No alarms'],
	alarmSound: ['Chuông báo', 'Alarme sonore', 'Alarm sound'],
	acknowledge: ['Đã thấy', 'Vu', 'Acknowledge'],
	seenBy: ['{1} đã thấy', 'vu par {1}', 'seen by {1}'],
	critical: ['Nghiêm trọng', 'Grave', 'Critical'],
	warning: ['Cảnh báo', 'Attention', 'Warning'],
	since: ['từ', 'depuis', 'for'],
	moreAlarms: ['còn {1} báo động nữa, cuộn xuống', 'encore {1}, faites défiler', '{1} more, scroll down'],
	now: ['Đang', 'En cours', 'Now'],
	next: ['Tiếp', 'Ensuite', 'Next'],
	nothingOn: ['Chưa có phiên nào', 'Aucune séance', 'No session now'],
	until: ['đến', 'jusqu’à', 'until'],
	floorSpeaks: ['Hội trường nói', 'On parle', 'Floor speaks'],
	unknown: ['chưa rõ', 'inconnue', 'not known'],
	seat: ['chỗ', 'siège', 'seat'],
	booth: ['Cabin', 'Cabine', 'Booth'],
	booths: ['Cabin', 'Cabines', 'Booths'],
	channel: ['Kênh', 'Canal', 'Channel'],
	channels: ['Kênh', 'Canaux', 'Channels'],
	sources: ['Đầu vào và cabin', 'Entrées et cabines', 'Inputs and booths'],
	room: ['Phòng', 'Salle', 'Room'],
	input: ['Đầu vào', 'Entrée', 'Input'],
	floor: ['SÀN', 'SALLE', 'FLOOR'],
	empty: ['trống', 'vide', 'empty'],
	present: ['có mặt', 'présent', 'present'],
	micOpen: ['micro mở', 'micro ouvert', 'mic open'],
	onAir: ['đang phát', 'à l’antenne', 'on air'],
	coughs: ['tắt tạm (ho)', 'toux', 'cough'],
	late: ['mất tiếng', 'plus de son', 'no sound'],
	callsYou: ['GỌI KỸ THUẬT', 'APPELLE', 'CALLS YOU'],
	callSeen: ['đã thấy lời gọi', 'appel vu', 'call seen'],
	nobody: ['không ai', 'personne', 'nobody'],
	silentOnPurpose: ['im lặng theo lệnh', 'silence voulu', 'silent on purpose'],
	muted: ['TẮT TIẾNG', 'COUPÉ', 'MUTED'],
	hidden: ['đang ẩn', 'masqué', 'hidden'],
	byHand: ['bằng tay', 'à la main', 'by hand'],
	direct: ['trực tiếp', 'direct', 'direct'],
	relay: ['relay', 'relais', 'relay'],
	relayOfRelay: ['relay của relay', 'relais de relais', 'relay of relay'],
	locked: ['ĐÓNG', 'FERMÉE', 'CLOSED'],
	movedInput: ['đổi đầu vào', 'entrée changée', 'input moved'],
	added: ['thêm', 'ajoutée', 'added'],
	listen: ['Nghe', 'Écouter', 'Listen'],
	stop: ['Dừng', 'Arrêter', 'Stop'],
	listeningTo: ['Đang nghe', 'Écoute', 'Listening to'],
	waitingForSound: ['đang chờ tiếng…', 'en attente du son…', 'waiting for sound…'],
	soundFailed: ['Không phát được tiếng.', 'Le son ne peut pas être joué.', 'The sound cannot be played.'],
	volume: ['Âm lượng', 'Volume', 'Volume'],
	close: ['Đóng', 'Fermer', 'Close'],
	clip: ['QUÁ TẢI', 'SATURATION', 'CLIP'],
	clipReset: ['xóa đèn', 'éteindre', 'put out'],
	noData: ['Không có số liệu mức âm', 'Aucune donnée de niveau', 'No level data'],
	fullScreen: ['Toàn màn hình', 'Plein écran', 'Full screen'],
	open: ['Mở', 'Ouvrir', 'Open'],

	source: ['Nguồn', 'Source', 'Source'],
	auto: ['Tự động', 'Automatique', 'Automatic'],
	silence: ['Im lặng', 'Silence', 'Silence'],
	passFloor: ['Hội trường', 'Salle', 'Floor'],
	tone: ['Âm thử', 'Tonalité', 'Test tone'],
	identification: ['Đọc tên kênh', 'Identification', 'Identification'],
	gain: ['Mức', 'Niveau', 'Gain'],
	gainDown: ['Giảm 1 dB', 'Baisser de 1 dB', '1 dB down'],
	gainUp: ['Tăng 1 dB', 'Monter de 1 dB', '1 dB up'],
	gainZero: ['Về 0', 'À 0', 'To 0'],
	mute: ['Tắt tiếng', 'Couper', 'Mute'],
	unmute: ['Bật tiếng', 'Rétablir', 'Unmute'],
	hideChannel: ['Ẩn với người nghe', 'Masquer aux auditeurs', 'Hide from listeners'],
	askMute: [
		'{1} người nghe sẽ không nghe gì. Tắt tiếng?',
		'{1} auditeurs n’entendront plus rien. Couper\u00a0?',
		'{1} listeners will hear nothing. Mute?',
	],
	askSilence: [
		'{1} người nghe sẽ chỉ nghe im lặng. Tiếp tục?',
		'{1} auditeurs n’auront que du silence. Continuer\u00a0?',
		'{1} listeners will get silence. Go on?',
	],
	askTone: [
		'{1} người nghe sẽ nghe âm này thay cho lời dịch. Tiếp tục?',
		'{1} auditeurs l’entendront à la place de l’interprétation. Continuer\u00a0?',
		'{1} listeners will hear it in place of the interpretation. Go on?',
	],
	askEvacuation: [
		'“{1}” sẽ thay mọi kênh của CẢ SỰ KIỆN. Phát ngay?',
		'«\u00a0{1}\u00a0» remplacera tous les canaux de TOUT L’ÉVÉNEMENT. Lancer\u00a0?',
		'“{1}” will replace every channel of THE WHOLE EVENT. Start it?',
	],
	askAnnounce: [
		'“{1}” sẽ thay mọi kênh của phòng. Phát ngay?',
		'«\u00a0{1}\u00a0» remplacera tous les canaux de la salle. Lancer\u00a0?',
		'“{1}” will replace every channel of the room. Start it?',
	],
	askLock: [
		'{1} người nghe phải nhập mã PIN để nghe tiếp. Đóng phòng?',
		'{1} auditeurs devront saisir un code pour continuer. Fermer la salle\u00a0?',
		'{1} listeners will need a PIN to go on. Close the room?',
	],
	askInput: [
		'{1} người nghe sẽ nghe đầu vào khác. Chuyển phòng?',
		'{1} auditeurs entendront une autre entrée. Changer\u00a0?',
		'{1} listeners will hear another input. Move the room?',
	],
	askRemove: [
		'Phòng và các cabin của phòng sẽ bị xóa. {1} người đang nghe. Xóa?',
		'La salle et ses cabines disparaîtront. {1} auditeurs. Supprimer\u00a0?',
		'The room and its booths will be gone. {1} listeners. Remove it?',
	],
	yes: ['Có, thực hiện', 'Oui, continuer', 'Yes, do it'],
	no: ['Không', 'Non', 'No'],
	pending: ['Đang thực hiện…', 'En cours…', 'Working…'],
	done: ['Xong, đã lưu.', 'Fait, enregistré.', 'Done, stored.'],
	doneUnsaved: [
		'Đã thực hiện nhưng CHƯA LƯU: mất khi máy chủ khởi động lại.',
		'Fait, mais NON ENREGISTRÉ\u00a0: perdu au redémarrage.',
		'Done, but NOT STORED: lost when the server restarts.',
	],
	doneOnly: ['Xong.', 'Fait.', 'Done.'],
	failed: ['Không được: {1}', 'Échec\u00a0: {1}', 'Failed: {1}'],
	noAnswer: [
		'máy chủ không trả lời. Kiểm tra kết nối rồi thử lại.',
		'le serveur ne répond pas. Vérifiez la connexion et réessayez.',
		'the server did not answer. Check the connection and try again.',
	],
	configured: ['theo cấu hình', 'configuré', 'as configured'],
	lockRoom: ['Đóng phòng bằng PIN', 'Fermer avec un code', 'Close with a PIN'],
	unlockRoom: ['Mở lại phòng', 'Rouvrir la salle', 'Open the room'],
	pinOptional: ['PIN (để trống: ngẫu nhiên)', 'Code (vide\u00a0: au hasard)', 'PIN (empty: at random)'],
	pin: ['PIN', 'Code', 'PIN'],
	removeRoom: ['Xóa phòng này', 'Supprimer cette salle', 'Remove this room'],
	addRoom: ['Thêm phòng nhỏ', 'Ajouter une salle', 'Add a side room'],
	roomId: ['Mã phòng (a–z, 0–9, -)', 'Identifiant (a–z, 0–9, -)', 'Id (a–z, 0–9, -)'],
	roomName: ['Tên phòng', 'Nom de la salle', 'Name of the room'],
	firstLanguage: ['Ngôn ngữ 1', 'Langue 1', 'Language 1'],
	secondLanguage: ['Ngôn ngữ 2', 'Langue 2', 'Language 2'],
	noInput: ['không có', 'aucune', 'none'],
	setUp: ['Tạo phòng', 'Créer la salle', 'Set up'],
	setUpDone: [
		'Đã tạo. Cabin: {1}. Tạo liên kết cho phiên dịch bằng cabinctl token create.',
		'Créée. Cabines\u00a0: {1}. Faites les liens avec cabinctl token create.',
		'Set up. Booths: {1}. Make their links with cabinctl token create.',
	],
	bandwidth: ['Băng thông', 'Bande passante', 'Bandwidth'],
	hum: ['Ù điện lưới', 'Ronflement secteur', 'Mains hum'],
	noHum: ['không ù', 'pas de ronflement', 'no hum'],
	overruns: ['Tràn', 'Dépassements', 'Overruns'],
	device: ['Thiết bị', 'Appareil', 'Device'],
	deviceLost: ['MẤT THIẾT BỊ', 'APPAREIL PERDU', 'DEVICE LOST'],
	deviceGood: ['hoạt động', 'présent', 'works'],
	feeds: ['Dùng cho', 'Alimente', 'Feeds'],
	trouble: ['gặp sự cố', 'en difficulté', 'in trouble'],
	hour: ['một giờ qua', 'dernière heure', 'last hour'],

	talk: ['Nói và thông báo', 'Parole et annonces', 'Talk and announce'],
	talkShort: ['Nói', 'Parler', 'Talk'],
	announcements: ['Thông báo ghi sẵn', 'Annonces enregistrées', 'Recorded announcements'],
	noAnnouncements: [
		'Cấu hình không có thông báo nào.',
		'La configuration n’a aucune annonce.',
		'The configuration has no announcements.',
	],
	scope: ['Phạm vi', 'Portée', 'Where'],
	chooseScope: ['Chọn phạm vi trước.', 'Choisissez d’abord la portée.', 'Choose where first.'],
	wholeEvent: ['CẢ SỰ KIỆN', 'TOUT L’ÉVÉNEMENT', 'WHOLE EVENT'],
	startIt: ['Phát', 'Lancer', 'Start'],
	announcing: ['THÔNG BÁO: {1}', 'ANNONCE\u00a0: {1}', 'ANNOUNCEMENT: {1}'],
	byWhom: ['của {1}', 'par {1}', 'by {1}'],
	ownVoice: ['giọng kỹ thuật viên', 'voix du technicien', 'technician’s voice'],
	voice: ['Nói với người nghe', 'Parler aux auditeurs', 'Speak to listeners'],
	talkback: ['Nói với cabin', 'Parler aux cabines', 'Talk to booths'],
	talkbackOn: ['NÓI VỚI CABIN: {1}', 'ORDRES\u00a0: {1}', 'TALKBACK: {1}'],
	ownMicrophone: ['Micro bàn kỹ thuật', 'Micro de la régie', 'The desk’s microphone'],
	allBooths: ['mọi cabin', 'toutes les cabines', 'all booths'],
	holdToTalk: ['Giữ để nói', 'Maintenir pour parler', 'Hold to talk'],
	pressToTalk: ['Bấm để nói', 'Appuyer pour parler', 'Press to talk'],
	releaseToStop: ['Thả để dừng', 'Relâcher pour arrêter', 'Release to stop'],
	pressToStop: ['Bấm để dừng', 'Appuyer pour arrêter', 'Press to stop'],
	latched: ['Giữ micro mở sau khi bấm', 'Garder ouvert après l’appui', 'Keep open after a press'],
	openMicrophone: ['Chuẩn bị micro', 'Préparer le micro', 'Prepare the microphone'],
	calls: ['Cabin gọi', 'Appels des cabines', 'Calls'],
	callFrom: ['{1} gọi', '{1} appelle', '{1} calls'],
	seen: ['Đã thấy', 'Vu', 'Seen'],
	doneCall: ['Xong', 'Fait', 'Done'],
	messages: ['Tin nhắn', 'Messages', 'Messages'],
	write: ['Viết tin', 'Écrire', 'Write a message'],
	to: ['Đến', 'À', 'To'],
	send: ['Gửi', 'Envoyer', 'Send'],
	you: ['bàn kỹ thuật', 'régie', 'desk'],
	signals: ['Tín hiệu', 'Signaux', 'Signals'],

	total: ['Tổng', 'Total', 'Total'],
	byChannel: ['Theo kênh', 'Par canal', 'By channel'],
	states: ['Trạng thái', 'États', 'States'],
	fallbacks: ['Cách phát', 'Mode de lecture', 'How it plays'],
	inBackground: ['màn hình tắt', 'écran éteint', 'in background'],
	lastMinute: ['một phút qua', 'dernière minute', 'last minute'],
	median: ['giữa', 'médiane', 'median'],
	worst: ['Mười người nghe kém nhất', 'Les dix plus mal servis', 'The ten worst off'],
	nobodyWorse: ['Chưa có người nghe.', 'Pas encore d’auditeurs.', 'No listeners yet.'],
	anonymous: ['số ẩn danh', 'numéro anonyme', 'anonymous number'],
	queue: ['hàng đợi', 'file', 'queue'],
	skips: ['bỏ qua', 'sauts', 'skips'],
	retransmissions: ['gửi lại', 'renvois', 'resent'],
	roundTrip: ['đi và về', 'aller-retour', 'round trip'],
	concealed: ['âm bù 10 s', 'inventé en 10 s', 'concealed, 10 s'],
	underruns: ['hụt tiếng', 'trous', 'underruns'],
	delay: ['trễ', 'retard', 'delay'],
	buffer: ['đệm', 'tampon', 'buffer'],
	state: ['trạng thái', 'état', 'state'],

	filter: ['Lọc', 'Filtrer', 'Filter'],
	everything: ['tất cả', 'tout', 'everything'],
	kind: ['Loại', 'Type', 'Kind'],
	older: ['Cũ hơn', 'Plus anciens', 'Older'],
	noEntries: ['Không có mục nào.', 'Aucune entrée.', 'No entries.'],
	loading: ['Đang tải…', 'Chargement…', 'Loading…'],
	when: ['Lúc', 'Heure', 'When'],
	what: ['Việc', 'Quoi', 'What'],
	who: ['Ai', 'Qui', 'Who'],
	server: ['máy chủ', 'serveur', 'server'],
	changesHow: [
		'Khác với tệp cấu hình. Vẫn giữ sau khi máy chủ khởi động lại; lấy ra tệp bằng cabinctl config export.',
		'Différences avec le fichier. Elles survivent à un redémarrage\u00a0; cabinctl config export les écrit.',
		'What differs from the file. It survives a restart; cabinctl config export writes it out.',
	],
	noChanges: ['Giống hệt tệp cấu hình.', 'Identique au fichier.', 'Nothing differs from the file.'],
	takeBack: ['Bỏ thay đổi', 'Annuler', 'Take back'],
	inFile: ['trong tệp', 'dans le fichier', 'in the file'],
	nowValue: ['hiện tại', 'maintenant', 'now'],
	disk: ['Ổ đĩa còn', 'Disque libre', 'Disk free'],
	uptime: ['Chạy được', 'En marche depuis', 'Up for'],
	on: ['có', 'oui', 'yes'],
	off: ['không', 'non', 'no'],
	truePeak: ['đỉnh thật', 'crête vraie', 'true peak'],
	metersHow: [
		'S và M: LUFS, mục tiêu −23. Vạch đứng: −18 và −9 dBFS.',
		'S et M en LUFS, cible −23. Traits\u00a0: −18 et −9 dBFS.',
		'S and M in LUFS, target −23. Lines: −18 and −9 dBFS.',
	],
} satisfies Record<string, Words>;

export type Word = keyof typeof WORDS;

/** `{1}` becomes `filler`. */
export function said(words: Words, language: Language, filler = ''): string {
	return words[LANGUAGES.indexOf(language)]!.replace('{1}', filler);
}

export const word = (key: Word, language: Language, filler = ''): string => said(WORDS[key], language, filler);

/** "Label: value" as the language writes it. */
export const labelled = (label: string, value: string, language: Language): string =>
	`${label}${language === 'fr' ? '\u00a0' : ''}: ${value}`;
