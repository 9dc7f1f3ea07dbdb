/**
 * Every text of the booth page: Vietnamese, French, English. One that is missing in a language
 * does not compile. In French a no-break space stands before : ; ? and !. `{1}` is filled in.
 */
import { LANGUAGES, type Language } from '../shared/languages.ts';
import type { CallState, Canned, Quality, SignalKind } from './console_wire.ts';
import type { Air, Check, Checks, HandoverView, Said } from './model.ts';
import type { VoiceVerdict } from './voice_level.ts';

export type Words = readonly [vi: string, fr: string, en: string];

export const AIR: Record<Air, Words> = {
	offline: ['CHƯA KẾT NỐI', 'NON CONNECTÉ', 'NOT CONNECTED'],
	off: ['MICRO TẮT', 'MICRO COUPÉ', 'MICROPHONE OFF'],
	partner: ['ĐỒNG NGHIỆP ĐANG PHÁT', 'COLLÈGUE À\u00a0L’ANTENNE', 'PARTNER ON AIR'],
	'partner-lost': ['ĐỒNG NGHIỆP MẤT TIẾNG', 'COLLÈGUE SANS SON', 'PARTNER LOST'],
	asked: ['ĐANG MỞ MICRO…', 'OUVERTURE DU MICRO…', 'OPENING…'],
	soon: ['SẮP PHÁT SÓNG', 'BIENTÔT À L’ANTENNE', 'ON AIR IN A MOMENT'],
	on: ['ĐANG PHÁT SÓNG', 'À\u00a0L’ANTENNE', 'ON AIR'],
	cough: ['HO: IM LẶNG', 'TOUX\u00a0: SILENCE', 'COUGH: SILENT'],
	held: ['MICRO TẮT', 'MICRO COUPÉ', 'MICROPHONE OFF'],
	uncertain: ['MẤT KẾT NỐI', 'CONNEXION PERDUE', 'CONNECTION LOST'],
	mute: ['KHÔNG CÓ MICRO', 'PAS DE MICRO', 'NO MICROPHONE'],
};

/** What it means, in a sentence. */
export const AIR_MEANS: Record<Air, Words> = {
	offline: ['Trang sẽ tự kết nối lại.', 'La page se reconnecte d’elle-même.', 'The page reconnects by itself.'],
	off: ['Không ai nghe bạn.', 'Personne ne vous entend.', 'Nobody hears you.'],
	partner: [
		'{1} đang nói. Micro của bạn tắt.',
		'{1} parle. Votre micro est coupé.',
		'{1} is speaking. Your microphone is off.',
	],
	'partner-lost': [
		'Không có tiếng của {1}. Nhấn PHÍM CÁCH để thay ngay.',
		'Plus aucun son de {1}. ESPACE\u00a0: reprendre tout de suite.',
		'No sound comes from {1}. SPACE takes over at once.',
	],
	asked: ['Chờ máy chủ trả lời.', 'Le serveur va répondre.', 'Waiting for the server.'],
	soon: [
		'Micro của bạn đã mở. Bắt đầu nói ngay khi nền đỏ.',
		'Votre micro est ouvert. Parlez dès que l’écran est rouge.',
		'Your microphone is open. Speak as soon as it turns red.',
	],
	on: ['Người nghe đang nghe bạn.', 'Les auditeurs vous entendent.', 'Listeners hear you.'],
	cough: [
		'Bạn vẫn giữ kênh. Thả phím C để nói tiếp.',
		'Vous gardez le canal. Relâchez C pour reprendre.',
		'The channel stays yours. Release C to go on.',
	],
	held: [
		'Không ai nghe bạn. Kênh còn giữ cho cabin trong giây lát.',
		'Personne ne vous entend. Le canal reste à la cabine un instant.',
		'Nobody hears you. The channel stays the booth’s for a moment.',
	],
	uncertain: [
		'Không ai nghe bạn. Trang đang kết nối lại; khi có mạng, micro sẽ tự mở lại nếu không ai khác đang phát.',
		'Personne ne vous entend. La page se reconnecte\u00a0; votre micro reprendra si personne n’a pris l’antenne.',
		'Nobody hears you. The page reconnects; your microphone resumes unless somebody has taken the air.',
	],
	mute: [
		'Bạn giữ kênh nhưng người nghe chỉ nghe im lặng. Kiểm tra dây micro.',
		'Vous tenez le canal, mais on n’entend rien. Vérifiez le câble du micro.',
		'You hold the channel, but listeners hear nothing. Check the microphone’s plug.',
	],
};

