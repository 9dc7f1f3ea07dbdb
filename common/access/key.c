#include "access/key.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

_Static_assert((int)CABIN_PUBLIC_KEY_BYTES == (int)crypto_sign_PUBLICKEYBYTES, "an Ed25519 public key");
_Static_assert((int)CABIN_SECRET_KEY_BYTES == (int)crypto_sign_SECRETKEYBYTES, "an Ed25519 secret key");

enum { LINE_MAX_BYTES = 256, PATH_MAX_BYTES = 4096 };

static const char secret_word[] = "cabin-secret-key-v1 ", public_word[] = "cabin-public-key-v1 ";

int cabin_access_init(void)
{
	return sodium_init() < 0 ? CABIN_EIO : 0;
}

void cabin_key_make(struct cabin_secret_key *secret, struct cabin_public_key *public_key)
{
	crypto_sign_keypair(public_key->bytes, secret->bytes);
}

void cabin_key_forget(struct cabin_secret_key *secret)
{
	sodium_memzero(secret, sizeof(*secret));
}

__attribute__((format(printf, 2, 3))) static void tell(char *why, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(why, CABIN_KEY_WHY_BYTES, format, arguments);
	va_end(arguments);
}

/* A new file with one line. */
static int write_line(const char *path, mode_t mode, const char *word, const uint8_t *bytes, size_t size, char *why)
{
	char line[LINE_MAX_BYTES];
	size_t length = strlen(word);
	memcpy(line, word, length);
	sodium_bin2base64(line + length, sizeof(line) - length - 1, bytes, size,
			  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	length = strlen(line);
	line[length++] = '\n';
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	bool opened = fd >= 0;
	bool written = opened && write(fd, line, length) == (ssize_t)length && fsync(fd) == 0;
	int failure = errno;
	if (opened && close(fd) != 0)
		written = false;
	sodium_memzero(line, sizeof(line));
	if (written)
		return 0;
	if (opened)
		(void)unlink(path);
	tell(why,
	     failure == EEXIST ? "%.180s is there already (%s): choose another name, or remove it first"
			       : "%.180s cannot be written: %s",
	     path, strerror(failure));
	return CABIN_EIO;
}

int cabin_key_write(const char *path, const struct cabin_secret_key *secret, const struct cabin_public_key *public_key,
		    char *why)
{
	char public_path[PATH_MAX_BYTES];
	int size = snprintf(public_path, sizeof(public_path), "%s.pub", path);
	if (size < 0 || (size_t)size >= sizeof(public_path)) {
		tell(why, "the file's name is too long; choose a shorter one");
		return CABIN_EIO;
	}
	int result = write_line(public_path, 0644, public_word, public_key->bytes, sizeof(public_key->bytes), why);
	if (result != 0)
		return result;
	result = write_line(path, 0600, secret_word, secret->bytes, sizeof(secret->bytes), why);
	if (result != 0)
		(void)unlink(public_path);
	return result;
}

/* `*is_private`: nobody but the file's owner may read it. */
static int read_line(const char *path, char *line, bool *is_private, char *why)
{
	FILE *file = fopen(path, "re");
	if (!file) {
		tell(why, "%.150s cannot be read: %s; `cabinctl key create` makes a key", path, strerror(errno));
		return CABIN_ENOTFOUND;
	}
	struct stat status;
	*is_private = fstat(fileno(file), &status) == 0 && !(status.st_mode & (S_IRWXG | S_IRWXO));
	if (!fgets(line, LINE_MAX_BYTES, file))
		line[0] = '\0';
	fclose(file);
	return 0;
}

static int read_key(const char *path, bool secret, uint8_t *out, size_t out_size, char *why)
{
	const char *word = secret ? secret_word : public_word;
	char line[LINE_MAX_BYTES];
	bool is_private;
	int result = read_line(path, line, &is_private, why);
	if (result != 0)
		return result;
	size_t size = 0;
	line[strcspn(line, "\r\n")] = '\0';
	bool good = strncmp(line, word, strlen(word)) == 0 &&
		    sodium_base642bin(out, out_size, line + strlen(word), strlen(line) - strlen(word), NULL, &size,
				      NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
		    size == out_size;
	bool other = strncmp(line, secret ? public_word : secret_word, strlen(word)) == 0;
	sodium_memzero(line, sizeof(line));
	if (good && secret && !is_private) {
		sodium_memzero(out, out_size);
		tell(why, "%.150s is a secret key that others may read: chmod 600 it", path);
		return CABIN_EINVAL;
	}
	if (good)
		return 0;
	if (other)
		tell(why,
		     secret ? "%.150s is the public key; give the secret one, without .pub"
			    : "%.150s is the secret key; give the public one, with .pub, and keep this one away "
			      "from the server",
		     path);
	else
		tell(why, "%.150s is no key of Cabin; `cabinctl key create` makes one", path);
	return CABIN_EFORMAT;
}

int cabin_key_read_public(struct cabin_public_key *out, const char *path, char *why)
{
	return read_key(path, false, out->bytes, sizeof(out->bytes), why);
}

int cabin_key_read_secret(struct cabin_secret_key *out, const char *path, char *why)
{
	return read_key(path, true, out->bytes, sizeof(out->bytes), why);
}
