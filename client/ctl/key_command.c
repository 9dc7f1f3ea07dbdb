#include <stdio.h>

#include "access/key.h"
#include "ctl/command.h"

int cabin_ctl_key_create(const struct cabin_ctl_options *options)
{
	struct cabin_secret_key secret;
	struct cabin_public_key public_key;
	char why[CABIN_KEY_WHY_BYTES];
	if (cabin_access_init() != 0)
		return cabin_ctl_complain(CABIN_CTL_FAILED, "this machine gives no random numbers");
	cabin_key_make(&secret, &public_key);
	int result = cabin_key_write(options->operands[0], &secret, &public_key, why);
	cabin_key_forget(&secret);
	if (result != 0)
		return cabin_ctl_complain(CABIN_CTL_FAILED, "%s", why);
	printf("%s      makes tokens: keep it safe, and away from the server\n"
	       "%s.pub  for the server: access: {key: %s.pub}\n",
	       options->operands[0], options->operands[0], options->operands[0]);
	return CABIN_CTL_OK;
}