export const VERDICT: Record<VoiceVerdict, Words> = {
	none: ['im lặng', 'silence', 'silent'],
	'too-quiet': ['QUÁ NHỎ: lại gần micro', 'TROP FAIBLE\u00a0: approchez-vous', 'TOO QUIET: come closer'],
	good: ['TỐT', 'BON', 'GOOD'],
	'too-loud': ['QUÁ TO: lùi ra', 'TROP FORT\u00a0: reculez', 'TOO LOUD: move back'],
};

export const QUALITY: Record<Quality, Words> = {
	direct: ['TRỰC TIẾP', 'DIRECT', 'DIRECT'],
	relay: ['RELAY', 'RELAIS', 'RELAY'],
	'relay-of-relay': ['RELAY CỦA RELAY', 'RELAIS DE RELAIS', 'RELAY OF RELAY'],
};

export const SIGNAL: Record<SignalKind, Words> = {
	'slow-down': ['Nói chậm lại', 'Ralentir', 'Slow down'],
	louder: ['Nói to hơn', 'Plus fort', 'Louder'],
	'cannot-hear': ['Không nghe được', 'On n’entend pas', 'Cannot hear'],
};

export const CALL: Record<CallState | 'none', Words> = {
	none: ['Gọi kỹ thuật', 'Appeler technicien', 'Call technician'],
	open: ['Đã gọi, chờ…', 'Appelé…', 'Called…'],
	seen: ['Kỹ thuật đã thấy', 'Technicien\u00a0: vu', 'Technician: seen'],
	done: ['Kỹ thuật: xong', 'Technicien\u00a0: fait', 'Technician: done'],
};

export const CANNED_TEXT: Record<Canned, Words> = {
	thanks: ['Cảm ơn', 'Merci', 'Thank you'],
	yes: ['Vâng', 'Oui', 'Yes'],
	no: ['Không', 'Non', 'No'],
	wait: ['Chờ một chút', 'Attends un instant', 'Wait a moment'],
	'take-over-soon': ['Sắp thay tôi nhé', 'Relève-moi bientôt', 'Take over soon'],
	'number-please': ['Con số là gì?', 'Le chiffre\u00a0?', 'The number, please'],
	'name-please': ['Tên là gì?', 'Le nom\u00a0?', 'The name, please'],
	'document-please': ['Cho xin tài liệu', 'Le document\u00a0?', 'The document, please'],
	'relay-bad': ['Relay nghe kém', 'Le relais est mauvais', 'The relay is bad'],
	'sound-bad': ['Âm thanh kém', 'Le son est mauvais', 'The sound is bad'],
	break: ['Nghỉ giải lao', 'Pause', 'Break'],
};

export const CHECK_NAME: Record<keyof Checks, Words> = {
	microphone: ['Micro', 'Micro', 'Microphone'],
	headset: ['Tai nghe', 'Casque', 'Headset'],
	voice: ['Giọng của bạn', 'Votre voix', 'Your own voice'],
	network: ['Mạng', 'Réseau', 'Network'],
};
export const CHECK_HOW: Record<keyof Checks, Words> = {
	microphone: [
		'Nói như khi dịch, cho đến khi mức là TỐT.',
		'Parlez comme à l’antenne, jusqu’à BON.',
		'Speak as you will on air, until it says GOOD.',
	],
	headset: [
		'Bật âm thử (êm). Nghe được ở cả hai tai không?',
		'Jouez le son (doux). L’entendez-vous des deux côtés\u00a0?',
		'Play the soft tone. Do you hear it in both ears?',
	],
	voice: [
		'Nghe lại giọng mình qua máy chủ. Có rõ không?',
		'Écoutez votre voix revenir du serveur. Est-elle claire\u00a0?',
		'Hear your voice come back from the server. Is it clear?',
	],
	network: ['Tự đo.', 'Mesuré tout seul.', 'Measured by itself.'],
};
export const CHECK_STATE: Record<Check, Words> = {
	open: ['chưa thử', 'à faire', 'to do'],
	good: ['TỐT', 'BON', 'GOOD'],
	bad: ['CÓ LỖI', 'MAUVAIS', 'NOT GOOD'],
};

