#!/bin/sh
# Makes the sounds that are built in: spoken identifications and announcements, mono Ogg
# Opus at -20 LUFS, each with a short silence around it so that it can be repeated.
# Needs the Debian packages espeak-ng, ffmpeg and opus-tools. The files are kept in the
# repository; run this after changing a text, and listen to the result.
set -eu
cd "$(dirname "$0")"
loudness=-20
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# integrated FILE: its integrated loudness in LUFS.
integrated() {
	ffmpeg -nostdin -hide_banner -i "$1" -af ebur128 -f null - 2>&1 | awk '$1 == "I:" { value = $2 } END { print value }'
}

# peak FILE: its true peak in dBTP.
peak() {
	ffmpeg -nostdin -hide_banner -i "$1" -af ebur128=peak=true -f null - 2>&1 |
		awk '$1 == "Peak:" { value = $2 } END { print value }'
}

# encode GAIN_DB FILE
encode() {
	ffmpeg -nostdin -loglevel error -y -i "$work/trimmed.wav" -af "volume=${1}dB,adelay=200,apad=pad_dur=0.8" \
		-c:a pcm_s24le "$work/levelled.wav"
	opusenc --quiet --bitrate 40 --framesize 20 --serial 1 --discard-comments --padding 0 \
		"$work/levelled.wav" "$2" 2>/dev/null
}

# minus A B
minus() {
	awk -v a="$1" -v b="$2" 'BEGIN { print a - b }'
}

# say NAME LANGUAGE VOICE TEXT: levelled by what the encoded file measures, in two steps.
say() {
	espeak-ng -v "$3" -s 140 -w "$work/spoken.wav" "$4"
	silence=silenceremove=start_periods=1:start_threshold=-50dB
	ffmpeg -nostdin -loglevel error -y -i "$work/spoken.wav" -ar 48000 -ac 1 \
		-af "$silence,areverse,$silence,areverse" -c:a pcm_f32le "$work/trimmed.wav"
	gain=$(minus $loudness "$(integrated "$work/trimmed.wav")")
	encode "$gain" "$work/first.opus"
	gain=$(minus "$gain" "$(minus "$(integrated "$work/first.opus")" $loudness)")
	encode "$gain" "$1.$2.opus"
	if ! awk -v peak="$(peak "$1.$2.opus")" 'BEGIN { exit !(peak <= -1) }'; then
		echo "$1.$2: over -1 dBTP; speak it with another voice" >&2
		exit 1
	fi
	printf '%-28s %s LUFS\n' "$1.$2.opus" "$(integrated "$1.$2.opus")"
}

say identification vi vi 'Đây là kênh tiếng Việt.'
say identification fr fr-fr 'Canal français.'
say identification en en-gb 'English channel.'

say evacuation vi vi 'Xin quý vị chú ý. Vì lý do an toàn, xin quý vị bình tĩnh rời khỏi tòa nhà theo lối thoát hiểm gần nhất, và làm theo hướng dẫn của nhân viên.'
say evacuation fr fr-fr "Votre attention, s'il vous plaît. Par mesure de sécurité, veuillez quitter le bâtiment dans le calme par la sortie de secours la plus proche, et suivre les indications du personnel."
say evacuation en en-gb 'Your attention, please. For your safety, please leave the building calmly by the nearest emergency exit, and follow the instructions of the staff.'

say resume-soon vi vi 'Phiên họp sẽ tiếp tục trong ít phút nữa. Xin quý vị vui lòng chờ.'
say resume-soon fr fr-fr 'La séance reprendra dans quelques minutes. Merci de patienter.'
say resume-soon en en-gb 'The session will resume in a few minutes. Please stay with us.'

say technical-break vi vi 'Chúng tôi đang gặp sự cố kỹ thuật. Xin quý vị vui lòng chờ, âm thanh sẽ sớm trở lại.'
say technical-break fr fr-fr 'Nous rencontrons un incident technique. Merci de patienter, le son reviendra bientôt.'
say technical-break en en-gb 'We have a technical problem. Please wait, the sound will be back soon.'
