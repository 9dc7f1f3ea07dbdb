#include "ctl/command.h"

int main(int argc, char **argv)
{
	return cabin_ctl_main(argc, argv);
}