export const HANDOVER: Record<HandoverView, Words> = {
	none: ['', '', ''],
	'offered-to-me': ['{1} muốn chuyển ca cho bạn', '{1} vous passe l’antenne', '{1} offers you the air'],
	'asked-of-me': ['{1} xin thay bạn', '{1} demande l’antenne', '{1} asks for the air'],
	'offered-by-me': ['Đã mời {1} thay bạn…', 'Antenne proposée à {1}…', 'Offered to {1}…'],
	'asked-by-me': ['Đã xin thay {1}…', 'Antenne demandée à {1}…', 'Asked {1} for the air…'],
	agreed: ['CHUYỂN CA NGAY BÂY GIỜ', 'PASSAGE MAINTENANT', 'HAND-OVER NOW'],
};

export const SAID: Record<Said['code'], Words> = {
	'take-microphone': [
		'Đồng nghiệp đang phát. Nhấn PHÍM CÁCH lần nữa để lấy sóng.',
		'Votre collègue est à l’antenne. ESPACE encore une fois pour la prendre.',
		'Your partner is on air. Press SPACE again to take it.',
	],
	'take-channel': [
		'Cabin {1} đang phát trên kênh đó. Nhấn lại lần nữa để lấy kênh.',
		'La cabine {1} est à l’antenne sur ce canal. Encore une fois pour le prendre.',
		'Booth {1} is on air on that channel. Press again to take it.',
	],
	taken: [
		'Đồng nghiệp đã lấy sóng. Micro của bạn đã tắt.',
		'Votre collègue a pris l’antenne. Votre micro est coupé.',
		'Your partner took the air. Your microphone is off.',
	],
	'handed-over': [
		'Đã chuyển ca. Micro của bạn đã tắt.',
		'Antenne passée. Votre micro est coupé.',
		'Handed over. Your microphone is off.',
	],
	'handover-lapsed': ['Chuyển ca không thành.', 'Le passage n’a pas eu lieu.', 'The hand-over did not take place.'],
	store: [
		'Lưu nguồn đang nghe: nhấn 1, 2 hoặc 3.',
		'Mémoriser la source\u00a0: 1, 2 ou 3.',
		'Keep this source as 1, 2 or 3.',
	],
	stored: ['Đã lưu.', 'Mémorisé.', 'Kept.'],
	sent: ['Đã gửi.', 'Envoyé.', 'Sent.'],
	resumed: ['Đã kết nối lại.', 'Reconnecté.', 'Connected again.'],
	'no-output': ['Cabin này không có kênh B.', 'Cette cabine n’a pas de sortie B.', 'This booth has no output B.'],
	nobody: ['Không có đồng nghiệp trong cabin.', 'Pas de collègue dans la cabine.', 'There is no partner in the booth.'],
	'no-handover': [
		'Không có lời chuyển ca nào.',
		'Aucun passage d’antenne en cours.',
		'There is no hand-over to answer.',
	],
	'not-on-air': ['Không ai đang phát.', 'Personne n’est à l’antenne.', 'Nobody is on air.'],
	'not-joined': ['Chưa kết nối với cabin.', 'Pas connecté à la cabine.', 'Not connected to the booth.'],
	'no-microphone': [
		'Không có micro. Kiểm tra dây cắm, hoặc chọn micro khác (S).',
		'Pas de micro. Vérifiez la prise, ou choisissez-en un autre (S).',
		'No microphone. Check the plug, or choose another (S).',
	],
	'no-answer': [
		'Máy chủ không trả lời: micro đã tắt.',
		'Le serveur n’a pas répondu\u00a0: micro coupé.',
		'The server did not answer: microphone off.',
	],
	'which-partner': ['Cho ai? Nhấn số ghế.', 'À qui\u00a0? Numéro du siège.', 'To whom? Press the seat’s number.'],
	message: ['Có tin nhắn mới (M).', 'Nouveau message (M).', 'A message (M).'],
	'shift-over': ['Hết ca của bạn.', 'Votre tour est terminé.', 'Your shift is over.'],
	'cough-blind': [
		'Cửa sổ khác đang được chọn: nút ho sẽ nhả sau 3 giây.',
		'Autre fenêtre active\u00a0: la touche toux se relâche dans 3 s.',
		'Another window is active: cough ends in 3 s.',
	],
	slept: [
		'Máy tính vừa ngủ. Đã trở lại trực tiếp.',
		'L’ordinateur a dormi. De retour en direct.',
		'The computer slept. Back to live.',
	],
	'no-preset': ['Không có kênh này.', 'Ce canal n’existe pas.', 'There is no such channel.'],
	refused: ['Máy chủ từ chối: {1}', 'Le serveur refuse\u00a0: {1}', 'The server refuses: {1}'],
};

