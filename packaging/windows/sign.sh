#!/bin/sh
# sign.sh FILE: signs an .exe or .msi in place, where there is a certificate; otherwise leaves it as it is.
#
#   SIGN_P12 and SIGN_PASSWORD_FILE   a certificate with its key in a file, and a file with its password
#   SIGN_TSA                          the address of a time-stamp server; a release has one
#   SIGN_COMMAND                      instead of all that: a program that signs the FILE it is given (a token, an HSM)
set -eu
if [ -n "${SIGN_COMMAND:-}" ]; then
    exec "$SIGN_COMMAND" "$1"
fi
[ -n "${SIGN_P12:-}" ] || exit 0
# Without a time-stamp server, the moment of the commit: the same build gives the same signature
if [ -n "${SIGN_TSA:-}" ]; then
    set -- "$1" -ts "$SIGN_TSA"
else
    set -- "$1" -time "$SOURCE_DATE_EPOCH"
fi
file=$1
shift
osslsigncode sign -pkcs12 "$SIGN_P12" -readpass "$SIGN_PASSWORD_FILE" -h sha256 -n "Maintenance Desktop" "$@" \
    -in "$file" -out "$file.signed"
mv "$file.signed" "$file"
