/** What an alarm is, and what to do about it, by its kind (docs/alarms.md). As texts.ts. */
import type { Language } from '../shared/languages.ts';
import { said, type Words } from './texts.ts';

interface AlarmText {
	what: Words;
	todo: Words;
}

export const ALARM: Record<string, AlarmText> = {
	'floor-silent': {
		what: ['Hội trường không có tiếng', 'Salle muette', 'The floor is silent'],
		todo: [
			'Nghe thử đầu vào. Kiểm tra micro và bàn trộn; hỏi người phụ trách âm thanh; hoặc đổi phòng sang đầu vào khác.',
			'Écoutez l’entrée. Vérifiez micros et console de salle\u00a0; sinon donnez une autre entrée à la salle.',
			'Listen to the input. Check microphones and the hall’s mixer; else move the room to another input.',
		],
	},
	'booth-silent-on-air': {
		what: ['Cabin đang phát nhưng im lặng', 'Cabine à l’antenne, sans son', 'Booth on air, but silent'],
		todo: [
			'Nghe thử chỗ ngồi, gọi cabin: micro có bị tắt ở tai nghe không? Nếu không ai trả lời, cho kênh lấy tiếng hội trường.',
			'Écoutez le siège, appelez la cabine\u00a0: micro coupé au casque\u00a0? Sans réponse, mettez la salle sur le canal.',
			'Listen to the seat, talk to the booth: is the microphone muted at the headset? No answer: put the floor on the channel.',
		],
	},
	clipping: {
		what: ['Quá tải, tiếng bị vỡ', 'Saturation', 'Clipping'],
		todo: [
			'Giảm mức ở thiết bị trước đầu vào (bàn trộn, micro). Giảm ở đây không sửa được tiếng đã vỡ.',
			'Baissez le niveau avant l’entrée (console, micro). Le baisser ici ne répare rien.',
			'Turn the level down before the input (mixer, microphone). Turning it down here repairs nothing.',
		],
	},
	'too-low': {
		what: ['Tiếng quá nhỏ', 'Niveau trop faible', 'Level too low'],
		todo: [
			'Nhờ người nói lại gần micro, hoặc tăng mức ở bàn trộn; tạm thời tăng mức của kênh ở đây.',
			'Rapprochez le micro ou montez la console\u00a0; en attendant, montez le canal ici.',
			'Bring the microphone closer or turn the mixer up; until then raise the channel’s gain here.',
		],
	},
	'device-lost': {
		what: ['Mất thiết bị âm thanh', 'Carte son perdue', 'Sound device lost'],
		todo: [
			'Kiểm tra cáp USB và nguồn của card âm thanh; nó tự trở lại khi cắm vào. Nếu không: đổi phòng sang đầu vào khác.',
			'Vérifiez câble USB et alimentation\u00a0; elle revient seule. Sinon donnez une autre entrée à la salle.',
			'Check its USB cable and power; it comes back by itself. If not: move the room to another input.',
		],
	},
	'capture-overruns': {
		what: ['Thu âm bị rơi mẫu', 'Pertes à la capture', 'Capture loses samples'],
		todo: [
			'Máy chủ quá tải: đóng chương trình khác trên máy, kiểm tra CPU.',
			'Le serveur est surchargé\u00a0: fermez les autres programmes, regardez le processeur.',
			'The server is overloaded: end other programs on it, look at its CPU.',
		],
	},
	'packet-gaps': {
		what: ['Tiếng bị ngắt quãng', 'Trous dans le son', 'Gaps in the sound'],
		todo: [
			'Kiểm tra mạng của cabin hoặc card âm thanh. Cabin dùng dây mạng, không dùng Wi-Fi.',
			'Vérifiez le réseau de la cabine ou la carte son. Câble plutôt que Wi-Fi.',
			'Check the booth’s network or the sound card. A cable, not Wi-Fi.',
		],
	},
	delay: {
		what: ['Độ trễ lớn', 'Retard trop grand', 'The delay is large'],
		todo: [
			'Xem trang Người nghe: nếu mọi người đều trễ là do mạng hay máy chủ; nếu một vài người là do điện thoại của họ.',
			'Voyez Auditeurs\u00a0: tous en retard, c’est le réseau ou le serveur\u00a0; quelques-uns, leur téléphone.',
			'See Listeners: all of them late is the network or the server; a few are their phones.',
		],
	},
	'listeners-dropping': {
		what: ['Người nghe rơi khỏi kênh', 'Des auditeurs décrochent', 'Listeners are dropping'],
		todo: [
			'Kiểm tra điểm phát Wi-Fi của phòng và đường ra Internet. Họ tự kết nối lại.',
			'Vérifiez les bornes Wi-Fi de la salle. Les auditeurs se reconnectent d’eux-mêmes.',
			'Check the room’s Wi-Fi access points. Listeners reconnect by themselves.',
		],
	},
	'listeners-in-trouble': {
		what: ['Nhiều người nghe bị vấp', 'Beaucoup d’auditeurs en difficulté', 'Many listeners in trouble'],
		todo: [
			'Wi-Fi quá tải hoặc nhiễu: xem mười người kém nhất, kiểm tra điểm phát gần họ.',
			'Wi-Fi saturé ou brouillé\u00a0: voyez les dix plus mal servis, vérifiez leurs bornes.',
			'Wi-Fi is full or disturbed: look at the ten worst, check the access points near them.',
		],
	},
	'uplink-late': {
		what: ['Tiếng của cabin đến trễ hoặc mất', 'Le son de la cabine arrive tard', 'The booth’s sound is late'],
		todo: [
			'Kiểm tra cáp mạng của cabin. Nhờ người cùng cabin nhận micro từ máy khác.',
			'Vérifiez le câble réseau de la cabine. Le collègue peut prendre l’antenne.',
			'Check the booth’s network cable. The partner can take the air.',
		],
	},
	'clock-jump': {
		what: ['Đồng hồ máy chủ bị nhảy', 'L’horloge du serveur a sauté', 'The server’s clock jumped'],
		todo: [
			'Máy có bị ngủ hay tạm dừng không? Tắt chế độ ngủ, kiểm tra máy ảo và NTP.',
			'La machine s’est-elle endormie\u00a0? Coupez la veille, vérifiez la machine virtuelle et NTP.',
			'Did the machine sleep or pause? Switch sleep off, check the virtual machine and NTP.',
		],
	},
	certificate: {
		what: ['Chứng chỉ sắp hết hạn', 'Le certificat expire bientôt', 'The certificate expires soon'],
		todo: [
			'Gia hạn chứng chỉ trước khi hết hạn: sau đó điện thoại không vào được.',
			'Renouvelez-le avant\u00a0: ensuite les téléphones ne pourront plus entrer.',
			'Renew it before: afterwards phones cannot get in.',
		],
	},
	'disk-low': {
		what: ['Ổ đĩa sắp đầy', 'Disque presque plein', 'The disk is nearly full'],
		todo: [
			'Xóa bớt tệp trên máy chủ. Tiếng vẫn chạy; nhật ký và thay đổi có thể không lưu được.',
			'Libérez de la place. Le son continue\u00a0; journal et changements risquent d’être perdus.',
			'Make room on the server’s disk. Sound goes on; log and changes may be lost.',
		],
	},
	'store-failed': {
		what: ['Không ghi được nhật ký', 'Enregistrement impossible', 'Storing fails'],
		todo: [
			'Kiểm tra ổ đĩa và quyền ghi. Thay đổi giữ đến khi máy chủ khởi động lại.',
			'Vérifiez le disque et ses droits. Les changements tiennent jusqu’au redémarrage.',
			'Check the disk and its permissions. Changes hold until the server restarts.',
		],
	},
};

const UNKNOWN_TODO: Words = ['Xem tài liệu docs/alarms.md.', 'Voir docs/alarms.md.', 'See docs/alarms.md.'];

/** A kind that this page does not know yet is shown by its id. */
export function alarmWords(kind: string, language: Language): { what: string; todo: string } {
	const text = ALARM[kind];
	if (text === undefined) return { what: kind.replace(/-/g, ' '), todo: said(UNKNOWN_TODO, language) };
	return { what: said(text.what, language), todo: said(text.todo, language) };
}