/** Why there is no booth here. */
export const REFUSED: Record<string, Words> = {
	'no-token': [
		'Trang này cần đường liên kết của cabin. Xin mở liên kết hoặc quét mã QR mà ban kỹ thuật đã cấp.',
		'Cette page s’ouvre avec le lien de votre cabine. Ouvrez le lien ou le code QR que la technique vous a donné.',
		'This page needs your booth’s link. Open the link or the QR code that the technicians gave you.',
	],
	'token-invalid': [
		'Liên kết không hợp lệ. Xin ban kỹ thuật cấp liên kết mới.',
		'Lien non valable. Demandez-en un nouveau à la technique.',
		'This link is not valid. Ask the technicians for a new one.',
	],
	'token-expired': [
		'Liên kết đã hết hạn. Xin ban kỹ thuật cấp liên kết mới.',
		'Lien expiré. Demandez-en un nouveau à la technique.',
		'This link has expired. Ask the technicians for a new one.',
	],
	'token-revoked': [
		'Liên kết đã bị thu hồi. Xin ban kỹ thuật cấp liên kết mới.',
		'Lien révoqué. Demandez-en un nouveau à la technique.',
		'This link has been revoked. Ask the technicians for a new one.',
	],
	'no-access': [
		'Quyền vào cabin đã kết thúc. Xin hỏi ban kỹ thuật.',
		'L’accès à la cabine est terminé. Demandez à la technique.',
		'Access to the booth has ended. Ask the technicians.',
	],
	'booth-unknown': [
		'Máy chủ không có cabin này. Xin hỏi ban kỹ thuật.',
		'Le serveur n’a pas cette cabine. Demandez à la technique.',
		'The server has no such booth. Ask the technicians.',
	],
	'booth-full': [
		'Cabin đã đủ người. Trang sẽ tự thử lại.',
		'La cabine est complète. La page réessaie d’elle-même.',
		'The booth is full. The page tries again by itself.',
	],
	'seat-taken': [
		'Ghế này đang có người. Trang sẽ tự thử lại.',
		'Ce siège est pris. La page réessaie d’elle-même.',
		'This seat is taken. The page tries again by itself.',
	],
	replaced: [
		'Ghế này đã được mở ở nơi khác. Trang này đã dừng.',
		'Ce siège a été ouvert ailleurs. Cette page s’est arrêtée.',
		'This seat was opened elsewhere. This page has stopped.',
	],
};

