#include <qrencode.h>
#include <stdio.h>

#include "ctl/command.h"

enum { MARGIN = 2 };

static bool is_dark(const QRcode *code, int row, int column)
{
	if (row < 0 || column < 0 || row >= code->width || column >= code->width)
		return false;
	return code->data[row * code->width + column] & 1;
}

int cabin_ctl_print_qr(const char *text)
{
	/* Low redundancy, so that a long link stays small enough for a terminal. */
	QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_L);
	if (!code)
		return cabin_ctl_complain(CABIN_CTL_FAILED, "this does not fit a QR code");
	for (int row = -MARGIN; row < code->width + MARGIN; row += 2) {
		fputs("\033[30;107m", stdout); /* black on white */
		for (int column = -MARGIN; column < code->width + MARGIN; column++) {
			static const char *const halves[] = {" ", "▄", "▀", "█"};
			fputs(halves[2 * is_dark(code, row, column) + is_dark(code, row + 1, column)], stdout);
		}
		fputs("\033[0m\n", stdout);
	}
	QRcode_free(code);
	return CABIN_CTL_OK;
}
