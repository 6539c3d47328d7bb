/* Addresses and numbers of devices: has a text their form and, where there are any, their check digits? */
#ifndef SS_FORMS_DEVICE_H
#define SS_FORMS_DEVICE_H

#include <stdbool.h>
#include <stddef.h>

/* IPv4 or IPv6, with or without a prefix length.  Four small numbers may be a version as well: its column's name tells. */
bool ss_is_ip_address(const char *text, size_t n);

/* One that is no version: IPv6, or a part of three digits. */
bool ss_is_plain_ip_address(const char *text, size_t n);

/* EUI-48: six pairs of hexadecimal digits with colons or hyphens, or three fours with dots. */
bool ss_is_mac_address(const char *text, size_t n);

/* Fifteen digits, Luhn (3GPP TS 23.003). */
bool ss_is_imei(const char *text, size_t n);

/* RFC 9562. */
bool ss_is_uuid(const char *text, size_t n);

#endif