export const WORDS = {
	boothTitle: ['Cabin phiên dịch', 'Cabine d’interprétation', 'Interpreter’s booth'],
	booth: ['Cabin', 'Cabine', 'Booth'],
	seat: ['ghế', 'siège', 'seat'],
	floorSpeaks: ['Hội trường nói', 'La salle parle', 'The floor speaks'],
	unknown: ['chưa rõ', 'inconnu', 'not known'],
	pageLanguage: ['Ngôn ngữ của trang', 'Langue de la page', 'Language of this page'],
	microphoneOn: ['Mở micro', 'Ouvrir le micro', 'Microphone on'],
	microphoneOff: ['Tắt micro', 'Couper le micro', 'Microphone off'],
	takeOver: ['Thay ngay', 'Reprendre tout de suite', 'Take over now'],
	talk: ['Giữ để nói', 'Tenir pour parler', 'Hold to talk'],
	cough: ['Ho (giữ phím)', 'Toux (tenir)', 'Cough (hold)'],
	space: ['Phím cách', 'Espace', 'Space'],
	myLevel: ['Giọng của bạn', 'Votre voix', 'Your voice'],
	onAirFor: ['Đã phát', 'À l’antenne depuis', 'On air for'],
	shiftLeft: ['Ca còn', 'Reste du tour', 'Shift left'],
	shiftOver: ['HẾT CA', 'TOUR TERMINÉ', 'SHIFT OVER'],
	shift: ['Tính ca lại', 'Nouveau tour', 'Restart shift'],
	listenersHear: ['Người nghe đang nghe', 'Les auditeurs entendent', 'Listeners hear'],
	getsMe: ['BẠN', 'VOUS', 'YOU'],
	getsCough: ['im lặng (bạn ho)', 'silence (toux)', 'silence (you cough)'],
	getsFloor: ['tiếng hội trường', 'le son de la salle', 'the sound of the floor'],
	getsSilence: ['IM LẶNG', 'LE SILENCE', 'SILENCE'],
	getsChannel: ['phiên dịch {1}', 'l’interprétation {1}', 'interpretation {1}'],
	getsDesk: ['thông báo của kỹ thuật viên', 'une annonce du technicien', 'an announcement by the technician'],
	getsBooth: ['cabin {1}', 'la cabine {1}', 'booth {1}'],
	listeners: ['người nghe', 'à l’écoute', 'listening'],
	outgoing: ['Kênh ra', 'Sortie', 'Outgoing'],
	heldBy: ['cabin {1} đang phát', 'cabine {1} à l’antenne', 'booth {1} on air'],
	idle: ['Khi không ai phát', 'Sans interprète', 'When nobody is on air'],
	idlePassThrough: ['Tiếng hội trường', 'Son de la salle', 'Sound of the floor'],
	idleSilence: ['Im lặng', 'Silence', 'Silence'],
	idleChannel: ['Phiên dịch {1}', 'Interprétation {1}', 'Interpretation {1}'],
	idleAsk: [
		'Người nghe kênh {1} nhận gì khi không ai trong cabin phát? Nhấn số; có hiệu lực ngay.',
		'Que reçoivent les auditeurs du canal {1} quand personne n’est à l’antenne\u00a0? Tapez le numéro\u00a0; effet immédiat.',
		'What do listeners of {1} get when nobody is on air? Press a number; it takes effect at once.',
	],
	now: ['hiện nay', 'actuel', 'now'],
	partner: ['Đồng nghiệp', 'Collègue', 'Partner'],
	partnerNone: ['chưa có ai', 'personne', 'nobody there'],
	partnerAway: ['mất kết nối', 'déconnecté', 'disconnected'],
	partnerOnAir: ['ĐANG PHÁT', 'À L’ANTENNE', 'ON AIR'],
	partnerLate: ['MẤT TIẾNG', 'PLUS DE SON', 'SOUND LOST'],
	partnerCough: ['đang ho', 'toux', 'coughing'],
	partnerOff: ['micro tắt', 'micro coupé', 'microphone off'],
	hears: ['nghe {1}', 'écoute {1}', 'hears {1}'],
	offer: ['Chuyển ca', 'Passer l’antenne', 'Hand over'],
	ask: ['Xin thay', 'Demander l’antenne', 'Ask for the air'],
	accept: ['Nhận', 'Accepter', 'Accept'],
	decline: ['Từ chối', 'Refuser', 'Decline'],
	withdraw: ['Thôi', 'Annuler', 'Withdraw'],
	youHear: ['Bạn đang nghe', 'Vous écoutez', 'You hear'],
	floor: ['Hội trường', 'Salle', 'Floor'],
	store: ['Lưu', 'Mémoriser', 'Keep'],
	sourceLost: [
		'MẤT NGUỒN: lỗi không phải do bạn',
		'SOURCE PERDUE\u00a0: vous n’y êtes pour rien',
		'SOURCE LOST: not your fault',
	],
	sourceStalled: [
		'MẠNG YẾU: tiếng không đến',
		'RÉSEAU FAIBLE\u00a0: le son n’arrive pas',
		'WEAK NETWORK: no sound arrives',
	],
	sourceSilent: ['đang im lặng', 'silencieux', 'silent'],
	sourceLevel: ['Mức nguồn', 'Niveau source', 'Source level'],
	volume: ['Âm lượng', 'Volume', 'Volume'],
	monitor: ['Nghe kênh mình', 'Retour antenne', 'Own channel'],
	on: ['BẬT', 'OUI', 'ON'],
	off: ['tắt', 'non', 'off'],
	protection: ['Bảo vệ tai BẬT', 'Protection auditive ACTIVE', 'Hearing protection ON'],
	protectionReduces: ['đang giảm {1} dB', 'réduit de {1} dB', 'turns down {1} dB'],
	protectionWarning: [
		'QUÁ TO TRONG PHÚT QUA: âm thanh được giảm để bảo vệ tai bạn. Hãy vặn nhỏ.',
		'TROP FORT DEPUIS UNE MINUTE\u00a0: le son est réduit pour vos oreilles. Baissez le volume.',
		'TOO LOUD FOR A MINUTE: turned down to protect your ears. Lower the volume.',
	],
	notCalibrated: ['chưa hiệu chuẩn', 'non calibré', 'not calibrated'],
	minute: ['phút qua', 'minute', 'last minute'],
	delay: ['trễ', 'retard', 'delay'],
	connected: ['Đã kết nối', 'Connecté', 'Connected'],
	connecting: ['Đang kết nối…', 'Connexion…', 'Connecting…'],
	reconnecting: ['ĐANG KẾT NỐI LẠI…', 'RECONNEXION…', 'RECONNECTING…'],
	dropped: ['gói bỏ', 'paquets jetés', 'dropped'],
	messages: ['Tin nhắn', 'Messages', 'Messages'],
	messagesNone: ['Chưa có tin nào.', 'Aucun message.', 'No messages yet.'],
	sendTo: ['Gửi đến', 'À', 'To'],
	toPartner: ['Đồng nghiệp', 'Collègue', 'Partner'],
	toRoom: ['Mọi cabin', 'Toutes les cabines', 'All booths'],
	toTechnician: ['Kỹ thuật viên', 'Technicien', 'Technician'],
	write: ['Viết tin (Enter để gửi)', 'Écrire (Entrée envoie)', 'Write (Enter sends)'],
	send: ['Gửi', 'Envoyer', 'Send'],
	you: ['bạn', 'vous', 'you'],
	documents: ['Tài liệu', 'Documents', 'Documents'],
	documentsNone: [
		'Cabin này không có tài liệu.',
		'Pas de documents pour cette cabine.',
		'This booth has no documents.',
	],
	documentsFault: [
		'Không tải được danh sách tài liệu.',
		'La liste des documents n’a pas pu être chargée.',
		'The list of documents could not be loaded.',
	],
	loading: ['Đang tải…', 'Chargement…', 'Loading…'],
	sound: ['Âm thanh', 'Son', 'Sound'],
	bass: ['Âm trầm', 'Graves', 'Bass'],
	treble: ['Âm bổng', 'Aigus', 'Treble'],
	monitorLevel: ['Mức nghe kênh mình', 'Niveau du retour', 'Level of own channel'],
	microphone: ['Micro', 'Micro', 'Microphone'],
	headset: ['Tai nghe', 'Casque', 'Headset'],
	defaultDevice: ['Mặc định của máy', 'Par défaut', 'The computer’s default'],
	echoCancellation: ['Khử tiếng vọng', 'Annulation d’écho', 'Echo cancellation'],
	noiseSuppression: ['Khử ồn', 'Réduction du bruit', 'Noise suppression'],
	autoGain: ['Tự chỉnh mức', 'Gain automatique', 'Automatic gain'],
	pushToTalk: ['Giữ phím cách để nói', 'Tenir Espace pour parler', 'Hold Space to talk'],
	chime: ['Âm báo khi có tin nhắn', 'Son à l’arrivée d’un message', 'A soft note for messages'],
	shiftMinutes: ['Một ca (phút)', 'Un tour (minutes)', 'A shift (minutes)'],
	name: ['Tên của bạn', 'Votre nom', 'Your name'],
	calibration: ['Hiệu chuẩn tai nghe', 'Calibrage du casque', 'Headset calibration'],
	calibrationHow: [
		'dB SPL ở tai nghe khi tín hiệu đầy (0 dBFS) và âm lượng 0 dB, theo tờ hướng dẫn; hoặc vặn âm lượng 0 dB, bật âm thử (−30 dBFS), đo, rồi cộng 30.',
		'dB SPL au casque à pleine échelle (0 dBFS) et volume 0 dB, selon la notice\u00a0; ou volume à 0 dB, jouez le son (−30 dBFS), mesurez, ajoutez 30.',
		'dB SPL at the headset for full scale (0 dBFS) at volume 0 dB, from its data sheet; or set the volume to 0 dB, play the tone (−30 dBFS), measure, add 30.',
	],
	calibrated: ['đã hiệu chuẩn: {1} dB SPL', 'calibré\u00a0: {1} dB SPL', 'calibrated: {1} dB SPL'],
	clear: ['Bỏ hiệu chuẩn', 'Effacer', 'Clear'],
	tone: ['Âm thử', 'Son de test', 'Test tone'],
	stopTone: ['Dừng âm thử', 'Arrêter le son', 'Stop the tone'],
	echo: ['Nghe giọng mình', 'Entendre ma voix', 'Hear my voice'],
	stopEcho: ['Dừng', 'Arrêter', 'Stop'],
	yes: ['Có', 'Oui', 'Yes'],
	no: ['Không', 'Non', 'No'],
	check: ['Kiểm tra trước khi phát', 'Vérification avant l’antenne', 'Before you go on air'],
	checkShort: ['Kiểm tra', 'Vérifier', 'Check'],
	start: ['Bắt đầu', 'Commencer', 'Start'],
	startHow: [
		'Đeo tai nghe, rồi nhấn Enter. Trình duyệt sẽ hỏi quyền dùng micro.',
		'Mettez votre casque, puis Entrée. Le navigateur demandera l’accès au micro.',
		'Put your headset on, then press Enter. The browser will ask for the microphone.',
	],
	skip: ['Bỏ qua kiểm tra', 'Passer la vérification', 'Skip the check'],
	ready: ['Sẵn sàng', 'Prêt', 'Ready'],
	resume: ['Chạm để bật lại âm thanh', 'Touchez pour relancer le son', 'Tap to resume the sound'],
	technicianSpeaks: ['Kỹ thuật viên đang nói với bạn', 'Le technicien vous parle', 'The technician speaks to you'],
	soundFailed: [
		'ÂM THANH HỎNG: hãy tải lại trang (F5).',
		'PANNE DU SON\u00a0: rechargez la page (F5).',
		'THE SOUND HAS FAILED: reload the page (F5).',
	],
	denied: [
		'Trình duyệt không cho dùng micro. Cho phép ở biểu tượng cạnh địa chỉ, rồi tải lại trang.',
		'Le navigateur refuse le micro. Autorisez-le près de l’adresse, puis rechargez.',
		'The browser refuses the microphone. Allow it beside the address, then reload.',
	],
	microphoneLost: [
		'MẤT MICRO: kiểm tra dây cắm. Trang tự mở lại khi có.',
		'MICRO PERDU\u00a0: vérifiez la prise. La page le reprend d’elle-même.',
		'MICROPHONE LOST: check the plug. It comes back by itself.',
	],
	microphoneMuted: [
		'Micro bị máy tính tắt tiếng.',
		'Micro coupé par l’ordinateur.',
		'The computer has muted the microphone.',
	],
	help: ['Phím', 'Touches', 'Keys'],
	helpShort: ['Trợ giúp', 'Aide', 'Help'],
	close: ['Đóng', 'Fermer', 'Close'],
	onAirLeave: ['Bạn đang phát sóng.', 'Vous êtes à l’antenne.', 'You are on air.'],
	toOthers: [
		'Báo diễn giả (hiện trên màn hình sân khấu)',
		'À l’orateur (écran de scène)',
		'To the speaker (on the stage sign)',
	],
	anonymous: ['ẩn danh', 'anonyme', 'anonymous'],
	override: [
		'micro mở sau được phát',
		'le dernier micro ouvert prend l’antenne',
		'the newest microphone takes the air',
	],
	interlock: [
		'micro mở trước được giữ',
		'le premier micro ouvert garde l’antenne',
		'the first microphone keeps the air',
	],
} satisfies Record<string, Words>;

export type Word = keyof typeof WORDS;

/** `{1}` becomes `filler`. */
export function said(words: Words, language: Language, filler = ''): string {
	return words[LANGUAGES.indexOf(language)]!.replace('{1}', filler);
}

/** "Label: value" as the language writes it. */
export const labelled = (label: string, value: string, language: Language): string =>
	`${label}${language === 'fr' ? '\u00a0' : ''}: ${value}`;

export const word = (key: Word, language: Language, filler = ''): string => said(WORDS[key], language, filler);
