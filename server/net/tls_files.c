#include "net/tls_files.h"

#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"

static int complain(int result, const char *event, const char *path, const char *error, const char *hint)
{
	char quoted[300];
	cabin_log(CABIN_LOG_ERROR, "net", event, "file=%s error=\"%s\" hint=\"%s\"",
		  cabin_log_quote(quoted, sizeof(quoted), path), error, hint);
	return result;
}

static FILE *open_file(const char *path, const char *event)
{
	FILE *file = fopen(path, "re");
	if (!file)
		complain(0, event, path, strerror(errno),
			 errno == EACCES ? "the server's user must be allowed to read it"
					 : "check tls_cert and tls_key (--tls-cert, --tls-key)");
	return file;
}

/* Keys with a pass phrase are refused: nobody is there to type it. */
static int no_pass_phrase(char *out, int size, int writing, void *context)
{
	return -1;
}

int cabin_tls_files_check(const char *certificate, const char *key)
{
	X509 *x509 = NULL;
	EVP_PKEY *pkey = NULL;
	int result = 0;
	FILE *cert_file = open_file(certificate, "tls-certificate-unreadable");
	FILE *key_file = open_file(key, "tls-key-unreadable");
	if (!cert_file || !key_file) {
		result = CABIN_ENOTFOUND;
		goto out;
	}
	x509 = PEM_read_X509(cert_file, NULL, NULL, NULL);
	if (!x509) {
		result = complain(CABIN_EFORMAT, "tls-certificate-invalid", certificate, "no PEM certificate in it",
				  "it begins with -----BEGIN CERTIFICATE-----; the server's own comes first, then its "
				  "issuers'");
		goto out;
	}
	pkey = PEM_read_PrivateKey(key_file, NULL, no_pass_phrase, NULL);
	if (!pkey) {
		result = complain(CABIN_EFORMAT, "tls-key-invalid", key, "no PEM private key without pass phrase in it",
				  "openssl pkey -in KEY -out NEWKEY takes the pass phrase away");
		goto out;
	}
	if (!X509_check_private_key(x509, pkey)) {
		result = complain(CABIN_EFORMAT, "tls-key-mismatch", key, "the key does not fit the certificate",
				  "take both from the same request; openssl x509 -noout -pubkey -in CERT and openssl "
				  "pkey -pubout -in KEY must print the same");
		goto out;
	}
	if (X509_cmp_current_time(X509_get0_notAfter(x509)) < 0)
		cabin_log(CABIN_LOG_WARN, "net", "tls-certificate-expired",
			  "hint=\"browsers will refuse it: renew it, then restart\"");
out:
	EVP_PKEY_free(pkey);
	X509_free(x509);
	if (cert_file)
		fclose(cert_file);
	if (key_file)
		fclose(key_file);
	ERR_clear_error();
	return result;
}

int cabin_tls_files_days(const char *certificate)
{
	int days = INT_MAX, seconds = 0;
	FILE *file = fopen(certificate, "re");
	X509 *x509 = file ? PEM_read_X509(file, NULL, NULL, NULL) : NULL;
	/* Both have the sign of the difference from now. */
	if (x509 && !ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(x509)))
		days = INT_MAX;
	X509_free(x509);
	if (file)
		fclose(file);
	ERR_clear_error();
	return days;
}
